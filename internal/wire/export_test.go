// SPDX-License-Identifier: Apache-2.0

package wire

import "github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"

// TransformByParser is Transform with the parser alone: what the index must agree with.
func TransformByParser(input []byte, processor fn.ResourceListProcessor, matters func([]byte) bool) (Outcome, error) {
	return transform(input, processor, matters, parse)
}

// IsIndexed reports whether the items of a list are found without the parser.
func IsIndexed(input []byte, matters func([]byte) bool) bool {
	_, ok := indexList(input, matters)
	return ok
}
