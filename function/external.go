// SPDX-License-Identifier: Apache-2.0

package function

import (
	"fmt"
	"reflect"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"
)

// The kind of External Secrets, as it is served.
const (
	externalSecretKind    = "ExternalSecret"
	externalSecretGroup   = "external-secrets.io"
	externalSecretVersion = externalSecretGroup + "/v1"
)

// An externalSecret is an ExternalSecret that is to be among the items: it has the
// External Secrets operator make the pull Secret, from a store that it knows.
type externalSecret struct {
	config    *ExternalConfig
	name      string // also of the Secret
	namespace string
	object    *resource // the one that is there, nil if none
}

// externalSecrets returns those that c asks for: one for each namespace that has a
// target. The error is a *fn.Result.
func externalSecrets(c Config, references []*reference, there resources, rl *fn.ResourceList) ([]*externalSecret, error) {
	if c.External == nil {
		return nil, nil
	}
	var externals []*externalSecret
	for _, namespace := range secretNamespaces("", references, there) {
		e := &externalSecret{config: c.External, name: c.SecretName, namespace: namespace}
		e.object = there.named[resourceKey{externalSecretKind, namespace, c.SecretName}]
		if e.object == nil && isSelection(rl.Items) {
			return nil, cannotBeSeen(externalSecretKind, c.SecretName)
		}
		externals = append(externals, e)
	}
	return externals, nil
}

// externalTemplate returns the template of .dockerconfigjson. Its values are made
// into JSON by a function: written between quotes they would break it.
func externalTemplate(server string) string {
	return fmt.Sprintf(`{{ dict "auths" (dict %q (dict "username" .username "password" .password "auth" (printf "%%s:%%s" .username .password | b64enc))) | toJson }}`, server)
}

// spec returns what the ExternalSecret says.
func (e *externalSecret) spec() map[string]any {
	remote := func(secretKey, property string) map[string]any {
		return map[string]any{"secretKey": secretKey, "remoteRef": map[string]any{"key": e.config.RemoteKey, "property": property}}
	}
	return map[string]any{
		"refreshInterval": e.config.RefreshInterval,
		"secretStoreRef":  map[string]any{"kind": e.config.StoreKind, "name": e.config.StoreName},
		"target": map[string]any{
			"name":           e.name,
			"creationPolicy": "Owner",
			"deletionPolicy": "Retain",
			"template": map[string]any{
				"type":          dockerConfigJSONType,
				"engineVersion": "v2",
				"data":          map[string]any{dockerConfigJSONKey: externalTemplate(e.config.Server)},
			},
		},
		"data": []any{remote("username", e.config.UsernameProperty), remote("password", e.config.PasswordProperty)},
	}
}

// apply adds the ExternalSecret to rl, or makes the one that is there say what is
// wanted; what else it says stays.
func (e *externalSecret) apply(rl *fn.ResourceList) error {
	if e.object != nil {
		return overlay(e.object, e.spec(), "spec")
	}
	metadata := map[string]any{"name": e.name}
	if e.namespace != "" {
		metadata["namespace"] = e.namespace
	}
	o, err := fn.NewFromTypedObject(map[string]any{
		"apiVersion": externalSecretVersion,
		"kind":       externalSecretKind,
		"metadata":   metadata,
		"spec":       e.spec(),
	})
	if err != nil {
		return err
	}
	e.object = newResource(o, nil)
	rl.Items = append(rl.Items, o)
	return nil
}

// overlay sets the fields of o that differ from those wanted below path.
func overlay(o *resource, wanted map[string]any, path ...string) error {
	var all map[string]any
	if err := o.As(&all); err != nil {
		return err
	}
	is := any(all)
	for _, field := range path {
		m, _ := is.(map[string]any)
		is = m[field]
	}
	there, isMap := is.(map[string]any)
	if !isMap {
		return o.SetNestedField(wanted, path...)
	}
	for _, field := range sortedKeys(wanted) {
		at := append(path[:len(path):len(path)], field)
		if m, ok := wanted[field].(map[string]any); ok {
			if err := overlay(o, m, at...); err != nil {
				return err
			}
		} else if !reflect.DeepEqual(there[field], wanted[field]) {
			if err := o.SetNestedField(wanted[field], at...); err != nil {
				return err
			}
		}
	}
	return nil
}

// results returns the state that apply leaves.
func (e *externalSecret) results(policy Policy) fn.Results {
	results := fn.Results{e.about(newResult(checkSecret, fn.Info,
		"has External Secrets make the Secret from "+e.config.StoreKind+" "+e.config.StoreName+", for pulls from "+e.config.Server))}
	if policy == PolicyIgnore {
		return results
	}
	return append(results, graded(fn.Results{e.about(newResult(checkBootstrap, fn.Warning,
		"External Secrets cannot run before Calico does: on a new cluster create the Secret by hand first, or emit it"))}, policy)...)
}

// about says that result is about the ExternalSecret, whether it is there yet or not.
func (e *externalSecret) about(result *fn.Result) *fn.Result {
	result.ResourceRef = &fn.ResourceRef{APIVersion: externalSecretVersion, Kind: externalSecretKind, Name: e.name, Namespace: e.namespace}
	return result
}

// makesSecret reports whether a controller makes a Secret of the name from r: an
// ExternalSecret, or a SealedSecret.
func makesSecret(r *resource, name string) bool {
	switch r.gvk.Kind + "." + r.gvk.Group {
	case "SealedSecret.bitnami.com":
		return wasCalled(r, name)
	case externalSecretKind + "." + externalSecretGroup:
		target, _, _ := r.NestedString("spec", "target", "name")
		return target == name || target == "" && wasCalled(r, name)
	}
	return false
}
