// SPDX-License-Identifier: Apache-2.0

package pull

import (
	"net"
	"net/url"
	"path"
	"strings"
)

// Endpoint returns the host and path of a server. A server is a key of auths. The
// endpoint has no user name or password, even if the server has them. It is empty if the
// server is no URL: kubelet ignores such a key.
//
// This is the rule of BasicDockerKeyring.Add in k8s.io/kubernetes/pkg/credentialprovider.
func Endpoint(server string) string {
	if !strings.HasPrefix(server, "https://") && !strings.HasPrefix(server, "http://") {
		server = "https://" + server
	}
	u, err := url.Parse(server)
	if err != nil {
		return ""
	}
	at := u.Path
	if strings.HasPrefix(at, "/v1/") || strings.HasPrefix(at, "/v2/") {
		at = at[len("/v1"):]
	}
	if at == "/" {
		at = ""
	}
	return u.Host + at
}

// An address is a host and a port. The port may be empty. With a port the host has no
// brackets.
type address struct{ host, port string }

// A location holds the parts of an endpoint or a repository, split as kubelet splits
// them.
type location struct {
	address
	labels []string // of the host
	path   string   // with the slash before it, or empty
}

// locate splits an endpoint or a repository into its parts. It returns false if the text
// is no URL. kubelet parses an endpoint a second time here. So %25 in the key of auths
// becomes % in the endpoint.
func locate(endpoint string) (location, bool) {
	u, err := url.Parse("https://" + endpoint)
	if err != nil || endpoint == "" {
		return location{}, false
	}
	host, port, err := net.SplitHostPort(u.Host)
	if err != nil {
		host, port = u.Host, ""
	}
	return location{address{host, port}, strings.Split(host, "."), u.Path}, true
}

// serves reports whether kubelet uses a credential stored under the location for a
// repository. Three conditions must hold. The ports are equal. The path of the repository
// starts with the path of the location. Both hosts have the same number of labels, and
// each label of the location matches as a glob.
//
// This is the rule of URLsMatch in k8s.io/kubernetes/pkg/credentialprovider on a Linux
// node. On Linux filepath.Match and path.Match are the same.
func (l *location) serves(repository *location) bool {
	if l.port != repository.port || len(l.labels) != len(repository.labels) || !strings.HasPrefix(repository.path, l.path) {
		return false
	}
	for i, glob := range l.labels {
		if matched, err := path.Match(glob, repository.labels[i]); err != nil || !matched {
			return false
		}
	}
	return true
}
