// SPDX-License-Identifier: Apache-2.0

package imagetext

import (
	"strings"

	"example.com/calico-pull-secrets/internal/lazy"
)

// hasManifest reports whether a text has a manifest, or values of a chart, with an image
// that matters. A ConfigMap for a ClusterResourceSet has such a text.
func (q Question) hasManifest(text string) bool {
	if !strings.Contains(text, "mage") || !aroundImage().MatchString(text) {
		return false
	}
	found := imageValue().FindAllStringSubmatch(text, -1)
	return len(found) > 0 && q.concernsAny(found)
}

// concernsAny reports whether one of the images that the expression found in a text
// matters. It also returns true if none of them is readable.
func (q Question) concernsAny(found [][]string) bool {
	if len(q.hosts) == 0 { // the caller only asks whether there are workloads
		return true
	}
	seen := 0
	for _, m := range found {
		isMapping := m[1] == "" || m[1][0] == '{' && !strings.HasPrefix(m[1], "{{")
		if !isMapping && q.Concerns(m[1]) {
			return true
		}
		if !isMapping {
			seen++
		}
	}
	return seen == 0
}

var (
	imageValue  = lazy.Regexp(`\b(?:[iI]mage|repository)["'\\]*[ \t]*:[ \t]*["'\\]*([^\s"'\\,}]*)`)
	aroundImage = lazy.Regexp(`(?m)(?:^|[\s{,\-"'])["'\\]*(?:containers|initContainers|repository|kind)["'\\]*\s*:`)
)
