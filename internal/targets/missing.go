// SPDX-License-Identifier: Apache-2.0

package targets

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"
	"sigs.k8s.io/kustomize/api/types"

	"example.com/calico-pull-secrets/internal/caller"
	"example.com/calico-pull-secrets/internal/config"
	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/inventory"
	"example.com/calico-pull-secrets/internal/kinds"
)

// missing returns the finding on a target that selects no resource. It says what there is, and
// which setting would select it.
func (x selection) missing(t config.Target) finding.List {
	s, set := x.settings, x.set
	severity := s.OnMissing.OfMissing()
	if len(set.Problems) > 0 { // unreadable input may have the target, and is an error
		return nil
	}
	switch emits := s.Secret != nil || s.External != nil; {
	case s.OnMissing == finding.PolicyIgnore, set.From == caller.Generator && emits:
		return nil
	case set.From == caller.Generator:
		return finding.List{finding.New(finding.MissingTarget, fn.Warning, "nothing to generate: a generator sees no resources, and the config has no secret\nhint: list the function under transformers, or set secret")}
	}
	candidates := set.Workloads()
	if t.Registry != "" {
		hosts := inventory.HostsPulledFrom(candidates)
		f := finding.New(finding.MissingTarget, severity, "no target: nothing%s pulls from %s; %s", among(t, set), finding.ShowRegistry(t.Registry, hosts), pullsFrom(t, set, candidates))
		if len(hosts) == 1 && hosts[0] != t.Registry && t.Selectors[0].Selector == (types.Selector{}) {
			f.Hint = "set targets=" + finding.Visible(hosts[0]) + ", if these are the images that you mean"
		}
		return finding.List{f}
	}
	message := "no target: nothing matches " + t.InMessage(knownNames(set))
	if text := x.lookalike(t); text != "" {
		return finding.List{finding.New(finding.MissingTarget, severity, "%s; %s", message, text)}
	}
	if len(candidates) == 0 {
		return finding.List{finding.New(finding.MissingTarget, severity, "%s; there is no workload at all\nhint: give the program the manifests, such as calico.yaml", message)}
	}
	meant, setting := x.hint(t, candidates)
	if meant != nil { // first, so that people see it
		candidates = slices.Insert(slices.DeleteFunc(candidates, func(r *inventory.Resource) bool { return r == meant }), 0, meant)
	}
	message += "; found " + enumerateFound(candidates, meant)
	f := finding.New(finding.MissingTarget, severity, "%s", message)
	f.Hint = finding.Visible(setting)
	if setting == "" && indexOf(candidates, config.DockerHub()) >= 0 {
		f.Hint = "set targets=docker.io for whatever pulls from there"
	}
	return finding.List{f}
}

// lookalike returns a sentence on an object that t may mean and Kubernetes reads as something else:
// its apiVersion does not fit its kind, or it is in a text. Empty if there is none.
func (x selection) lookalike(t config.Target) string {
	for _, r := range x.set.All {
		if r.Misnamed() != nil && slices.ContainsFunc(t.Selectors, func(s config.Selector) bool { return s.MatchesKind(r.GVK.Kind) && s.MatchesName(r.GetName()) }) {
			if r.GetName() != "" {
				return misnamed(r)
			}
		}
	}
	for _, r := range x.set.All {
		for _, d := range r.Reading.Dark {
			if d.Why == inventory.Manifest {
				return fmt.Sprintf("%s has manifests in a text, %s, which the program does not read: keep them in a file of their own", r, d.Field)
			}
		}
	}
	return ""
}

func misnamed(r *inventory.Resource) string {
	return fmt.Sprintf("the apiVersion of %s does not belong to its kind: write %s", r, r.Misnamed().APIVersion())
}

// knownNames returns the names that a selector may mean: of presets, of the namespaces that Calico
// uses, and of the resources.
func knownNames(set *inventory.Set) (names []string) {
	names = []string{"default", config.DefaultNamespace, inventory.OperatorName, inventory.OperatorInstalled, "calico-apiserver"}
	for _, p := range config.Presets() {
		for _, s := range p.Target().Selectors {
			names = append(names, strings.Split(s.Name, "|")...)
		}
	}
	for _, r := range set.All {
		names = append(names, r.GetName(), r.GetNamespace(), r.GVK.Kind)
	}
	return names
}

