// SPDX-License-Identifier: Apache-2.0

package imagetext

import (
	"strings"

	"example.com/calico-pull-secrets/internal/lazy"
	"example.com/calico-pull-secrets/internal/pull"
)

// A short name, such as acme/agent:v1, looks like many other things. It is an image if somebody calls
// it so: with a key of a text, a name beside a value, a key of a ConfigMap, or an argument.

// shortestNamed is the shortest text in which a key says so.
const shortestNamed = "image=a:b"

// shortestDecoded is how long that is in base64.
const shortestDecoded = 12

// SaysImage reports whether a name says that an image is behind it.
func SaysImage(name string) bool {
	if !strings.Contains(name, "mage") && !strings.Contains(name, "MAGE") { // as in Words
		return false
	}
	_, is := Key(name)
	return is
}

// Listed returns the images that matter of a value that is an image, or a list of some with commas or
// spaces; none if it is something else.
func (q Question) Listed(value string) (images []string) {
	all := strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == ';' || r == ' ' || r == '\n' || r == '\t' })
	for _, image := range all {
		if !looksLikeImage(image) {
			return nil
		}
		if q.Concerns(image) {
			images = append(images, image)
		}
	}
	return images
}

// named returns the images that matter in a text and are behind a key that says image:
// `image: a/b`, `"sidecarImage":"a/b"`, `AGENT_IMAGE=a/b`, `--image a/b`. Lines that are a comment do
// not count.
func (q Question) named(text string) (all []string) {
	text = unescaped(text)
	next := [2]int{-1, -1} // where "mage" and "MAGE" are next
	for at, line := 0, (commentedLine{}); ; {
		for i, word := range [2]string{"mage", "MAGE"} {
			if next[i] >= at {
				continue
			}
			next[i] = len(text)
			if n := strings.Index(text[at:], word); n >= 0 {
				next[i] = at + n
			}
		}
		start := min(next[0], next[1])
		if start == len(text) {
			return all
		}
		end := start + len("mage")
		for start > at && isOfKey(text[start-1]) {
			start--
		}
		for end < len(text) && isOfKey(text[end]) {
			end++
		}
		isComment := line.has(text, start)
		if at = end; !SaysImage(text[start:end]) || isComment {
			continue
		}
		if image := valueBehind(text[end:], strings.HasPrefix(text[start:end], "-")); looksLikeImage(image) && q.Concerns(image) {
			all = append(all, image)
		}
	}
}

// A commentedLine is a line of a text, and whether that is a comment. It moves forward only, so that a
// long line is read once.
type commentedLine struct {
	read int
	is   bool
}

// has reports whether the line with a place in it is a comment.
func (l *commentedLine) has(text string, place int) bool {
	start := strings.LastIndexByte(text[l.read:place], '\n')
	if start >= 0 || l.read == 0 {
		line := strings.TrimLeft(text[l.read+start+1:], " \t")
		l.is = strings.HasPrefix(line, "#") || strings.HasPrefix(line, "//")
	}
	l.read = place
	return l.is
}

func isOfKey(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || b == '_' || b == '-' || b == '.'
}

// valueBehind returns the value behind a key, at the beginning of a text; empty if there is no value.
// A colon is that of a key only behind a quote, or before a space: others are in the names of images.
func valueBehind(text string, isFlag bool) string {
	const quotes, longest = "\"'\\", 512 // longer names are of no image
	text = text[:min(len(text), longest)]
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
var fileName = lazy.Regexp(`^image/[a-z]+$|/[^:@]*\.(?:png|jpe?g|gif|svg|ico|webp|bmp|avif|tiff?|pdf|html?|js|css|iso|img|qcow2|vmdk|vhdx?|ova|raw|tar|t?gz|xz|zst|zip|bin|ya?ml|json|toml|txt|conf|sh|py|go)$`)
