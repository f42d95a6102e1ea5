// SPDX-License-Identifier: Apache-2.0

// Package laws tests two laws of conservation from outside. It hands manifests to
// function.Run and reads the report.
//
//  1. Of bytes: each byte of a source belongs to an object that the program read, to the
//     space between objects, or to something that the report names as unread.
//  2. Of images: take an image reference, anywhere in any object, in any spelling. It is
//     in a pod with a verdict, in a finding under strict, or in a silent place with a count.
//
// A mode that skips anything breaks one of these laws. So neither law needs a list of
// possible mistakes.
package laws_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"example.com/calico-pull-secrets/function"
	"example.com/calico-pull-secrets/internal/config"
)

// A question is a mode in which the laws hold.
type question struct {
	name   string
	mode   config.Mode
	config *config.Given
	way    way
}

// questions are the modes that prove something, each in its strictest form.
func questions(t testing.TB) (all []question) {
	t.Helper()
	for _, q := range []struct {
		name     string
		mode     config.Mode
		settings []string
	}{
		{"audit", config.ModeAudit, []string{"preflight=strict"}},
		{"check", config.ModeCheck, []string{"preflight=strict", "targets=docker.io"}},
		{"add", config.ModeAdd, []string{"preflight=strict", "targets=docker.io"}},
		{"audit of any registry", config.ModeAudit, []string{"preflight=strict", "audit.registries=*"}},
	} {
		all = append(all, question{name: q.name, mode: q.mode, config: configOf(t, q.settings...)})
	}
	return all
}

// withoutRegistries are the modes in which no registry matters. They promise nothing about images
// of others, but never fail by themselves.
func withoutRegistries(t testing.TB) (all []question) {
	t.Helper()
	strict := configOf(t, "preflight=strict", "targets=calico-node")
	for name, mode := range map[string]config.Mode{"check": config.ModeCheck, "add": config.ModeAdd, "remove": config.ModeRemove} {
		all = append(all, question{name: name + " without registries", mode: mode, config: strict})
	}
	return all
}

// provers are the questions, and those without registries that a set can pass: for remove, a target
// that still needs its Secret is an error.
func provers(t testing.TB) []question {
	t.Helper()
	return append(questions(t), slices.DeleteFunc(withoutRegistries(t), func(q question) bool { return q.mode == config.ModeRemove })...)
}

func configOf(t testing.TB, settings ...string) *config.Given {
	t.Helper()
	config, err := config.FromArguments(settings)
	if err != nil {
		t.Fatal(err)
	}
	return config
}

// A way is how the objects come to the function.
type way int

const (
	found  way = iota // in files of a folder
	named             // in files that somebody named
	stream            // on stdin
	list              // as items of a ResourceList on stdin
	ways
)

// ask runs the function on manifests.
func (q question) ask(texts ...string) function.Report {
	var stdin string
	switch q.way {
	case stream:
		stdin = strings.Join(texts, "\n---\n")
	case list:
		stdin = listOf(texts)
	}
	if stdin != "" {
		source := function.Source{Read: func() ([]byte, error) { return []byte(stdin), nil }}
		return function.Run([]function.Input{{Source: source}}, function.Request{Config: q.config, Mode: q.mode})
	}
	inputs := make([]function.Input, len(texts))
	for i, text := range texts {
		inputs[i] = function.Input{Source: function.Source{Name: fmt.Sprintf("%d.yaml", i), Found: q.way == found, Read: func() ([]byte, error) { return []byte(text), nil }}}
	}
	return function.Run(inputs, function.Request{Config: q.config, Mode: q.mode})
}

// listOf returns a ResourceList with the documents of texts as its items.
func listOf(texts []string) string {
	var b strings.Builder
	b.WriteString("apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n")
	for _, text := range texts {
		for _, document := range strings.Split(text, "\n---\n") {
			lead := "- "
			for line := range strings.SplitSeq(strings.TrimSuffix(document, "\n"), "\n") {
				b.WriteString(lead + line + "\n")
				lead = "  "
			}
		}
	}
	return b.String()
}

// good is a set that proves everything: a DaemonSet pulls from docker.io with a Secret of
// the set.
const good = `apiVersion: apps/v1
kind: DaemonSet
metadata: {name: calico-node, namespace: kube-system}
spec:
  template:
    spec:
      containers: [{name: calico-node, image: docker.io/calico/node:v3.30.7}]
      imagePullSecrets: [{name: regcred}]
---
apiVersion: v1
kind: Secret
metadata: {name: regcred, namespace: kube-system}
type: kubernetes.io/dockerconfigjson
data: {.dockerconfigjson: eyJhdXRocyI6eyJodHRwczovL2luZGV4LmRvY2tlci5pby92MS8iOnsiYXV0aCI6ImJXVTZlQT09In19fQ==}
`

// TestTheGoodSetIsGreen checks that the good set has no errors of its own. With such
// errors the laws would hold for any report.
func TestTheGoodSetIsGreen(t *testing.T) {
	for _, q := range provers(t) {
		for q.way = found; q.way < ways; q.way++ {
			if report := q.ask(good); !report.OK {
				t.Errorf("%s %d: %v", q.name, q.way, report.Findings)
			}
		}
	}
}

// An account counts the statements of a report.
type account map[string]int

// accountOf returns the statements of a report that count: verdicts on images, findings
// that make it fail, what a reference covers, and silent places.
func accountOf(report function.Report) account {
	a := account{}
	for _, image := range report.Images {
		a[strings.Join([]string{"image", image.Kind, image.Namespace, image.Name, image.Container, image.Image, image.Verdict}, " ")]++
	}
	for _, f := range report.Findings {
		if f.Severity == "error" || f.Check == "reference" {
			a[f.String()]++
		}
	}
	for place, n := range silent(report) {
		a["silent "+place] += n
	}
	return a
}

// more reports whether a has a statement that before does not have.
func (a account) more(before account) bool {
	for what, n := range a {
		if n > before[what] {
			return true
		}
	}
	return false
}

func (a account) String() string {
	var lines []string
	for what, n := range a {
		lines = append(lines, fmt.Sprintf("%d x %s", n, what))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}
