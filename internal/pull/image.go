// SPDX-License-Identifier: Apache-2.0

package pull

import "strings"

// The two hosts of Docker Hub. A normalised reference has hubHost. docker and kubectl
// store the credentials under hubCredentials.
const (
	hubHost        = "docker.io"
	hubCredentials = "index.docker.io"
)

// Repository returns the repository of an image reference, without tag and digest:
// docker.io/calico/node for calico/node:v3.30.0, docker.io/library/etcd for etcd. It
// returns false if kubelet refuses the reference, or if nobody has filled in a
// placeholder yet.
//
// This is the rule of ParseNormalizedNamed in github.com/distribution/reference.
func Repository(image string) (repository string, ok bool) {
	if len(image) == idLength && consistsOf(image, lowerHex) {
		return "", false
	}
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
	r, ok := parse(host + "/" + rest)
	if !ok || len(r.path) > maxPath || len(r.tag) > maxTag || len(r.digest) != digestLength[r.algorithm] {
		return "", false
	}
	if r.host == "" {
		return r.path, true
	}
	return r.host + "/" + r.path, true
}

// Canonical returns the full form of an image reference: docker.io/calico/node:v3.30.0
// for calico/node:v3.30.0, docker.io/library/etcd:latest for etcd. If the reference has a
// tag and a digest, Canonical keeps the digest only. It returns false where Repository
// does.
func Canonical(image string) (reference string, ok bool) {
	repository, ok := Repository(image)
	if !ok {
		return "", false
	}
	rest, digest, found := strings.Cut(image, "@")
	if found {
		return repository + "@" + digest, true
	}
	if _, tag, found := strings.Cut(rest[strings.LastIndexByte(rest, '/')+1:], ":"); found {
		return repository + ":" + tag, true
	}
	return repository + ":latest", true
}

// Host returns the registry of a repository: docker.io for a repository on Docker Hub.
func Host(repository string) string {
	host, _, _ := strings.Cut(repository, "/")
	return host
}

// The largest lengths of the parts of a reference, in characters.
const (
	maxPath = 255 // without the host
	maxTag  = 128
	// A hexadecimal text of this length may be the ID of an image.
	idLength = 64
)

// digestLength maps the algorithms of digests to the length of their digests. The empty
// algorithm means a reference without a digest.
var digestLength = map[string]int{"": 0, "sha256": 64, "sha384": 96, "sha512": 128}

// imageParts are the parts of a normalised reference.
type imageParts struct{ host, path, tag, algorithm, digest string }

// parse splits a normalised reference into host, path, tag and digest. Tag and digest may
// be absent. The host is empty if the first part is not a valid host, for example because
// it has an underscore. Then that part belongs to the path. parse does not check the
// lengths.
//
// It uses no regular expression, only the tests do. To compile the expression takes
// longer than all other work on a small list.
func parse(normalised string) (r imageParts, ok bool) {
	rest, digest, found := strings.Cut(normalised, "@")
	if found {
		r.algorithm, r.digest, _ = strings.Cut(digest, ":")
		if digestLength[r.algorithm] == 0 || !consistsOf(r.digest, lowerHex) {
			return imageParts{}, false
		}
	}
	if host, path, found := strings.Cut(rest, "/"); found && isHost(host) {
		r.host, rest = host, path
	}
	r.path, r.tag, found = strings.Cut(rest, ":")
	if found && (!consistsOf(r.tag, letters+digits+"_.-") || strings.ContainsAny(r.tag[:1], ".-")) {
		return imageParts{}, false
	}
	for component := range strings.SplitSeq(r.path, "/") {
		if !isPathComponent(component) {
			return imageParts{}, false
		}
	}
	return r, true
}

// The sets of characters in the parts of a reference.
const (
	digits       = "0123456789"
	lowerHex     = digits + "abcdef"
	lowerLetters = "abcdefghijklmnopqrstuvwxyz"
	letters      = lowerLetters + "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
)

// consistsOf reports whether s is not empty and has only the given characters.
func consistsOf(s, characters string) bool { return s != "" && strings.Trim(s, characters) == "" }

// isHost reports whether s is a domain name or an IPv6 address in brackets, with or
// without a port.
func isHost(s string) bool {
	if address, port, found := strings.Cut(s, "]"); found && s[0] == '[' {
		return consistsOf(address[1:], lowerHex+"ABCDEF:") && (port == "" || port[0] == ':' && consistsOf(port[1:], digits))
	}
	name, port, found := strings.Cut(s, ":")
	if found && !consistsOf(port, digits) {
		return false
	}
	for label := range strings.SplitSeq(name, ".") {
		if !consistsOf(label, letters+digits+"-") || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
	}
	return true
}

// isPathComponent reports whether s consists of words of lower-case letters and digits.
// Between two words it allows a dot, one or two underscores, or any number of hyphens.
func isPathComponent(s string) bool {
	for {
		rest := strings.TrimLeft(s, lowerLetters+digits)
		switch {
		case rest == s: // no word
			return false
		case rest == "":
			return true
		case rest[0] == '-':
			s = strings.TrimLeft(rest, "-")
		case strings.HasPrefix(rest, "__"):
			s = rest[2:]
		case rest[0] == '.', rest[0] == '_':
			s = rest[1:]
		default:
			return false
		}
	}
}

// isOnHub reports whether kubelet takes a repository for one on Docker Hub. kubelet
// checks only for a dot or a colon in the host. So it takes localhost for Docker Hub,
// too.
func isOnHub(repository string) bool {
	host := Host(repository)
	return host == hubHost || host == hubCredentials || !strings.ContainsAny(host, ".:")
}
