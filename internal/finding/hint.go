// SPDX-License-Identifier: Apache-2.0

package finding

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// hintMark is between what is wrong and what to do, in a format.
const hintMark = "\nhint: "

// Worded returns what is wrong and, behind hintMark in the format, what to do. Both are
// one line that no terminal obeys, whatever the arguments have in them.
func Worded(format string, a ...any) (message, hint string) {
	message, hint, _ = strings.Cut(fmt.Sprintf(format, withoutMark(a)...), hintMark)
	return Visible(message), Visible(hint)
}

// withoutMark returns arguments of a format whose texts have no hintMark: no name can pass
// for a hint.
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

// A hintedError is an error of which it is known what to do.
type hintedError struct {
	error
	hint string
}

func (e hintedError) Unwrap() error { return e.error }

// Errorf returns an error worded as by Worded, of which HintOf returns the hint.
func Errorf(format string, a ...any) error {
	message, hint := Worded(format, a...)
	return hintedError{errors.New(message), hint}
}

// WithHint returns an error with a hint, if there are both.
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
