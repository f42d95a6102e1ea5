// SPDX-License-Identifier: Apache-2.0

// Package registry knows how kubelet matches registry credentials with images.
//
// The rule is that of k8s.io/kubernetes/pkg/credentialprovider: a key of "auths"
// is read as a URL, a leading /v1/ or /v2/ of its path is dropped, its host has
// to equal that of the image, and its path has to be the beginning of the
// image's. Images of Docker Hub have the host docker.io there, whatever their
// reference says.
package registry

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// DockerHub is the server under which `docker login` and `kubectl create secret
// docker-registry` store the credential of Docker Hub.
const DockerHub = "https://index.docker.io/v1/"

// hubHosts are the hosts that people take for Docker Hub's registry. The first
// two are what kubelet accepts.
var hubHosts = []string{
	"docker.io", "index.docker.io",
	"registry-1.docker.io", "registry.docker.io", "hub.docker.com", "registry.hub.docker.com",
	"auth.docker.io", "docker.com", "www.docker.com", "*.docker.io",
}

// CheckServer returns an error if kubelet would never use a credential stored
// under server, whatever the image. The error says what to write instead. It
// does not quote a server that may have a user name or password in it.
func CheckServer(server string) error {
	if strings.ContainsAny(server, "@?#") {
		return errors.New("has a user name, query or fragment in it. Write the host only, such as quay.io")
	}
	address := server
	if !strings.HasPrefix(address, "https://") && !strings.HasPrefix(address, "http://") {
		address = "https://" + address
	}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || strings.HasPrefix(u.Path, "//") || strings.HasSuffix(u.Host, ":") {
		return fmt.Errorf("%q is not a host or URL, so kubelet ignores the entry. Write the registry's host, or %s for Docker Hub", server, DockerHub)
	}
	host := strings.ToLower(u.Hostname())
	hub := slices.Contains(hubHosts, host)
	const slash = "%q matches no image: without a slash at its end, kubelet takes %s for the beginning of an image's path. Write %s"
	switch {
	case hub && u.Host != "docker.io" && u.Host != "index.docker.io":
		return fmt.Errorf("%q is not what kubelet matches with images of Docker Hub. Write %s", server, DockerHub)
	case hub && isVersion(u.Path):
		return fmt.Errorf(slash, server, u.Path, DockerHub)
	case isVersion(u.Path):
		return fmt.Errorf(slash, server, u.Path, u.Host)
	}
	return nil
}

// isVersion reports whether path is a version of the registry API that lacks
// the last slash, for which alone kubelet would drop it.
func isVersion(path string) bool { return path == "/v1" || path == "/v2" }
