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
	names := presetNames()
	if meant, because := meantTarget(name); meant != "" {
		return Target{}, finding.Errorf("no preset %q\nhint: set targets=%s%s", name, meant, because)
	}
	return Target{}, finding.Errorf("no preset %s\nhint: %spresets are %s; or name a registry (docker.io) or an object (DaemonSet/%s)",
		strings.TrimSpace(cmp.Or(finding.ShowIfNear(name, names), "of that name")), finding.DidYouMean(name, names), strings.Join(names, ", "), presets[0].Name)
}

// meantTarget returns the target that a user means who writes some name of Calico's as a preset.
// because is the end of the hint. target is empty if there is none.
func meantTarget(name string) (target, because string) {
	switch name = strings.ToLower(name); name {
	case "all", "*":
		return "calico", " for all of Calico, or targets=docker.io for whatever pulls from there"
	case "node":
		return presets[0].Name, ""
	case "tigera", "tigera-operator", "installation":
		return "operator", ""
	case "flannel":
		return "canal", ""
	}
	for _, o := range PresetNamed("calico").objects {
		for known := range strings.SplitSeq(o.names, "|") {
			if name == known || "calico-"+name == known || name == strings.TrimPrefix(known, "calico-kube-") {
				return o.kind + "/" + known, ""
			}
		}
	}
	return "", ""
}

// DefaultNamespace is the namespace of the Secret if no target shows one: that of calico-node in
// Calico's manifests.
const DefaultNamespace = "kube-system"
