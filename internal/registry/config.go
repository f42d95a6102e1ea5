// SPDX-License-Identifier: Apache-2.0

package registry

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
)

// A Config is what kubelet reads of the content of a pull Secret.
type Config struct {
	Servers []string // that have a credential, sorted
	Empty   []string // that have none that kubelet knows of, sorted
}

// What makes kubelet fail. They quote nothing, since what is wrong may be a secret.
var (
	errJSON   = errors.New("is not the JSON of a docker config")
	errBase64 = errors.New("has an auth that is not base64")
	errColon  = errors.New("has an auth without a colon between user name and password")
)

// An Entry is what kubelet reads of an entry of auths. It ignores identitytoken.
type Entry struct{ Username, Password, Email, Auth string }

// ParseConfigJSON returns what is in the value of .dockerconfigjson. An error means
// that kubelet fails every pull of a pod with this Secret, and never quotes it.
func ParseConfigJSON(content []byte) (Config, error) {
	var is struct {
		Auths       map[string]Entry  `json:"auths"`
		HTTPHeaders map[string]string `json:"HttpHeaders"`
	}
	if json.Unmarshal(content, &is) != nil {
		return Config{}, errJSON
	}
	return config(is.Auths)
}

// ParseConfig returns what is in the value of .dockercfg, the form that has no
// auths around the entries. For the error see ParseConfigJSON.
func ParseConfig(content []byte) (Config, error) {
	var auths map[string]Entry
	if json.Unmarshal(content, &auths) != nil {
		return Config{}, errJSON
	}
	return config(auths)
}

func config(auths map[string]Entry) (Config, error) {
	var c Config
	for _, server := range slices.Sorted(maps.Keys(auths)) {
		e := auths[server]
		if e.Auth != "" { // overrides the others
			var err error
			if e.Username, e.Password, err = SplitAuth(e.Auth); err != nil {
				return Config{}, err
			}
		}
		if e.Username == "" && e.Password == "" {
			c.Empty = append(c.Empty, server)
		} else {
			c.Servers = append(c.Servers, server)
		}
	}
	return c, nil
}

// SplitAuth returns what is in an auth: base64, padded or not, of
// username:password. The error quotes nothing of it.
func SplitAuth(auth string) (username, password string, err error) {
	encoding := base64.RawStdEncoding
	if strings.HasSuffix(strings.TrimSpace(auth), "=") {
		encoding = base64.StdEncoding
	}
	decoded, err := encoding.DecodeString(auth)
	if err != nil {
		return "", "", errBase64
	}
	username, password, found := strings.Cut(string(decoded), ":")
	if !found {
		return "", "", errColon
	}
	return username, password, nil
}
