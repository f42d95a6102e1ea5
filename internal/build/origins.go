// SPDX-License-Identifier: Apache-2.0

package build

import (
	"slices"

	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// takeOrigins returns the path that each resource is from, empty where that is not known,
// and takes it out of them unless the kustomization has it there.
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
		_ = m.RemoveOriginAnnotations() // fails for annotations that are no map, which have none
	}
	return paths
}

// snapshot is what stands in the place of our own function: it copies the metadata that the
// function would see, with what kustomize notes there for itself, and deletes in the end.
const snapshot = `{"apiVersion": "builtin", "kind": "PatchTransformer", "metadata": {"name": "as-seen"}, "target": {},` +
	` "patch": "[{\"op\": \"copy\", \"from\": \"/metadata\", \"path\": \"/` + snapshotField + `\"}]"}`

const (
	snapshotField    = "calicoPullSecretsSaw"
	originAnnotation = "config.kubernetes.io/origin"
)

// asSeenByTheFunction returns objects with the metadata that they had when the function would
// have run. After it kustomize adds a hash to names, and changes the references to them:
// names in lists of pull Secrets, and of ServiceAccounts, are as before, too.
func asSeenByTheFunction(objects []Object) ([]Object, error) {
	nodes := make([]*yaml.RNode, len(objects))
	before := map[string]string{} // names, by those that they became
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
		if saw == nil { // a copy that kustomize took away again
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

// rename gives the entries of lists of pull Secrets below n the names that they had.
func rename(n *yaml.Node, before map[string]string) {
	for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value != "imagePullSecrets" {
			continue
		}
		for _, entry := range n.Content[i+1].Content {
			for j := 0; entry.Kind == yaml.MappingNode && j+1 < len(entry.Content); j += 2 {
				if name, ok := before[entry.Content[j+1].Value]; ok && entry.Content[j].Value == "name" {
					entry.Content[j+1].Value = name
				}
			}
		}
	}
	for _, below := range n.Content {
		rename(below, before)
	}
}
