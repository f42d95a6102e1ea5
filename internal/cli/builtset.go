// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"errors"
	"path/filepath"
	"slices"

	"example.com/calico-pull-secrets/function"
	"example.com/calico-pull-secrets/internal/build"
	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/transformer"
)

// processBuilt is process for a kustomization: the set is the build's output.
func (s *set) processBuilt() setResult {
	built, problems := s.built.Build(s.built.Folder)
	if len(problems) == 0 && built.Function != nil {
		problems = s.transform(&built)
	}
	if len(problems) > 0 {
		r := function.Report{Code: finding.ExitUnread}
		for _, p := range problems {
			f := finding.New(finding.Unread, finding.Error, "%s", p.Text).At(finding.Place{File: p.File})
			f.Hint = finding.Visible(p.Hint)
			r.Findings = append(r.Findings, f)
		}
		s.sayFindings(r)
		return s.outcomeOf(r, "", r.Code)
	}
	request := s.request()
	inputs := slices.Clone(s.helpers)
	for _, t := range built.Texts(s.kustomizationFile()) {
		inputs = append(inputs, function.Input{Source: function.Source{Name: t.File, Read: func() ([]byte, error) { return t.YAML, nil }, Found: true}})
	}
	r := function.Run(inputs, request)
	for i := range r.Findings {
		if f := &r.Findings[i]; f.File != "" {
			f.Line = built.Line(f.File, f.Kind, f.Namespace, f.Name)
		}
	}
	for i := range r.Images {
		image := &r.Images[i]
		image.Line = built.Line(image.File, image.Kind, image.Namespace, image.Name)
	}
	s.placeConfig(r.Findings)
	s.sayFindings(r)
	return s.finish(r, s.kustomizationFile())
}

// transform runs our own function on the build's output, if it is the last transformer.
func (s *set) transform(built *build.Built) []build.Problem {
	if err := built.Transform(func(objects [][]byte) ([][]byte, error) { return transformer.Run(built.Function, objects) }); err != nil {
		p := build.Problem{File: s.kustomizationFile(), Text: programName + " among the transformers: " + err.Error()}
		if errors.Is(err, transformer.ErrCredentials) {
			p.Hint = s.built.Pipe(s.built.Folder)
		}
		return []build.Problem{p}
	}
	return nil
}

// kustomizationFile names the file for objects that are in no file, and the one that would list a
// Secret.
func (s *set) kustomizationFile() string { return filepath.Join(s.label, "kustomization.yaml") }
