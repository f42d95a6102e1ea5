// SPDX-License-Identifier: Apache-2.0

package pull

import (
	"fmt"
	"slices"
	"strings"

	"example.com/calico-pull-secrets/internal/lazy"
)

// DockerHub is the server under which `docker login` and `kubectl create secret
// docker-registry` store the credential for Docker Hub.
const DockerHub = "https://index.docker.io/v1/"

// notRegistries are hosts that people take for the registry of Docker Hub. Nobody can
// pull an image from them.
var notRegistries = []string{
	"registry.docker.io", "hub.docker.com", "auth.docker.io", "docker.com", "www.docker.com", "*.docker.io", "*.docker.com",
}

// ownHosts are hosts of Docker Hub. An image can be pulled from them if its reference
// names them. kubelet does not take them for Docker Hub.
var ownHosts = []string{"registry-1.docker.io", "registry.hub.docker.com"}

// Server returns the server under which a credential serves all repositories of a
// registry: DockerHub for docker.io, the host itself for other registries. It returns an
// empty string for any host that CheckServer refuses. It also does so for an IPv6 address
// without a port: kubelet reads its brackets as a glob.
func Server(host string) string {
	if host == hubHost || host == hubCredentials {
		return DockerHub
	}
	if l, ok := locate(host); !ok || l.path != "" || CheckServer(host) != nil {
		return ""
	}
	return host
}

// OnlyOwnHost reports whether the server is a host of Docker Hub that serves only its own
// images, such as registry-1.docker.io/calico/node. It never serves the other images of
// Docker Hub. People who write such a server rarely mean that.
func OnlyOwnHost(server string) bool {
	l, ok := locate(Endpoint(server))
	return ok && l.isOneOf(ownHosts...)
}

// IsDockerHub reports whether Docker Hub answers under a host. The host must have the
// form that Host returns. Docker Hub's limit of anonymous pulls counts for all these
// hosts. But kubelet finds the credentials for some of them only under that very name.
func IsDockerHub(host string) bool {
	host = strings.TrimSuffix(strings.ToLower(host), ":443")
	return host == hubHost || host == hubCredentials || slices.Contains(ownHosts, host)
}

// IsNoRegistry reports whether nobody can pull an image from a host that people take for the
// registry of Docker Hub, such as hub.docker.com.
func IsNoRegistry(host string) bool {
	l, ok := locate(host)
	return ok && l.isOneOf(notRegistries...)
}

// A ServerError says why kubelet uses no credential under a server, and what to write instead.
type ServerError struct{ Problem, Hint string }

func (e *ServerError) Error() string { return e.Problem }

// These errors quote nothing of the server: it may be a password in the wrong field.
var (
	errNoServer = &ServerError{"is not a host or URL, so kubelet ignores the entry", writeHost}
	errOneLabel = &ServerError{"has no dot and no port, so it is never the host of an image", writeHost}
	errNotPlain = &ServerError{"has a user name, query or fragment in it", "write the host only, such as quay.io"}
	errIPv6     = &ServerError{"is an IPv6 address without a port, and kubelet reads its brackets as a glob", "write the port, here and in the images, or use a host name"}
)

const writeHost = "write the registry's host, such as quay.io, or " + DockerHub + " for Docker Hub"

