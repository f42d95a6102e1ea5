// SPDX-License-Identifier: Apache-2.0

package finding

import (
	"cmp"
	"hash/maphash"
	"math"
	"slices"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"
)

// A List has findings, in order.
type List []Finding

// HasErrors reports whether one of the findings is an error.
func (l List) HasErrors() bool {
	return slices.ContainsFunc(l, func(f Finding) bool { return f.Severity == Error })
}

// Split returns the findings of a check, and the others.
func (l List) Split(check string) (of, others List) {
	for _, f := range l {
		if f.Check == check {
			of = append(of, f)
		} else {
			others = append(others, f)
		}
	}
	return of, others
}

// Graded returns the findings with the severities that a policy gives them.
func (l List) Graded(p Policy) List {
	for i := range l {
		if isUnproven(l[i].Check) {
			l[i].Severity = p.Unproven(l[i].Severity)
		} else {
			l[i].Severity = p.Grade(l[i].Severity)
		}
	}
	return l
}

// WorstFirst sorts the findings by severity. Within a severity, the configuration and the set come
// first, then objects in the order of the input, then output. kpt shows only four lines.
func (l List) WorstFirst() List {
	position := func(f Finding) int {
		if f.IsOutput {
			return math.MaxInt
		}
		return f.Object
	}
	slices.SortStableFunc(l, func(a, b Finding) int {
		return cmp.Or(ByRank(a, b), cmp.Compare(position(a), position(b)))
	})
	return l
}

// ByRank compares the severities of findings. The worse comes first.
func ByRank(a, b Finding) int {
	return cmp.Compare(slices.Index(Severities, a.Severity), slices.Index(Severities, b.Severity))
}

// Distinct returns each finding once. Of findings that differ only in severity the first one stays.
func (l List) Distinct() List {
	said := func(f Finding) Finding {
		f.Severity, f.IsState = "", false
		return f
	}
	seed, seen := maphash.MakeSeed(), map[uint64][]int{} // a map of findings would copy thousands
	distinct := l[:0]
	for _, f := range l {
		hash := maphash.Comparable(seed, said(f))
		if slices.ContainsFunc(seen[hash], func(i int) bool { return said(distinct[i]) == said(f) }) {
			continue
		}
		seen[hash] = append(seen[hash], len(distinct))
		distinct = append(distinct, f)
	}
	clear(l[len(distinct):])
	return distinct
}

// WithoutErrors returns the findings, with warnings in place of errors.
func (l List) WithoutErrors() List {
	for i := range l {
		if l[i].Severity == Error {
			l[i].Severity = Warning
		}
	}
	return l
}

// AsStates returns the findings, marked as states that hold after the change.
func (l List) AsStates() List {
	for i := range l {
		l[i].IsState = true
	}
	return l
}

// WithoutStates returns the findings that hold even if the program changed nothing.
func (l List) WithoutStates() List {
	return slices.DeleteFunc(l, func(f Finding) bool { return f.IsState })
}

// Results returns the findings as results of a KRM function, each once, without infos if quiet. Two
// objects with one name have the same results.
func (l List) Results(quiet bool) fn.Results {
	var printed List
	for _, f := range l {
		if !quiet || f.Severity != Info {
			f.Object = 0
			printed = append(printed, f)
		}
	}
	var results fn.Results
	for _, f := range printed.Distinct() {
		results = append(results, f.Result())
	}
	return results
}

// IsOurs reports whether a result is nil or from an earlier run of this program. It compares the id
// of the check, the only tag that ours have: other functions may use the same tag.
func IsOurs(r *fn.Result) bool {
	return r == nil || len(r.Tags) == 1 && slices.ContainsFunc(checks, func(c Check) bool { return c.ID == r.Tags[Tag] })
}
