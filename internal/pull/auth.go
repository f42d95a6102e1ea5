// SPDX-License-Identifier: Apache-2.0

package pull

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
)

// What makes kubelet fail. They quote nothing, since what is wrong may be a secret.
var (
	errShape  = errors.New("is not shaped like a docker config")
	errBase64 = errors.New("has an auth that is not base64")
	errColon  = errors.New("has an auth without a colon between user name and password")
)

// An auth is what matters of an entry of auths: whether there is a user name, and a
// password, and what speaks against either. kubelet ignores identitytoken, credsStore and
// the like.
type auth struct {
	username, password           bool
	usernameDoubt, passwordDoubt string // see DoubtOf
}

// UnmarshalJSON reads an entry. It is called for an entry that a later one of the
// same key replaces, too, and what is wrong there counts as it does for kubelet.
func (a *auth) UnmarshalJSON(data []byte) error {
	var fields struct{ Username, Password, Email, Auth string }
	if json.Unmarshal(data, &fields) != nil {
		return errShape
	}
	if fields.Auth != "" { // overrides the others
		var err error
		if fields.Username, fields.Password, err = SplitAuth(fields.Auth); err != nil {
			return err
		}
	}
	*a = auth{fields.Username != "", fields.Password != "", DoubtOf(fields.Username), DoubtOf(fields.Password)}
	return nil
}

// parseConfigJSON returns what is in the value of .dockerconfigjson, by server.
func parseConfigJSON(value []byte) (map[string]auth, error) {
	var config struct {
		Auths       map[string]auth   `json:"auths"`
		HTTPHeaders map[string]string `json:"HttpHeaders"`
	}
	err := json.Unmarshal(value, &config)
	return config.Auths, unquoted(err)
}

// parseConfig returns what is in the value of .dockercfg, the form that has no
// auths around the entries.
func parseConfig(value []byte) (map[string]auth, error) {
	var auths map[string]auth
	err := json.Unmarshal(value, &auths)
	return auths, unquoted(err)
}

// unquoted returns an error of encoding/json as one that quotes nothing.
func unquoted(err error) error {
	if err == nil || errors.Is(err, errBase64) || errors.Is(err, errColon) {
		return err
	}
	return errShape
}

// SplitAuth returns what is in the auth of an entry: base64, padded or not, of
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
