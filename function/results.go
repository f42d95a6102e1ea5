// SPDX-License-Identifier: Apache-2.0

package function

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"
)

// newResult returns a result of one of the checks. Results describe the state
// that the function leaves, not what it did, so that a second run reports the
// same: kpt writes them into the Kptfile.
func newResult(check string, severity fn.Severity, message string) *fn.Result {
	return &fn.Result{Message: message, Severity: severity, Tags: map[string]string{checkTag: check}}
}

// about says that result is about a field of r; path may be empty. The
// specification wants all parts of a reference, and one where there is a field:
// where r lacks a part the message says the path itself.
func about(result *fn.Result, r *resource, path string) *fn.Result {
	result.File = r.file
	ref := &fn.ResourceRef{APIVersion: r.gvk.ApiVersion(), Kind: r.gvk.Kind, Name: r.GetName(), Namespace: r.GetNamespace()}
	switch complete := ref.APIVersion != "" && ref.Kind != "" && ref.Name != ""; {
	case complete && path != "":
		result.Field = &fn.Field{Path: path}
		fallthrough
	case complete:
		result.ResourceRef = ref
	case path != "":
		result.Message = path + ": " + result.Message
	}
	return result
}

// A finding is a result and the resource that it is about.
type finding struct {
	*fn.Result
	about *resource // nil for what is about none that came in
	path  string
	// isVerdict is true for what an Image says, too.
	isVerdict bool
	isConfig  bool // it is about the configuration
	// stands is what a finding on an emitted object is about, where it is there already:
	// a message names its file, while a result must not, since the first run has none.
	stands *resource
}

type findings []finding

// says returns a finding about r; path may be empty.
func (r *resource) says(check string, severity fn.Severity, path, format string, a ...any) finding {
	return finding{Result: about(newResult(check, severity, fmt.Sprintf(format, a...)), r, path), about: r, path: path}
}

// saying returns a finding that is about no resource.
func saying(check string, severity fn.Severity, format string, a ...any) finding {
	return finding{Result: newResult(check, severity, fmt.Sprintf(format, a...))}
}

// findingsOf returns results on the configuration as findings.
func findingsOf(results fn.Results) (all findings) {
	for _, r := range results {
		all = append(all, finding{Result: r, isConfig: true})
	}
	return all
}

// hasErrors reports whether one of the findings is an error.
func (f findings) hasErrors() bool {
	return slices.ContainsFunc(f, func(f finding) bool { return f.Severity == fn.Error })
}

// graded returns findings with each warning made an error if the policy says so.
func (f findings) graded(policy Policy) findings {
	for _, r := range f {
		if r.Severity == fn.Warning && (policy == PolicyError || policy == PolicyStrict) {
			r.Severity = fn.Error
		}
	}
	return f
}

// worstFirst returns findings in order of severity, then of what they are about:
// the configuration, the resources as they came, what is new. kpt shows four lines.
func (f findings) worstFirst() findings {
	rank := map[fn.Severity]int{fn.Error: 0, fn.Warning: 1, fn.Info: 2}
	place := func(f finding) int {
		switch {
		case f.about != nil:
			return f.about.index
		case f.ResourceRef != nil && f.ResourceRef.Kind != Kind && f.ResourceRef.Kind != "ConfigMap":
			return math.MaxInt
		}
		return -1
	}
	slices.SortStableFunc(f, func(a, b finding) int {
		return cmp.Or(cmp.Compare(rank[a.Severity], rank[b.Severity]), cmp.Compare(place(a), place(b)))
	})
	return f
}

// distinct returns findings without those that say the same of the same resource.
func (f findings) distinct() findings {
	type key struct {
		about                      *resource
		message, check, path, name string
	}
	said := map[key]bool{}
	return slices.DeleteFunc(f, func(f finding) bool {
		k := key{about: f.about, message: f.Message, check: f.Tags[checkTag], path: f.path}
		if f.Field != nil {
			k.path = f.Field.Path
		}
		if f.ResourceRef != nil {
			k.name = display(f.ResourceRef.Kind, f.ResourceRef.Namespace, f.ResourceRef.Name)
		}
		again := said[k]
		said[k] = true
		return again
	})
}

// results returns the findings as results, without infos if they are not wanted, and
// each once: of objects that are there twice the results may be the same.
func (f findings) results(quiet bool) fn.Results {
	var results fn.Results
	said := map[string]bool{}
	for _, f := range f {
		if quiet && f.Severity == fn.Info {
			continue
		}
		text := f.Tags[checkTag] + f.String()
		if f.File != nil {
			text += fmt.Sprint(f.File.Path, f.File.Index)
		}
		if !said[text] {
			said[text] = true
			results = append(results, f.Result)
		}
	}
	return results
}

// isOurs reports whether an earlier run of the function left the result, or there
// is none.
func isOurs(result *fn.Result) bool { return result == nil || result.Tags[checkTag] != "" }

// display returns how an object is called in messages.
func display(kind, namespace, name string) string {
	name = shownName(name)
	if namespace != "" {
		name = shownName(namespace) + "/" + name
	}
	return strings.TrimSuffix(shownName(kind)+" "+name, " ")
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// enumerate returns strings as a text, with a number for the rest if they are many.
func enumerate(all []string) string {
	const most = 6
	if len(all) > most {
		all = append(slices.Clone(all[:most]), fmt.Sprintf("%d more", len(all)-most))
	}
	return strings.Join(all, ", ")
}

func joined(fields []string) string { return strings.Join(fields, ".") }
