// SPDX-License-Identifier: Apache-2.0

package diff

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/calico-pull-secrets/function"
	"example.com/calico-pull-secrets/internal/needs"
)

// requireApplies fails unless git and patch produce the file's new text with the diff. Both run in
// dir, where the file is called name.
func requireApplies(t *testing.T, dir, name string, f function.File, diff string) {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(name))
	for _, command := range [][]string{{"git", "apply", "-"}, {"patch", "-p1", "--binary"}} {
		require.NoError(t, os.WriteFile(path, f.Before, 0o644))
		cmd := needs.Command(t, command[0], command[1:]...)
		cmd.Dir, cmd.Stdin = dir, strings.NewReader(diff)
		cmd.Env = append(os.Environ(), "GIT_CEILING_DIRECTORIES="+filepath.Dir(dir))
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s: %s\n%s", command[0], out, diff)
		require.NotContains(t, string(out), "fuzz", diff)
		require.NotContains(t, string(out), "offset", diff)
		got, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, string(f.After()), string(got), "%s\n%s", command[0], diff)
	}
}

// at returns a change at the only occurrence of before. It inserts text there, or replaces it.
func at(t *testing.T, before, old, text string, replaces bool) function.Change {
	t.Helper()
	require.Equal(t, 1, strings.Count(before, old))
	start := strings.Index(before, old)
	if replaces {
		return function.Change{Start: start, End: start + len(old), Text: text}
	}
	return function.Change{Start: start, End: start, Text: text}
}

func TestDiffsAreThoseOfGit(t *testing.T) {
	const ten = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n"
	for name, c := range map[string]struct {
		before  string
		changes func(before string) []function.Change
		want    string
	}{
		"a line is put in": {ten, func(b string) []function.Change { return []function.Change{at(t, b, "6", "x\n", false)} },
			"@@ -3,6 +3,7 @@\n 3\n 4\n 5\n+x\n 6\n 7\n 8\n"},
		"behind the text of a line": {ten, func(b string) []function.Change { return []function.Change{at(t, b, "\n6", "\nx", false)} },
			"@@ -3,6 +3,7 @@\n 3\n 4\n 5\n+x\n 6\n 7\n 8\n"},
		"behind the text of a line that ends in CR LF": {"a\r\nb\r\n", func(b string) []function.Change { return []function.Change{at(t, b, "\r\nb", "\r\nx", false)} },
			"@@ -1,2 +1,3 @@\n a\r\n+x\r\n b\r\n"},
		"two changes at an end without a line break": {"a\nb: null", func(b string) []function.Change {
			return []function.Change{{Start: 4, End: 9}, {Start: 9, End: 9, Text: "\n  c"}}
		}, "@@ -1,2 +1,3 @@\n a\n-b: null\n\\ No newline at end of file\n+b:\n+  c\n\\ No newline at end of file\n"},
		"a line is replaced": {ten, func(b string) []function.Change { return []function.Change{at(t, b, "6", "x", true)} },
			"@@ -3,7 +3,7 @@\n 3\n 4\n 5\n-6\n+x\n 7\n 8\n 9\n"},
		"two changes in a line": {"abc def\n", func(b string) []function.Change {
			return []function.Change{at(t, b, "b", "B", true), at(t, b, "e", "E", true)}
		}, "@@ -1 +1 @@\n-abc def\n+aBc dEf\n"},
		"two that are near": {ten, func(b string) []function.Change {
			return []function.Change{at(t, b, "2", "x\n", false), at(t, b, "8", "y\n", false)}
		}, "@@ -1,10 +1,12 @@\n 1\n+x\n 2\n 3\n 4\n 5\n 6\n 7\n+y\n 8\n 9\n 10\n"},
		"two that are not": {"0\n" + ten, func(b string) []function.Change {
			return []function.Change{at(t, b, "2", "x\n", false), at(t, b, "9", "y\n", false)}
		}, "@@ -1,5 +1,6 @@\n 0\n 1\n+x\n 2\n 3\n 4\n@@ -7,5 +8,6 @@\n 6\n 7\n 8\n+y\n 9\n 10\n"},
		"no line break at the end": {"a\nb", func(b string) []function.Change { return []function.Change{{Start: 3, End: 3, Text: "\nc"}} },
			"@@ -1,2 +1,3 @@\n a\n-b\n\\ No newline at end of file\n+b\n+c\n\\ No newline at end of file\n"},
		"an empty file": {"", func(string) []function.Change { return []function.Change{{Text: "a\n"}} },
			"@@ -0,0 +1 @@\n+a\n"},
		"the whole file":         {"a\n", func(string) []function.Change { return []function.Change{{End: 2}} }, "@@ -1 +0,0 @@\n-a\n"},
		"a mark and CR LF":       {"\uFEFFa\r\nb\r\n", func(b string) []function.Change { return []function.Change{at(t, b, "b", "c\r\n", false)} }, "@@ -1,2 +1,3 @@\n \uFEFFa\r\n+c\r\n b\r\n"},
		"a change to the same":   {ten, func(b string) []function.Change { return []function.Change{at(t, b, "6", "6", true)} }, ""},
		"most of it is the same": {ten, func(b string) []function.Change { return []function.Change{at(t, b, "4\n5\n6\n", "4\nx\n6\n", true)} }, "@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+x\n 6\n 7\n 8\n"},
	} {
		t.Run(name, func(t *testing.T) {
			f := function.File{Name: "f.yaml", Before: []byte(c.before), Changes: c.changes(c.before)}
			diff, ok, err := Of(f)
			require.NoError(t, err)
			require.True(t, ok)
			if c.want == "" {
				require.Empty(t, diff)
				return
			}
			require.Equal(t, "--- a/f.yaml\n+++ b/f.yaml\n"+c.want, diff)
			if c.before != "" && len(f.After()) > 0 { // otherwise patch creates or removes files
				requireApplies(t, t.TempDir(), "f.yaml", f, diff)
			}
		})
	}
}

