// SPDX-License-Identifier: Apache-2.0

package credential

import (
	"os"

	"example.com/calico-pull-secrets/internal/finding"
)

// A Source says where a value comes from. The caller must make sure that exactly one
// field is set. A Source never prints its fields.
type Source struct {
	Value string // the value itself
	Env   string // the environment variable with the value
	File  string // the file with the value, and nothing else
}

// String returns the text to print instead of the source.
func (Source) String() string { return "(source of a credential not shown)" }

// GoString is String for %#v.
func (s Source) GoString() string { return s.String() }

// Given returns the number of fields that are set.
func (s Source) Given() int {
	n := 0
	for _, field := range []string{s.Value, s.Env, s.File} {
		if field != "" {
			n++
		}
	}
	return n
}

// Read returns the value. It removes one newline at the end of a variable or file: one
// LF, then one CR. `docker login --password-stdin` does the same. A file may be a pipe,
// such as <(pass show token) in a shell, but not a device. The value "" is an error.
//
// The error names the variable or file only if it certainly is a name. Somebody may write
// passwordEnv=$TOKEN instead of passwordEnv=TOKEN: then the name is the password. The
// error never quotes the value.
func (s Source) Read(a Access) (string, error) {
	value := s.Value
	switch {
	case s.Env != "":
		if !a.allowsVariable(s.Env) {
			return "", finding.Errorf("environment variable %s may not be read\nhint: add its name to --allow-env, if you trust the configuration", variableName(s.Env))
		}
		text, ok := os.LookupEnv(s.Env)
		if !ok {
			return "", finding.Errorf("environment variable %s is not set\nhint: %s", variableName(s.Env), howToSet(s.Env))
		}
		if value = trimNewline(text); value == "" {
			return "", finding.Errorf("environment variable %s is empty\nhint: %s", variableName(s.Env), hintOfEmpty)
		}
	case s.File != "":
		text, name, err := a.readFile(s.File)
		if err != nil {
			return "", err
		}
		if value = trimNewline(text); value == "" {
			return "", finding.Errorf("%s is empty\nhint: %s", name, hintOfEmpty)
		}
	}
	if err := checkValue(value); err != nil {
		return "", err
	}
	return value, nil
}

// howToSet returns how the user can set a variable that is not set.
func howToSet(variable string) string {
	switch name := variableName(variable); {
	case isContainer():
		return "pass the variable on: kpt fn eval --env NAME, kustomize build -e NAME; kpt fn render cannot, so use exec there"
	case name != variable:
		return "write NAME, not $NAME, and export the variable before the program runs"
	default:
		return "export " + name + " (a variable that is set without export stays in the shell)"
	}
}

// inContainer adds a hint to err if this is a container that runs nothing else.
func inContainer(err error, hint string) error {
	if !isContainer() {
		return err
	}
	return finding.WithHint(err, hint)
}

// isContainer reports whether this is such a container. Tests replace it.
var isContainer = func() bool { return os.Getpid() == 1 }
