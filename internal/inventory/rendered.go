// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"cmp"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/layout"
	"example.com/calico-pull-secrets/internal/mapping"
)

// A Rendering says what somebody renders from an object later. The source is outside of
// the object: a chart, a repository, a template.
type Rendering struct {
	About   string // who renders what: "Flux renders a chart"
	Command string // it prints the result; the reader replaces the words in capitals
	// Source is the object that the result comes from. Self is the object itself, if
	// other objects may name it as their source. Both have kind, namespace and name. They
	// are empty if there is none.
	Source, Self string
	// IsOfFolder is true for a kustomization of kustomize. In a folder the files around it tell more
	// than the object, so package layout reports it there.
	IsOfFolder bool
}

// RenderedField is the field with the source of the rendering.
const RenderedField = "spec"

// A renderer is a kind of object from which somebody renders other objects.
type renderer struct {
	group, kind    string
	about, command string
	// source is the path of the reference to the source. isSource is true for a kind that
	// other kinds refer to.
	source   []string
	isSource bool
	// by names the fields of an object by which somebody changes the applied objects. It
	// is empty if there are none. If by is nil, somebody renders each object of the kind.
	by func(n *yaml.Node) string
}

const (
	showChart     = "helm template NAME CHART --values FILE"
	showCluster   = "kubectl get ds,deploy,sts,job,cronjob,secret,sa -A -o yaml"
	showApp       = "argocd app manifests NAME"
	showKustomize = "kustomize build FOLDER"
	showFlux      = "flux build kustomization NAME --path FOLDER --kustomization-file FILE --dry-run"
)

// renderers are all kinds that the program knows. It finds an unknown kind that pulls by
// its images, if it has any.
var renderers = []renderer{
	{group: "helm.toolkit.fluxcd.io", kind: "HelmRelease", about: "Flux renders a chart", command: showChart, source: []string{"spec", "chartRef"}},
	{group: "source.toolkit.fluxcd.io", kind: "HelmChart", about: "Flux downloads a chart", command: showChart, isSource: true, source: []string{"spec", "sourceRef"}},
	{group: "source.toolkit.fluxcd.io", kind: "GitRepository", about: "Flux downloads a repository", command: showFlux, isSource: true},
	{group: "source.toolkit.fluxcd.io", kind: "OCIRepository", about: "Flux downloads an artifact", command: showFlux, isSource: true},
	{group: "source.toolkit.fluxcd.io", kind: "Bucket", about: "Flux downloads a bucket", command: showFlux, isSource: true},
	{group: "kustomize.toolkit.fluxcd.io", kind: "Kustomization", about: "Flux changes what it applies", command: showFlux, source: []string{"spec", "sourceRef"}, by: changesOfFlux},
	{group: kustomizeGroup, kind: "Kustomization", about: "kustomize changes these objects", command: showKustomize, by: layout.ChangesOf},
	{group: kustomizeGroup, kind: "Component", about: "kustomize changes objects with this component", command: showKustomize, by: layout.ChangesOf},
	{group: "fluxcd.controlplane.io", kind: "FluxInstance", about: "the Flux operator installs Flux", command: "flux-operator build instance -f FILE"},
	{group: "fluxcd.controlplane.io", kind: "ResourceSet", about: "the Flux operator renders a template", command: "flux-operator build rset -f FILE"},
	{group: "helm.cattle.io", kind: "HelmChart", about: "k3s renders a chart", command: showChart},
	{group: "helm.cattle.io", kind: "HelmChartConfig", about: "k3s renders a chart with these values", command: showChart},
	{group: "fleet.cattle.io", kind: "GitRepo", about: "Fleet deploys a repository", command: showCluster},
	{group: "fleet.cattle.io", kind: "HelmOp", about: "Fleet renders a chart", command: showChart},
	{group: "argoproj.io", kind: "Application", about: "Argo CD renders its sources", command: showApp},
	{group: "argoproj.io", kind: "ApplicationSet", about: "Argo CD makes Applications of a template", command: showApp},
	{group: "helm.crossplane.io", kind: "Release", about: "Crossplane renders a chart", command: showChart},
	{group: "apiextensions.crossplane.io", kind: "Composition", about: "Crossplane composes objects", command: "crossplane render XR COMPOSITION FUNCTIONS"},
	{group: "pkg.crossplane.io", kind: "Configuration", about: "Crossplane installs a package", command: showCluster},
	{group: "pkg.crossplane.io", kind: "Function", about: "Crossplane installs a package", command: showCluster},
	{group: "pkg.crossplane.io", kind: "Provider", about: "Crossplane installs a package", command: showCluster},
	{group: "kyverno.io", kind: "ClusterPolicy", about: "Kyverno generates objects", command: showCluster, by: generatesOfKyverno},
	{group: "kyverno.io", kind: "Policy", about: "Kyverno generates objects", command: showCluster, by: generatesOfKyverno},
	{group: "policies.kyverno.io", kind: "GeneratingPolicy", about: "Kyverno generates objects", command: showCluster},
	{group: "operators.coreos.com", kind: "Subscription", about: "OLM installs an operator", command: showCluster},
	{group: "olm.operatorframework.io", kind: "ClusterExtension", about: "OLM installs an operator", command: showCluster},
	{group: "kappctrl.k14s.io", kind: "App", about: "kapp-controller renders a template", command: showCluster},
	{group: "packaging.carvel.dev", kind: "PackageInstall", about: "kapp-controller installs a package", command: showCluster},
	{group: "configsync.gke.io", kind: "RootSync", about: "Config Sync deploys a repository", command: showCluster},
	{group: "configsync.gke.io", kind: "RepoSync", about: "Config Sync deploys a repository", command: showCluster},
	{group: "core.oam.dev", kind: "Application", about: "KubeVela renders components", command: "vela dry-run -f FILE"},
	{group: "addons.cluster.x-k8s.io", kind: "HelmChartProxy", about: "Cluster API installs a chart", command: showChart},
	{group: "config.projectsveltos.io", kind: "ClusterProfile", about: "Sveltos deploys charts and manifests", command: showCluster},
	{group: "config.projectsveltos.io", kind: "Profile", about: "Sveltos deploys charts and manifests", command: showCluster},
}

