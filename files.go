// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"fmt"
	"io"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"

	"calico-pull-secrets/function"
)

// A fileTool runs the function on files.
type fileTool struct {
	options
	settings *fn.KubeObject
	stdout   io.Writer
	say      func(message string)
}

// run is what the program does with files. It returns the exit code.
func (t *fileTool) run() int {
	names, err := manifests(t.paths)
	if err != nil {
		t.say("error: " + err.Error())
		return exitFailed
	}
	secretPath := function.SecretPath(t.settings)
	passed := 0
	var files []function.File
	var report function.FilesReport
	home := -1
	for _, thorough := range []bool{false, true} {
		if files, home, err = t.read(names, secretPath, thorough); err != nil {
			t.say("error: " + err.Error())
			return exitFailed
		}
		if report = function.FilterFiles(files, home, t.settings, thorough); !report.Missing {
			break
		}
	}
	said := map[string]bool{} // several files may have the same resource
	for _, message := range report.Messages {
		if said[message] {
			continue
		}
		said[message] = true
		if !t.quiet || isUrgent(message) {
			t.say(message)
		}
	}
	if !report.OK {
		return exitFailed
	}
	for _, o := range report.Files {
		if o.Passed {
			passed++
		}
	}
	if passed > 0 && !t.quiet {
		t.say(fmt.Sprintf("passed over %d of %d files, which are no manifests of Kubernetes", passed, len(names)))
	}
	edits := editsOf(files, report)
	if len(report.Added) > 0 {
		switch {
		case secretPath != "":
			edits = append(edits, edit{name: secretPath, after: report.Added, isNew: true})
		case t.write || t.check || t.diff:
			t.say("error: there is no file for what is to be added: set secret.path")
			return exitFailed
		}
	}
	switch {
	case t.write:
		return t.writeAll(edits)
	case t.check || t.diff:
		return t.show(edits)
	}
	return t.print(files, report)
}

// print writes the files to stdout as one stream, with what is added at the end.
func (t *fileTool) print(files []function.File, report function.FilesReport) int {
	var out []byte
	next := func(document []byte) {
		if len(out) > 0 {
			if out[len(out)-1] != '\n' {
				out = append(out, '\n')
			}
			if !bytes.HasPrefix(document, []byte("---")) {
				out = append(out, "---\n"...)
			}
		}
		out = append(out, document...)
	}
	for _, o := range report.Files {
		if !o.Passed {
			next(bytes.Join(o.Output, nil))
		}
	}
	if len(report.Added) > 0 {
		next(report.Added)
	}
	if _, err := t.stdout.Write(out); err != nil {
		t.say("cannot write stdout: " + problemOf(err))
		return exitFailed
	}
	return exitOK
}
