// SPDX-License-Identifier: Apache-2.0

package disk

import (
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// content returns the text of a file.
func content(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	require.NoError(t, err)
	return string(text)
}

// replacing writes files in a new working folder, and returns replacements with another text.
func replacing(t *testing.T, names ...string) []*Replacement {
	t.Helper()
	t.Chdir(t.TempDir())
	var all []*Replacement
	for _, name := range names {
		require.NoError(t, os.WriteFile(name, []byte("old"), 0o640))
		all = append(all, &Replacement{Name: name, Before: Pieces{[]byte("old")}, After: Pieces{[]byte("new")}})
	}
	return all
}

func TestAFileThatSomebodyElseChangedStays(t *testing.T) {
	all := replacing(t, "a", "b", "c")
	all = append(all, &Replacement{Name: "new/deep/secret", After: Pieces{[]byte("new")}, IsNew: true})
	require.NoError(t, os.WriteFile("b", []byte("theirs"), 0o640))
	file, err := WriteAll(all)
	require.Equal(t, "b", file)
	require.EqualError(t, err, "changed while the program ran: nothing was written")
	require.Equal(t, "old", content(t, "a"))
	require.Equal(t, "theirs", content(t, "b"))
	require.Equal(t, "old", content(t, "c"))
	entries, err := os.ReadDir(".")
	require.NoError(t, err)
	require.Len(t, entries, 3, "something is left behind")
	info, err := os.Stat("a")
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o640), info.Mode())
}

func TestANewFileThatSomebodyElseMadeStays(t *testing.T) {
	all := replacing(t, "a")
	all = append(all, &Replacement{Name: "secret", After: Pieces{[]byte("new")}, IsNew: true})
	require.NoError(t, os.WriteFile("secret", []byte("theirs"), 0o640))
	file, err := WriteAll(all)
	require.Equal(t, "secret", file)
	require.Error(t, err)
	require.Equal(t, "old", content(t, "a"))
	require.Equal(t, "theirs", content(t, "secret"))
}

func TestUndoSparesAFileThatChangedAgain(t *testing.T) {
	all := replacing(t, "a", "b")
	require.NoError(t, all[0].prepare())
	require.NoError(t, all[0].commit())
	require.NoError(t, os.WriteFile("a", []byte("theirs"), 0o640))
	require.ErrorIs(t, all[0].undo(), ErrChanged)
	require.Equal(t, "theirs", content(t, "a"))

	secret := &Replacement{Name: "secret", After: Pieces{[]byte("new")}, IsNew: true}
	require.NoError(t, secret.prepare())
	require.NoError(t, secret.commit())
	require.NoError(t, os.WriteFile("secret", []byte("theirs"), 0o600))
	require.ErrorIs(t, secret.undo(), ErrChanged)
	require.Equal(t, "theirs", content(t, "secret"))
}

func TestTemporaryFilesAreForTheirOwner(t *testing.T) {
	name := strings.Repeat("x", 245) + ".yaml"
	all := replacing(t, name)
	require.NoError(t, all[0].prepare())
	info, err := os.Stat(all[0].temporary)
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o600), info.Mode())
	require.NoError(t, all[0].commit())
	require.Equal(t, "new", content(t, name))
}

func TestOnlyTheFoldersThatWereMadeAreRemoved(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.Mkdir("there", 0o755))
	r := &Replacement{Name: "there/a/b/secret", After: Pieces{[]byte("new")}, IsNew: true}
	require.NoError(t, r.prepare())
	require.FileExists(t, r.temporary)
	require.NoError(t, os.WriteFile("there/a/other", nil, 0o600))
	r.discard()
	require.NoDirExists(t, "there/a/b")
	require.FileExists(t, "there/a/other")
}

func TestPiecesEqualTheirText(t *testing.T) {
	p := Pieces{[]byte("ab"), nil, []byte("c"), []byte("de")}
	require.True(t, p.equal([]byte("abcde")))
	for _, other := range []string{"", "ab", "abcd", "abcdef", "abXde", "Xbcde", "abcdX"} {
		require.False(t, p.equal([]byte(other)), other)
	}
	require.True(t, Pieces{}.equal(nil))
	require.True(t, Pieces{nil}.equal(nil))
}
