// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"example.com/calico-pull-secrets/internal/needs"
)

// An event is an event of `go doc test2json`.
type event struct {
	Action, Package, Test, Output string
	ImportPath                    string // of a build
	Key, Value                    string // of an attribute
}

// A count has the results of tests. A test with subtests counts only if it fails and none of its
// subtests does.
type count struct {
	out                     io.Writer
	passed, failed, skipped int
	failedRun               bool                // go test ended with an error
	output                  map[string][]string // of running tests, of packages and of builds
	parents                 map[string]bool
	broken                  map[string]bool // it failed, or a part of it did
	needs                   map[string]string
	asked                   map[string]bool           // tests that asked for a program that may be missing
	missing                 map[string]map[string]int // tests by what they lack
}

func newCount(out io.Writer) *count {
	return &count{
		out: out, output: map[string][]string{}, parents: map[string]bool{}, broken: map[string]bool{},
		needs: map[string]string{}, asked: map[string]bool{}, missing: map[string]map[string]int{},
	}
}

func (c *count) add(e event) {
	id := e.Package + " " + e.Test
	switch e.Action {
	case "run":
		if parent, ok := parentOf(id); ok {
			c.parents[parent] = true
		}
	case "output":
		c.output[id] = append(c.output[id], e.Output)
	case "build-output":
		fmt.Fprint(c.out, e.Output)
	case "attr":
		name, _, _ := strings.Cut(e.Test, "/")
		switch e.Key {
		case needs.Asked:
			c.asked[name] = true
		case needs.Missing:
			c.needs[id] = e.Value
		}
	case "pass", "skip":
		if e.Test == "" {
			c.pass(id)
		} else if e.Action == "skip" {
			c.skip(e.Test, id)
		} else if !c.parents[id] {
			c.passed++
		}
		delete(c.output, id)
	case "fail":
		c.fail(e, id)
	}
}

// fail prints the output of a failure. It counts the failure, unless a part of it has failed before.
func (c *count) fail(e event, id string) {
	if !c.broken[id] {
		c.failed++
	}
	for _, line := range c.output[id] {
		if !strings.HasPrefix(line, "=== ") {
			fmt.Fprint(c.out, line)
		}
	}
	if len(c.output[id]) == 0 {
		fmt.Fprintf(c.out, "FAIL\t%s\n", e.Package)
	}
	delete(c.output, id)
	c.broken[e.Package+" "] = true
	if parent, ok := parentOf(id); ok {
		c.broken[parent] = true
	}
}

func (c *count) skip(test, id string) {
	c.skipped++
	what := c.needs[id]
	if what == "" {
		what = "no reason given"
	}
	if c.missing[what] == nil {
		c.missing[what] = map[string]int{}
	}
	name, _, _ := strings.Cut(test, "/")
	c.missing[what][name]++
}

// pass prints the line of a package that passes or has no tests.
func (c *count) pass(id string) {
	for _, line := range c.output[id] {
		if strings.HasPrefix(line, "ok ") {
			fmt.Fprint(c.out, line)
		}
	}
}

// summary prints the end. It returns true if all passed.
func (c *count) summary() bool {
	if len(c.missing) > 0 {
		fmt.Fprintln(c.out, "\nskipped, because this is not here:")
	}
	for _, what := range slices.Sorted(maps.Keys(c.missing)) {
		var tests []string
		for _, name := range slices.Sorted(maps.Keys(c.missing[what])) {
			if n := c.missing[what][name]; n > 1 {
				name = fmt.Sprintf("%s (%d)", name, n)
			}
			tests = append(tests, name)
		}
		fmt.Fprintf(c.out, "  %s\n      %s\n", what, strings.Join(tests, ", "))
	}
	if c.failedRun && c.failed == 0 {
		c.failed = 1 // the events have no failure
	}
	fmt.Fprintf(c.out, "%d passed, %d failed, %d skipped\n", c.passed, c.failed, c.skipped)
	return c.failed == 0
}

// parentOf returns the parent test of a subtest.
func parentOf(id string) (parent string, ok bool) {
	pkg, test, _ := strings.Cut(id, " ")
	i := strings.LastIndexByte(test, '/')
	if i < 0 {
		return "", false
	}
	return pkg + " " + test[:i], true
}
