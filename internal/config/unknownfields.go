// SPDX-License-Identifier: Apache-2.0

package config

import (
	"cmp"
	"errors"
	"slices"
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/mapping"
)

// unknown adds a problem for a field that does not exist. It shows the name of the field only if it
// is nearly one, or a known synonym. Any other name may be a token: base64 ends in =, so an
// argument can look like a field.
func (d *decoder) unknown(path string) {
	meant, isNear := meantBy(path)
	p := Problem{Check: finding.Config, meant: fieldIn(meant)}
	switch {
	case path == "spec", path == "data":
		p.Field, p.Text, p.Hint = path, "is there twice", "write its fields one level higher"
	case meant == "":
		parent := strings.TrimSuffix(path, lastPart(path))
		if parent != "" && isBlock(strings.TrimSuffix(parent, ".")) {
			p.Field = strings.TrimSuffix(parent, ".")
		}
		p.Text, p.Hint = "no such field (its name is not shown, as it may be a credential)", "--schema prints all fields"
	case meant == path:
		p.Text, p.Hint = errBlock.Error(), hintOfBlock(path)
	default:
		p.Text, p.Hint = "no such field", "did you mean "+meant+"?"
	}
	if isNear {
		p.Field = path
	}
	d.problems = append(d.problems, p)
}

// errBlock says that a block has a value.
var errBlock = errors.New("takes no value")

// hintOfBlock returns what to write instead of a value for a block.
func hintOfBlock(path string) string {
	hint := "set the fields below it, such as " + examples[path]
	if path == "secret" {
		return hint + "; for the name of the Secret set secretName"
	}
	return hint
}

// examples has a setting below each block.
var examples = map[string]string{
	"secret": "secret.usernameEnv=DOCKERHUB_USERNAME", "externalSecret": "externalSecret.remoteKey=dockerhub",
	"externalSecret.secretStoreRef": "externalSecret.secretStoreRef.name=vault", "audit": "audit.registries=docker.io",
}

// synonyms are names, in lower case and without dashes, that people write for fields of the top or of secret. Those
// for a user name and a password are in logins.
var synonyms = map[string]string{
	"name": "secretName", "imagepullsecret": "secretName", "imagepullsecrets": "secretName", "pullsecret": "secretName", "secretref": "secretName",
	"secretname": "secretName", "secrets": "secretName",
	"target": "targets", "kind": "targets", "kinds": "targets", "serviceaccount": "targets", "serviceaccounts": "targets", "selector": "targets",
	"registry": "secret.server, or targets=docker.io", "registries": "audit.registries or secret.registries",
	"server": "secret.server", "registryserver": "secret.server", "dockerserver": "secret.server",
	"dockeremail": "secret.email", "email": "secret.email", "namespace": "secret.namespace", "ns": "secret.namespace", "path": "secret.path", "file": "secret.path",
	"dockerconfig": "secret.dockerConfigFile", "dockerconfigjson": "secret.dockerConfigFile", "dockerconfigfile": "secret.dockerConfigFile",
	"labels": "secret.labels", "annotations": "secret.annotations", "immutable": "secret.immutable",
	"check": "mode=check", "audit": "mode=audit", "remove": "mode=remove", "dryrun": "mode=check",
	"strict": "preflight=strict", "verbose": "quiet", "missing": "onMissing", "exception": "audit.exceptions", "exceptions": "audit.exceptions",
	"externalsecret.store": "externalSecret.secretStoreRef.name", "externalsecret.storename": "externalSecret.secretStoreRef.name",
	"externalsecret.secretstore": "externalSecret.secretStoreRef.name", "externalsecret.name": "externalSecret.secretStoreRef.name",
	"externalsecret.key": "externalSecret.remoteKey", "externalsecret.secret": "externalSecret.remoteKey", "externalsecret.path": "externalSecret.remoteKey",
	"externalsecret.interval": "externalSecret.refreshInterval",
}

