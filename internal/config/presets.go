// SPDX-License-Identifier: Apache-2.0

package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/resid"

	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/kinds"
)

// A Preset is a target with a name.
type Preset struct {
	Name    string
	objects []kindAndNames
}

type kindAndNames struct{ kind, names string } // patterns

// presets has every preset, for the objects in Calico's manifests. The first is the default.
var presets = []Preset{
	{"calico-node", []kindAndNames{{"DaemonSet", "calico-node"}}},
	{"canal", []kindAndNames{{"DaemonSet", "canal|canal-node"}}},
	{"operator", []kindAndNames{{kinds.Installation, ""}}},
	{"calico", []kindAndNames{
		{"DaemonSet", "calico-node|canal|canal-node|calico-node-windows|csi-node-driver|calico-etcd|canal-etcd|calico-etcd-sync"},
		{"Deployment", "calico-kube-controllers|calico-typha|calico-apiserver|calico-webhooks|calico-policy-controller|calico-typha-horizontal-autoscaler"},
		{"ReplicaSet", "calico-policy-controller"},
	}},
}

// Target returns the target for the preset.
func (p Preset) Target() Target {
	t := Target{Name: p.Name}
	for _, o := range p.objects {
		s, err := newSelector(types.Selector{ResId: resid.ResId{Gvk: resid.Gvk{Kind: o.kind}, Name: o.names}})
		if err != nil {
			panic(fmt.Sprintf("preset %s: %v", p.Name, err))
		}
		t.Selectors = append(t.Selectors, s)
	}
	return t
}

// Presets returns every preset. The first is the default.
func Presets() []Preset { return slices.Clone(presets) }

func presetNames() (names []string) {
	for _, p := range presets {
		names = append(names, p.Name)
	}
	return names
}

// PresetNamed returns the preset with a name, which must exist.
func PresetNamed(name string) Preset {
	return presets[slices.IndexFunc(presets, func(p Preset) bool { return p.Name == name })]
}

func presetTarget(name string) (Target, error) {
	for _, p := range presets {
		if p.Name == name {
			return p.Target(), nil
		}
	}
	if meant, because := meantTarget(name); meant != "" {
		return Target{}, finding.Errorf("no preset %q\nhint: set targets=%s%s", name, meant, because)
	}
	names := presetNames()
	hint := cmp.Or(strings.TrimSpace(finding.DidYouMean(name, names)), hintOfEntry())
	return Target{}, finding.Errorf("no preset %s\nhint: %s", strings.TrimSpace(cmp.Or(finding.ShowIfNear(name, names), "of that name")), hint)
}

// DefaultNamespace is the namespace of the Secret if no target shows one: that of calico-node in
// Calico's manifests.
const DefaultNamespace = "kube-system"
