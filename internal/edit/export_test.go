// SPDX-License-Identifier: Apache-2.0

package edit

import "sigs.k8s.io/kustomize/kyaml/yaml"

// Rewrite returns src with its Changes made, and their Extent. It returns src itself if
// there are no changes. Otherwise the text shares no memory with src.
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
