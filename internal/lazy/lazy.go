// SPDX-License-Identifier: Apache-2.0

// Package lazy compiles regular expressions when they are first used. People wait for the start of
// the program, and most runs use none of them.
package lazy

import (
	"regexp"
	"sync"
)

// Regexp returns a function that returns the expression. It panics at its first call if the
// expression is not valid.
func Regexp(expression string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}
