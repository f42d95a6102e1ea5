// SPDX-License-Identifier: Apache-2.0

package wire

import "github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"

// TransformByParser is Transform with the parser alone: what the index must agree with.
func TransformByParser(input []byte, processor fn.ResourceListProcessor, interest Interest) (Outcome, error) {
	return transform(input, processor, interest, parse)
}

// IsIndexed reports whether the items of a list are found without the parser.
func IsIndexed(input []byte, interest Interest) bool {
	_, ok := indexList(input, interest)
	return ok
}
