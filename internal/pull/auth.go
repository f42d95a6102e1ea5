// SPDX-License-Identifier: Apache-2.0

package pull

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
)

// These errors make kubelet fail. They quote nothing of the value: it may be a secret.
var (
	errShape  = errors.New("is not shaped like a docker config")
	errBase64 = errors.New("has an auth that is not base64")
	errColon  = errors.New("has an auth without a colon between user name and password")
)

// An auth keeps what matters of one entry of auths: whether it has a user name and a
// password, and the doubts about each. kubelet ignores identitytoken, credsStore and
// similar fields.
type auth struct {
	username, password           bool
	usernameDoubt, passwordDoubt string // see Doubt
}

// UnmarshalJSON reads one entry. encoding/json also calls it for an entry that a later
// entry of the same key replaces. An error in such an entry counts for kubelet, and so it
// counts here.
func (a *auth) UnmarshalJSON(data []byte) error {
	var fields struct{ Username, Password, Email, Auth string }
	if json.Unmarshal(data, &fields) != nil {
		return errShape
	}
	if fields.Auth != "" { // it overrides the other fields
		var err error
		if fields.Username, fields.Password, err = SplitAuth(fields.Auth); err != nil {
			return err
		}
	}
	*a = auth{fields.Username != "", fields.Password != "", doubtOfUsername(fields.Username), doubtOfPassword(fields.Username, fields.Password)}
	return nil
}

// parseConfigJSON returns the entries in the value of .dockerconfigjson, by server.
func parseConfigJSON(value []byte) (map[string]auth, error) {
	var config struct {
		Auths       map[string]auth   `json:"auths"`
		HTTPHeaders map[string]string `json:"HttpHeaders"`
	}
	err := json.Unmarshal(value, &config)
	return config.Auths, unquoted(err)
}

// parseConfig returns the entries in the value of .dockercfg, by server. That form has no
// auths field around the entries.
func parseConfig(value []byte) (map[string]auth, error) {
	var auths map[string]auth
	err := json.Unmarshal(value, &auths)
	return auths, unquoted(err)
}

// unquoted replaces an error of encoding/json by errShape, which quotes nothing. It keeps
// errBase64, errColon and nil.
func unquoted(err error) error {
	if err == nil || errors.Is(err, errBase64) || errors.Is(err, errColon) {
		return err
	}
	return errShape
}

// SplitAuth splits the auth of an entry into user name and password. An auth is
// username:password in base64, with or without padding. The error quotes nothing of it.
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
