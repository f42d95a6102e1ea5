// SPDX-License-Identifier: Apache-2.0

package pull

import (
	"regexp"
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
func Repository(image string) (repository string, ok bool) {
	if identifier().MatchString(image) {
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
	parts := reference().FindStringSubmatch(host + "/" + rest)
	if parts == nil {
		return "", false
	}
	host, path, tag, algorithm, digest := parts[1], parts[2], parts[3], parts[4], parts[5]
	if len(path) > maxPath || len(tag) > maxTag || len(digest) != digestLength[algorithm] {
		return "", false
	}
	return host + path, true
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
)

// digestLength has the algorithms of digests, and how long they are. A reference
// without a digest has no algorithm.
var digestLength = map[string]int{"": 0, "sha256": 64, "sha384": 96, "sha512": 128}

// reference matches a normalised reference: the host with the slash behind it,
// path, tag, algorithm and digest. The host is empty if it has an underscore, as
// then all is path. Lengths are left out, since counting makes the expression large.
var reference = sync.OnceValue(func() *regexp.Regexp {
	const (
		label  = `(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])`
		host   = `(?:` + label + `(?:\.` + label + `)*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?`
		part   = `[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*`
		tag    = `(?::(\w[\w.-]*))?`
		digest = `(?:@(sha256|sha384|sha512):([a-f0-9]+))?`
	)
	return regexp.MustCompile(`^((?:` + host + `/)?)(` + part + `(?:/` + part + `)*)` + tag + digest + `$`)
})

// identifier matches what may be the ID of an image and is no reference therefore.
var identifier = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-f0-9]{64}$`) })

// isOnHub reports whether kubelet takes a repository for one of Docker Hub: it
// looks for a dot or colon in the host only, so localhost is on Docker Hub, too.
func isOnHub(repository string) bool {
	host := Host(repository)
	return host == hubHost || host == hubCredentials || !strings.ContainsAny(host, ".:")
}
