// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/term"
)

// A console is where the program reads and writes.
type console struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	mu             sync.Mutex // of stderr
}

// say writes a message as one line on stderr.
func (c *console) say(message string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	fmt.Fprintf(c.stderr, "%s: %s\n", programName, visible(message))
}

// print writes a text on stdout. It returns the exit code.
func (c *console) print(text string) int {
	if _, err := io.WriteString(c.stdout, text); err != nil {
		c.say("error: cannot write stdout: " + problemOf(err))
		return exitFailed
	}
	return exitOK
}

// longest is the number of runes of a message, which may have names of anybody in
// it, that are shown.
const longest = 2000

// visible returns a text as one line in which everything that is not printable is
// written as Go writes it in a string: no escape sequence reaches a terminal. What
// is longer than 2,000 runes is cut.
func visible(text string) string {
	if isPlainText(text) {
		return text
	}
	var b strings.Builder
	for n := 0; len(text) > 0; n++ {
		if n == longest {
			b.WriteString(" …")
			break
		}
		r, size := utf8.DecodeRuneInString(text)
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, text[0])
		case unicode.IsPrint(r):
			b.WriteRune(r)
		default:
			quoted := strconv.QuoteRune(r)
			b.WriteString(quoted[1 : len(quoted)-1])
		}
		text = text[size:]
	}
	return b.String()
}

// isPlainText reports whether a text is short and of printable ASCII.
func isPlainText(text string) bool {
	for i := range len(text) {
		if text[i] < ' ' || text[i] > '~' {
			return false
		}
	}
	return len(text) <= longest
}

// isTerminal reports whether somebody looks at a stream, or types it.
func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// hasColours reports whether colours are wanted on a stream: that of a terminal,
// unless the environment says otherwise (https://no-color.org).
func hasColours(stream any) bool {
	return isTerminal(stream) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}

// The escape sequences of colours, as git and grep use them.
const (
	bold   = "\x1b[1m"
	dim    = "\x1b[2m"
	red    = "\x1b[31m"
	green  = "\x1b[32m"
	yellow = "\x1b[33m"
	cyan   = "\x1b[36m"
	plain  = "\x1b[m"
)

// problemOf returns what went wrong without the paths that Go puts before it.
func problemOf(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	var link *os.LinkError
	if errors.As(err, &link) {
		return link.Err.Error()
	}
	return err.Error()
}
