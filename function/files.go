// SPDX-License-Identifier: Apache-2.0

package function

import (
	"fmt"
	"slices"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"

	"calico-pull-secrets/internal/wire"
)

// A File is one of several that FilterFiles takes for one set of resources.
type File = wire.File

// A FilesReport is what FilterFiles has to say.
type FilesReport struct {
	Files    []wire.FileOutcome // in the order of the files; none if the function failed
	Added    []byte             // manifests that belong to none of the files
	Messages []string           // as in Report
	OK       bool
	// Missing is true if a target is not there, and not all files were looked at to
	// say what there is instead.
	Missing bool
}

// FilterFiles runs Process on files of manifests as one set of resources. New
// objects go into the file with the number home, if that is not negative. Thorough
// is true if all files are here, not only those of which Matters says so.
func FilterFiles(files []File, home int, config *fn.KubeObject, thorough bool) FilesReport {
	matters := interestOf(config).mayMatter
	if thorough {
		matters = everyKind.mayMatter
	}
	process := func(rl *fn.ResourceList) (bool, error) {
		if config != nil {
			rl.FunctionConfig = config
		}
		return processor(rl)
	}
	outcome, err := wire.TransformFiles(files, home, fn.ResourceListProcessorFunc(process), matters)
	if err != nil {
		return FilesReport{Messages: []string{"error: " + err.Error()}}
	}
	report := FilesReport{Files: outcome.Files, Added: outcome.Added, OK: outcome.OK, Missing: !thorough && slices.ContainsFunc(outcome.Results, isMissing)}
	for _, r := range outcome.Results {
		report.Messages = append(report.Messages, line(r))
	}
	return report
}

// Matters returns a test of whether a file may hold what matters with the
// configuration. Others need not be kept.
func Matters(config *fn.KubeObject) func(file []byte) bool { return interestOf(config).mayMatter }

// SecretPath returns the file that the configuration has the Secret written to,
// empty if there is none, or the configuration is wrong.
func SecretPath(config *fn.KubeObject) string {
	c, err := ParseConfig(config)
	if err != nil || c.Secret == nil {
		return ""
	}
	return c.Secret.Path
}

// ReadConfig returns the configuration that a file holds: one object. The error
// quotes nothing of it.
func ReadConfig(text []byte) (*fn.KubeObject, error) {
	config, err := wire.ParseObject(text)
	if err != nil {
		return nil, fmt.Errorf("is not one YAML object of kind %s or ConfigMap: %w", Kind, err)
	}
	return config, nil
}