// CheckServer returns a *ServerError if kubelet would never use a credential that is
// stored under server. It also does so if people who write this server mean another one:
// a server with a user name, an API version without the last slash, a host that is no
// registry. The error quotes the server or its host only if the host is known or likely.
func CheckServer(server string) error {
	if strings.ContainsAny(server, "@?#") {
		return errNotPlain
	}
	if rest, found := cutScheme(server); found {
		return checkScheme(server, rest)
	}
	endpoint := Endpoint(server)
	if endpoint == hubCredentials {
		return nil
	}
	l, ok := locate(endpoint)
	if !ok || l.host == "" {
		return errNoServer
	}
	isHub, isOwn, isNone := l.isOneOf(hubHost, hubCredentials), l.isOneOf(ownHosts...), l.isOneOf(notRegistries...)
	serves := l.servesAny()
	noSlash := func(hint string) error {
		return &ServerError{fmt.Sprintf("%s matches no image: without a slash at the end, kubelet takes %s for the start of an image's path", l.quoted(server), l.path), "write " + hint}
	}
	switch version := l.path == "/v1" || l.path == "/v2"; {
	case version && isHub:
		return noSlash(DockerHub)
	case version && isOwn:
		return noSlash(DockerHub + ", or " + l.String() + " for images that name this host")
	case isNone, isHub && !(serves && l.address == address{host: hubHost}):
		return &ServerError{fmt.Sprintf("kubelet does not match %s with images of Docker Hub", l.quoted(server)), "write " + DockerHub}
	case version && l.isLikely():
		return noSlash(l.String())
	case serves && !version:
		return nil
	case strings.HasPrefix(l.host, "["):
		return errIPv6
	case l.isLikely():
		return &ServerError{fmt.Sprintf("no image's path begins with the text after %s", l.quoted("")), "write " + l.String()}
	case !strings.Contains(l.host, ".") && !strings.HasPrefix(l.path, "//"): // else it is a scheme
		return errOneLabel
	}
	return errNoServer
}

// isOneOf reports whether the host is one of the hosts. It ignores case and a dot at the
// end.
func (a address) isOneOf(hosts ...string) bool {
	return slices.Contains(hosts, strings.TrimRight(strings.ToLower(a.host), "."))
}

// cutScheme returns the text after a scheme that people write and that kubelet does not
// remove. It returns false if the server has no such scheme.
func cutScheme(server string) (rest string, found bool) {
	scheme, rest, found := strings.Cut(server, "://")
	if !found || scheme == "http" || scheme == "https" || !slices.Contains([]string{"http", "https", "oci", "docker", "ftp"}, strings.ToLower(scheme)) {
		return "", false
	}
	return rest, true
}

// checkScheme returns the error for a server with such a scheme. rest is the text after
// the scheme.
func checkScheme(server, rest string) error {
	l, ok := locate(Endpoint(rest))
	if _, again := cutScheme(rest); again || !ok {
		return errNoServer
	}
	if err := CheckServer(rest); err != nil {
		return err
	}
	if !l.isLikely() {
		return errNoServer
	}
	meant := l.String()
	if l.isOneOf(hubHost, hubCredentials) {
		meant = DockerHub
	}
	return &ServerError{fmt.Sprintf("%s has a scheme that kubelet does not know, so it matches no image", l.quoted(server)), "write " + meant}
}

// likely matches the hosts that images have: a host with a dot or a port, or localhost. A
// label may have an asterisk.
var likely = lazy.Regexp(`^(?:` + likelyLabel + `(?:\.` + likelyLabel + `)+(?::[0-9]+)?|(?:` + likelyLabel + `|\[[A-Fa-f0-9:]+\]):[0-9]+|localhost)$`)

const likelyLabel = `[A-Za-z0-9*](?:[A-Za-z0-9*-]*[A-Za-z0-9*])?`

func (a address) isLikely() bool { return likely().MatchString(a.String()) }

// String returns the address in the form that a server has.
func (a address) String() string {
	if a.port == "" {
		return a.host
	}
	if strings.Contains(a.host, ":") {
		return "[" + a.host + "]:" + a.port
	}
	return a.host + ":" + a.port
}

// quoted returns the server of a location for a message. It returns the whole server if
// its path is empty or an API version, and only the host otherwise.
func (l location) quoted(server string) string {
	if server == "" || l.path != "" && l.path != "/v1" && l.path != "/v2" {
		server = l.String()
	}
	return fmt.Sprintf("%q", server)
}

// servesAny reports whether kubelet uses a credential of the location for any image. It
// does not count the fallback for Docker Hub.
func (l location) servesAny() bool {
	host := address{strings.ReplaceAll(l.host, "*", "A"), l.port} // an upper-case letter makes one word a host, too
	path := l.path
	if path == "" {
		path = "/"
	}
	for _, rest := range []string{"a/a", "a", ""} { // the shorter ones are for a path that already has the largest length
		repository, ok := Repository(host.String() + path + rest)
		if !ok {
			continue
		}
		if r, ok := locate(repository); ok && l.serves(&r) {
			return true
		}
	}
	return false
}