// TestDiffsApply makes random texts with few different lines, random changes and random hidden
// ranges. A diff never shows hidden text. A shown diff applies without guessing.
func TestDiffsApply(t *testing.T) {
	needs.InMemory(t)
	random := rand.New(rand.NewPCG(1, 2))
	dir := t.TempDir()
	shown, hiddenNear := 0, 0
	for n := range 400 {
		f := randomFile(random)
		diff, ok, err := Of(f)
		require.NoError(t, err)
		if !ok || len(diff) == 0 {
			continue
		}
		require.NotContains(t, diff, "hidden", "case %d", n)
		requireApplies(t, dir, "f.yaml", f, diff)
		shown++
		if len(f.Secrets) > 0 {
			hiddenNear++
		}
	}
	require.Greater(t, shown, 100)
	require.Greater(t, hiddenNear, 20)
}

// randomFile returns a file with changes. Its hidden lines say that they are hidden.
func randomFile(random *rand.Rand) function.File {
	var f function.File
	var text bytes.Buffer
	var starts []int
	for i := range 1 + random.IntN(40) {
		line := fmt.Sprintf("line %d\n", random.IntN(4))
		if random.IntN(2) == 0 {
			line = fmt.Sprintf("line of its own %d\n", i)
		}
		if random.IntN(12) == 0 {
			line = "hidden\n"
			f.Secrets = append(f.Secrets, function.Range{Start: text.Len(), End: text.Len() + len(line)})
		}
		starts = append(starts, text.Len())
		text.WriteString(line)
	}
	f.Name, f.Before = "f.yaml", text.Bytes()
	if random.IntN(4) == 0 {
		f.Before = bytes.TrimSuffix(f.Before, []byte("\n"))
	}
	for i, start := range starts {
		end := len(f.Before)
		if i+1 < len(starts) {
			end = starts[i+1]
		}
		switch random.IntN(12) {
		case 0:
			f.Changes = append(f.Changes, function.Change{Start: start, End: start, Text: fmt.Sprintf("new %d\n", i)})
		case 1:
			f.Changes = append(f.Changes, function.Change{Start: start + 2, End: start + 4, Text: fmt.Sprintf("in%d", i)})
		case 2:
			if i > 0 {
				f.Changes = append(f.Changes, function.Change{Start: start, End: end})
			}
		}
	}
	return f
}