// RendererKinds returns the kinds of all objects that say what somebody renders later.
// The value is a word that the text of such an object must have. It is nil if each object
// of the kind counts.
func RendererKinds() map[string][]string {
	kinds := map[string][]string{}
	for _, r := range renderers {
		kinds[r.kind] = nil
	}
	kinds["ClusterPolicy"], kinds["Policy"] = []string{"generate"}, []string{"generate"}
	return kinds
}

// renderingOf returns what somebody renders from an object of a kind later, nil if nobody
// does.
func renderingOf(n *yaml.Node, k kind) *Rendering {
	i := slices.IndexFunc(renderers, func(r renderer) bool { return r.group == k.group && r.kind == k.kind })
	if i < 0 {
		return nil
	}
	r := renderers[i]
	rendering := &Rendering{About: r.about, Command: r.command, IsOfFolder: r.group == kustomizeGroup}
	if r.by != nil {
		by := r.by(n)
		if by == "" {
			return nil
		}
		rendering.About += " (" + by + ")"
	}
	namespace := ""
	if metadata := mapping.Value(n, "metadata"); metadata != nil {
		namespace = mapping.Text(metadata, "namespace")
		if r.isSource {
			rendering.Self = strings.Join([]string{k.kind, namespace, mapping.Text(metadata, "name")}, "/")
		}
	}
	for _, path := range [][]string{r.source, {"spec", "chart", "spec", "sourceRef"}} { // a HelmRelease has either of these
		if ref := mapping.At(n, path...); len(path) > 0 && ref != nil {
			rendering.Source = strings.Join([]string{mapping.Text(ref, "kind"), cmp.Or(mapping.Text(ref, "namespace"), namespace), mapping.Text(ref, "name")}, "/")
			break
		}
	}
	return rendering
}

// changesOfFlux returns the fields by which Flux changes the files of a Kustomization
// before it applies them.
func changesOfFlux(n *yaml.Node) string {
	var fields []string
	for _, field := range []string{"images", "patches", "patchesStrategicMerge", "patchesJson6902", "postBuild", "components", "targetNamespace", "namePrefix", "nameSuffix"} {
		if v := mapping.At(n, "spec", field); v != nil && (len(v.Content) > 0 || v.Value != "" && !mapping.IsNull(v)) {
			fields = append(fields, field)
		}
	}
	return strings.Join(fields, ", ")
}

const kustomizeGroup = "kustomize.config.k8s.io"

// withoutPods are kinds that pull nothing. Most policies generate one of these. Another
// package follows generated Secrets.
var withoutPods = []string{
	"Secret", "ConfigMap", "Namespace", "NetworkPolicy", "CiliumNetworkPolicy", "ResourceQuota", "LimitRange", "PodDisruptionBudget",
	"Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding", "VerticalPodAutoscaler", "HorizontalPodAutoscaler",
}

// generatesOfKyverno returns the kinds that the rules of a policy generate. It leaves out
// the kinds that pull nothing. For a kind with a placeholder it returns "kinds from
// placeholders".
func generatesOfKyverno(n *yaml.Node) string {
	var kinds []string
	add := func(kind string) {
		if i := strings.LastIndexByte(kind, '/'); i >= 0 { // "v1/Secret"
			kind = kind[i+1:]
		}
		if kind == "" || strings.ContainsAny(kind, "{*") {
			kind = "kinds from placeholders"
		}
		if !slices.Contains(withoutPods, kind) && !slices.Contains(kinds, kind) {
			kinds = append(kinds, kind)
		}
	}
	generate := func(g *yaml.Node) {
		if list := mapping.At(g, "cloneList", "kinds"); list != nil {
			for _, kind := range list.Content {
				add(kind.Value)
			}
			return
		}
		add(mapping.Text(g, "kind"))
	}
	for _, rule := range mapping.Elements(mapping.At(n, "spec", "rules")) {
		g := mapping.Value(rule, "generate")
		if g == nil || g.Kind != yaml.MappingNode {
			continue
		}
		if each := mapping.Value(g, "foreach"); each != nil && each.Kind == yaml.SequenceNode {
			for _, one := range each.Content {
				generate(one)
			}
			continue
		}
		generate(g)
	}
	return strings.Join(kinds, ", ")
}
