// SPDX-License-Identifier: Apache-2.0

package pull

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
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

// These errors quote nothing of the server: it may be a password in the wrong field.
var (
	errNoServer = errors.New("is not a host or URL, so kubelet ignores the entry. " + writeHost)
	errOneLabel = errors.New("has neither a dot nor a port, so it is never the host of an image. " + writeHost)
	errNotPlain = errors.New("has a user name, query or fragment in it. Write the host only, such as quay.io")
	errIPv6     = errors.New("is an IPv6 address without a port, which kubelet does not match with its images: it reads the brackets as a glob. Write the port, here and in the images, or use a host name")
)

const writeHost = "Write the registry's host, such as quay.io, or " + DockerHub + " for Docker Hub"

// CheckServer returns an error if kubelet would never use a credential that is stored
// under server. It also returns an error if people who write this server mean another
// one: a server with a user name, an API version without the last slash, a host that is
// no registry. The error says what to write instead. It quotes the server or its host
// only if the host is known or likely.
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
	const noSlash = "%s matches no image: without a slash at its end, kubelet takes %s for the beginning of an image's path. Write %s"
	switch version := l.path == "/v1" || l.path == "/v2"; {
	case version && isHub:
		return fmt.Errorf(noSlash, l.quoted(server), l.path, DockerHub)
	case version && isOwn:
		return fmt.Errorf(noSlash, l.quoted(server), l.path, DockerHub+", or "+l.String()+" for images that name this host")
	case isNone, isHub && !(serves && l.address == address{host: hubHost}):
		return fmt.Errorf("%s is not what kubelet matches with images of Docker Hub. Write %s", l.quoted(server), DockerHub)
	case version && l.isLikely():
		return fmt.Errorf(noSlash, l.quoted(server), l.path, l.String())
	case serves && !version:
		return nil
	case strings.HasPrefix(l.host, "["):
		return errIPv6
	case l.isLikely():
		return fmt.Errorf("%s is followed by what no image's path begins with. Write %s", l.quoted(""), l.String())
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
	return fmt.Errorf("%s has a scheme that kubelet does not know, so it matches no image. Write %s", l.quoted(server), meant)
}

// likely matches the hosts that images have: a host with a dot or a port, or localhost. A
// label may have an asterisk.
var likely = sync.OnceValue(func() *regexp.Regexp {
	const label = `[A-Za-z0-9*](?:[A-Za-z0-9*-]*[A-Za-z0-9*])?`
	return regexp.MustCompile(`^(?:` + label + `(?:\.` + label + `)+(?::[0-9]+)?|(?:` + label + `|\[[A-Fa-f0-9:]+\]):[0-9]+|localhost)$`)
})

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
