// SPDX-License-Identifier: Apache-2.0

package secrets

import (
	"fmt"
	"slices"

	"example.com/calico-pull-secrets/internal/inventory"
	"example.com/calico-pull-secrets/internal/kinds"
	"example.com/calico-pull-secrets/internal/placeholder"
	"example.com/calico-pull-secrets/internal/pull"
)

// A Made is a Secret that a controller makes from a resource.
type Made struct {
	Of         *inventory.Resource
	names      []string     // the present name, and those before kustomize renamed it
	Content    pull.Content // unknown, if the resource does not tell
	Everywhere bool         // the controller makes it in namespaces that it chooses
	chosen     choice       // of these namespaces
	isCopy     bool         // of the Secret Of
	Merges     bool         // into a Secret that somebody else makes, whose type stays
}

// makerKinds has the kinds from which controllers make Secrets, with words of which one must be in
// the object. nil: every object of the kind counts.
var makerKinds = map[string][]string{
	kinds.ExternalSecret: nil, "ClusterExternalSecret": nil, "SealedSecret": nil, "OnePasswordItem": nil,
	"VaultStaticSecret": nil, "VaultDynamicSecret": nil, "ClusterPolicy": {"generate"}, "Policy": {"generate"},
}

// MakerKinds returns the kinds from which controllers make Secrets. The text of such an object has
// one of the words. nil: every object of the kind counts.
func MakerKinds() map[string][]string { return makerKinds }

// Makes reports whether a controller makes Secrets from r. It is false for a copied Secret.
func Makes(r *inventory.Resource) bool {
	_, is := makerKinds[r.GVK.Kind]
	return is && len(maker{r}.madeSecrets()) > 0
}

// A maker is a resource from which a controller may make Secrets.
type maker struct{ *inventory.Resource }

// madeSecretsOf returns the Secrets that controllers make from r.
func madeSecretsOf(r *inventory.Resource) []Made {
	made := maker{r}.madeSecrets()
	for i := range made {
		made[i].Of = r
	}
	return made
}

func (r maker) madeSecrets() []Made {
	switch r.GVK.Kind + "." + r.GVK.Group {
	case "Secret.":
		return copiesOf(r.Resource)
	case "SealedSecret.bitnami.com":
		return []Made{{names: r.Names(), Content: r.sealedContent()}}
	case "ExternalSecret." + kinds.ExternalSecretGroup:
		return r.externallyMade(r.Names(), "spec")
	case "ClusterExternalSecret." + kinds.ExternalSecretGroup:
		names := r.Names()
		if name := r.TextAt("spec", "externalSecretName"); name != "" {
			names = []string{name}
		}
		made := r.externallyMade(names, "spec", "externalSecretSpec")
		for i := range made {
			made[i].Everywhere, made[i].chosen = true, r.selected()
		}
		return made
	case "OnePasswordItem.onepassword.com":
		return []Made{{names: r.Names(), Content: contentOfType(r.TextAt("type"))}}
	case "VaultStaticSecret.secrets.hashicorp.com", "VaultDynamicSecret.secrets.hashicorp.com":
		made := Made{names: []string{r.TextAt("spec", "destination", "name")}, Content: contentOfType(r.TextAt("spec", "destination", "type"))}
		if create, _, _ := r.NestedBool("spec", "destination", "create"); !create { // the Secret must exist already
			made.Content, made.Merges = pull.Content{}, true
		}
		return []Made{made}
	case "ClusterPolicy.kyverno.io", "Policy.kyverno.io":
		return r.generated()
	}
	return nil
}

// contentOfType returns the content of a Secret if only its type is known. Without a type it is
// Opaque, which kubelet ignores.
func contentOfType(secretType string) pull.Content {
	if _, isPull := pull.Key(secretType); isPull || placeholder.In(secretType) {
		return pull.Content{}
	}
	return pull.ParseSecret(secretType, nil)
}

// missingKey is the content of a Secret that its controller cannot create: it lacks the key that
// its type needs.
func missingKey(key string) pull.Content {
	return pull.Content{State: pull.Refused, Problem: fmt.Sprintf("has no %q, so the API server refuses it", key), Hint: pull.HowToCreate}
}

// sealedContent returns the content of the Secret that the controller of a SealedSecret makes.
func (r maker) sealedContent() pull.Content {
	secretType := r.TextAt("spec", "template", "type")
	key, isPull := pull.Key(secretType)
	if isPull && !r.HasField("spec", "encryptedData", key) && !r.HasField("spec", "template", "data", key) && r.TextAt("spec", "data") == "" {
		return missingKey(key)
	}
	return contentOfType(secretType)
}

// externallyMade returns the Secret that External Secrets makes, from the fields at path. It
// returns nil if creationPolicy is None.
func (r maker) externallyMade(names []string, path ...string) []Made {
	at := func(fields ...string) []string { return append(slices.Clone(path), fields...) }
	if name := r.TextAt(at("target", "name")...); name != "" {
		names = []string{name}
	}
	made := Made{names: names}
	switch r.TextAt(at("target", "creationPolicy")...) {
	case "None":
		return nil
	case "Merge":
		made.Merges = true
		return []Made{made}
	case "", "Owner", "Orphan":
	default: // the API server refuses it, or a later version knows it
		return []Made{made}
	}
	secretType := r.TextAt(at("target", "template", "type")...)
	made.Content = contentOfType(secretType)
	if key, isPull := pull.Key(secretType); isPull {
		made.Content = r.templated(secretType, key, at)
	}
	return []Made{made}
}

// templated returns the content of a pull Secret that External Secrets makes. Its servers come from
// its template. Without one they are unknown, or the API server refuses the Secret.
func (r maker) templated(secretType, key string, at func(...string) []string) pull.Content {
	template := r.TextAt(at("target", "template", "data", key)...)
	switch {
	case template != "" && r.TextAt(at("target", "template", "engineVersion")...) == "v1":
		return pull.Content{}
	case template != "":
		return templateContent(secretType, template, r.given(at))
	case r.HasField(at("target", "template", "templateFrom")...), r.HasField(at("dataFrom")...):
		return pull.Content{}
	case r.HasField(at("target", "template", "data")...) && r.TextAt(at("target", "template", "mergePolicy")...) != "Merge":
		return missingKey(key)
	case !r.given(at)(key):
		return missingKey(key)
	}
	return pull.Content{}
}

// given returns a function that reports whether External Secrets has a value for a name in the
// template.
func (r maker) given(at func(...string) []string) func(name string) bool {
	values := map[string]bool{}
	list, _, _ := r.NestedSlice(at("data")...)
	for _, entry := range list {
		name, _, _ := entry.NestedString("secretKey")
		values[name] = true
	}
	fromMany := r.HasField(at("dataFrom")...)
	return func(name string) bool { return fromMany || values[name] }
}
