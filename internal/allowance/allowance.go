// SPDX-License-Identifier: Apache-2.0

// Package allowance lets failing findings pass: by exceptions of the configuration, by
// annotations of objects, and by a baseline. It counts what each of them let pass, so that
// every format can report it.
//
// It promises:
//
//   - An error that ends with exit code 2 or 3 never passes. Neither does a finding on the
//     exceptions themselves. No exception lets a failing pull pass; a baseline may.
//   - An exception without a reason, or after its end, lets nothing pass.
//   - The date decides only whether an exception has ended. Nothing prints it.
//   - A baseline is the same on every machine: it has no line, no tag and no digest.
package allowance

import (
	"fmt"

	"example.com/calico-pull-secrets/internal/finding"
)

// The kinds of an Allowed.
const (
	ByException  = "exception"
	ByAnnotation = "annotation"
	ByBaseline   = "baseline"
	ByExclude    = "exclude"
)

// An Allowed counts what one exception, annotation, baseline or exclusion let pass.
type Allowed struct {
	Set      string `json:"set,omitempty"` // of an annotation, in a report on several sets
	Kind     string `json:"kind"`
	Name     string `json:"name"`             // audit.exceptions[0], the object, the file, or the glob
	Reason   string `json:"reason,omitempty"` // of an exception or annotation
	Findings int    `json:"findings"`
	Files    int    `json:"files"` // the number of files that an exclusion left out

	place     finding.Place // of an annotation
	isUsed    bool          // it matches a finding, even one that passed by another rule
	isExpired bool
}

// String returns a line for people.
func (a Allowed) String() string {
	text := fmt.Sprintf("%s lets %s pass", a.title(), finding.Count(a.Findings, "finding"))
	if a.Kind == ByExclude {
		text = fmt.Sprintf("exclude %s skips %s", finding.Visible(a.Name), finding.Count(a.Files, "file"))
	}
	if a.Reason != "" {
		text += ": " + finding.Visible(a.Reason)
	}
	if a.Set != "" {
		text = finding.Visible(a.Set) + ": " + text
	}
	return text
}

// title returns the kind and the name. The name of an exception tells its kind.
func (a Allowed) title() string {
	if a.Kind == ByException {
		return a.Name
	}
	return a.Kind + " " + finding.Visible(a.Name)
}

// Merged returns what several sets let pass. It adds up the entries of the same exception,
// annotation, baseline or exclusion.
func Merged(sets ...[]Allowed) (all []Allowed) {
	type key struct{ set, kind, name string }
	at := map[key]int{}
	for _, set := range sets {
		for _, a := range set {
			i, isThere := at[key{a.Set, a.Kind, a.Name}]
			if !isThere {
				at[key{a.Set, a.Kind, a.Name}] = len(all)
				all = append(all, a)
				continue
			}
			all[i].Findings += a.Findings
			all[i].Files += a.Files
			all[i].isUsed = all[i].isUsed || a.isUsed
		}
	}
	return all
}

// Findings returns findings on exceptions, annotations and exclusions that have ended or let
// nothing pass. The latter is a warning under every policy. Else a repair would fail while the base
// branch still has the exception for it.
func Findings(all []Allowed) (found finding.List) {
	for _, a := range all {
		switch {
		case a.isExpired:
			found = append(found, finding.New(finding.ExceptionExpired, finding.Error, "%s has ended\nhint: fix its findings, or set a later until", a.Name))
		case a.Kind == ByException && !a.isUsed:
			found = append(found, finding.New(finding.ExceptionUnused, finding.Warning, "%s lets no finding pass\nhint: remove it", a.Name))
		case a.Kind == ByAnnotation && !a.isUsed:
			found = append(found, finding.New(finding.ExceptionUnused, finding.Warning, "the annotation lets no finding pass\nhint: remove it").At(a.place))
		case a.Kind == ByExclude && a.Files == 0:
			found = append(found, finding.New(finding.ExceptionUnused, finding.Warning, "exclude %s skips no file\nhint: remove it, or fix it", a.Name))
		}
	}
	return found
}
