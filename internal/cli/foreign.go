// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/agext/levenshtein"

	"example.com/calico-pull-secrets/function"
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
	"registries":      "write audit.registries=REGISTRY,... for --audit, or secret.registries for the Secret",
	"secret":          secretNameHint, "pull-secret": secretNameHint, "image-pull-secret": secretNameHint, "image-pull-secrets": secretNameHint,
	"target": "write targets=TARGET,...",
	"k":      kustomizeHint, "kustomize": kustomizeHint,
	"A": clusterHint, "all-namespaces": clusterHint, "context": clusterHint, "kubeconfig": clusterHint,
	"l": selectorHint, "selector": selectorHint,
	"json": formHint, "sarif": formHint, "output-format": formHint,
	"v": "write --version, or leave it out: all there is to say is said without --quiet", "verbose": verboseHint, "debug": verboseHint,
	"V":       "write --version",
	"exclude": excludeHint, "ignore": excludeHint,
	"exit-code": failHint, "fail-on": failHint, "error": failHint,
	"color": colourHint, "no-color": colourHint,
	"image": kptHint, "exec": kptHint, "env": "write --allow-env NAME,... for what the configuration may read; the environment itself is there", "allow-exec": kptHint,
	"enable-exec": "is a flag of kustomize: write it there", "enable-alpha-plugins": "is a flag of kustomize: write it there",
	"values": "charts are rendered by Helm: helm template ... | calico-pull-secrets", "set-string": "fields need no flag: write FIELD=VALUE",
	"stdin": "write - for stdin, or nothing",
}

// foreignWords are what people write for flags, as commands of other programs are written.
var foreignWords = map[string]string{
	"check": "--check", "audit": "--audit", "diff": "--diff", "write": "--write", "help": "--help", "version": "--version", "schema": "--schema",
	"validate": "--check", "verify": "--check", "lint": "--check", "scan": "--audit", "fix": "--write", "fmt": "--write",
}

const (
	usernameHint   = "write secret.usernameEnv=NAME, with the user name in the environment variable NAME"
	secretNameHint = "write secretName=NAME"
	kustomizeHint  = "pipe in what kustomize builds: kustomize build FOLDER | calico-pull-secrets"
	clusterHint    = "no cluster is asked: kubectl get ds,deploy,sts,secret,sa -A -o yaml | calico-pull-secrets --audit"
	selectorHint   = "write a target with labelSelector into a file for --config"
	formHint       = "write --output json or --output sarif, beside --check or --audit"
	verboseHint    = "all there is to say is said without --quiet"
	excludeHint    = "name the files and folders that are meant"
	failHint       = "what fails is said by preflight=error or preflight=strict"
	colourHint     = "colours are on a terminal only, and not where NO_COLOR is set"
	kptHint        = "is a flag of kpt: there it stands before --"
	passwordHint   = "write secret.passwordEnv=NAME, with the password in the environment variable NAME"
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
		d := levenshtein.Distance(strings.ToLower(name), flag, nil)
		isNearer := d < least || d == least && nearest != "" && nearest[0] != name[0] && flag[0] == name[0]
		if len(flag) > 2 && isNearer && 2*d < len(flag) {
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
