// SPDX-License-Identifier: Apache-2.0

package docs

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestTheRoomsAreAsDrawn compares the arrows of docs/design.md with the imports of the packages.
// The compiler allows no circle. A reader of the picture must see that no arrow leads upward.
func TestTheRoomsAreAsDrawn(t *testing.T) {
	page, err := os.ReadFile("design.md")
	require.NoError(t, err)
	_, picture, ok := strings.Cut(string(page), "flowchart TD\n")
	require.True(t, ok)
	picture, _, _ = strings.Cut(picture, "```")
	var drawn, imported []string
	for _, m := range regexp.MustCompile(`(?m)^  (\w+)(?:\[.*\])? --> (\w+)`).FindAllStringSubmatch(picture, -1) {
		drawn = append(drawn, m[1]+" --> "+m[2])
	}
	_, ground, ok := strings.Cut(string(page), "Three packages have no arrows")
	require.True(t, ok)
	ground, _, _ = strings.Cut(ground, "`TestTheRoomsAreAsDrawn`")
	isOfGround := func(name string) bool { return strings.Contains(ground, "`internal/"+name+"`") }
	const module = "example.com/calico-pull-secrets/"
	seen := map[string]bool{}
	require.NoError(t, filepath.WalkDir("..", func(file string, d fs.DirEntry, err error) error {
		folder := strings.TrimPrefix(filepath.ToSlash(filepath.Dir(file)), "../")
		switch {
		case err != nil:
			return err
		case folder != ".." && folder != "function" && !strings.HasPrefix(folder, "internal/"), filepath.Ext(file) != ".go", strings.HasSuffix(file, "_test.go"):
			return nil
		}
		source, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		from := path.Base(folder)
		if folder == ".." {
			from = "main"
		}
		for _, i := range source.Imports {
			name, _ := strconv.Unquote(i.Path.Value)
			if to, isOurs := strings.CutPrefix(name, module); isOurs && !seen[from+" --> "+path.Base(to)] {
				if isOfGround(from) {
					t.Errorf("internal/%s imports %s: any package may import it, so it must import none", from, to)
				} else if isOfGround(path.Base(to)) {
					continue
				}
				seen[from+" --> "+path.Base(to)] = true
				imported = append(imported, from+" --> "+path.Base(to))
			}
		}
		return nil
	}))
	for _, arrow := range imported {
		if !slices.Contains(drawn, arrow) {
			t.Errorf("docs/design.md: draw the arrow %s, which the imports have", arrow)
		}
	}
	for _, arrow := range drawn {
		if !slices.Contains(imported, arrow) {
			t.Errorf("docs/design.md: take the arrow %s out: no import is behind it", arrow)
		}
	}
}

// TestEachPackageIsSmall counts the lines of each package without tests. A reader must be able to
// read a whole package. If it is too long, move a part into a package below.
func TestEachPackageIsSmall(t *testing.T) {
	const most = 3000
	lines := map[string]int{}
	require.NoError(t, filepath.WalkDir("..", func(file string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(file) != ".go" || strings.HasSuffix(file, "_test.go") {
			return err
		}
		text, err := os.ReadFile(file)
		lines[filepath.Dir(file)] += strings.Count(string(text), "\n")
		return err
	}))
	require.Greater(t, lines["../function"], 1000)
	for folder, n := range lines {
		require.LessOrEqual(t, n, most, folder)
	}
}
