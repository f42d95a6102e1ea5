// SPDX-License-Identifier: Apache-2.0

// Package form recognises input that is no text in UTF-8: archives, compressed files, and UTF-16
// without a mark. It looks at the first bytes only, and takes no text that YAML allows for one.
package form

import "bytes"

// An Error says which form of data a source has.
type Error string

func (e Error) Error() string { return "is " + string(e) }

// The forms that people hand over most often.
const (
	Gzip   Error = "compressed with gzip"
	Packed Error = "compressed"
	Tar    Error = "a tar archive"
	Zip    Error = "a zip archive"
	UTF16  Error = "UTF-16"
)

// forms has the bytes at a place that tell each form. All are invalid in YAML.
var forms = []struct {
	at    int
	bytes string
	form  Error
}{
	{0, "\x1f\x8b", Gzip}, {0, "\xfd7zXZ\x00", Packed}, {0, "\x28\xb5\x2f\xfd", Packed}, {0, "PK\x03\x04", Zip}, {257, "ustar\x00", Tar}, {257, "ustar  \x00", Tar},
}

// Of returns the form of a source that is no text, as an Error. It returns nil for any other source.
func Of(source []byte) error {
	for _, f := range forms {
		if len(source) > f.at && bytes.HasPrefix(source[f.at:], []byte(f.bytes)) {
			return f.form
		}
	}
	const some = 32 // of UTF-16 without a mark, half of the bytes of a manifest are NUL
	if start := source[:min(some, len(source))]; len(start) == some && bytes.Count(start, []byte{0}) == some/2 {
		return UTF16
	}
	return nil
}

// IsMarkedUTF16 reports whether a source begins with the mark of UTF-16. YAML allows that. Windows
// PowerShell writes such files.
func IsMarkedUTF16(source []byte) bool {
	return bytes.HasPrefix(source, []byte("\xFF\xFE")) || bytes.HasPrefix(source, []byte("\xFE\xFF"))
}
