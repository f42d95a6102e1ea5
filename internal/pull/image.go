// SPDX-License-Identifier: Apache-2.0

package pull

import "strings"

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

// Canonical returns an image reference in full: docker.io/calico/node:v3.30.0 for
// calico/node:v3.30.0, and docker.io/library/etcd:latest for etcd. Of a tag and a digest
// the digest counts. It returns false where Repository does.
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

// Host returns the registry of a repository: docker.io for one of Docker Hub.
func Host(repository string) string {
	host, _, _ := strings.Cut(repository, "/")
	return host
}

// How long the parts of a reference may be, in characters.
const (
	maxPath = 255 // the host does not count
	maxTag  = 128
	// What is as long, and hexadecimal, may be the ID of an image.
	idLength = 64
)

// digestLength has the algorithms of digests, and how long they are. A reference
// without a digest has no algorithm.
var digestLength = map[string]int{"": 0, "sha256": 64, "sha384": 96, "sha512": 128}

// imageParts are a normalised reference, taken apart.
type imageParts struct{ host, path, tag, algorithm, digest string }

// parse takes a normalised reference apart: host, path, then a tag and a digest if
// it has them. The host is empty if it is none, as when it has an underscore: then
// all is path. Lengths are not looked at. This is no regular expression, which the
// tests have, because to compile that takes longer than all else that is done to a
// small list.
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

// Characters that the parts of a reference consist of.
const (
	digits       = "0123456789"
	lowerHex     = digits + "abcdef"
	lowerLetters = "abcdefghijklmnopqrstuvwxyz"
	letters      = lowerLetters + "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
)

// consistsOf reports whether s has characters, and only such.
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

// isPathComponent reports whether s is words of lower-case letters and digits, with a
// dot, one or two underscores, or any number of hyphens between them.
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

// isOnHub reports whether kubelet takes a repository for one of Docker Hub: it
// looks for a dot or colon in the host only, so localhost is on Docker Hub, too.
func isOnHub(repository string) bool {
	host := Host(repository)
	return host == hubHost || host == hubCredentials || !strings.ContainsAny(host, ".:")
}
