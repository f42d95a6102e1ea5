// SPDX-License-Identifier: Apache-2.0

package layout

import (
	"bytes"
	"path/filepath"
	"slices"

	"example.com/calico-pull-secrets/internal/lazy"
)

// CalicoIsFrom returns the first place that says where Calico comes from. It looks in the
// kustomizations first, and then in the files. The path is empty if there is none.
func (k *Kustomizations) CalicoIsFrom(files []string) (path string, line int) {
	if path, entry := k.elsewhere(); path != "" {
		text, _ := Head(path)
		return path, lineAt(text, bytes.Index(text, []byte(entry)))
	}
	for _, path := range slices.Sorted(slices.Values(files)) {
		if filepath.Base(path) == ChartFile {
			return path, 1
		}
		text, _ := Head(path)
		if at := fromElsewhere().FindIndex(text); at != nil && bytes.IndexByte(text, 0) < 0 {
			return path, lineAt(text, at[0])
		}
	}
	return "", 0
}

// fromElsewhere matches the address of one of Calico's manifests. It also matches the chart of
// Calico or its operator, as Argo CD, Flux, K3s and Helm name it.
var fromElsewhere = lazy.Regexp(`(?i:https?://[^\s"'<>]*(?:calico|canal|tigera)[^\s"'<>]*\.ya?ml)` +
	`|\bchart["']?:[ \t]*["']?[^\s,}]*(?:tigera-operator|calico)|\bhelm\b[^\n]*(?:tigera-operator|projectcalico)`)

// lineAt returns the line of a place in a text, counted from 1. A place before the text is on line
// 1.
func lineAt(text []byte, at int) int { return bytes.Count(text[:max(0, at)], []byte("\n")) + 1 }
