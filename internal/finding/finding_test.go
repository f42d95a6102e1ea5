// SPDX-License-Identifier: Apache-2.0

package finding_test

import (
	"testing"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"
	"github.com/stretchr/testify/require"

	"example.com/calico-pull-secrets/internal/finding"
)

var place = finding.Place{File: "a.yaml", Index: 2, APIVersion: "v1", Kind: "Pod", Namespace: "n", Name: "p", Field: "spec", Object: 1}

func TestNoMessageMovesTheCursor(t *testing.T) {
	f := finding.New(finding.Secret, finding.Error, "%s and %q", "a\x1b[2J\nb\xff", "\u202e")
	require.Equal(t, `a\x1b[2J\nb\xff and "\u202e"`, f.Message)
}

// TestAFindingOnAnObjectWithoutAName has a finding on an object without a name. A result cannot refer
// to such an object, so its message names the field.
func TestAFindingOnAnObjectWithoutAName(t *testing.T) {
	f := finding.New(finding.Secret, finding.Warning, "broken").At(place)
	require.Equal(t, &fn.Result{
		Message: "broken", Severity: fn.Warning, Tags: map[string]string{"check": "secret"},
		ResourceRef: &fn.ResourceRef{APIVersion: "v1", Kind: "Pod", Namespace: "n", Name: "p"},
		Field:       &fn.Field{Path: "spec"}, File: &fn.File{Path: "a.yaml", Index: 2},
	}, f.Result())
	require.Equal(t, "warning: a.yaml: Pod n/p: spec: broken", f.Printed().String())
	f.Name = ""
	require.Nil(t, f.Result().ResourceRef)
	require.Nil(t, f.Result().Field)
	require.Equal(t, "spec: broken", f.Result().Message)
	require.Equal(t, "warning: a.yaml: Pod n/: spec: broken", f.Printed().String())
	f.IsOutput = true
	require.Nil(t, f.Result().File, "the first run has none")
}

// TestOrder has the order in which kpt shows findings: errors first, then the configuration and the
// set, then objects in their order, then output.
func TestOrder(t *testing.T) {
	of := func(severity finding.Severity, object int, isOutput bool) finding.Finding {
		f := finding.New(finding.Secret, severity, "")
		f.Object, f.IsOutput = object, isOutput
		return f
	}
	sorted := finding.List{of(finding.Error, 2, false), of(finding.Error, 1, true), of(finding.Warning, 0, false), of(finding.Warning, 1, false), of(finding.Info, 0, false)}
	require.Equal(t, sorted, finding.List{sorted[4], sorted[1], sorted[3], sorted[2], sorted[0]}.WorstFirst())
}

// TestEachFindingIsThereOnce has findings that differ only in severity, or only in the object. Two objects
// with one name get one result.
func TestEachFindingIsThereOnce(t *testing.T) {
	f := finding.New(finding.Secret, finding.Error, "broken").At(place)
	again, other := f, f
	again.Severity = finding.Info
	other.Object = 2
	require.Equal(t, finding.List{f, other}, finding.List{f, again, other}.Distinct())
	require.Len(t, finding.List{f, other}.Results(false), 1)
	require.Empty(t, finding.List{again}.Results(true), "quiet")
}

func TestPolicies(t *testing.T) {
	for policy, want := range map[finding.Policy][]finding.Severity{
		finding.PolicyIgnore: {finding.Warning, finding.Info, finding.Info},
		finding.PolicyWarn:   {finding.Warning, finding.Info, finding.Info},
		finding.PolicyError:  {finding.Error, finding.Info, finding.Info},
		finding.PolicyStrict: {finding.Error, finding.Error, finding.Info},
	} {
		graded := finding.List{
			finding.New(finding.RegistryMismatch, finding.Warning, ""), finding.New(finding.RegistryUnknown, finding.Info, ""), finding.New(finding.Reference, finding.Info, ""),
		}.Graded(policy)
		for i, f := range graded {
			require.Equal(t, want[i], f.Severity, "%s: %s", policy, f.Check)
		}
	}
}
