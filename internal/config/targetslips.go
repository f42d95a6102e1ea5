// SPDX-License-Identifier: Apache-2.0

package config

import (
	"path"
	"slices"
	"strings"

	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/kinds"
	"example.com/calico-pull-secrets/internal/pull"
)

// hintOfEntry says what an entry of targets may be.
func hintOfEntry() string {
	return "presets are " + strings.Join(presetNames(), ", ") + "; or name a registry (docker.io) or an object (DaemonSet/calico-node)"
}

// slip returns the error for an entry of targets that people write and that means something else. It
// returns nil for any other entry.
func slip(entry string) error {
	bare := strings.Trim(entry, `[]{}"'`)
	_, isImage := pull.Repository(entry + "/x/y") // as of [::1]:5000
	separate := func(r rune) bool { return r == ' ' || r == ';' }
	kind, _, isPair := strings.Cut(strings.NewReplacer(":", " ", ".", " ").Replace(entry), " ")
	switch {
	case bare != entry && !strings.Contains(entry, "/") && !isImage, strings.ContainsAny(entry, `"'`):
		meant := strings.TrimSpace(strings.TrimPrefix(bare, "preset:"))
		if !slices.Contains(presetNames(), meant) {
			meant = "calico,docker.io"
		}
		return finding.Errorf("has brackets or quotes around it\nhint: an argument has none: targets=%s", meant)
	case slices.Contains([]string{".yaml", ".yml", ".json"}, path.Ext(entry)), strings.HasSuffix(entry, "/") && !isRegistry(entry):
		return finding.Errorf("is a path, and targets are objects\nhint: write the path as an argument of its own")
	case isPair && kind != "" && kind[0] >= 'A' && kind[0] <= 'Z' && kinds.Named(kind) != nil && !strings.Contains(entry, "/"):
		return finding.Errorf("has no / between kind and name\nhint: write %s/NAME", kind)
	case len(strings.FieldsFunc(entry, separate)) > 1 && !strings.Contains(entry, "/"):
		return finding.Errorf("has several targets without a comma\nhint: write commas between them, such as calico,docker.io")
	case !strings.Contains(entry, ".") && kinds.Named(kinds.Meant(entry)) != nil:
		return finding.Errorf("is a kind without a name\nhint: write %s/NAME, or %s/.* for all", kinds.Meant(entry), kinds.Meant(entry))
	}
	return nil
}

// notHostAlone returns the error for a registry with a scheme or a path.
func notHostAlone(entry string) error {
	meant := "the host alone, such as docker.io"
	if _, rest, ok := strings.Cut(entry, "://"); ok {
		entry = rest
	}
	if host, _, _ := strings.Cut(entry, "/"); pull.IsDockerHub(host) || pull.IsNoRegistry(host) {
		meant = "docker.io"
	}
	return finding.Errorf("has a path or scheme, and a registry is only its host\nhint: write %s", meant)
}

// meantTarget returns the target that a user means who writes some name of Calico's as a preset.
// because is the end of the hint. target is empty if there is none.
func meantTarget(name string) (target, because string) {
	switch name = strings.ToLower(name); name {
	case "all", "*":
		return "calico", " for all of Calico, or targets=docker.io for whatever pulls from there"
	case "docker", "dockerhub", "docker-hub", "hub":
		return "docker.io", ""
	case "node", "cni", "felix", "bird":
		return presets[0].Name, ""
	case "windows", "calico-windows":
		return "DaemonSet/calico-node-windows", ""
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