// logins are words, in lower case and without dashes, that people write for a user name and a password, alone or
// before Env or File.
var logins = map[string]string{
	"user": "secret.username", "username": "secret.username", "login": "secret.username", "dockerusername": "secret.username",
	"pass": "secret.password", "passwd": "secret.password", "password": "secret.password", "token": "secret.password", "dockerpassword": "secret.password",
}

// synonymOf returns the setting that a known synonym means, empty if the path is none.
func synonymOf(path string) string {
	path = strings.NewReplacer("-", "", "_", "").Replace(strings.ToLower(path))
	if meant := synonyms[path]; meant != "" {
		return meant
	}
	name, isTop := path, !strings.Contains(path, ".")
	if rest, ok := strings.CutPrefix(path, "secret."); ok {
		name, isTop = rest, true
	}
	if !isTop {
		return ""
	}
	for _, source := range []string{"Env", "File", ""} {
		word, ok := strings.CutSuffix(name, strings.ToLower(source))
		if login := logins[strings.TrimRight(word, ".")]; ok && login != "" {
			return login + cmp.Or(source, "Env")
		}
	}
	return synonyms[name]
}

// fieldIn returns the field in a setting that meantBy returns.
func fieldIn(meant string) string {
	field, _, _ := strings.Cut(meant, "=")
	field, _, _ = strings.Cut(field, " ")
	return strings.TrimSuffix(field, ",")
}

// Meant returns the setting that a misspelt field most likely means. It returns "" if none is near.
func Meant(name string) string {
	if meant, isNear := meantBy(name); isNear && isBlock(meant) {
		return examples[meant]
	} else if isNear {
		return meant
	}
	return ""
}

// meantBy returns the setting that a misspelt field most likely means, empty if none is near. isNear
// reports whether a message may show the misspelt one.
func meantBy(path string) (meant string, isNear bool) {
	for _, block := range []string{"secret", "externalSecret", "externalSecret.secretStoreRef"} {
		if strings.EqualFold(path, block) {
			return block, true
		}
	}
	if meant := synonymOf(path); meant != "" {
		return meant, true
	}
	for _, top := range []string{"spec.", "data."} {
		if field := FieldNamed(strings.TrimPrefix(path, top)); field != "" && field != path {
			return field, true
		}
	}
	for _, m := range []string{"labels", "annotations"} { // of the Secret
		if parts := strings.SplitN(path, ".", 3); finding.IsNear(parts[0], m) && len(parts) > 1 || len(parts) > 2 && finding.IsNear(parts[0]+"."+parts[1], "secret."+m) {
			return "secret." + m + ".NAME", false
		}
	}
	if list, rest, ok := strings.Cut(path, "["); ok && fieldAt(list) != nil {
		if number, field, ok := strings.Cut(rest, "]."); ok && fieldAt(list).tag.Get("entries") != "" {
			_, err := strconv.Atoi(number)
			return list + ".N.FIELD, such as " + list + ".0.server", err == nil && fieldAt("secret."+field) != nil
		}
	}
	meant = finding.Closest(path, FieldPaths())
	return meant, finding.IsNear(path, meant)
}

// onlyKeys adds a problem for each key of the object n, except key and the keys that all objects
// have.
func (d *decoder) onlyKeys(n *yaml.Node, key string) {
	for node := range mapping.Entries(n) {
		k := node.Value
		meant, isNear := meantBy(k)
		switch {
		case slices.Contains([]string{"apiVersion", "kind", "metadata", key}, k):
		case fieldAt(k) != nil, isBlock(k):
			d.problems.Add("/"+k, "is beside %s\nhint: write it below %s", key, key)
		case k == "spec", k == "data":
			d.problems.Add("/"+k, "is not a field of this kind\nhint: write %s instead", key)
		case isNear:
			d.problems.Add("/"+k, "no such field\nhint: did you mean %s.%s?", key, fieldIn(meant))
		case finding.ShowIfNear(k, []string{key}) != "":
			d.problems.Add("/"+k, "no such field\nhint: did you mean %s?", key)
		default:
			d.problems.Add("", "no such field beside %s (its name is not shown, as it may be a credential)\nhint: settings belong below %s", key, key)
		}
	}
}
