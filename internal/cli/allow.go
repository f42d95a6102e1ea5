// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"

	"example.com/calico-pull-secrets/function"
	"example.com/calico-pull-secrets/internal/allowance"
	"example.com/calico-pull-secrets/internal/config"
	"example.com/calico-pull-secrets/internal/disk"
	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/report"
	"example.com/calico-pull-secrets/internal/typo"
)

// globs returns the globs of skipped files, from the flags and from the configuration.
func (r *run) globs() []string {
	if r.config == nil || len(r.config.Problems) > 0 {
		return r.exclude
	}
	return slices.Concat(r.exclude, r.config.Settings.Exclude)
}

// readBaseline returns the baseline that the options name, and the text of its file. Both are nil
// without the option. An existing file must be a baseline even if it will be rewritten: the user
// may have named a manifest.
func (o *options) readBaseline() (b *allowance.Baseline, text []byte, err error) {
	if o.baseline == "" {
		return nil, nil, nil
	}
	place := "--baseline"
	if isPath(o.baseline) { // any other text may be a password
		place = o.baseline
	}
	text, err = disk.Read(o.baseline)
	isNew := o.updateBaseline && errors.Is(err, fs.ErrNotExist) && !isDangling(o.baseline) && disk.Exists(filepath.Dir(o.baseline))
	if err == nil {
		b, err = allowance.ReadBaseline(o.baseline, text)
	}
	switch {
	case err != nil && !isNew:
		hint := finding.HintOf(err)
		if errors.Is(err, fs.ErrNotExist) {
			near, _ := typo.OfPath(o.baseline)
			if hint = cmp.Or(near, "with --update-baseline the program writes it"); o.updateBaseline {
				hint = cmp.Or(near, "create its folder first")
			}
		}
		return nil, nil, finding.Errorf("error: %s: %s\nhint: %s", place, disk.Problem(err), hint)
	case o.updateBaseline:
		return allowance.NewBaseline(o.baseline), text, nil
	}
	return b, text, nil
}

// allow returns what may pass an audit of the set.
func (s *set) allow() function.Allow {
	return function.Allow{Set: s.identity(), Today: s.today, Baseline: s.known, NoAnnotations: s.noAnnotations, IsPart: s.each}
}

// identity returns the name of the set in a baseline. It is empty for files that are in no other
// set: those have the same entries with and without --build.
func (s *set) identity() string {
	if s.label == "" || s.build && s.built == nil {
		return ""
	}
	return allowance.SlashPath(s.label)
}

// conclude adds to a report the findings that need all sets, and what passed in them. With
// --update-baseline it writes the baseline. It returns the exit code.
func (r *run) conclude(outcomes []setResult, code finding.ExitCode, result *report.Run) finding.ExitCode {
	lenient := &result.Lenient
	if r.config != nil && (r.check || r.audit) {
		*lenient = report.Lenient{Config: r.options.config, Loosens: r.config.Loosens, IsFound: r.options.config == config.RepositoryFile}
	}
	var allowed [][]allowance.Allowed
	for _, o := range outcomes {
		allowed = append(allowed, o.allowed)
	}
	lenient.Allowed = allowance.Merged(allowed...)
	var found finding.List
	for _, a := range lenient.Allowed {
		if a.Kind == allowance.ByExclude || a.Kind == allowance.ByException && r.each {
			found = append(found, allowance.Findings([]allowance.Allowed{a})...)
		}
	}
	found = append(found, r.known.Gone()...)
	if r.updateBaseline {
		found = append(found, r.writeBaseline(max(code, found.ExitCode()))...)
	}
	r.placeConfig(found)
	for _, f := range found {
		if r.say(f.String()); f.Hint != "" {
			r.say("hint: " + f.Hint)
		}
	}
	if !r.audit { // an audit's stdout may be a list of files
		for _, line := range lenient.Lines() {
			r.say(line)
		}
	}
	if len(result.Sets) == 1 {
		one := &result.Sets[0]
		one.Findings, one.OK = append(one.Findings, found...), one.OK && !found.HasErrors()
	} else {
		result.Findings = found
	}
	return found.ExitCode()
}

// writeBaseline writes the baseline. It returns an error as a finding. It refuses if something
// could not be read, because the baseline would lack it.
func (r *run) writeBaseline(code finding.ExitCode) finding.List {
	if code > finding.ExitFailed {
		return finding.List{finding.New(finding.Unread, finding.Error, "the program wrote no baseline, because it could not read all input\nhint: fix the files that the other errors name, or exclude these files")}
	}
	text, findings := r.known.Text()
	file := &disk.Replacement{Name: r.baseline, Before: disk.Pieces{r.before}, After: disk.Pieces{text}, IsNew: r.before == nil, IsPublic: true}
	if name, err := disk.WriteAll([]*disk.Replacement{file}); err != nil {
		f := finding.New(finding.Unread, finding.Error, "cannot be written: %s", disk.Problem(err))
		f.File = showTarget(name, "--baseline")
		return finding.List{f}
	}
	r.say(fmt.Sprintf("wrote %s: a baseline of %s", report.Visible(r.baseline), finding.Count(findings, "finding")))
	return nil
}
