// SPDX-License-Identifier: Apache-2.0

package credential

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/pull"
)

// autoFile means the file that docker or podman would read.
const autoFile = "auto"

// A config has the parts of docker's config.json and podman's auth.json that matter.
type config struct {
	Auths       map[string]entry  `json:"auths"`       // by server
	CredHelpers map[string]string `json:"credHelpers"` // by server
	CredsStore  string            `json:"credsStore"`  // the helper for all others
}

// An entry is the entry of one server. Auth overrides user name and password.
type entry struct {
	Username      string `json:"username"`
	Password      string `json:"password"`
	Auth          string `json:"auth"`
	IdentityToken string `json:"identitytoken"`
	RegistryToken string `json:"registrytoken"`
}

// tokenUsername is the user name that helpers give for an identity token.
const tokenUsername = "<token>"

var errToken = finding.Errorf("is an identity token, which kubelet ignores\nhint: log in with a password or an access token")

// credential returns the credential of the entry. It returns nil if the entry is empty,
// as Docker Desktop leaves it. The error quotes nothing.
func (e entry) credential() (*Credential, error) {
	if e.IdentityToken != "" || e.RegistryToken != "" {
		return nil, errToken
	}
	c := Credential{e.Username, e.Password}
	if e.Auth != "" {
		var err error
		if c.Username, c.Password, err = pull.SplitAuth(strings.TrimRight(e.Auth, "\r\n ")); err != nil {
			return nil, err
		}
	}
	if c == (Credential{}) {
		return nil, nil
	}
	return &c, nil
}

func readConfig(file string, a Access) (config, error) {
	if file == autoFile {
		var err error
		if file, err = findConfig(); err != nil {
			return config{}, err
		}
	}
	text, name, err := a.readFile(file)
	if err != nil {
		return config{}, err
	}
	c, err := parseConfig([]byte(text))
	if err != nil {
		return config{}, fmt.Errorf("%s %w", name, err)
	}
	return c, nil
}

// parseConfig returns the config in a text. The error quotes nothing of the text. Another
// encoding is an error: the decoder would change characters of the credential. A key that
// occurs twice is an error: programs differ in which one they use.
func parseConfig(text []byte) (config, error) {
	var c config
	switch {
	case len(text) == 0:
		return c, finding.Errorf("is empty\nhint: run docker login")
	case len(text) > maxValue:
		return c, errors.New("is larger than 1 MiB, so it is no docker config")
	case bytes.HasPrefix(text, []byte(byteOrderMark)):
		return c, finding.Errorf("starts with a byte order mark, which docker does not read\nhint: save it as UTF-8 without one")
	case !utf8.Valid(text):
		return c, errors.New("is not valid UTF-8")
	}
	if err := json.Unmarshal(text, &c); err != nil {
		return config{}, finding.Errorf("is not the JSON of a docker config%s\nhint: name the config.json that docker login wrote, or write auto", lineOf(err, text))
	}
	if hasKeyTwice(json.NewDecoder(bytes.NewReader(text))) {
		return config{}, finding.Errorf("has a key twice in one object, and programs differ in which one they use\nhint: remove one of them")
	}
	return c, nil
}

// lineOf returns where a text fails to be a config, empty if unknown.
func lineOf(err error, text []byte) string {
	var offset int64
	var syntax *json.SyntaxError
	var mismatch *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		offset = syntax.Offset
	case errors.As(err, &mismatch):
		offset = mismatch.Offset
	}
	if offset < 1 || offset > int64(len(text)) {
		return ""
	}
	return fmt.Sprintf(": see line %d", 1+bytes.Count(text[:offset-1], []byte("\n")))
}

// hasKeyTwice reports whether an object in the next JSON value has two members of one
// name. The value must be valid JSON.
func hasKeyTwice(d *json.Decoder) bool {
	start, _ := d.Token()
	if _, isNested := start.(json.Delim); !isNested {
		return false
	}
	for keys := map[json.Token]bool{}; d.More(); {
		if start == json.Delim('{') {
			key, _ := d.Token()
			if keys[key] {
				return true
			}
			keys[key] = true
		}
		if hasKeyTwice(d) {
			return true
		}
	}
	_, _ = d.Token() // the closing bracket
	return false
}

// findConfig returns the file that docker or podman would read. It first looks at the
// variables, then at the default places of both.
func findConfig() (string, error) {
	if path := os.Getenv("REGISTRY_AUTH_FILE"); path != "" {
		return path, nil
	}
	if dir := os.Getenv("DOCKER_CONFIG"); dir != "" {
		return filepath.Join(dir, "config.json"), nil
	}
	tried := []string{expandHome("~/.docker/config.json")}
	if dir := os.Getenv("XDG_RUNTIME_DIR"); dir != "" {
		tried = append(tried, filepath.Join(dir, "containers", "auth.json"))
	}
	tried = append(tried, expandHome("~/.config/containers/auth.json"))
	for _, path := range tried {
		if info, err := os.Stat(path); err == nil && !info.IsDir() {
			return path, nil
		}
	}
	return "", finding.Errorf("auto found no file: none of these exists: %s\nhint: run docker login, or set DOCKER_CONFIG to the folder of config.json", strings.Join(tried, ", "))
}
