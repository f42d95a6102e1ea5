// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"example.com/calico-pull-secrets/internal/allowance"
	"example.com/calico-pull-secrets/internal/disk"
	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/layout"
	"example.com/calico-pull-secrets/internal/typo"
)

// A collector finds the files of the paths, and those below folders that have the extension of a
// manifest. It takes each file once. Hard links count as different files.
type collector struct {
	sources []*source
	known   map[string]*source   // by real path; nil after collect
	hidden  []string             // hidden files and folders, except .git
	left    []note               // what it skipped in folders
	others  []string             // files of folders that are not manifests
	empty   []string             // folders of the command line without a manifest
	exclude *allowance.Exclusion // what the user excludes; nil: nothing
	own     map[string]bool      // real paths of files that this program reads for itself
	// kustomize knows which files the kustomizations list. reals has the real paths of all sources,
	// sorted. It is nil without kustomizations.
	kustomize layout.Kustomizations
	reals     []string
	charts    []string // Chart.yaml files
	renders   []string // files that somebody may render
}

// A note says why the program skips a file.
type note struct{ path, why string }

// collect returns the files of the paths without the excluded ones. It does not take "-". own are
// files that this program reads for itself. The error names the path.
func collect(paths []string, exclude *allowance.Exclusion, own ...string) (*collector, error) {
	c := &collector{known: map[string]*source{}, exclude: exclude, own: map[string]bool{}}
	for _, path := range own {
		c.own[layout.Real(path)] = true
	}
	for _, path := range paths {
		info, err := os.Stat(path)
		switch {
		case err != nil && isDangling(path):
			return nil, &pathError{path, finding.Errorf("is a symbolic link that leads nowhere\nhint: fix the link, or name the file itself"), true}
		case errors.Is(err, fs.ErrNotExist):
			hint, _ := typo.OfPath(path)
			return nil, &pathError{path, finding.WithHint(unreadable(err), hint), true}
		case err != nil:
			return nil, &pathError{path, unreadable(err), false}
		case info.IsDir():
			before := len(c.sources)
			if err = c.folder(path); err == nil {
				c.addListed(path)
			}
			for _, s := range c.sources[before:] {
				s.folder = path
			}
			if len(c.sources) == before && !c.hasKnown(path) {
				c.empty = append(c.empty, path)
			}
		default:
			if err = disk.CheckMode(info.Mode()); err == nil {
				c.add(&source{name: path, mode: info.Mode()}, layout.Real(path))
			}
		}
		if err != nil {
			return nil, placed(path, err)
		}
	}
	c.markListed()
	c.known = nil // with 20,000 files it has 5 MB
	return c, nil
}

// hasKnown reports whether an earlier path already gave a file below the folder.
func (c *collector) hasKnown(folder string) bool {
	inside := layout.Real(folder)
	return slices.ContainsFunc(c.sources, func(s *source) bool { return layout.IsWithin(inside, layout.Real(s.name)) })
}

// placed turns an error into a pathError. A path in the error replaces the given one.
func placed(path string, err error) error {
	var there *fs.PathError
	if errors.As(err, &there) {
		path = there.Path
	}
	return &pathError{path, unreadable(err), false}
}

// unreadable returns the error of a file without its path, with a hint.
func unreadable(err error) error {
	hint := ""
	switch {
	case errors.Is(err, fs.ErrNotExist):
		hint = "a relative path begins in the working folder"
	case errors.Is(err, fs.ErrPermission):
		hint = "give yourself the right to read it, or leave it out"
	case errors.Is(err, syscall.EISDIR):
		hint = "name the folder as an argument"
	}
	return finding.WithHint(errors.New(disk.Problem(err)), hint)
}

func isDangling(path string) bool {
	info, err := os.Lstat(path)
	return err == nil && info.Mode()&fs.ModeSymlink != 0
}

// add adds a file with its real path, unless the collector has it under another name.
func (c *collector) add(s *source, path string) {
	if s.found && c.own[path] || c.exclude.LeavesOut(s.name) {
		return
	}
	c.observe(s.name)
	if known := c.known[path]; known != nil {
		known.found = known.found && s.found // the user named it under one of its names
		return
	}
	c.known[path] = s
	c.sources = append(c.sources, s)
}

// observe notes kustomizations, charts and files that somebody may render.
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

// folder adds the files below a folder. Then it adds the files behind symbolic links that stay in
// the folder.
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
		case info.Mode().IsRegular() && isManifest: // the walk sees a linked folder at its real path
			c.add(&source{name: link, mode: info.Mode(), found: true}, target)
		}
	}
	return nil
}

// walk adds the files below a folder in the order of their names, and appends symbolic links to
// links. real is the folder's real path. In a part of a chart it skips what Helm renders: rendered
// reports the chart. It adds the rest, because a user can apply it as it is.
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
			c.left = append(c.left, note{path, "not a regular file"})
		case slices.Contains(extensions, strings.ToLower(filepath.Ext(path))):
			c.left = append(c.left, note{path, "the extension has capitals, so kubectl skips the file, too"})
		case mode.IsRegular():
			c.observe(path)
			if !layout.IsKustomization(path) {
				c.others = append(c.others, path)
			}
		}
	}
	return nil
}
