// SPDX-License-Identifier: Apache-2.0

package function

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
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
			return "", fmt.Errorf("environment variable %s is not set%s", variableName(s.Env), inContainer(
				"a container has the variables only that kpt fn eval --env NAME or kustomize build -e NAME hands in; kpt fn render cannot, so use exec there"))
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
	return value, checkValue(value)
}

// checkValue returns an error if no Secret can hold the value, or no registry
// takes it. It does not quote it.
func checkValue(value string) error {
	switch {
	case value == "":
		return errors.New("is empty")
	case len(value) > maxCredential:
		return errors.New("is larger than 1 MiB, which no Secret can hold")
	case !utf8.ValidString(value):
		return errors.New("is not valid UTF-8")
	case hasControl(value):
		return errors.New("has a control character in it, such as a line break")
	}
	return nil
}

func readFile(path string) (string, error) {
	path = expandHome(path)
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("%s: %s%s", fileName(path), ioProblem(err), inContainer(
			"a container sees the files only that kpt fn eval --mount or mounts: in the annotation "+functionAnnotation+" of the config hands in; kpt fn render cannot, so use exec there"))
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

// inContainer returns the hint, for an error, if this is a container that runs
// nothing else.
func inContainer(hint string) string {
	if !isContainer() {
		return ""
	}
	return ": " + hint
}

// isContainer is replaced by tests.
var isContainer = func() bool { return os.Getpid() == 1 }

// expandHome returns path with the home directory for a ~ at its beginning.
func expandHome(path string) string {
	rest, found := strings.CutPrefix(path, "~/")
	if home, err := os.UserHomeDir(); found && err == nil {
		return filepath.Join(home, rest)
	}
	return path
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

// auths are the credentials of a Secret, by the server that each is stored under.
type auths map[string]credential

// auths returns the credentials that s names, for the images.
func (s *SecretConfig) auths(images []string) (auths, problems) {
	if s.DockerConfig != "" {
		found, err := dockerCredentials(s.DockerConfig, s.Server, images)
		if err != nil {
			return nil, problems{{check: checkConfig, field: "secret.dockerConfigFile", text: err.Error()}}
		}
		return found, nil
	}
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
		p.add(s.Username.field("username"), "%s", hasColon)
	}
	return auths{s.Server: c}, p
}

const hasColon = "has a colon in it: kubelet takes what follows the first one for the password"
