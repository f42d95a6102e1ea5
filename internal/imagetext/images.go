// SPDX-License-Identifier: Apache-2.0

// Package imagetext finds references to images in texts. A Question says which registries
// matter. It answers for one image, and for a text with images anywhere: behind the name of
// a registry, behind a key that says image, in base64, in what gzip made, in a manifest. The
// package knows no object and no YAML: internal/inventory asks it about each text of an
// object.
package imagetext

import (
	"bytes"
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
// every object may matter, or if no registry matters. See wire.Interest.
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

// Decoded returns the text that base64 encodes. It returns an empty string if the text is
// not base64, or shorter than the caller says.
func Decoded(text string, shortest int) string {
	if len(text) < shortest || strings.ContainsFunc(text, isNotBase64) {
		return ""
	}
	var compactOf, plainOf [96]byte // most texts fit, and need no other memory
	compact := append(compactOf[:0], text...)
	compact = slices.DeleteFunc(compact, func(b byte) bool { return b == '\n' || b == '\r' || b == ' ' || b == '\t' })
	compact = bytes.TrimRight(compact, "=")
	encoding := base64.RawStdEncoding
	if bytes.ContainsAny(compact, "-_") {
		encoding = base64.RawURLEncoding
	}
	plain, err := encoding.AppendDecode(plainOf[:0], compact)
	if err != nil {
		return ""
	}
	return string(plain)
}

func isNotBase64(r rune) bool {
	return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("+/=-_\n\r\t ", r)
}

// imageKeys are the keys of fields that have an image, in lower case and without dashes,
// underscores and dots.
var imageKeys = []string{"image", "imagename", "imageref", "imagereference", "imageurl", "imageuri", "imagerepository", "imagerepo", "containerimage", "dockerimage"}

// wideKeys are the keys of fields that may have an image, or something else.
var wideKeys = []string{"imagepath", "imagelocation", "imagesource", "imagespec", "imagefullname", "imagewithtag", "imagelist", "imageoverride", "imageorigin", "imagetouse", "imagev"}

// Key reports whether a key means an image. exact says that its value is always an
// image. A key that only ends like one, such as machineImage, may have other values.
func Key(key string) (exact, is bool) {
	if !strings.ContainsAny(key, "gG") { // most keys
		return false, false
	}
	key = strings.Map(func(r rune) rune { // "image-name", "image_1", "Image Name"
		if r < 'a' || r > 'z' {
			return -1
		}
		return r
	}, strings.ToLower(key))
	if slices.Contains(imageKeys, key) {
		return true, true
	}
	key = strings.TrimSuffix(key, "s")
	return false, slices.Contains(wideKeys, key) || slices.ContainsFunc(imageKeys, func(k string) bool { return strings.HasSuffix(key, k) })
}

// MayBeImage reports whether the value of such a key may be an image.
func MayBeImage(value string, exact bool) bool {
	image := withoutScheme(value)
	if strings.ContainsAny(image, "${<%") { // a placeholder
		return !strings.ContainsAny(image, "\n")
	}
	_, ok := pull.Repository(image)
	return ok && (exact || strings.ContainsAny(image, "/:@"))
}

// hasManifest reports whether a text has a manifest, or values of a chart, with an image
// that matters. A ConfigMap for a ClusterResourceSet has such a text.
func (q Question) hasManifest(text string) bool {
	if !strings.Contains(text, "mage") || !aroundImage().MatchString(text) {
		return false
	}
	found := imageValue().FindAllStringSubmatch(text, -1)
	return len(found) > 0 && q.concernsAny(found)
}

// concernsAny reports whether one of the images that the expression found in a text
// matters. It also returns true if none of them is readable.
func (q Question) concernsAny(found [][]string) bool {
	if len(q.hosts) == 0 { // the caller only asks whether there are workloads
		return true
	}
	seen := 0
	for _, m := range found {
		isMapping := m[1] == "" || m[1][0] == '{' && !strings.HasPrefix(m[1], "{{")
		if !isMapping && q.Concerns(m[1]) {
			return true
		}
		if !isMapping {
			seen++
		}
	}
	return seen == 0
}

var (
	imageValue = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`\b(?:[iI]mage|repository)["'\\]*[ \t]*:[ \t]*["'\\]*([^\s"'\\,}]*)`)
	})
	aroundImage = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?m)(?:^|[\s{,\-"'])["'\\]*(?:containers|initContainers|repository|kind)["'\\]*\s*:`)
	})
)
