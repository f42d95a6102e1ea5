// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"bytes"

	"example.com/calico-pull-secrets/internal/form"
	"example.com/calico-pull-secrets/internal/prefilter"
)

// HasObject reports whether text has an object of another kind than that of an apiVersion, also inside a
// list or a mapping, or may have one: there is a kind in a document that cannot be read, or no text.
func HasObject(text []byte, apiVersion, kind string) bool {
	if form.IsMarkedUTF16(text) || bytes.IndexByte(text, 0) >= 0 {
		return true
	}
	_, parts := partsOf(text)
	for _, p := range parts {
		o, err := p.parse(text, true)
		switch body := text[p.start:p.end]; {
		case err != nil && (bytes.Contains(body, []byte("kind")) || prefilter.HidesWords(body)):
			return true
		case err == nil && o == nil && p.objectsIn(text, prefilter.Interest{"": nil}.Filter()) != nil:
			return true
		case o != nil && (o.kube.GetKind() != kind || o.kube.GetAPIVersion() != apiVersion):
			return true
		}
	}
	return false
}
