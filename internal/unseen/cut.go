// SPDX-License-Identifier: Apache-2.0

package unseen

import (
	"bytes"
	"slices"

	"example.com/calico-pull-secrets/internal/config"
	"example.com/calico-pull-secrets/internal/finding"
)

// Cut returns a finding on a text that another program wrote, if the text may lack its end: a download
// that broke off. What is missing may be a workload. Only under strict it is an error: some programs
// write no line break at the end.
func Cut(text []byte, name string, s config.Settings) finding.List {
	if !mayBeCut(text) {
		return nil
	}
	severity := finding.Warning
	if s.Preflight == finding.PolicyStrict {
		severity = finding.Error
	}
	return finding.List{finding.New(finding.Unread, severity,
		"ends without a line break, so its end may be missing\nhint: if it is a download, check it first: curl -fsSL -o calico.yaml ADDRESS && calico-pull-secrets < calico.yaml").At(finding.Place{File: name})}
}

// mayBeCut reports whether a text ends in the middle of a line. A text in JSON or in flow style has an end
// of its own.
func mayBeCut(text []byte) bool {
	last := bytes.TrimSpace(text[bytes.LastIndexByte(text, '\n')+1:])
	isWhole := func(end string) bool { return bytes.HasSuffix(last, []byte(end)) }
	return len(last) > 0 && !slices.ContainsFunc([]string{"}", "]", "---", "..."}, isWhole)
}
