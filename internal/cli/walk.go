// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"example.com/calico-pull-secrets/internal/allowance"
	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/layout"
)

// A collector finds the files that are meant: those named, and those below folders
// that are called like manifests, each once. Hard links are files of their own.
type collector struct {
	sources []*source
	known   map[string]*source   // by their real paths
	hidden  []string             // folders and files that a dot hides, but .git
	left    []note               // what was left out of folders
	others  []string             // files that are no manifests
	empty   []string             // folders that were named and have no manifest
	exclude *allowance.Exclusion // what is left out on purpose; nil: nothing
	own     map[string]bool      // real paths of what this program reads for itself
	// kustomize knows which files kustomizations list, and reals the real paths of all
	// sources, sorted, if there are kustomizations.
	kustomize layout.Kustomizations
	reals     []string
	charts    []string // files that make folders charts
	renders   []string // files that may be rendered by somebody
}

// A note says why something is not, or not all of, what is looked at.
type note struct{ path, why string }

// collect returns what the paths mean, "-" apart, without what is excluded. own are files
// that this program reads for itself. The error names the path.
func collect(paths []string, exclude *allowance.Exclusion, own ...string) (*collector, error) {
	c := &collector{known: map[string]*source{}, exclude: exclude, own: map[string]bool{}}
	for _, path := range own {
		c.own[layout.Real(path)] = true
	}
	for _, path := range paths {
		info, err := os.Stat(path)
		switch {
		case err != nil && isDangling(path):
			return nil, &pathError{path, errors.New("is a symbolic link that leads nowhere"), true}
		case errors.Is(err, fs.ErrNotExist):
			problem := errors.New(problemOf(err))
			if near := nearPath(path); near != "" {
				problem = finding.WithHint(problem, "did you mean "+near+"?")
			}
			return nil, &pathError{path, problem, true}
		case err != nil:
			return nil, &pathError{path, errors.New(problemOf(err)), false}
		case info.IsDir():
			before := len(c.sources)
			if err = c.folder(path); err == nil {
				c.addListed(path)
			}
			if len(c.sources) == before && !c.hasKnown(path) {
				c.empty = append(c.empty, path)
			}
		default:
			if err = checkMode(info.Mode()); err == nil {
				c.add(&source{name: path, mode: info.Mode()}, layout.Real(path))
			}
		}
		if err != nil {
			return nil, placed(path, err)
		}
	}
	c.markListed()
	c.known = nil // what is known of 20,000 files is 5 MB
	return c, nil
}

// hasKnown reports whether a file below a folder was named before the folder.
func (c *collector) hasKnown(folder string) bool {
	inside := layout.Real(folder)
	return slices.ContainsFunc(c.sources, func(s *source) bool { return layout.IsWithin(inside, layout.Real(s.name)) })
}

// placed puts a path before an error that has none.
func placed(path string, err error) error {
	var there *fs.PathError
	if errors.As(err, &there) {
		path = there.Path
	}
	return &pathError{path, errors.New(problemOf(err)), false}
}

func isDangling(path string) bool {
	info, err := os.Lstat(path)
	return err == nil && info.Mode()&fs.ModeSymlink != 0
}

// add adds a file with its real path, unless it is there under another name.
func (c *collector) add(s *source, path string) {
	if s.found && c.own[path] || c.exclude.LeavesOut(s.name) {
		return
	}
	c.observe(s.name)
	if known := c.known[path]; known != nil {
		known.found = known.found && s.found // one that was named is meant
		return
	}
	c.known[path] = s
	c.sources = append(c.sources, s)
}

// observe reads what a file says of others, by its name.
func (c *collector) observe(path string) {
	switch {
	case layout.IsKustomization(path):
		c.kustomize.Add(path)
	case filepath.Base(path) == layout.ChartFile:
		c.charts = append(c.charts, path)
	case layout.MayBeRendered(path):
		c.renders = append(c.renders, path)
	}
}

// folder adds the files below a folder, and then those that symbolic links in it
// lead to, if they stay in the folder.
func (c *collector) folder(root string) error {
	var links []string
	inside := layout.Real(root)
	if err := c.walk(layout.ReadTree(root), inside, false, &links); err != nil {
		return err
	}
	for _, link := range links {
		info, err := os.Stat(link)
		isManifest := hasExtension(link)
		target := layout.Real(link)
		switch {
		case isManifest && c.exclude.LeavesOut(link):
		case err != nil && isManifest:
			c.left = append(c.left, note{link, "a symbolic link that leads nowhere"})
		case err != nil:
		case !layout.IsWithin(inside, target) && (info.IsDir() || isManifest):
			c.left = append(c.left, note{link, "a symbolic link that leads out of the folder"})
		case info.Mode().IsRegular() && isManifest: // of folders the walk knows the real ones
			c.add(&source{name: link, mode: info.Mode(), found: true}, target)
		}
	}
	return nil
}

// walk adds the files below a folder with its real path, in the order of their names,
// and the paths of symbolic links to links. Of a part of a chart it leaves out what Helm
// renders, which is said of the chart. What else is in there can be applied as it is.
func (c *collector) walk(t *layout.Tree, real string, isOfChart bool, links *[]string) error {
	if t.Err != nil {
		return t.Err
	}
	for _, e := range t.Entries {
		path, isManifest := e.Path, hasExtension(e.Path)
		switch mode := e.Type(); {
		case mode.IsDir() && e.Below == nil && c.exclude.Covers(path), !mode.IsDir() && mode&fs.ModeSymlink == 0 && c.exclude.LeavesOut(path):
		case c.own[filepath.Join(real, e.Name())]:
		case strings.HasPrefix(e.Name(), "."):
			if mode.IsDir() && e.Name() != ".git" || !mode.IsDir() && isManifest {
				c.hidden = append(c.hidden, path)
			}
		case e.Below != nil:
			isPart := isOfChart || layout.IsChartPart(e.Name()) && t.IsChart() && !c.exclude.Covers(filepath.Join(t.Path, layout.ChartFile))
			if err := c.walk(e.Below, filepath.Join(real, e.Name()), isPart, links); err != nil {
				return err
			}
		case isOfChart && mode.IsRegular() && (!isManifest || layout.IsOfHelm(path)):
		case mode&fs.ModeSymlink != 0:
			*links = append(*links, path)
		case isManifest && mode.IsRegular():
			c.add(&source{name: path, mode: mode, found: true}, filepath.Join(real, e.Name()))
		case isManifest:
			c.left = append(c.left, note{path, "no regular file"})
		case slices.Contains(extensions, strings.ToLower(filepath.Ext(path))):
			c.left = append(c.left, note{path, "capitals in its extension: kubectl passes it over, too"})
		case mode.IsRegular():
			c.observe(path)
			if !layout.IsKustomization(path) {
				c.others = append(c.others, path)
			}
		}
	}
	return nil
}
