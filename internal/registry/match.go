// SPDX-License-Identifier: Apache-2.0

package registry

import (
	"net"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// Hosts of Docker Hub: the one that images have once their reference is
// normalised, and the one that its credentials are stored under.
const (
	hubHost        = "docker.io"
	hubCredentials = "index.docker.io"
)

// Repository returns the repository that an image reference names, without tag
// and digest: docker.io/calico/node for calico/node:v3.30.0, and
// docker.io/library/etcd for etcd. It returns false if the reference is none that
// kubelet accepts, or is a placeholder that is to be filled in.
//
// The rule is that of github.com/distribution/reference, ParseNormalizedNamed.
func Repository(image string) (string, bool) {
	host, rest, found := strings.Cut(image, "/")
	if !found || !strings.ContainsAny(host, ".:") && host != "localhost" && strings.ToLower(host) == host {
		host, rest = hubHost, image
	}
	if host == hubCredentials {
		host = hubHost
	}
	if host == hubHost && !strings.Contains(rest, "/") {
		rest = "library/" + rest
	}
	parts := normalised().FindStringSubmatch(host + "/" + rest)
	if parts == nil {
		return "", false
	}
	repository, tag, algorithm, digest := parts[1], parts[2], parts[3], parts[4]
	if len(repository) > maxRepository || len(tag) > maxTag || len(digest) != digestLength[algorithm] {
		return "", false
	}
	return repository, true
}

// How long the parts of a reference may be, in characters.
const (
	maxRepository = 255
	maxTag        = 128
)

// digestLength has the algorithms of digests, and how long they are. A reference
// without a digest has no algorithm.
var digestLength = map[string]int{"": 0, "sha256": 64, "sha384": 96, "sha512": 128}

// normalised matches a reference with a host: the repository, tag, algorithm and
// digest. Lengths are left out, since counting makes the expression large.
var normalised = sync.OnceValue(func() *regexp.Regexp {
	const (
		label  = `(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])`
		host   = `(?:` + label + `(?:\.` + label + `)*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?`
		part   = `[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*`
		tag    = `(?::(\w[\w.-]*))?`
		digest = `(?:@(sha256|sha384|sha512):([a-f0-9]+))?`
	)
	return regexp.MustCompile(`^((?:` + host + `/)?` + part + `(?:/` + part + `)*)` + tag + digest + `$`)
})

// Host returns the registry of a repository.
func Host(repository string) string {
	host, _, _ := strings.Cut(repository, "/")
	return host
}

// Server returns what to store a credential under so that it serves all
// repositories of a registry.
func Server(host string) string {
	if host == hubHost {
		return DockerHub
	}
	return host
}

// Matches returns those of the servers, the keys of "auths", whose credentials
// kubelet offers for the repository, in the order in which it tries them. None
// means an anonymous pull. A server that stands for the same as another comes
// with it, in the order given.
func Matches(servers []string, repository string) []string {
	endpoints := map[string][]string{}
	for _, server := range servers {
		if e, ok := endpoint(server); ok {
			endpoints[e] = append(endpoints[e], server)
		}
	}
	var order []string
	for e := range endpoints {
		order = append(order, e)
	}
	slices.Sort(order)
	slices.Reverse(order)
	var matching []string
	for _, e := range order {
		if serves(e, repository) {
			matching = append(matching, endpoints[e]...)
		}
	}
	if len(matching) == 0 && isOnHub(repository) {
		return endpoints[hubCredentials]
	}
	return matching
}

// endpoint returns the host of a server with the path that images have to start
// with, false if kubelet ignores it.
func endpoint(server string) (string, bool) {
	if !strings.HasPrefix(server, "https://") && !strings.HasPrefix(server, "http://") {
		server = "https://" + server
	}
	u, err := url.Parse(server)
	if err != nil {
		return "", false
	}
	at := u.Path
	if strings.HasPrefix(at, "/v1/") || strings.HasPrefix(at, "/v2/") {
		at = at[len("/v1"):]
	}
	if at == "/" {
		at = ""
	}
	return u.Host + at, true
}

// Endpoint returns the host and path that a server stands for, without a user
// name or password that it may have in it. Empty if it stands for nothing.
func Endpoint(server string) string {
	e, _ := endpoint(server)
	return e
}

// serves reports whether the endpoint has the host and the beginning of the
// repository. Labels of its host may be globs.
func serves(endpoint, repository string) bool {
	e, err := url.Parse("https://" + endpoint)
	if err != nil {
		return false
	}
	r, err := url.Parse("https://" + repository)
	if err != nil || !strings.HasPrefix(r.Path, e.Path) {
		return false
	}
	globs, port := labels(e.Host)
	names, repositoryPort := labels(r.Host)
	if port != repositoryPort || len(globs) != len(names) {
		return false
	}
	for i, glob := range globs {
		if matched, err := path.Match(glob, names[i]); err != nil || !matched {
			return false
		}
	}
	return true
}

// labels returns the parts of a host name, and the port, empty if there is none.
func labels(address string) (labels []string, port string) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		host, port = address, ""
	}
	return strings.Split(host, "."), port
}

// isOnHub reports whether kubelet takes a repository for one of Docker Hub: it
// looks for a dot or colon in the host only, so localhost is on Docker Hub, too.
func isOnHub(repository string) bool {
	host := Host(repository)
	return host == hubHost || !strings.ContainsAny(host, ".:")
}
