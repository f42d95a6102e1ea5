// SPDX-License-Identifier: Apache-2.0

package function

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"
)

// The ids of the checks: the tag that each result carries.
const (
	checkTag = "check"

	checkConfig         = "config"
	checkReference      = "reference"
	checkSecret         = "secret"
	checkMissingTarget  = "missing-target"
	checkServerUnusable = "server-unusable"
	checkServiceAccount = "service-account"
	checkPlaintext      = "plaintext"
	checkSecretMissing  = "secret-missing"
	checkOperatorOwned  = "operator-owned"

	checkRegistryMismatch   = "registry-mismatch"
	checkRegistryPartial    = "registry-partial"
	checkRegistryUnknown    = "registry-unknown"
	checkSecretMalformed    = "secret-malformed"
	checkSecretType         = "secret-type"
	checkSecretNamespace    = "secret-namespace"
	checkDuplicateReference = "duplicate-reference"
	checkUncoveredWorkload  = "uncovered-workload"
	checkBootstrap          = "bootstrap"
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

// isOurs reports whether an earlier run of the function left the result, or there
// is none.
func isOurs(result *fn.Result) bool { return result == nil || result.Tags[checkTag] != "" }

// distinct returns results without those that say the same of the same: of objects
// that are there twice.
func distinct(results fn.Results) fn.Results {
	type key struct {
		message, check, path, file string
		ref                        fn.ResourceRef
		index                      int
	}
	said := map[key]bool{}
	return slices.DeleteFunc(results, func(r *fn.Result) bool {
		if !isOurs(r) {
			return false
		}
		k := key{message: r.Message, check: r.Tags[checkTag]}
		if r.ResourceRef != nil {
			k.ref = *r.ResourceRef
		}
		if r.Field != nil {
			k.path = r.Field.Path
		}
		if r.File != nil {
			k.file, k.index = r.File.Path, r.File.Index
		}
		again := said[k]
		said[k] = true
		return again
	})
}

// isMissing reports whether the result is on a target that is not there.
func isMissing(result *fn.Result) bool { return result.Tags[checkTag] == checkMissingTarget }

// results returns the problems of the configuration o as errors.
func (p problems) results(o *fn.KubeObject) fn.Results { return p.as(fn.Error, o) }

// as returns the problems of the configuration o with a severity.
func (p problems) as(severity fn.Severity, o *fn.KubeObject) fn.Results {
	prefix := "spec."
	if o.GetKind() != Kind {
		prefix = "data."
	}
	var results fn.Results
	for _, problem := range p {
		path, fromTop := strings.CutPrefix(shown(problem.field), "/")
		if path != "" && !fromTop {
			path = prefix + path
		}
		result := newResult(problem.check, severity, problem.text)
		if kind := o.GetKind(); kind == Kind || kind == "ConfigMap" {
			about(result, newResource(o, nil), path)
		} // else it may be an argument that kpt took for a kind, and that a password
		results = append(results, result)
	}
	return results
}

// line returns a result as the one line that a person reads on stderr.
func line(r *fn.Result) string {
	var parts []string
	if r.Severity != fn.Info {
		parts = append(parts, string(r.Severity))
	}
	if ref := r.ResourceRef; ref != nil {
		if ref.Kind != Kind && ref.Kind != "ConfigMap" { // there is but one configuration
			parts = append(parts, display(ref.Kind, ref.Namespace, ref.Name))
		}
		if r.Field != nil {
			parts = append(parts, strings.TrimPrefix(r.Field.Path, "data."))
		}
	}
	parts = append(parts, r.Message)
	return strings.Join(strings.Fields(strings.Join(parts, ": ")), " ")
}

// display returns how an object is called in messages.
func display(kind, namespace, name string) string {
	if namespace != "" {
		name = namespace + "/" + name
	}
	return kind + " " + name
}

// quote returns a value of the user's for a message.
func quote(s string) string { return strconv.Quote(shown(s)) }

var longWord = regexp.MustCompile(`\w{12,}`)

// shown returns what of s can be in a message: a long word with a digit in it may
// be a token that was put into the wrong place. Each becomes an ellipsis.
func shown(s string) string {
	return longWord.ReplaceAllStringFunc(s, func(word string) string {
		if strings.ContainsAny(word, "0123456789") {
			return "…"
		}
		return word
	})
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func hasErrors(results fn.Results) bool {
	return slices.ContainsFunc(results, func(r *fn.Result) bool { return r.Severity == fn.Error })
}
