// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"example.com/calico-pull-secrets/function"
	"example.com/calico-pull-secrets/internal/config"
	"example.com/calico-pull-secrets/internal/disk"
	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/report"
	"example.com/calico-pull-secrets/internal/typo"
)

// An output is a format and its file. The file is empty for stdout.
type output struct{ form, file string }

// addOutput adds FORM, or FORM=FILE.
func (o *options) addOutput(value string) error {
	form, file, hasFile := strings.Cut(value, "=")
	switch {
	case report.Named(form) == nil:
		return typo.Format(value)
	case hasFile && file == "":
		return finding.Errorf("needs a file after =\nhint: perhaps a shell variable is not set")
	case slices.ContainsFunc(o.outputs, func(other output) bool { return other.file == file || hasFile && isSameFile(other.file, file) }):
		return finding.Errorf("names one place twice\nhint: one FORM goes to stdout, the others need FORM=FILE")
	}
	o.outputs = append(o.outputs, output{form, file})
	return nil
}

// reads reports whether an output would replace another file of the command line, or a manifest. A
// manifest may be in a folder of the command line.
func (o *options) reads(file string) bool {
	if file == "" {
		return false
	}
	named := append(slices.Clone(o.paths), o.config, o.baseline, config.RepositoryFile)
	return slices.ContainsFunc(named, func(name string) bool { return isSameFile(name, file) }) || isManifest(file)
}

// isSameFile reports whether two names mean one file. The file may not exist yet.
func isSameFile(one, other string) bool {
	return one != "" && other != "" && realOfNew(one) == realOfNew(other)
}

// isManifest reports whether a file exists, has the extension of a manifest, and is none of this
// program's reports. A file that nobody can read counts as a manifest.
func isManifest(name string) bool {
	info, err := os.Stat(name)
	if err != nil || !info.Mode().IsRegular() || info.Size() == 0 || !hasExtension(name) {
		return false
	}
	text, err := disk.Read(name)
	var document map[string]json.RawMessage
	return err != nil || json.Unmarshal(text, &document) != nil || document["apiVersion"] != nil
}

// hasForm reports whether an output goes to stdout.
func (o *options) hasForm() bool {
	return slices.ContainsFunc(o.outputs, func(to output) bool { return to.file == "" })
}

// show writes the result of all sets in each format. The first format of package report goes to
// stdout, unless stdout has another format, a diff or manifests. It returns the exit code.
func (r *run) show(result report.Run) (code finding.ExitCode) {
	outputs := r.outputs
	if isFree := !r.listed && !r.diff && (r.check || r.audit); isFree && !r.hasForm() {
		outputs = append(slices.Clone(outputs), output{form: report.Names()[0]})
	}
	for _, to := range outputs {
		format := report.Named(to.form)
		if to.file == "" {
			result.Colours = r.colours
			format(r.out, result) // the last Flush returns the error
			continue
		}
		var text bytes.Buffer
		result.Colours = false
		format(&text, result)
		if err := disk.Write(to.file, text.Bytes()); err != nil {
			r.say(fmt.Sprintf("error: %s: cannot be written: %s", showTarget(to.file, "--output "+to.form), disk.Problem(err)))
			code = finding.ExitUnread
		}
	}
	return code
}

// showTarget returns the path of a file to write, for a message. It returns instead if nothing says that
// the path is one: neither a folder in it that exists nor an extension. Then it may be a credential.
func showTarget(file, instead string) string {
	if !hasExtension(file) && (filepath.Base(file) == file || !disk.Exists(filepath.Dir(file))) {
		return instead
	}
	return file
}

// printFiles writes the files to stdout as one stream, with added objects at the end. If it returns
// false, it wrote nothing.
func (s *set) printFiles(r function.Report) bool {
	stream, file, err := r.Stream()
	if err != nil {
		s.sayOf(finding.Error, file, "%v", err)
		return false
	}
	_, _ = s.out.Write(stream) // Flush returns the error
	return true
}
