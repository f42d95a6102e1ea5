// SPDX-License-Identifier: Apache-2.0

package function

import (
	"regexp"
	"slices"
	"strconv"
	"sync"

	"example.com/calico-pull-secrets/internal/apiserver"
	"example.com/calico-pull-secrets/internal/pull"
)

// A madeSecret is a Secret that a controller makes of a resource.
type madeSecret struct {
	of         *resource
	names      []string     // now, and before kustomize renamed it
	content    pull.Content // unknown, where the resource does not tell
	everywhere bool         // the controller makes it in namespaces that it chooses
	merges     bool         // into a Secret that somebody else makes, whose type stays
}

// makerKinds are the kinds that controllers make Secrets of, with a word that must be in
// the text of the object; nil where each of the kind is one.
var makerKinds = map[string][]string{
	externalSecretKind: nil, "ClusterExternalSecret": nil, "SealedSecret": nil, "OnePasswordItem": nil,
	"VaultStaticSecret": nil, "VaultDynamicSecret": nil, "ClusterPolicy": {"generate"}, "Policy": {"generate"},
}

// madeSecretsOf returns the Secrets that controllers make of r.
func madeSecretsOf(r *resource) []madeSecret {
	made := r.madeSecrets()
	for i := range made {
		made[i].of = r
	}
	return made
}

func (r *resource) madeSecrets() []madeSecret {
	switch r.gvk.Kind + "." + r.gvk.Group {
	case "Secret.":
		return copiesOf(r)
	case "SealedSecret.bitnami.com":
		return []madeSecret{{names: r.allNames(), content: r.sealedContent()}}
	case "ExternalSecret." + externalSecretGroup:
		return r.externallyMade(r.allNames(), "spec")
	case "ClusterExternalSecret." + externalSecretGroup:
		names := r.allNames()
		if name := r.textAt("spec", "externalSecretName"); name != "" {
			names = []string{name}
		}
		made := r.externallyMade(names, "spec", "externalSecretSpec")
		for i := range made {
			made[i].everywhere = true
		}
		return made
	case "OnePasswordItem.onepassword.com":
		return []madeSecret{{names: r.allNames(), content: contentOfType(r.textAt("type"))}}
	case "VaultStaticSecret.secrets.hashicorp.com", "VaultDynamicSecret.secrets.hashicorp.com":
		made := madeSecret{names: []string{r.textAt("spec", "destination", "name")}, content: contentOfType(r.textAt("spec", "destination", "type"))}
		if create, _, _ := r.NestedBool("spec", "destination", "create"); !create { // the Secret must be there already
			made.content, made.merges = pull.Content{}, true
		}
		return []madeSecret{made}
	case "ClusterPolicy.kyverno.io", "Policy.kyverno.io":
		return r.generated()
	}
	return nil
}

// contentOfType returns the content of a Secret of which only the type is known. Without
// one it is Opaque, which kubelet ignores.
func contentOfType(secretType string) pull.Content {
	if _, isPull := pull.Key(secretType); isPull || apiserver.HasPlaceholder(secretType) {
		return pull.Content{}
	}
	return pull.ParseSecret(secretType, nil)
}

// missingKey is the content of a Secret that its controller cannot create, for want of
// the key that its type needs.
func missingKey(secretType string) pull.Content { return pull.ParseSecret(secretType, nil) }

// sealedContent returns what a SealedSecret will be once its controller has decrypted it.
func (r *resource) sealedContent() pull.Content {
	secretType := r.textAt("spec", "template", "type")
	key, isPull := pull.Key(secretType)
	if isPull && !r.hasField("spec", "encryptedData", key) && !r.hasField("spec", "template", "data", key) && !r.hasText("spec", "data") {
		return missingKey(secretType)
	}
	return contentOfType(secretType)
}

// externallyMade returns the Secret that External Secrets makes, as the fields at path
// say; none if they say so.
func (r *resource) externallyMade(names []string, path ...string) []madeSecret {
	at := func(fields ...string) []string { return append(slices.Clone(path), fields...) }
	if name := r.textAt(at("target", "name")...); name != "" {
		names = []string{name}
	}
	made := madeSecret{names: names}
	switch r.textAt(at("target", "creationPolicy")...) {
	case "None":
		return nil
	case "Merge":
		made.merges = true
		return []madeSecret{made}
	}
	secretType := r.textAt(at("target", "template", "type")...)
	made.content = contentOfType(secretType)
	if key, isPull := pull.Key(secretType); isPull {
		made.content = r.templated(secretType, key, at)
	}
	return []madeSecret{made}
}

