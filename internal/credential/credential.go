// SPDX-License-Identifier: Apache-2.0

// Package credential reads the user name and password of a registry from where
// people keep them: an environment variable, a file, docker's config.json and the
// credential helpers that it names.
//
// It promises:
//   - No error has a credential in it, nor a part of one. What may be a credential
//     in the wrong place (a name of a variable, a path, a server, a helper's name)
//     is shown only if it surely is what it is meant to be. What a credential
//     helper prints is never shown.
//   - Everything ends: a file and a helper have ten seconds and 1 MiB each,
//     whatever they are (a FIFO that nobody writes to, a device, an endless program).
//   - What no registry takes is an error here and not a failed pull later: an empty
//     value, a line break, an identity token, a ${VARIABLE} that nobody replaced.
//   - Nothing is read that Access does not allow.
//
// Which servers kubelet matches with an image it leaves to package pull, and which
// setting a value is for it does not know. It never asks a registry, and opens no connection.
//
// The library for the protocol of credential helpers is docker's own. The ones for
// the whole file were measured in this program: oras-go v2.7 costs 180 kB and 2 ms
// at each start, docker/cli v29.9 65 kB. Both hand a helper's stderr to ours, end no
// helper that hangs or talks without end, read the file without limits, and quote
// text of it in errors (oras-go the decoded auth); docker/cli refuses the whole file
// for one bad entry. Neither chooses by image. Their file format is 20 lines here.
package credential

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"example.com/calico-pull-secrets/internal/placeholder"
)

// A Credential is what a registry wants to know. It does not print.
type Credential struct{ Username, Password string }

// String returns what is printed in the place of the credential.
func (Credential) String() string { return "(credential not shown)" }

// GoString is String for %#v.
func (c Credential) GoString() string { return c.String() }

// maxValue is how many bytes a Secret may hold: the API server's limit, 1 MiB.
const maxValue = 1 << 20

// byteOrderMark is what editors of Windows begin UTF-8 with. Nobody sees it.
const byteOrderMark = "\ufeff"

// checkValue returns an error if no Secret can hold the value, no registry takes
// it, or it surely is none. It does not quote it.
func checkValue(value string) error {
	switch {
	case value == "":
		return errors.New("is empty")
	case len(value) > maxValue:
		return errors.New("is larger than 1 MiB, which no Secret can hold")
	case !utf8.ValidString(value):
		return errors.New("is not valid UTF-8")
	case strings.HasPrefix(value, byteOrderMark):
		return errors.New("starts with a byte order mark, which registries take for a part of it: save it without")
	case hasControl(value):
		return errors.New("has a control character in it, such as a line break")
	case strings.Trim(value, " \t\u00a0") == "":
		return errors.New("has only blanks in it")
	case placeholder.IsVariable(value):
		return errors.New("is a placeholder that nobody replaced, such as ${NAME}")
	}
	return nil
}

// CheckUsername returns an error if kubelet would not take the user name as it
// is. It does not quote it.
func CheckUsername(username string) error {
	if strings.Contains(username, ":") {
		return errors.New("has a colon in it: kubelet takes what follows the first one for the password")
	}
	return nil
}

// trimNewline drops one newline at the end: one LF, then one CR, as
// `docker login --password-stdin` does.
func trimNewline(s string) string { return strings.TrimSuffix(strings.TrimSuffix(s, "\n"), "\r") }

func hasControl(s string) bool { return strings.ContainsFunc(s, unicode.IsControl) }
