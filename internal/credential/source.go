// SPDX-License-Identifier: Apache-2.0

package credential

import (
	"fmt"
	"os"

	"example.com/calico-pull-secrets/internal/finding"
)

// A Source says where a value comes from. Exactly one of its fields is set, which
// is for the caller to check. It does not print.
type Source struct {
	Value string // itself
	Env   string // the environment variable that has it
	File  string // the file that has it, and nothing else
}

// String returns what is printed in the place of the source.
func (Source) String() string { return "(source of a credential not shown)" }

// GoString is String for %#v.
func (s Source) GoString() string { return s.String() }

// Given returns how many of the fields are set.
func (s Source) Given() int {
	n := 0
	for _, field := range []string{s.Value, s.Env, s.File} {
		if field != "" {
			n++
		}
	}
	return n
}

// Read returns the value. Of a variable or file one newline at the end is
// dropped, as `docker login --password-stdin` does: one LF, then one CR. A file
// may be a pipe, such as <(pass show token) of a shell, but no device. An error
// for the value "" is that it is empty.
//
// The error names the variable or file if its name surely is one: where
// passwordEnv=$TOKEN was meant to be passwordEnv=TOKEN, it is the password. It
// never quotes what is in it.
func (s Source) Read(a Access) (string, error) {
	value := s.Value
	switch {
	case s.Env != "":
		if !a.allowsVariable(s.Env) {
			return "", fmt.Errorf("environment variable %s may not be read: --allow-env does not name it", variableName(s.Env))
		}
		text, ok := os.LookupEnv(s.Env)
		if !ok {
			return "", finding.Errorf("environment variable %s is not set\nhint: %s", variableName(s.Env), howToSet(s.Env))
		}
		if value = trimNewline(text); value == "" {
			return "", fmt.Errorf("environment variable %s is empty", variableName(s.Env))
		}
	case s.File != "":
		text, name, err := a.readFile(s.File)
		if err != nil {
			return "", err
		}
		if value = trimNewline(text); value == "" {
			return "", fmt.Errorf("%s is empty", name)
		}
	}
	if err := checkValue(value); err != nil {
		return "", err
	}
	return value, nil
}

// howToSet returns how a variable gets here that is not set.
func howToSet(variable string) string {
	switch name := variableName(variable); {
	case isContainer():
		return "hand it in: kpt fn eval --env NAME, kustomize build -e NAME; kpt fn render cannot, so use exec there"
	case name != variable:
		return "set it with export, before the program runs"
	default:
		return "export " + name + " (a variable that is set without export stays in the shell)"
	}
}

// inContainer returns an error with a hint, if this is a container that runs nothing else.
func inContainer(err error, hint string) error {
	if !isContainer() {
		return err
	}
	return finding.WithHint(err, hint)
}

// isContainer is replaced by tests.
var isContainer = func() bool { return os.Getpid() == 1 }