func TestADiffShowsNoHiddenLine(t *testing.T) {
	const before = "a\nb\nc\nd\nPASSWORD\n"
	hidden := strings.Index(before, "PASSWORD")
	for name, c := range map[string]struct {
		change string // the line that it goes before
		want   string // empty: no diff is possible
	}{
		"three lines between": {"b", "@@ -1,4 +1,5 @@\n a\n+x\n b\n c\n d\n"},
		"two lines between":   {"c", "@@ -1,4 +1,5 @@\n a\n b\n+x\n c\n d\n"},
		"one line between":    {"d", "@@ -3,2 +3,3 @@\n c\n+x\n d\n"},
		"none":                {"PASSWORD", ""},
	} {
		t.Run(name, func(t *testing.T) {
			f := function.File{Name: "f.yaml", Before: []byte(before), Changes: []function.Change{at(t, before, c.change, "x\n", false)},
				Secrets: []function.Range{{Start: hidden, End: len(before)}}}
			diff, ok, err := Of(f)
			require.NoError(t, err)
			require.Equal(t, c.want != "", ok)
			if ok {
				require.Equal(t, "--- a/f.yaml\n+++ b/f.yaml\n"+c.want, diff)
				requireApplies(t, t.TempDir(), "f.yaml", f, diff)
			}
		})
	}
	t.Run("a credential is put in", func(t *testing.T) {
		f := function.File{Name: "f.yaml", Before: []byte(before), Changes: []function.Change{{Text: "PASSWORD\n"}}, ChangesSecret: true}
		_, ok, err := Of(f)
		require.NoError(t, err)
		require.False(t, ok)
	})
	t.Run("a part of a line is hidden", func(t *testing.T) {
		f := function.File{Name: "f.json", Before: []byte(`{"a": 1, "b": "PASSWORD"}`), Changes: []function.Change{{Start: 6, End: 7, Text: "2"}}, Secrets: []function.Range{{Start: 9, End: 24}}}
		_, ok, err := Of(f)
		require.NoError(t, err)
		require.False(t, ok)
	})
}

func TestChangesThatAreNotInOrderAreAnError(t *testing.T) {
	for _, changes := range [][]function.Change{
		{{Start: 2, End: 1}}, {{Start: 0, End: 9}}, {{Start: 3, End: 4}, {Start: 1, End: 2}}, {{Start: 0, End: 3}, {Start: 2, End: 4}},
	} {
		_, _, err := Of(function.File{Name: "f.yaml", Before: []byte("abcd\n"), Changes: changes})
		require.Error(t, err)
	}
}

func TestNamesInDiffsAreThoseThatGitAndPatchRead(t *testing.T) {
	f := function.File{Before: []byte("a\nb\n"), Changes: []function.Change{{Start: 2, End: 2, Text: "x\n"}}}
	for name, header := range map[string]string{
		"f.yaml":         "a/f.yaml",
		"./f.yaml":       "a/f.yaml",
		"d/../d/f.yaml":  "a/d/f.yaml",
		"d/a b.yaml":     "a/d/a b.yaml\t",
		"tab\t.yaml":     `"a/tab\t.yaml"`,
		"line\n.yaml":    `"a/line\n.yaml"`,
		`quote".yaml`:    `"a/quote\".yaml"`,
		`back\.yaml`:     `"a/back\\.yaml"`,
		"ä.yaml":         `"a/\303\244.yaml"`,
		"esc \x1b.yaml":  `"a/esc \033.yaml"`,
		"latin \xe9":     `"a/latin \351"`,
		"a 2020-01-01 b": "a/a 2020-01-01 b\t",
	} {
		t.Run(header, func(t *testing.T) {
			dir := t.TempDir()
			t.Chdir(dir)
			require.NoError(t, os.Mkdir("d", 0o755))
			f.Name = name
			diff, _, err := Of(f)
			require.NoError(t, err)
			require.Equal(t, "--- "+header, strings.SplitN(diff, "\n", 2)[0])
			if strings.Contains(name, "\n") { // patch takes no such name in any form
				require.NoError(t, os.WriteFile(name, f.Before, 0o644))
				cmd := needs.Command(t, "git", "apply", "-")
				cmd.Stdin = strings.NewReader(diff)
				out, err := cmd.CombinedOutput()
				require.NoError(t, err, string(out))
				after, err := os.ReadFile(name)
				require.NoError(t, err)
				require.Equal(t, string(f.After()), string(after))
				return
			}
			requireApplies(t, dir, filepath.ToSlash(filepath.Clean(name)), f, diff)
		})
	}
}

