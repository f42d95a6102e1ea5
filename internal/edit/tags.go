// SPDX-License-Identifier: Apache-2.0

package edit

// The tags that matter here, as the parser gives them. mergeTag is that of the
// merge key of YAML 1.1.
const (
	mapTag   = "!!map"
	seqTag   = "!!seq"
	strTag   = "!!str"
	floatTag = "!!float"
	nullTag  = "!!null"
	mergeTag = "!!merge"
)