// enumerateFound returns a text with the first resources that have a name, each once. It adds the
// file of the meant one, if known.
func enumerateFound(all []*inventory.Resource, meant *inventory.Resource) string {
	const most = 5
	var names []string
	seen := map[string]bool{}
	for _, r := range all {
		if name := r.String(); r.GetName() != "" && !seen[name] {
			seen[name] = true
			if r == meant && r.Source != "" {
				name += " in " + r.Source
			}
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return "only workloads without a name"
	}
	return finding.First(names, most)
}

// among returns the other conditions of a target with a registry, empty if there are none.
func among(t config.Target, set *inventory.Set) string {
	if t.Selectors[0].Selector == (types.Selector{}) {
		return ""
	}
	among := t.InMessage(knownNames(set))
	if among == "an object" {
		return " that is selected"
	}
	return " among " + strings.Replace(among, "an object", "objects", 1)
}

// pullsFrom returns a text on where the workloads pull from. It names workloads that pull from the
// registry of t, and an Installation whose registry is unknown.
func pullsFrom(t config.Target, set *inventory.Set, candidates []*inventory.Resource) string {
	var others []*inventory.Resource
	message, unknown := "there is no workload with an image", ""
	for _, r := range candidates {
		if pulledBy(t, r) {
			others = append(others, r)
		}
		if r.IsInstallation() && len(r.Containers()) == 0 && selects(t, r, true) {
			unknown = fmt.Sprintf("; the program cannot tell where %s pulls from: %s", r, r.RegistryHint())
		}
	}
	if hosts := inventory.HostsPulledFrom(candidates); len(hosts) > 0 {
		message = "the workloads pull from " + finding.Enumerate(hosts)
	}
	if len(others) > 0 {
		message = "these objects pull from there, but the target does not select them: " + enumerateFound(others, nil)
		if r := others[0]; selects(t, r, false) && !selects(t, r, true) {
			message = fmt.Sprintf("%s does, but gets the reference only if a target names its kind: set targets=%s/%s", r, r.GVK.Kind, finding.ShowName(r.GetName()))
		}
	}
	for _, r := range set.All { // objects without a pod template
		for _, pod := range r.Reading.Pods {
			switch pulls := slices.Contains(inventory.HostsOf(inventory.RepositoriesOf(pod.Images)), t.Registry); {
			case pulls && r.Misnamed() != nil:
				return misnamed(r)
			case pulls && len(others) == 0 && (r.Spec() == nil || r.Spec().Has(kinds.Operated)):
				return fmt.Sprintf("%s does, but not in a pod template, so its controller may make imagePullSecrets itself: set targets=%s/%s to add the reference there", r, r.GVK.Kind, finding.ShowName(r.GetName()))
			}
		}
	}
	return message + unknown
}

// hint returns the candidate that t most likely means, and the setting that selects it. It returns
// nil and "" if there is none.
func (x selection) hint(t config.Target, candidates []*inventory.Resource) (meant *inventory.Resource, setting string) {
	set := func(entry string) string {
		if len(x.settings.Targets) == 1 {
			return "set targets=" + entry
		}
		return fmt.Sprintf("in targets write %s instead", entry)
	}
	candidates = slices.DeleteFunc(slices.Clone(candidates), func(r *inventory.Resource) bool { // those of other targets
		return r.GetName() == "" || x.selected[r]
	})
	if i := indexOf(candidates, t.Anywhere()); i >= 0 {
		return candidates[i], "set namespace: " + finding.ShowName(candidates[i].GetNamespace())
	}
	near := nearest(t, candidates)
	if near == nil || t.IsPreset() {
		for _, p := range config.Presets() {
			if i := indexOf(candidates, p.Target()); i >= 0 && p.Name != "calico" {
				return candidates[i], set(p.Name)
			}
		}
		if i := slices.IndexFunc(candidates, IsCalicoNode); i >= 0 && t.IsPreset() {
			return candidates[i], set("DaemonSet/" + finding.ShowName(candidates[i].GetName()))
		}
		if i := indexOf(candidates, config.PresetNamed("calico").Target()); i >= 0 {
			return candidates[i], set("calico")
		}
		if i := slices.IndexFunc(candidates, (*inventory.Resource).IsOperator); i >= 0 {
			return candidates[i], "the operator installs Calico here: give the program its Installation, too, and " + set("operator")
		}
	}
	for _, p := range config.Presets() {
		if near == nil && !(t.IsPreset() && p.Name == "calico") { // that preset has more than nodes
			near = nearest(p.Target(), candidates)
		}
	}
	if near == nil {
		return nil, ""
	}
	return near, set(near.GVK.Kind + "/" + finding.ShowName(near.GetName()))
}

// indexOf returns the index of the first candidate that t selects, -1 if it selects none.
func indexOf(candidates []*inventory.Resource, t config.Target) int {
	return slices.IndexFunc(candidates, func(r *inventory.Resource) bool { return Matches(t, r) })
}

// IsCalicoNode reports whether r is a DaemonSet that does the work of calico-node, whatever its
// name. It checks the label of the pods, the containers and the images.
func IsCalicoNode(r *inventory.Resource) bool {
	if r.GVK.Kind != "DaemonSet" || strings.Contains(r.GetName(), "windows") {
		return false
	}
	label := r.TextAt("spec", "template", "metadata", "labels", "k8s-app")
	return label == "calico-node" || label == "canal" || slices.ContainsFunc(r.Containers(), func(c inventory.Image) bool {
		image, _, _ := strings.Cut(c.Image, "@")
		folder, image := path.Split(image)
		image, _, _ = strings.Cut(image, ":")
		return c.Name == "calico-node" || image == "calico-node" || strings.HasSuffix(image, "-calico-node") ||
			image == "node" && path.Base(folder) == "calico"
	})
}