func TestDiffsOfFilesElsewhere(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, "work"), 0o755))
	t.Chdir(filepath.Join(dir, "work"))
	f := function.File{Before: []byte("a\nb\n"), Changes: []function.Change{{Start: 2, End: 2, Text: "x\n"}}}
	t.Run("an absolute name in the working folder", func(t *testing.T) {
		f.Name = filepath.Join(dir, "work", "f.yaml")
		diff, _, err := Of(f)
		require.NoError(t, err)
		require.True(t, strings.HasPrefix(diff, "--- a/f.yaml\n"))
		requireApplies(t, filepath.Join(dir, "work"), "f.yaml", f, diff)
	})
	for _, name := range []string{"../f.yaml", filepath.Join(dir, "f.yaml")} {
		t.Run("a name elsewhere", func(t *testing.T) {
			f.Name = name
			diff, _, err := Of(f)
			require.NoError(t, err)
			requireApplies(t, "/", filepath.Join(dir, "f.yaml"), f, diff)
		})
	}
}

// TestDiffsTakeTimeLinearInTheFile has shapes that once took minutes or gigabytes.
func TestDiffsTakeTimeLinearInTheFile(t *testing.T) {
	block := "- kind: DaemonSet\n" + strings.Repeat("  field: value\n", 50)
	var many, one function.File
	many.Before = []byte(strings.Repeat(block, 4000))
	one.Before = []byte(strings.Repeat(`{"kind": "DaemonSet"}, `, 20000))
	for i := range 4000 {
		many.Changes = append(many.Changes, function.Change{Start: i * len(block), End: i * len(block), Text: "# x\n"})
		many.Secrets = append(many.Secrets, function.Range{Start: i*len(block) + 400, End: i*len(block) + 410})
		one.Changes = append(one.Changes, function.Change{Start: i * 23, End: i * 23, Text: "1"})
	}
	data := function.File{Before: []byte("a\n" + strings.Repeat("  data: x\n", 20000)), Changes: []function.Change{{Start: 2, End: 2, Text: "x\n"}}}
	for name, f := range map[string]function.File{"many changes": many, "one line": one, "data beside it": data} {
		f.Name = "f.yaml"
		started := time.Now()
		diff, ok, err := Of(f)
		require.NoError(t, err, name)
		require.True(t, ok, name)
		require.NotEmpty(t, diff, name)
		require.Less(t, time.Since(started), 2*time.Second, name)
	}
}

func TestColoursAreAroundLines(t *testing.T) {
	f := function.File{Name: "f.yaml", Before: []byte("a\n---\n"), Changes: []function.Change{{Start: 2, End: 5, Text: "b"}}}
	diff, _, err := Of(f)
	require.NoError(t, err)
	diff = InColour(diff)
	require.Equal(t, "\x1b[1m--- a/f.yaml\x1b[m\n\x1b[1m+++ b/f.yaml\x1b[m\n\x1b[36m@@ -1,2 +1,2 @@\x1b[m\n a\n\x1b[31m----\x1b[m\n\x1b[32m+b\x1b[m\n", diff)
}
