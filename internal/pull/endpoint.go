// SPDX-License-Identifier: Apache-2.0

package pull

import (
	"net"
	"net/url"
	"path"
	"strings"
)

// Endpoint returns the host and path that a server, a key of auths, stands for,
// without a user name or password that it may have in it. Empty if it stands for
// nothing: kubelet ignores a key that is no URL.
//
// The rule is that of BasicDockerKeyring.Add in
// k8s.io/kubernetes/pkg/credentialprovider.
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

// An address is a host, without brackets if there is a port, and the port, empty
// if there is none.
type address struct{ host, port string }

// A location is an endpoint or a repository, taken apart as kubelet does.
type location struct {
	address
	labels []string // of the host
	path   string   // with the slash before it
}

// locate takes an endpoint or a repository apart. It returns false for one that is
// no URL. kubelet parses an endpoint a second time here, so a %25 in the key of auths
// is a % in the endpoint.
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

// serves reports whether kubelet uses a credential that is stored under the location for
// a repository: the port is equal, the path begins the repository's, and the host has as
// many labels, each of which matches as a glob.
//
// The rule is that of URLsMatch in k8s.io/kubernetes/pkg/credentialprovider, on a node
// that runs Linux: filepath.Match is path.Match there.
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
