// SPDX-License-Identifier: Apache-2.0

package inventory

import "sigs.k8s.io/kustomize/kyaml/yaml"

// renderers are the kinds of which a controller renders manifests later, from what is
// elsewhere: charts, repositories.
var renderers = map[kind]bool{
	{group: "helm.toolkit.fluxcd.io", kind: "HelmRelease"}: true,
	{group: "helm.cattle.io", kind: "HelmChart"}:           true,
	{group: "helm.cattle.io", kind: "HelmChartConfig"}:     true,
	{group: "helm.crossplane.io", kind: "Release"}:         true,
	{group: "argoproj.io", kind: "Application"}:            true,
	{group: "argoproj.io", kind: "ApplicationSet"}:         true,
}

// RendererKinds are the kinds of all objects that say what is rendered later.
func RendererKinds() []string {
	kinds := []string{"Kustomization"}
	for k := range renderers {
		kinds = append(kinds, k.kind)
	}
	return kinds
}

// isRendered reports whether an object says what is rendered later. A Kustomization of
// Flux does if it changes images.
func isRendered(n *yaml.Node, k kind) bool {
	if k.group == "kustomize.toolkit.fluxcd.io" && k.kind == "Kustomization" {
		spec := value(n, "spec")
		return spec != nil && (value(spec, "images") != nil || value(spec, "patches") != nil)
	}
	return renderers[kind{group: k.group, kind: k.kind}]
}
