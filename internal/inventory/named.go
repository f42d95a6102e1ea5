// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"regexp"
	"strings"
	"sync"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/pull"
)

// A short name, such as acme/agent:v1, looks like many other things. It is an image if somebody calls
// it so: with a key of a text, a name beside a value, a key of a ConfigMap, or an argument.

// shortestNamed is the shortest text in which a key says so.
const shortestNamed = "image=a:b"

// shortestDecoded is how long that is in base64.
const shortestDecoded = 12

// byName notes the image that a scalar has under a name which somebody gave, if that says image.
func (w *walker) byName(name string, n *yaml.Node, at spot) {
	if n == nil || n.Kind != yaml.ScalarNode || at.pulled[n] || !saysImage(name) {
		return
	}
	value := n.Value
	if at.kind.kind == "Secret" && len(at.keys) == 2 && at.keys[0] == "data" {
		if plain := decoded(value, 1); plain != "" {
			value = plain
		}
	}
	if image := w.question.listed(value); image != "" {
		at.pulled[n] = true
		w.dark(at, Text, image)
	}
}

// pair notes the images of a mapping with a name and a value, such as a variable or a parameter.
func (w *walker) pair(n *yaml.Node, at spot) {
	name := text(n, "name")
	if !saysImage(name) {
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if key := n.Content[i]; key.Value == "value" || key.Value == "default" {
			w.byName(name, n.Content[i+1], at.below(n, key.Value, key.Line))
		}
	}
}

// saysImage reports whether a name says that an image is behind it.
func saysImage(name string) bool {
	if !strings.Contains(name, "mage") && !strings.Contains(name, "MAGE") { // as in Words
		return false
	}
	_, is := imageKey(name)
	return is
}

// listed returns the first image that matters of a value that is an image, or a list of some with
// commas or spaces; empty if it is something else.
func (q Question) listed(value string) (first string) {
	all := strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == ';' || r == ' ' || r == '\n' || r == '\t' })
	for _, image := range all {
		if !looksLikeImage(image) {
			return ""
		}
		if first == "" && q.Concerns(image) {
			first = image
		}
	}
	return first
}

// named returns the first image that matters in a text and is behind a key that says image:
// `image: a/b`, `"sidecarImage":"a/b"`, `AGENT_IMAGE=a/b`, `--image a/b`. Lines that are a comment do
// not count.
func (q Question) named(text string) string {
	if strings.Contains(text, `\/`) { // JSON in a text
		text = strings.ReplaceAll(text, `\/`, "/")
	}
	for at := 0; ; {
		i := indexOfImage(text[at:])
		if i < 0 {
			return ""
		}
		start, end := at+i, at+i+len("image")
		for start > 0 && isOfKey(text[start-1]) {
			start--
		}
		for end < len(text) && isOfKey(text[end]) {
			end++
		}
		at = end
		if !saysImage(text[start:end]) || isComment(text[:start]) {
			continue
		}
		if image := valueBehind(text[end:], strings.HasPrefix(text[start:end], "-")); looksLikeImage(image) && q.Concerns(image) {
			return image
		}
	}
}

// indexOfImage returns where a text has the word image, in small or capital letters or with a capital
// in front; -1 if nowhere.
func indexOfImage(text string) int {
	first := -1
	for _, word := range []string{"mage", "MAGE"} {
		for at := 0; ; at += len(word) {
			i := strings.Index(text[at:], word)
			if i < 0 {
				break
			}
			if at += i; at > 0 && (text[at-1] == 'i' || text[at-1] == 'I') {
				if first < 0 || at-1 < first {
					first = at - 1
				}
				break
			}
		}
	}
	return first
}

func isOfKey(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || b == '_' || b == '-' || b == '.'
}

// isComment reports whether the line that a text ends in is a comment.
func isComment(text string) bool {
	line := strings.TrimLeft(text[strings.LastIndexByte(text, '\n')+1:], " \t")
	return strings.HasPrefix(line, "#") || strings.HasPrefix(line, "//")
}

// valueBehind returns the value behind a key, at the beginning of a text; empty if there is no value.
// A colon is that of a key only behind a quote, or before a space: others are in the names of images.
func valueBehind(text string, isFlag bool) string {
	const quotes = "\"'\\"
	rest := strings.TrimLeft(text, quotes)
	isQuoted := len(rest) < len(text)
	rest = strings.TrimLeft(rest, " \t")
	switch {
	case strings.HasPrefix(rest, "="):
	case strings.HasPrefix(rest, ":") && (isQuoted || strings.HasPrefix(rest, ": ") || strings.HasPrefix(rest, ":\t")):
	case isFlag && strings.HasPrefix(text, " "):
		rest = text
	default:
		value, isPair := strings.CutPrefix(strings.TrimLeft(rest, ", \t\r\n"+quotes), "value")
		if !isPair { // behind the name of a variable
			return ""
		}
		return valueBehind(value, false)
	}
	rest = strings.TrimLeft(rest[1:], " \t")
	if strings.HasPrefix(rest, "&") || strings.HasPrefix(rest, "!") { // an anchor or a tag
		_, rest, _ = strings.Cut(rest, " ")
	}
	rest = strings.TrimLeft(rest, quotes)
	if end := strings.IndexAny(rest, " \t\r\n\"'`\\,;|<>()[]}&"); end >= 0 {
		rest = rest[:end]
	}
	return rest
}

// looksLikeImage reports whether a value looks like an image: it has a tag, a digest or a slash. Some
// of it may be yet to be filled in, but not its beginning. A web address, a path, a number, and a file
// with a picture or a disk are none.
func looksLikeImage(value string) bool {
	image := withoutScheme(value)
	if !strings.ContainsAny(image, "/:@") {
		return false
	}
	if i := strings.IndexAny(image, "${<%"); i >= 0 {
		image = strings.TrimRight(image[:i], "/:@._-")
	}
	name, _, _ := strings.Cut(image, "@")
	_, ok := pull.Repository(name)
	return ok && strings.ContainsFunc(image, func(r rune) bool { return r >= 'a' && r <= 'z' }) && !fileName().MatchString(image)
}

// fileName matches the name of a file, and a media type.
var fileName = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^image/[a-z]+$|/[^:@]*\.(?:png|jpe?g|gif|svg|ico|webp|bmp|avif|tiff?|pdf|html?|js|css|iso|img|qcow2|vmdk|vhdx?|ova|raw|tar|t?gz|xz|zst|zip|bin|ya?ml|json|toml|txt|conf|sh|py|go)$`)
})
