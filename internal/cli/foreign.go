// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/agext/levenshtein"

	"calico-pull-secrets/function"
)

// foreignFlags are flags of kubectl, docker, helm, sed and the like that people
// type here, with what to write instead.
var foreignFlags = map[string]string{
	"f":               "files need no flag: write FILE",
	"filename":        "files need no flag: write FILE",
	"file":            "files need no flag: write FILE",
	"R":               "folders are searched to the bottom without a flag",
	"recursive":       "folders are searched to the bottom without a flag",
	"i":               "to change the files write --write",
	"in-place":        "to change the files write --write",
	"inplace":         "to change the files write --write",
	"fix":             "to change the files write --write",
	"dry-run":         "to see the changes write --diff",
	"n":               "objects stay in the namespaces that they name; that of the Secret is secret.namespace=NAMESPACE",
	"namespace":       "objects stay in the namespaces that they name; that of the Secret is secret.namespace=NAMESPACE",
	"o":               "manifests come out in the format they came in; for --check and --audit there is --output table, json or sarif",
	"format":          "manifests come out in the format they came in; for --check and --audit there is --output table, json or sarif",
	"set":             "fields need no flag: write FIELD=VALUE",
	"strict":          "write preflight=strict",
	"docker-username": usernameHint,
	"username":        usernameHint,
	"u":               usernameHint,
	"docker-password": passwordHint,
	"password":        passwordHint,
	"password-stdin":  passwordHint,
	"p":               passwordHint,
	"docker-server":   "write secret.server=SERVER",
	"server":          "write secret.server=SERVER",
	"docker-email":    "write secret.email=EMAIL",
	"from-file":       "write secret.dockerConfigFile=FILE",
	"fn-config":       "write --config FILE",
	"registry":        "write secret.server=SERVER for the Secret, or targets=REGISTRY for what pulls from there",
}

const (
	usernameHint = "write secret.usernameEnv=NAME, with the user name in the environment variable NAME"
	passwordHint = "write secret.passwordEnv=NAME, with the password in the environment variable NAME"
)

// unknownFlag says what is wrong with a flag that is none of ours, without quoting
// what is not near to one of ours.
func unknownFlag(name string, hasValue bool) string {
	if hint := foreignFlags[name]; hint != "" {
		return "no such flag: " + hint
	}
	for _, field := range fieldPaths() {
		if strings.EqualFold(strings.ReplaceAll(name, "-", ""), field) {
			return fmt.Sprintf("no such flag: fields are written without dashes: %s=VALUE", field)
		}
	}
	if near := nearestFlag(name); near != "" {
		return fmt.Sprintf("no such flag: did you mean --%s?", near)
	}
	if hasValue {
		return "no such flag: fields are written FIELD=VALUE without dashes, see --help"
	}
	return "no such flag: fields are written FIELD=VALUE, see --help"
}

// nearestFlag returns the flag that is at most two letters away from name, empty if
// there is none.
func nearestFlag(name string) string {
	if len(name) < 3 || len(name) > 20 {
		return ""
	}
	var o options
	names := append(slices.Collect(maps.Keys(o.switches())), slices.Collect(maps.Keys(o.valued()))...)
	slices.Sort(names)
	nearest, least := "", 3
	for _, flag := range names {
		if d := levenshtein.Distance(strings.ToLower(name), flag, nil); len(flag) > 2 && d < least && 2*d < len(flag) {
			nearest, least = flag, d
		}
	}
	return nearest
}

// fieldPaths returns the dotted paths of all fields of the configuration.
func fieldPaths() []string {
	type schema struct {
		Properties map[string]json.RawMessage
	}
	var paths []string
	var collect func(prefix string, text []byte)
	collect = func(prefix string, text []byte) {
		var s schema
		if err := json.Unmarshal(text, &s); err != nil {
			return
		}
		for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
			paths = append(paths, prefix+name)
			collect(prefix+name+".", s.Properties[name])
		}
	}
	var root schema
	if err := json.Unmarshal(function.JSONSchema(), &root); err == nil {
		collect("", root.Properties["spec"])
	}
	return paths
}
