// SPDX-License-Identifier: Apache-2.0

// Package lazy computes what is expensive when it is first needed, and only once.
package lazy

import (
	"regexp"
	"sync"
)

// Regexp returns a function that returns the expression. It compiles the expression at its first call:
// people wait for the start of the program, and most runs use no expression. It panics if the
// expression is not valid.
func Regexp(expression string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}

// Value returns the value of a key. If known does not have it, Value computes it and adds it to known.
func Value[K comparable, V any](known map[K]V, key K, compute func() V) V {
	v, isKnown := known[key]
	if !isKnown {
		v = compute()
		known[key] = v
	}
	return v
}
