// SPDX-License-Identifier: Apache-2.0

// Package credential reads the user name and password for a registry. It reads them from
// an environment variable, a file, docker's config.json, or the credential helpers that
// config.json names.
//
// It promises:
//   - No error has a credential in it, or a part of one. A credential may be in the
//     wrong place: as the name of a variable or a helper, as a path, or as a server. So
//     errors show such a text only if it certainly is what it should be. They never show
//     the output of a credential helper.
//   - Everything ends. A file or a helper has ten seconds and 1 MiB, whatever it is: a
//     FIFO without a writer, a device, an endless program.
//   - A value that no registry accepts is an error here, not a failed pull later: an
//     empty value, a line break, an identity token, a ${VARIABLE} that nobody replaced.
//   - The package reads only what Access allows.
//
// Package pull decides which servers kubelet matches with an image. This package does not
// know the settings of the program. It never asks a registry and opens no connection.
//
// The library for the protocol of credential helpers is docker's own. Libraries for the
// whole file were measured in this program. oras-go v2.7 costs 180 kB and 2 ms at each
// start, docker/cli v29.9 costs 65 kB. Both pass a helper's stderr to ours. Neither stops
// a helper that hangs or writes without end. Both read the file without limits and quote
// its text in errors (oras-go the decoded auth). docker/cli refuses the whole file
// because of one bad entry. Neither chooses by image. The file format takes 20 lines
// here.
package credential

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/placeholder"
)

// A Credential is the user name and password for a registry. It never prints them.
type Credential struct{ Username, Password string }

// String returns the text to print instead of the credential.
func (Credential) String() string { return "(credential not shown)" }

// GoString is String for %#v.
func (c Credential) GoString() string { return c.String() }

// maxValue is the API server's limit for the data of a Secret: 1 MiB.
const maxValue = 1 << 20

// byteOrderMark is an invisible character. Windows editors begin UTF-8 with it.
const byteOrderMark = "\ufeff"

// hintOfEmpty says why a value may be empty.
const hintOfEmpty = "give it a value. Many CI systems give no secrets to the jobs of forks"

// checkValue returns an error if no Secret can hold the value, no registry accepts it, or
// it certainly is no credential. The error does not quote the value.
func checkValue(value string) error {
	switch {
	case value == "":
		return finding.Errorf("is empty\nhint: %s", hintOfEmpty)
	case len(value) > maxValue:
		return errors.New("is larger than 1 MiB, which no Secret can hold")
	case !utf8.ValidString(value):
		return finding.Errorf("is not valid UTF-8\nhint: save the file as UTF-8, or take the value from another place")
	case strings.HasPrefix(value, byteOrderMark):
		return finding.Errorf("starts with a byte order mark, which registries read as part of the value\nhint: save it without one")
	case hasControl(value):
		return finding.Errorf("has a control character in it, such as a line break\nhint: write the value as one line; the program ignores one line break at its end")
	case strings.Trim(value, " \t\u00a0") == "":
		return finding.Errorf("has only blanks in it\nhint: %s", hintOfEmpty)
	case placeholder.IsVariable(value):
		return finding.Errorf("is a placeholder that nobody replaced, such as ${NAME}\nhint: the tool that fills it in did not run: look at the settings of the job")
	}
	return nil
}

// CheckUsername returns an error if kubelet would read another user name. The error does
// not quote it.
func CheckUsername(username string) error {
	if strings.Contains(username, ":") {
		return finding.Errorf("has a colon in it: kubelet reads the text after the first one as the password\nhint: give only the user name here, and the token as the password")
	}
	return nil
}

// trimNewline removes one newline at the end: one LF, then one CR. `docker login
// --password-stdin` does the same.
func trimNewline(s string) string { return strings.TrimSuffix(strings.TrimSuffix(s, "\n"), "\r") }

func hasControl(s string) bool { return strings.ContainsFunc(s, unicode.IsControl) }
