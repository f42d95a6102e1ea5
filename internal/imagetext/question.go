// SPDX-License-Identifier: Apache-2.0

// Package imagetext finds references to images in texts. A Question says which registries
// matter. It answers for one image, and for a text with images anywhere: behind the name of
// a registry, behind a key that says image, in base64, in what gzip made, in a manifest. The
// package knows no object and no YAML: internal/inventory asks it about each text of an
// object.
package imagetext

import (
	"encoding/base64"
	"regexp"
	"slices"
	"strings"
	"sync"

	"example.com/calico-pull-secrets/internal/pull"
)

// A Question says which registries matter. All names of Docker Hub count as one registry.
type Question struct {
	hosts []string // as kubelet names them, in lower case
	names []string // all names that they have in a text
	// encoded are the base64 forms of the names and of what gzip made.
	encoded []string
	any     bool
	// shortest is the smallest length of a text with a reference.
	shortest int
	found    func() *regexp.Regexp // matches a reference to one of the registries, as its first group; nil if there are no registries
}

// About returns the question about the images of registries. "*" means all registries.
func About(registries []string) Question {
	q := Question{}
	for _, registry := range registries {
		if registry == "*" {
			q.any = true
			q.names = append(q.names, hubHosts...) // these also count without a tag, as they do by themselves
			continue
		}
		host := hostOf(registry + "/x/y")
		q.hosts = append(q.hosts, host)
		q.names = append(q.names, host)
		if pull.IsDockerHub(host) {
			q.names = append(q.names, hubHosts...)
		}
	}
	slices.Sort(q.names)
	q.names = slices.Compact(q.names)
	q.encoded = encodedForms(q.names)
	q.found = sync.OnceValue(q.expression) // compiled late: it takes longer than all else, and only texts need it
	q.shortest = len("a.b/c:d")
	if !q.any {
		q.shortest = len(shortestNamed)
	}
	for _, name := range q.names {
		q.shortest = min(q.shortest, len(name+"/a"))
	}
	return q
}

// Asks reports whether any registry matters.
func (q Question) Asks() bool { return q.any || len(q.names) > 0 }

// Words returns words of which each object that may matter has at least one. It returns none if
// every object may matter, or if no registry matters. See prefilter.Interest.
func (q Question) Words() (words []string) {
	if q.any || !q.Asks() {
		return nil
	}
	for _, word := range append([]string{"mage", "MAGE", "repository", scheme}, q.names...) {
		words = append(words, inBase64Too(word)...)
	}
	words = append(withoutLonger(words), gzipped...)
	return append(words, "ontainers:", "mplate:") // without an image: see chosen.go
}

// inBase64 returns the base64 forms of a word: one for each place where it may start.
func inBase64(word string) (all []string) {
	for before := range 3 {
		encoded := base64.RawStdEncoding.EncodeToString(append(make([]byte, before), word...))
		start, end := []int{0, 2, 3}[before], 8*(before+len(word))/6 // the characters before and after it also depend on the neighbours
		all = append(all, encoded[start:end])
	}
	return all
}

// hubHosts are the hosts of Docker Hub.
var hubHosts = []string{"docker.io", "index.docker.io", "registry-1.docker.io", "registry.hub.docker.com"}

// scheme is before a reference, which may be without a host: then it is one of Docker Hub.
const scheme = "docker://"

// isOfRuntime reports whether what is behind the scheme is the id of a container, or the version of a
// runtime.
func isOfRuntime(text string) bool { return strings.Trim(text, "0123456789abcdef.") == "" }

// expression returns an expression for a reference in a text. It matches the host, with
// or without a port, if it is not a part of a longer name. A path in lower case or with a
// placeholder must follow. If any registry matters, a tag or digest must follow, too:
// without one, names of labels look the same.
func (q Question) expression() *regexp.Regexp {
	const (
		before = `(?:^|[^A-Za-z0-9.@/-]|docker://|oci://)`
		path   = `/(?:[a-z0-9]|[${][${(A-Za-z])[^\s"'` + "`" + `,;|<>\\]*`
	)
	var hosts []string
	for _, name := range q.names {
		quoted := regexp.QuoteMeta(name)
		if !strings.Contains(name, ":") {
			quoted += `(?::[0-9]+)?`
		}
		hosts = append(hosts, quoted)
	}
	var choices []string
	if len(hosts) > 0 {
		choices = append(choices, `(?i:`+strings.Join(hosts, "|")+`)`+path)
	}
	if q.any {
		choices = append(choices, `[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+(?::[0-9]+)?/[a-z0-9][a-z0-9._/-]*(?::[A-Za-z0-9_]|@sha)[^\s"'`+"`"+`,;|<>\\]*`)
	}
	if len(choices) == 0 {
		return nil
	}
	return regexp.MustCompile(before + `(` + strings.Join(choices, "|") + `)` + "|" + scheme + `([a-z0-9][^\s"'` + "`" + `,;|<>\\]*)`)
}

// Concerns reports whether an image is from one of the registries. It also returns true
// if the registry is still a placeholder.
func (q Question) Concerns(image string) bool {
	if q.any {
		return true
	}
	host := hostOf(withoutScheme(image))
	return host == "" || slices.ContainsFunc(q.hosts, func(h string) bool {
		return h == host || pull.IsDockerHub(h) && pull.IsDockerHub(host)
	})
}

func withoutScheme(image string) string {
	for _, scheme := range []string{"docker://", "oci://"} {
		image = strings.TrimPrefix(image, scheme)
	}
	return image
}

// hostOf returns the registry of an image, in lower case and without the default port
// 443. It returns an empty string if the registry is still a placeholder.
func hostOf(image string) string {
	repository, ok := pull.Repository(image)
	if !ok {
		host, _, found := strings.Cut(image, "/")
		if !found || !strings.ContainsAny(host, ".:") {
			return ""
		}
		if repository, ok = pull.Repository(host + "/x/y"); !ok {
			return ""
		}
	}
	return strings.TrimSuffix(strings.ToLower(pull.Host(repository)), ":443")
}

// find returns the references in a text.
func (q Question) find(text string) (all []string) {
	text = unescaped(text)
	if !q.mayHave(text) {
		return nil
	}
	for _, m := range q.found().FindAllStringSubmatch(text, -1) {
		reference := m[1] + m[2]
		_, path, _ := strings.Cut(reference, "/")
		if path = strings.TrimRight(path, ".:)]}"); path != "v1/" && path != "v2/" && !(m[2] != "" && isOfRuntime(m[2])) && q.Concerns(reference) {
			all = append(all, reference)
		}
	}
	return all
}

// mayHave is a fast test that saves most texts the expression. If no registry matters, no text has
// a reference, and there is no expression.
func (q Question) mayHave(text string) bool {
	if !q.Asks() || strings.IndexByte(text, '/') < 0 { // between the host and the path
		return false
	}
	if q.any {
		return true
	}
	lower := text
	if strings.ContainsFunc(text, func(r rune) bool { return 'A' <= r && r <= 'Z' }) {
		lower = strings.ToLower(text)
	}
	return strings.Contains(lower, scheme) || slices.ContainsFunc(q.names, func(name string) bool { return strings.Contains(lower, name) })
}
