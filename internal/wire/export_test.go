// SPDX-License-Identifier: Apache-2.0

package wire

// OpenByParser is Open with the parser alone. The index must agree with it.
func OpenByParser(sources []Source) (*Input, error) {
	in, err := Open(sources)
	if in == nil || in.list == nil {
		return in, err
	}
	l, err := parseList(in.body)
	if l == nil {
		return nil, err
	}
	in.list, in.config = l, l.head().config
	return in, err
}

// IsIndexed reports whether the program finds the items of a list without the parser.
func IsIndexed(input []byte) bool { return indexList(input) != nil }
