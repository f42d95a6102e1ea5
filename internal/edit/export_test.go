// SPDX-License-Identifier: Apache-2.0

package edit

import "sigs.k8s.io/kustomize/kyaml/yaml"

// Rewrite returns src with its Changes made, and how much that is; src itself if there are
// none, and otherwise a text that shares no memory with it.
func Rewrite(src []byte, want *yaml.Node) ([]byte, Extent, error) {
	root, err := Parse(src)
	if err != nil {
		return nil, Nothing, err
	}
	changes, extent, err := Changes(src, root, want)
	switch {
	case err != nil:
		return nil, Nothing, err
	case extent == Nothing:
		return src, Nothing, nil
	}
	return Apply(src, changes), extent, nil
}
