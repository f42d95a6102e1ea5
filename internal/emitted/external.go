// SPDX-License-Identifier: Apache-2.0

package emitted

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"

	"example.com/calico-pull-secrets/internal/caller"
	"example.com/calico-pull-secrets/internal/config"
	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/inventory"
	"example.com/calico-pull-secrets/internal/kinds"
	"example.com/calico-pull-secrets/internal/pull"
	"example.com/calico-pull-secrets/internal/secrets"
)

// externalSecretVersion is the version in which the API serves ExternalSecrets, with its group.
const externalSecretVersion = kinds.ExternalSecretGroup + "/v1"

// An External is an ExternalSecret that the program emits. From it, the External Secrets operator
// makes the pull Secret, with values from a store.
type External struct {
	settings  *config.ExternalSettings
	Name      string // also of the Secret
	Namespace string
	Current   *inventory.Resource // the existing one, nil if there is none
}

// Externals returns the ExternalSecrets that the settings describe, one for each namespace with a
// target. It returns a finding if it cannot make them.
func Externals(s config.Settings, needs Needs, set *secrets.Set) ([]*External, finding.List) {
	if s.External == nil {
		return nil, nil
	}
	var externals []*External
	for _, namespace := range secretNamespaces(s, "", needs) {
		e := &External{settings: s.External, Name: s.SecretName, Namespace: namespace}
		e.Current = set.There(kinds.ExternalSecret, namespace, s.SecretName)
		if e.Current == nil && caller.IsSelection(set.Items) {
			return nil, finding.List{cannotBeSeen(kinds.ExternalSecret, s.SecretName)}
		}
		externals = append(externals, e)
	}
	return externals, nil
}

// A remoteValue is a value of the store, with its name in the template.
type remoteValue struct{ name, key, property string }

// templateOf returns the template of .dockerconfigjson, and its values. The function toJson writes
// the values, since a value between plain quotes could break the JSON.
func templateOf(e *config.ExternalSettings) (template string, values []remoteValue) {
	for i, l := range e.Logins() {
		number := ""
		if len(e.Registries) > 0 {
			number = strconv.Itoa(i)
		}
		username, password := "username"+number, "password"+number
		values = append(values, remoteValue{username, l.RemoteKey, l.UsernameProperty}, remoteValue{password, l.RemoteKey, l.PasswordProperty})
		template += fmt.Sprintf(` %q (dict "username" .%[2]s "password" .%[3]s "auth" (printf "%%s:%%s" .%[2]s .%[3]s | b64enc))`, l.Server, username, password)
	}
	return `{{ dict "auths" (dict` + template + `) | toJson }}`, values
}

// spec returns the spec of the ExternalSecret.
func (e *External) spec() map[string]any {
	template, values := templateOf(e.settings)
	var data []any
	for _, v := range values {
		data = append(data, map[string]any{"secretKey": v.name, "remoteRef": map[string]any{"key": v.key, "property": v.property}})
	}
	return map[string]any{
		"refreshInterval": e.settings.RefreshInterval,
		"secretStoreRef":  map[string]any{"kind": e.settings.StoreKind, "name": e.settings.StoreName},
		"target": map[string]any{
			"name":           e.Name,
			"creationPolicy": "Owner",
			"deletionPolicy": "Retain",
			"template": map[string]any{
				"type":          secrets.Type,
				"engineVersion": "v2",
				"data":          map[string]any{secrets.DataKey: template},
			},
		},
		"data": data,
	}
}

// Content returns the content of the future Secret.
func (e *External) Content() pull.Content { return pull.Authenticating(e.settings.Servers()...) }

func (e *External) Subject() *inventory.Resource { return e.Current }

// IsDone reports whether the existing ExternalSecret has all that the settings describe.
func (e *External) IsDone() bool {
	if e.Current == nil {
		return false
	}
	var there map[string]any
	return e.Current.As(&there) == nil && includes(there["spec"], e.spec())
}

