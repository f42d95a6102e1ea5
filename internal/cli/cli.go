// SPDX-License-Identifier: Apache-2.0

// Package cli is the command line: it reads flags, FIELD=VALUE, files and folders, and prints or
// writes the result. It promises:
//
//   - Stdout is complete, or the exit code is not 0. Messages go to stderr, one a line, without
//     control characters.
//   - It never quotes an argument that may be a credential. It gives its number.
//   - --write writes all files of a set or none, even when a signal stops the program. It
//     replaces each file in one step. It does not overwrite a file that somebody else changed
//     meanwhile.
//   - A diff shows nothing of a Secret, and applies with git apply and patch -p1.
//   - It names all skipped input.
//
// It handles files and texts. Package function knows Kubernetes.
package cli

import (
	"fmt"
	"io"
	"slices"

	"example.com/calico-pull-secrets/internal/config"
	"example.com/calico-pull-secrets/internal/disk"
	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/report"
)

const programName = report.Program

// A Program is what the process knows about itself.
type Program struct {
	Version  string // of the release
	Commit   string // that the release was built from; empty if unknown
	Metadata []byte // the text of hack/metadata.yaml, which --doc shows

	ChecksPage string // the text of docs/checks.md, which explain shows
}

// Run is the program without the process around it. It returns the exit code: see finding.ExitCode.
func (p Program) Run(arguments []string, stdin io.Reader, stdout, stderr io.Writer) int {
	c := &console{stdin: stdin, stdout: stdout, stderr: stderr}
	if len(arguments) > 0 {
		if len(arguments) == 2 && slices.Contains(commands, arguments[0]) && slices.Contains([]string{"--help", "-h"}, arguments[1]) {
			return c.print(usage)
		}
		switch arguments[0] {
		case installCommand:
			return install(arguments[1:], c)
		case explainCommand:
			return p.explain(arguments[1:], c)
		case completionCommand:
			return p.completion(arguments[1:], c)
		}
	}
	o, err := parseOptions(arguments)
	if err != nil {
		return c.fail(err, finding.ExitUsage)
	}
	if text, asked := p.about(o); asked {
		return c.print(text)
	}
	if len(arguments) == 0 && isTerminal(stdin) {
		fmt.Fprint(stderr, usage)
		return int(finding.ExitUsage)
	}
	config, err := o.configure()
	if err != nil {
		return c.fail(err, finding.ExitUsage)
	}
	r := p.newRun(o, config, c)
	if r.known, r.before, err = o.readBaseline(); err != nil {
		return c.fail(err, finding.ExitUnread)
	}
	code := r.all()
	if err := r.out.Flush(); err != nil {
		c.say("error: cannot write stdout: " + disk.Problem(err))
		return int(finding.ExitUnread)
	}
	return int(code)
}

// about returns the text that the user asks for instead of work, such as the help.
func (p Program) about(o options) (text string, asked bool) {
	switch {
	case o.help:
		return usage, true
	case o.version && p.Commit != "":
		return fmt.Sprintf("%s %s (commit %s)\n", programName, p.Version, p.Commit), true
	case o.version:
		return programName + " " + p.Version + "\n", true
	case o.schema:
		return string(config.JSONSchema()), true
	case o.auditSchema:
		return report.JSONSchema, true
	case o.doc:
		return p.doc(), true
	}
	return "", false
}
