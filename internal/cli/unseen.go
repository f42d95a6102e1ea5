// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"strings"

	"example.com/calico-pull-secrets/function"
	"example.com/calico-pull-secrets/internal/allowance"
	"example.com/calico-pull-secrets/internal/disk"
	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/layout"
)

// unseen returns a finding for each skipped file or folder, with the reason.
func (s *set) unseen(files *collector, secretPath string) (all []function.Unseen) {
	add := func(severity finding.Severity, unproven bool, path, message string) {
		all = append(all, function.Unseen{Finding: finding.New(finding.Unread, severity, "%s", message).At(finding.Place{File: path}), Unproven: unproven})
	}
	for _, l := range files.left {
		add(finding.Warning, true, l.path, "skipped: "+l.why)
	}
	for _, folder := range files.empty {
		f := finding.New(finding.Unread, finding.Error, "the program read no file in it: there is no *.yaml, *.yml or *.json\nhint: name the folder with the manifests")
		all = append(all, function.Unseen{Finding: f.At(finding.Place{File: asFolder(folder)}), Unproven: true})
	}
	for _, path := range files.hidden {
		hidesObject, err := hidesObject(path)
		switch {
		case isFolder(path):
			add(finding.Info, false, asFolder(path), "skipped: hidden")
		case hidesObject:
			add(finding.Info, true, path, "skipped: hidden, but kubectl reads it")
		case err != nil && !errors.Is(err, fs.ErrNotExist):
			add(finding.Info, true, path, "skipped: hidden, and the program cannot read it")
		default:
			add(finding.Info, false, path, "skipped: hidden")
		}
	}
	if !s.write && isOpenSecret(secretPath) { // --write reports it after writing
		all = append(all, function.Unseen{Finding: finding.New(finding.Plaintext, finding.Warning, openSecret+"\nhint: chmod 600 FILE").At(finding.Place{File: secretPath})})
	}
	return append(all, s.rendered(files, secretPath)...)
}

// asFolder returns the path of a folder with exactly one slash behind it.
func asFolder(path string) string { return strings.TrimRight(path, "/") + "/" }

// isFolder reports whether a path is a folder.
func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// hidesObject reports whether a hidden file has an object, which kubectl apply -f FOLDER reads. The
// configuration and the baseline of this program do not count.
func hidesObject(path string) (bool, error) {
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() { // a pipe would wait for a writer
		return false, cmp.Or(err, errors.New("is not a regular file"))
	}
	text, err := disk.Read(path)
	if err != nil {
		return false, err
	}
	if _, err := allowance.ReadBaseline(path, text); err == nil {
		return false, nil
	}
	return function.HidesObject(text), nil
}

// flag returns the flags that check or audit stdin as this run does.
func (s *set) flag() string {
	if s.audit {
		return "--audit"
	}
	return "--check -"
}

// rendered returns a finding for each file that somebody renders later. secretPath is a file that
// this run creates, empty if there is none: a kustomization may list it already.
func (s *set) rendered(files *collector, secretPath string) (all []function.Unseen) {
	if secretPath != "" {
		secretPath = realOfNew(secretPath)
	}
	add := func(later layout.Later) {
		f := finding.New(finding.RenderedLater, finding.Info, "%s later, and the program does not see the result\nhint: %s | %s %s", later.About, later.Command, programName, s.flag())
		all = append(all, function.Unseen{Finding: f.At(finding.Place{File: later.Path}), Unproven: true})
	}
	for _, path := range files.charts {
		if later, ok := layout.OfChart(path); ok {
			add(later)
		}
	}
	for _, path := range files.renders {
		if later, ok := layout.OfFile(path); ok {
			add(later)
		}
	}
	for _, later := range files.kustomize.Later(func(path string) bool { return files.isThere(path) || path == secretPath }) {
		add(later)
	}
	return all
}