// includes reports whether a decoded value has all wanted fields. It may have more.
func includes(current, wanted any) bool {
	want, isMap := wanted.(map[string]any)
	if !isMap {
		return reflect.DeepEqual(current, wanted)
	}
	have, _ := current.(map[string]any)
	for field, value := range want {
		if !includes(have[field], value) {
			return false
		}
	}
	return true
}

// Missing returns what mode check reports on an ExternalSecret that add would make or change.
func (e *External) Missing() finding.List {
	switch {
	case e.IsDone():
		return nil
	case e.Current == nil:
		return finding.List{e.Finding(finding.SecretMissing, fn.Error, "is not among the resources")}
	}
	return finding.List{e.Finding(finding.SecretMissing, fn.Error, "differs from the settings")}
}

// Apply adds the ExternalSecret to rl, or sets the wanted fields of the existing one. Its other
// fields stay.
func (e *External) Apply(rl *fn.ResourceList) error {
	if e.Current != nil {
		return overlay(e.Current, e.spec(), "spec")
	}
	var err error
	e.Current, err = added(rl, map[string]any{
		"apiVersion": externalSecretVersion,
		"kind":       kinds.ExternalSecret,
		"metadata":   metadataOf(e.Name, e.Namespace),
		"spec":       e.spec(),
	})
	return err
}

// metadataOf returns the metadata of a new object.
func metadataOf(name, namespace string) map[string]any {
	metadata := map[string]any{"name": name}
	if namespace != "" {
		metadata["namespace"] = namespace
	}
	return metadata
}

// added adds a new object to rl, and returns it.
func added(rl *fn.ResourceList, object map[string]any) (*inventory.Resource, error) {
	o, err := fn.NewFromTypedObject(object)
	if err != nil {
		return nil, err
	}
	rl.Items = append(rl.Items, o)
	return inventory.NewResource(o, nil), nil
}

// overlay sets the fields of o below path that differ from the wanted ones.
func overlay(o *inventory.Resource, wanted map[string]any, path ...string) error {
	var all map[string]any
	if err := o.As(&all); err != nil {
		return err
	}
	current := any(all)
	for _, field := range path {
		m, _ := current.(map[string]any)
		current = m[field]
	}
	fields, isMap := current.(map[string]any)
	if !isMap {
		return o.SetNestedField(wanted, path...)
	}
	for _, field := range slices.Sorted(maps.Keys(wanted)) {
		at := append(path[:len(path):len(path)], field)
		if m, ok := wanted[field].(map[string]any); ok {
			if err := overlay(o, m, at...); err != nil {
				return err
			}
		} else if !reflect.DeepEqual(fields[field], wanted[field]) {
			if err := o.SetNestedField(wanted[field], at...); err != nil {
				return err
			}
		}
	}
	return nil
}

// State returns the findings that hold after Apply.
func (e *External) State() finding.List {
	return finding.List{e.Finding(finding.Secret, fn.Info, "External Secrets makes the Secret from %s %s, for pulls from %s", e.settings.StoreKind, e.settings.StoreName, finding.ShowServers(e.settings.Servers()))}
}

// Bootstrap warns that nothing in a new cluster can make the Secret.
func (e *External) Bootstrap() finding.Finding {
	return e.Finding(finding.Bootstrap, fn.Warning, "External Secrets cannot run before Calico does\nhint: on a new cluster, create the Secret with kubectl first, or use secret instead of externalSecret")
}

// Finding returns a finding about the ExternalSecret, whether or not it exists yet.
func (e *External) Finding(check string, severity fn.Severity, format string, a ...any) finding.Finding {
	return output(finding.New(check, severity, format, a...), e.Current, finding.Place{APIVersion: externalSecretVersion, Kind: kinds.ExternalSecret, Namespace: e.Namespace, Name: e.Name})
}
