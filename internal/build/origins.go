// SPDX-License-Identifier: Apache-2.0

package build

import (
	"slices"

	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/mapping"
)

// takeOrigins returns the file that each resource is from, empty if unknown. It removes the
// origins, unless the kustomization asks for them itself.
func takeOrigins(m resmap.ResMap, k *kustomization) (paths []string) {
	for _, resource := range m.Resources() {
		path := ""
		if origin, err := resource.GetOrigin(); err == nil && origin != nil && origin.Repo == "" {
			if path = origin.Path; path == "" {
				path = origin.ConfiguredIn
			}
		}
		paths = append(paths, path)
	}
	if !slices.Contains(k.fields.BuildMetadata, types.OriginAnnotations) {
		_ = m.RemoveOriginAnnotations() // it fails if annotations are not a map: these have no origin
	}
	return paths
}

// snapshot replaces our own function. It copies the metadata that the function would see. These
// include kustomize's internal annotations, which it deletes at the end.
const snapshot = `{"apiVersion": "builtin", "kind": "PatchTransformer", "metadata": {"name": "as-seen"}, "target": {},` +
	` "patch": "[{\"op\": \"copy\", \"from\": \"/metadata\", \"path\": \"/` + snapshotField + `\"}]"}`

const (
	snapshotField    = "calicoPullSecretsSaw"
	originAnnotation = "config.kubernetes.io/origin"
)

// asSeenByTheFunction gives objects the metadata from before our function. After it kustomize adds
// hashes to names of Secrets and changes references to them. So imagePullSecrets, also of
// ServiceAccounts, get the earlier names, too.
func asSeenByTheFunction(objects []Object) ([]Object, error) {
	nodes := make([]*yaml.RNode, len(objects))
	before := map[string]string{} // earlier names, by final name
	for i, o := range objects {
		n, err := yaml.Parse(string(o.YAML))
		if err != nil {
			return nil, err
		}
		nodes[i] = n
		saw, err := n.Pipe(yaml.Get(snapshotField))
		if err != nil {
			return nil, err
		}
		if saw == nil { // kustomize removed the copy
			continue
		}
		now := n.GetName()
		if _, err := n.Pipe(yaml.Clear(snapshotField)); err != nil {
			return nil, err
		}
		if _, err := n.Pipe(yaml.SetField("metadata", saw)); err != nil {
			return nil, err
		}
		if _, err := n.Pipe(yaml.ClearAnnotation(originAnnotation)); err != nil {
			return nil, err
		}
		if name := n.GetName(); name != now && n.GetKind() == "Secret" {
			before[now] = name
		}
	}
	for i, n := range nodes {
		rename(n.YNode(), before)
		text, err := n.String()
		if err != nil {
			return nil, err
		}
		objects[i].YAML = []byte(text)
	}
	return objects, nil
}

// rename gives the entries of imagePullSecrets below n their earlier names.
func rename(n *yaml.Node, before map[string]string) {
	if list := mapping.Value(n, "imagePullSecrets"); list != nil {
		for _, entry := range list.Content {
			if name := mapping.Value(entry, "name"); name != nil && before[name.Value] != "" {
				name.Value = before[name.Value]
			}
		}
	}
	for _, below := range n.Content {
		rename(below, before)
	}
}