// templated returns the content of a pull Secret that External Secrets fills in: its
// servers are in its template, or they are not known.
func (r *resource) templated(secretType, key string, at func(...string) []string) pull.Content {
	template := r.textAt(at("target", "template", "data", key)...)
	switch {
	case template != "":
		return templateContent(secretType, key, template)
	case r.hasField(at("target", "template", "templateFrom")...), r.hasField(at("dataFrom")...):
		return pull.Content{}
	case r.hasField(at("target", "template", "data")...) && r.textAt(at("target", "template", "mergePolicy")...) != "Merge":
		return missingKey(secretType)
	}
	list, _, _ := r.NestedSlice(at("data")...)
	for _, entry := range list {
		if name, _, _ := entry.NestedString("secretKey"); name == key {
			return pull.Content{}
		}
	}
	return missingKey(secretType)
}

// dictServer finds a server in a template that builds its JSON with dict, as that of our
// own ExternalSecrets does.
var dictServer = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`("(?:[^"\\]|\\.)*") \(dict "username" `)
})

// action is what a template fills in.
var action = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\{\{[^{}]*\}\}`) })

// filledIn stands for what a template fills in: a user name, a password, or both in base64.
const filledIn = "eDp4"

// templateContent returns what is in a pull Secret that a template makes, with a
// credential for each server that is written out.
func templateContent(secretType, key, template string) pull.Content {
	var servers []string
	for _, match := range dictServer().FindAllStringSubmatch(template, -1) {
		server, err := strconv.Unquote(match[1])
		if err != nil {
			return pull.Content{}
		}
		servers = append(servers, server)
	}
	if len(servers) > 0 {
		return pull.Authenticating(servers...)
	}
	text := action().ReplaceAllString(template, filledIn)
	if content := pull.ParseSecret(secretType, map[string][]byte{key: []byte(text)}); content.State == pull.Known && len(content.Servers()) > 0 {
		return content
	}
	return pull.Content{}
}

// generated returns the Secrets that a Kyverno policy makes or copies.
func (r *resource) generated() (made []madeSecret) {
	rules, _, _ := r.NestedSlice("spec", "rules")
	for _, rule := range rules {
		kind, _, _ := rule.NestedString("generate", "kind")
		name, _, _ := rule.NestedString("generate", "name")
		if kind == "Secret" && name != "" {
			made = append(made, madeSecret{names: []string{name}, everywhere: true})
		}
	}
	return made
}

// The annotations by which a Secret asks to be copied into other namespaces: of
// emberstack's reflector, mittwald's replicator, and config-syncer.
var copyAnnotations = []string{
	"reflector.v1.k8s.emberstack.com/reflection-auto-enabled", "replicator.v1.mittwald.de/replicate-to",
	"replicator.v1.mittwald.de/replicate-to-matching", "kubed.appscode.com/sync",
}

// Those by which a Secret asks for the content of another.
var sourceAnnotations = []string{"reflector.v1.k8s.emberstack.com/reflects", "replicator.v1.mittwald.de/replicate-from"}

// copiesOf returns the copies that controllers make of the Secret r.
func copiesOf(r *resource) []madeSecret {
	if !slices.ContainsFunc(copyAnnotations, func(name string) bool { return r.hasField("metadata", "annotations", name) }) {
		return nil
	}
	return []madeSecret{{names: r.allNames(), everywhere: true}}
}

// isCopy reports whether a controller replaces the content of the Secret r.
func isCopy(r *resource) bool {
	return slices.ContainsFunc(sourceAnnotations, func(name string) bool { return r.hasField("metadata", "annotations", name) })
}

// allNames returns what r is called now, and what it was called before kustomize.
func (r *resource) allNames() (names []string) {
	for _, id := range identities(r) {
		names = append(names, id.name)
	}
	return names
}

// textAt returns the text of a field, empty if there is none.
func (r *resource) textAt(path ...string) string {
	text, _, _ := r.NestedString(path...)
	return text
}

func (r *resource) hasText(path ...string) bool { return r.textAt(path...) != "" }

// hasField reports whether there is a field at path, whatever it is.
func (r *resource) hasField(path ...string) bool {
	node, err := r.parentAt(path[:len(path)-1]...)
	if err != nil || node == nil {
		return false
	}
	_, found := node[path[len(path)-1]]
	return found
}

// parentAt returns the fields of the object at path, nil if there is none.
func (r *resource) parentAt(path ...string) (fields map[string]any, err error) {
	if err := r.As(&fields); err != nil {
		return nil, err
	}
	for _, field := range path {
		fields, _ = fields[field].(map[string]any)
	}
	return fields, nil
}
