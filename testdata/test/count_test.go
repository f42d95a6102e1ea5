// SPDX-License-Identifier: Apache-2.0

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	header  = "package m\n\nimport \"testing\"\n\n"
	passing = header + "func TestGood(t *testing.T) { t.Run(\"a\", func(*testing.T) {}); t.Run(\"b\", func(*testing.T) {}) }\n"
)

// TestTheCountIsThatOfGoTest counts the tests of small modules.
func TestTheCountIsThatOfGoTest(t *testing.T) {
	for name, c := range map[string]struct {
		test string
		has  []string
		last string
		ok   bool
	}{
		"all pass":                      {passing, []string{"ok  \tm"}, "2 passed, 0 failed, 0 skipped", true},
		"no tests":                      {"package m\n", nil, "0 passed, 0 failed, 0 skipped", true},
		"one fails":                     {passing + "func TestBad(t *testing.T) { t.Run(\"x\", func(t *testing.T) { t.Error(\"the reason\") }); t.Run(\"y\", func(*testing.T) {}) }\n", []string{"the reason", "FAIL\tm"}, "3 passed, 1 failed, 0 skipped", false},
		"one fails beside its subtests": {passing + "func TestBad(t *testing.T) { t.Run(\"x\", func(*testing.T) {}); t.Error(\"the reason\") }\n", []string{"the reason"}, "3 passed, 1 failed, 0 skipped", false},
		"one is skipped": {passing + "func TestSkip(t *testing.T) { t.Run(\"x\", func(t *testing.T) { t.Attr(\"needs\", \"kpt\"); t.Skip() }) }\nfunc TestOther(t *testing.T) { t.Skip() }\n",
			[]string{"\n  kpt\n      TestSkip\n", "\n  no reason given\n      TestOther\n"}, "2 passed, 0 failed, 2 skipped", true},
		"one panics":       {passing + "func TestPanic(*testing.T) { panic(\"the reason\") }\n", []string{"the reason"}, "2 passed, 1 failed, 0 skipped", false},
		"the process ends": {passing + "func TestMain(m *testing.M) { m.Run(); panic(\"the reason\") }\n", []string{"the reason"}, "2 passed, 1 failed, 0 skipped", false},
		"no build":         {passing + "var x int = \"the reason\"\n", []string{"the reason"}, "0 passed, 1 failed, 0 skipped", false},
		"no syntax":        {"package m\n\n(\n", nil, "0 passed, 1 failed, 0 skipped", false},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			require.NoError(t, os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module m\n\ngo 1.26\n"), 0o644))
			require.NoError(t, os.WriteFile(filepath.Join(dir, "m_test.go"), []byte(c.test), 0o644))
			var out strings.Builder
			count := newCount(&out)
			require.NoError(t, count.run(dir, nil))
			require.Equal(t, c.ok, count.summary(), out.String())
			for _, words := range c.has {
				require.Contains(t, out.String(), words)
			}
			require.True(t, strings.HasSuffix(out.String(), "\n"+c.last+"\n") || out.String() == c.last+"\n", out.String())
		})
	}
	t.Run("no module", func(t *testing.T) {
		var out strings.Builder
		count := newCount(&out)
		require.NoError(t, count.run(t.TempDir(), nil))
		require.False(t, count.summary())
	})
}
