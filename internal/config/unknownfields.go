// SPDX-License-Identifier: Apache-2.0

package config

import (
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/finding"
)

// unknown adds a problem for a field that does not exist. It shows the name of the field only if it
// is nearly one, or a known synonym. Any other name may be a token: base64 ends in =, so an
// argument can look like a field.
func (d *decoder) unknown(path string) {
	known, named := meantBy(path)
	p := Problem{Check: finding.Config, meant: known}
	switch {
	case known == "":
		parent := strings.TrimSuffix(path, lastPart(path))
		if parent != "" && isBlock(strings.TrimSuffix(parent, ".")) {
			p.Field = strings.TrimSuffix(parent, ".")
		}
		p.Text, p.Hint = "no such field (its name is not shown, as it may be a credential)", "--schema prints all fields"
	case known == path: // a block has no value of its own
		p.Text, p.Hint = "takes no value", "set the fields below it, such as "+examples[path]
	default:
		p.Text, p.Hint = "no such field", "did you mean "+known+"?"
	}
	if named {
		p.Field = path
	}
	d.problems = append(d.problems, p)
}

// examples has a setting below each block.
var examples = map[string]string{
	"secret": "secret.usernameEnv=DOCKERHUB_USERNAME", "externalSecret": "externalSecret.remoteKey=dockerhub",
	"externalSecret.secretStoreRef": "externalSecret.secretStoreRef.name=vault", "audit": "audit.registries=docker.io",
}

// synonyms are names, in lower case, that people write for fields.
var synonyms = map[string]string{
	"name": "secretName", "imagepullsecret": "secretName", "imagepullsecrets": "secretName", "pullsecret": "secretName", "secretref": "secretName",
	"target": "targets", "registry": "secret.server", "server": "secret.server", "registries": "secret.registries", "namespace": "secret.namespace",
	"user": "secret.usernameEnv", "username": "secret.usernameEnv", "usernameenv": "secret.usernameEnv", "userenv": "secret.usernameEnv",
	"password": "secret.passwordEnv", "passwordenv": "secret.passwordEnv", "token": "secret.passwordEnv", "tokenenv": "secret.passwordEnv",
	"passwd": "secret.passwordEnv", "pass": "secret.passwordEnv", "docker-server": "secret.server", "docker-username": "secret.usernameEnv",
	"docker-password": "secret.passwordEnv", "docker-email": "secret.email", "email": "secret.email", "dockerconfig": "secret.dockerConfigFile",
	"dockerconfigjson": "secret.dockerConfigFile", "dockerconfigfile": "secret.dockerConfigFile", "path": "secret.path",
	"labels": "secret.labels", "annotations": "secret.annotations", "immutable": "secret.immutable",
	"tokenfile": "secret.passwordFile", "userfile": "secret.usernameFile", "passwordfile": "secret.passwordFile", "usernamefile": "secret.usernameFile",
	"secretname": "secretName", "registryserver": "secret.server", "check": "mode", "audit": "mode", "strict": "preflight",
	"secrets": "secretName", "kind": "targets", "kinds": "targets", "serviceaccount": "targets", "serviceaccounts": "targets", "selector": "targets",
	"dryrun": "mode", "dry-run": "mode", "verbose": "quiet",
}

// meantBy returns the field that a misspelt one most likely means, empty if none is near. isNear
// reports whether a message may show the misspelt one.
func meantBy(path string) (known string, isNear bool) {
	parent, last := strings.TrimSuffix(path, lastPart(path)), lastPart(path)
	if known := synonyms[strings.ToLower(last)]; known != "" && (parent == "" || strings.EqualFold(parent, "secret.")) {
		return known, true
	}
	for _, m := range []string{"labels", "annotations"} { // of the Secret
		if strings.HasPrefix(strings.ToLower(path), m+".") {
			return "secret." + m + ".NAME", false
		}
	}
	for _, block := range []string{"secret", "externalSecret", "audit"} {
		if strings.EqualFold(path, block) {
			return block, true
		}
	}
	known = finding.Closest(path, FieldPaths())
	return known, finding.IsNear(path, known)
}

// onlyKeys adds a problem for each key of the object n, except key and the keys that all objects
// have.
func (d *decoder) onlyKeys(n *yaml.Node, key string) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := n.Content[i].Value
		known, isNear := meantBy(k)
		switch {
		case slices.Contains([]string{"apiVersion", "kind", "metadata", key}, k):
		case fieldAt(k) != nil, isBlock(k):
			d.problems.Add("/"+k, "is beside %s\nhint: write it below %s", key, key)
		case isNear:
			d.problems.Add("/"+k, "no such field\nhint: did you mean %s.%s?", key, known)
		case finding.ShowIfNear(k, []string{key}) != "":
			d.problems.Add("/"+k, "no such field\nhint: did you mean %s?", key)
		default:
			d.problems.Add("", "no such field beside %s (its name is not shown, as it may be a credential)\nhint: settings belong below %s", key, key)
		}
	}
}
