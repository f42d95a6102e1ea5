// SPDX-License-Identifier: Apache-2.0

package function

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxCredential is how many bytes a Secret may hold: the API server's limit, 1 MiB.
const maxCredential = 1 << 20

// A Source says where a value comes from. Exactly one of its fields is set.
type Source struct {
	Value string // itself
	Env   string // the environment variable that has it
	File  string // the file that has it, and nothing else
}

// given returns how many of the fields are set.
func (s Source) given() int {
	n := 0
	for _, set := range []bool{s.Value != "", s.Env != "", s.File != ""} {
		if set {
			n++
		}
	}
	return n
}

// field returns the path of the setting that is used, for a value called name.
func (s Source) field(name string) string {
	switch {
	case s.Env != "":
		return "secret." + name + "Env"
	case s.File != "":
		return "secret." + name + "File"
	}
	return "secret." + name
}

// read returns the value. Of a variable or file one newline at the end is
// dropped, as `docker login --password-stdin` does: one LF, then one CR.
//
// The error names the variable or file and never quotes what is in it. It leaves
// out a name that does not look like one: where passwordEnv=$TOKEN was meant to
// be passwordEnv=TOKEN, it is the password.
func (s Source) read() (string, error) {
	value := s.Value
	switch {
	case s.Env != "":
		v, ok := os.LookupEnv(s.Env)
		if !ok {
			return "", fmt.Errorf("environment variable %s is not set", variableName(s.Env))
		}
		if value = trimNewline(v); value == "" {
			return "", fmt.Errorf("environment variable %s is empty", variableName(s.Env))
		}
	case s.File != "":
		v, err := readFile(s.File)
		if err != nil {
			return "", err
		}
		value = trimNewline(v)
	}
	switch {
	case value == "":
		return "", errors.New("is empty")
	case len(value) > maxCredential:
		return "", errors.New("is larger than 1 MiB, which no Secret can hold")
	case !utf8.ValidString(value):
		return "", errors.New("is not valid UTF-8")
	case hasControl(value):
		return "", errors.New("has a control character in it, such as a line break")
	}
	return value, nil
}

func readFile(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("%s: %s", fileName(path), ioProblem(err))
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxCredential+3)) // room for a newline
	switch {
	case err != nil:
		return "", fmt.Errorf("%s: %s", fileName(path), ioProblem(err))
	case len(b) == 0:
		return "", fmt.Errorf("%s is empty", fileName(path))
	}
	return string(b), nil
}

// ioProblem returns what went wrong without the path that Go puts before it.
func ioProblem(err error) string {
	if errors.Is(err, fs.ErrNotExist) {
		return "no such file"
	}
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return "cannot be read"
}

var conventionalVariable = regexp.MustCompile(`^[A-Z]+(_[A-Z0-9]+)+$`)

func variableName(name string) string {
	if conventionalVariable.MatchString(name) {
		return name
	}
	return "that secret.*Env names (not shown, as it may be the value: write NAME, not $NAME)"
}

// fileName returns path if it surely is one: it starts in a folder that there is.
func fileName(path string) string {
	first, rest, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	if strings.HasPrefix(path, "/") {
		first = "/" + first
	}
	if info, err := os.Stat(first); err == nil && info.IsDir() && (rest != "" || strings.HasSuffix(path, "/")) {
		return "file " + path
	}
	return "the file (its path is not shown, as it may be the value: write one in a folder that exists, such as ./NAME)"
}

func trimNewline(s string) string { return strings.TrimSuffix(strings.TrimSuffix(s, "\n"), "\r") }

func hasControl(s string) bool { return strings.ContainsFunc(s, unicode.IsControl) }

// A credential is what a registry wants to know.
type credential struct{ username, password string }

// credential returns the user name and password that s names.
func (s *SecretConfig) credential() (credential, problems) {
	var p problems
	var c credential
	read := func(name string, source Source) string {
		value, err := source.read()
		if err != nil {
			p.add(source.field(name), "%v", err)
		}
		return value
	}
	c.username = read("username", s.Username)
	c.password = read("password", s.Password)
	if strings.Contains(c.username, ":") {
		p.add(s.Username.field("username"), "has a colon in it: kubelet takes what follows the first one for the password")
	}
	return c, p
}
