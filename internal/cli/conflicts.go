// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"slices"

	"example.com/calico-pull-secrets/internal/config"
	"example.com/calico-pull-secrets/internal/finding"
)

// validate returns an error if the options do not fit together.
func (o *options) validate() error {
	reads := o.check || o.diff || o.audit
	switch {
	case o.write && reads:
		return finding.Errorf("--write cannot be used together with --check, --diff or --audit\nhint: use one of them")
	case o.audit && (o.check || o.diff || o.remove):
		return finding.Errorf("--audit cannot be used together with --check, --diff or --remove\nhint: use one of them")
	case o.write && (len(o.paths) == 0 || slices.Contains(o.paths, stdinPath)):
		return finding.Errorf("--write needs files or folders: stdin cannot be written\nhint: name them; without --write the manifests go to stdout")
	case len(o.outputs) > 0 && (o.diff || !o.check && !o.audit && len(o.settings) == 0 && o.config == ""):
		return finding.Errorf("--output needs --check or --audit\nhint: add one of them; the manifests themselves go to stdout: > NEWFILE")
	case slices.ContainsFunc(o.outputs, func(to output) bool { return o.reads(to.file) }):
		return finding.Errorf("--output would replace an input or a manifest\nhint: name a new file, such as --output json=report.json")
	case o.stdinName != "" && !isStdin(o.paths) && !slices.Contains(o.paths, stdinPath):
		return finding.Errorf("--stdin-name needs stdin\nhint: add - to the files")
	case o.pullLimit > 0 && o.nodes == 0:
		return finding.Errorf("--pull-limit needs --nodes\nhint: add --nodes N, the number of nodes")
	case o.each && !o.write && !reads:
		return finding.Errorf("--each needs --write, --check, --diff or --audit\nhint: add one of them")
	case o.each && len(o.paths) == 0:
		return finding.Errorf("--each needs files or folders\nhint: name them, each a set of its own: --each clusters/*/")
	case o.updateBaseline && o.baseline == "":
		return finding.Errorf("--update-baseline needs --baseline FILE\nhint: name the file to write: --baseline .calico-pull-secrets-baseline.json")
	case len(o.exclude) > 0 && isStdin(o.paths):
		return finding.Errorf("--exclude needs folders: stdin has no files\nhint: name a folder, or leave --exclude out")
	case o.config != "" && o.noConfig:
		return finding.Errorf("--config cannot be used together with --no-config\nhint: use one of them")
	case o.buildRoot != "" && !o.build:
		return finding.Errorf("--build-root needs --build\nhint: add --build, or leave it out")
	case len(o.with) > 0 && !o.each && !o.build:
		return finding.Errorf("--with needs --each or --build\nhint: without --each and --build, name the files of PATH as FILE, too")
	case o.config != "" && len(o.settings) > 0:
		return finding.Errorf("settings both in arguments and in --config\nhint: write the setting into the file, or leave --config out")
	}
	return nil
}

// takeMode sets the options from the mode of the configuration, if no flag does: both ways do the
// same. For stdin the form of the input decides: see set.stream. It returns an error if other
// options do not fit the mode.
func (o *options) takeMode(c *config.Given) error {
	o.remove = o.remove || c.Mode() == config.ModeRemove && !o.audit
	o.check = o.check || c.Mode() == config.ModeCheck && (o.diff || o.remove) && !o.write
	if !o.write && !o.check && !o.diff && !o.audit && !o.remove {
		mode := c.Mode()
		o.audit = mode == config.ModeAudit
		o.check = mode == config.ModeCheck && !isStdin(o.paths)
		o.modeSet = o.audit || o.check
	}
	switch {
	case len(o.outputs) > 0 && !o.check && !o.audit:
		return finding.Errorf("--output needs --check or --audit\nhint: add one of them")
	case (o.baseline != "" || o.noAnnotations || o.today != "") && !o.audit:
		return finding.Errorf("--baseline, --no-annotations and --today need --audit\nhint: add --audit, or leave them out")
	case o.noConfig && !o.check && !o.audit:
		return finding.Errorf("--no-config needs --check or --audit\nhint: leave it out: no other mode reads that file")
	case o.build && (o.write || o.diff):
		return finding.Errorf("--build works only with --check or --audit: a build has no files to change\nhint: kustomize build FOLDER | calico-pull-secrets")
	case o.build && !o.check && !o.audit:
		return finding.Errorf("--build needs --check or --audit\nhint: add one of them; to change the output: kustomize build FOLDER | calico-pull-secrets")
	case o.build && o.each:
		return finding.Errorf("--build cannot be used together with --each\nhint: leave --each out: --build makes each kustomization a set of its own")
	case o.build && (len(o.paths) == 0 || slices.Contains(o.paths, stdinPath)):
		return finding.Errorf("--build needs files or folders\nhint: name a folder, or leave --build out: manifests on stdin are built already")
	case len(o.with) > 0 && !o.check && !o.audit:
		return finding.Errorf("--with needs --check or --audit\nhint: add one of them")
	}
	if o.nodes > 0 && !o.audit {
		return finding.Errorf("--nodes needs --audit\nhint: add --audit, or leave --nodes out")
	}
	return nil
}
