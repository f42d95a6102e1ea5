// SPDX-License-Identifier: Apache-2.0

// Package typo says what a mistyped argument most likely means: flags of this program and of others,
// and paths. It quotes nothing that may be a credential.
package typo

import (
	"fmt"
	"slices"
	"strings"

	"github.com/agext/levenshtein"

	"example.com/calico-pull-secrets/internal/config"
)

// foreignFlags are flags of kubectl, docker and sed that people often type here, each with what to
// write instead.
var foreignFlags = []struct{ names, hint string }{
	{"f filename", "files need no flag: write FILE"},
	{"R recursive", "folders need no flag: the program reads their subfolders, too"},
	{"i in-place", "to change the files write --write"},
	{"dry-run", "to see the changes write --diff"},
	{"n namespace", "objects stay in their namespaces; for the Secret write secret.namespace=NAMESPACE"},
	{"o", "manifests keep their format; with --check or --audit write --output"},
	{"k kustomize", "to audit kustomize's output write --audit --build FOLDER; to change it: kustomize build FOLDER | calico-pull-secrets"},
	{"A all-namespaces", "this program asks no cluster: kubectl get pods,deploy,ds,sts,jobs,cronjobs,sa,secrets -A -o yaml | calico-pull-secrets --audit"},
	{"docker-server server", "write secret.server=SERVER"},
	{"docker-username username u", "write secret.usernameEnv=NAME, with the user name in the environment variable NAME"},
	{"docker-password password password-stdin p", "write secret.passwordEnv=NAME, with the password in the environment variable NAME"},
	{"docker-email", "write secret.email=EMAIL"},
}

// Flag returns the message for an unknown flag. flags are the names of all flags. It quotes no part
// of the flag: the name may be a password.
func Flag(name string, hasValue bool, flags []string) string {
	for _, f := range foreignFlags {
		if slices.Contains(strings.Fields(f.names), name) {
			return "no such flag: " + f.hint
		}
	}
	for _, field := range config.FieldPaths() {
		if strings.EqualFold(strings.ReplaceAll(name, "-", ""), field) {
			return fmt.Sprintf("no such flag: write fields without dashes: %s=VALUE", field)
		}
	}
	if near := nearestFlag(name, flags); near != "" {
		return fmt.Sprintf("no such flag: did you mean --%s?", near)
	}
	if hasValue {
		return "no such flag: write a field as FIELD=VALUE without dashes, see --help"
	}
	return "no such flag: write a field as FIELD=VALUE, see --help"
}

// nearestFlag returns the closest flag, at most two letters away from name. It returns "" if there
// is none.
func nearestFlag(name string, flags []string) string {
	if len(name) < 3 || len(name) > 20 {
		return ""
	}
	nearest, least := "", 3
	for _, flag := range flags {
		d := levenshtein.Distance(strings.ToLower(name), flag, nil)
		isNearer := d < least || d == least && nearest != "" && nearest[0] != name[0] && flag[0] == name[0]
		if len(flag) > 2 && isNearer && 2*d < len(flag) {
			nearest, least = flag, d
		}
	}
	return nearest
}
