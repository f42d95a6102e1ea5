// SPDX-License-Identifier: Apache-2.0

package allowance

import (
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// Limits for alternatives in braces. The library would need years to match forty pairs of them, and
// anybody can write them into an annotation.
const (
	mostBraces       = 16
	mostAlternatives = 100
)

// IsGlob reports whether a text is a valid glob without too many alternatives.
func IsGlob(text string) bool {
	return doublestar.ValidatePattern(text) && len(alternatives(text)) <= mostAlternatives
}

// matchGlob reports whether a glob matches a path. IsGlob must be true for the glob.
func matchGlob(glob, path string) bool {
	return slices.ContainsFunc(alternatives(glob), func(plain string) bool { return doublestar.MatchUnvalidated(plain, path) })
}

// alternatives returns the globs without braces for which a valid glob stands. If there are too
// many, it returns only some of them, but more than mostAlternatives.
func alternatives(glob string) (plain []string) {
	if !strings.Contains(glob, "{") {
		return []string{glob}
	}
	if strings.Count(glob, "{") > mostBraces {
		return make([]string, mostAlternatives+1)
	}
	before, inside, after, found := firstBraces(glob)
	if !found {
		return []string{glob}
	}
	for _, one := range inside {
		if plain = append(plain, alternatives(before+one+after)...); len(plain) > mostAlternatives {
			return plain
		}
	}
	return plain
}

// firstBraces returns the alternatives in the first braces of a glob, and the texts around the
// braces. found is false if all braces are escaped, or characters of a class.
func firstBraces(glob string) (before string, inside []string, after string, found bool) {
	start, from, depth, inClass := 0, 0, 0, false
	for i := 0; i < len(glob); i++ {
		switch c := glob[i]; {
		case c == '\\':
			i++
		case inClass:
			inClass = c != ']'
		case c == '[':
			inClass = true
		case c == '{':
			if depth++; depth == 1 {
				start, from = i, i+1
			}
		case depth == 1 && (c == ',' || c == '}'):
			inside, from = append(inside, glob[from:i]), i+1
			if c == '}' {
				return glob[:start], inside, glob[from:], true
			}
		case depth > 1 && c == '}':
			depth--
		}
	}
	return glob, nil, "", false
}
