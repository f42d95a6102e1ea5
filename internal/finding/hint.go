// SPDX-License-Identifier: Apache-2.0

package finding

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// LongestHint is the length that no hint exceeds, so that people read it to its end.
const LongestHint = 160

// hintMark separates message and hint in a format.
const hintMark = "\nhint: "

// Worded formats the arguments, and returns the texts before and after hintMark. Each text is one
// line without control characters, whatever the arguments contain.
func Worded(format string, a ...any) (message, hint string) {
	message, hint, _ = strings.Cut(fmt.Sprintf(format, withoutMark(a)...), hintMark)
	return Visible(message), Visible(hint)
}

// withoutMark removes hintMark from the arguments of a format. So no name can look like a hint.
func withoutMark(arguments []any) []any {
	safe := slices.Clone(arguments)
	for i, a := range arguments {
		switch a := a.(type) {
		case string:
			safe[i] = strings.ReplaceAll(a, hintMark, "\n")
		case error, fmt.Stringer:
			if text := fmt.Sprint(a); strings.Contains(text, hintMark) {
				safe[i] = strings.ReplaceAll(text, hintMark, "\n")
			}
		}
	}
	return safe
}

// A hintedError is an error with a hint.
type hintedError struct {
	error
	hint string
}

func (e hintedError) Unwrap() error { return e.error }

// Errorf returns an error with the message and the hint that Worded makes.
func Errorf(format string, a ...any) error {
	message, hint := Worded(format, a...)
	return hintedError{errors.New(message), hint}
}

// WithHint returns err with the hint. It returns err itself if the hint is empty.
func WithHint(err error, hint string) error {
	if err == nil || hint == "" {
		return err
	}
	return hintedError{err, hint}
}

// HintOf returns the hint of an error, or "".
func HintOf(err error) string {
	var hinted hintedError
	if errors.As(err, &hinted) {
		return hinted.hint
	}
	return ""
}
