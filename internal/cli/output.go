// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"example.com/calico-pull-secrets/internal/config"
	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/report"
)

// An output is a format, and the file that it goes into, empty for stdout.
type output struct{ form, file string }

// addOutput adds FORM, or FORM=FILE.
func (o *options) addOutput(value string) error {
	form, file, hasFile := strings.Cut(value, "=")
	names := report.Names()
	last := len(names) - 1
	switch {
	case report.Named(form) == nil:
		return fmt.Errorf("is %s or %s, or FORM=FILE", strings.Join(names[:last], ", "), names[last])
	case hasFile && file == "":
		return errors.New("needs a file behind =")
	case slices.ContainsFunc(o.outputs, func(other output) bool { return other.file == file || hasFile && isSameFile(other.file, file) }):
		return errors.New("is there twice for one place: one FORM goes to stdout, the others are FORM=FILE")
	}
	o.outputs = append(o.outputs, output{form, file})
	return nil
}

// reads reports whether a file that an output would replace is named as something else, or
// has a manifest in it: it may be in a folder that is named.
func (o *options) reads(file string) bool {
	if file == "" {
		return false
	}
	named := append(slices.Clone(o.paths), o.config, o.baseline, config.RepositoryFile)
	return slices.ContainsFunc(named, func(name string) bool { return isSameFile(name, file) }) || isManifest(file)
}

// isSameFile reports whether two names are of one file, which may be yet to be written.
func isSameFile(one, other string) bool {
	return one != "" && other != "" && realOfNew(one) == realOfNew(other)
}

// isManifest reports whether there is a file that is called like a manifest and is not one of
// the documents that this program writes.
func isManifest(name string) bool {
	info, err := os.Stat(name)
	if err != nil || !info.Mode().IsRegular() || info.Size() == 0 || !hasExtension(name) {
		return false
	}
	text, err := readPath(name)
	var document map[string]json.RawMessage
	return err != nil || json.Unmarshal(text, &document) != nil || document["apiVersion"] != nil
}

// hasForm reports whether a format is asked for on stdout.
func (o *options) hasForm() bool {
	return slices.ContainsFunc(o.outputs, func(to output) bool { return to.file == "" })
}

// show writes what came of all sets in the formats that are asked for: to stdout, where the
// first one goes unless another is named, and into files. It returns the exit code.
func (r *run) show(result report.Run) (code finding.ExitCode) {
	outputs := r.outputs
	if isFree := !r.listed && !r.diff && (r.check || r.audit); isFree && !r.hasForm() {
		outputs = append(slices.Clone(outputs), output{form: report.Names()[0]})
	}
	for _, to := range outputs {
		format := report.Named(to.form)
		if to.file == "" {
			result.Colours = r.colours
			format(r.out, result) // the last Flush says what went wrong
			continue
		}
		var text bytes.Buffer
		result.Colours = false
		format(&text, result)
		if err := writeOutput(to.file, text.Bytes()); err != nil {
			r.say(fmt.Sprintf("error: %s: cannot be written: %s", to.file, problemOf(err)))
			code = finding.ExitUnread
		}
	}
	return code
}

// writeOutput writes a whole file: who reads it finds the old text or the new one. What is no
// regular file, such as a pipe, is written to.
func writeOutput(name string, text []byte) error {
	r := replacement{target: name, mode: 0o644, after: pieces{text}}
	if target, err := filepath.EvalSymlinks(name); err == nil {
		r.target = target
	}
	if info, err := os.Stat(name); err == nil {
		if !info.Mode().IsRegular() {
			return os.WriteFile(name, text, 0)
		}
		r.mode = info.Mode().Perm()
	}
	defer r.discard()
	if err := r.fill(); err != nil {
		return err
	}
	return r.replace()
}
