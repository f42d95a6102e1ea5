// SPDX-License-Identifier: Apache-2.0

package function

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"

	"calico-pull-secrets/internal/wire"
)

// A Report is what Filter has to say.
type Report struct {
	// Output belongs on stdout, a piece after the other. The pieces share the
	// memory of the input. None if there is nothing to hand on.
	Output [][]byte
	// Messages belong on stderr, a line each: what the orchestrator would not show.
	Messages []string
	// OK is false if the function failed.
	OK bool
}

// Filter runs Process on input, a ResourceList or a stream of manifests. config
// is used where the input has no functionConfig; nil if there is none.
func Filter(input []byte, config *fn.KubeObject) Report {
	from := someone
	process := func(rl *fn.ResourceList) (bool, error) {
		if config != nil {
			if hasSettings(rl.FunctionConfig) {
				rl.LogResult(newResult(checkConfig, fn.Error, "settings both in arguments and in the functionConfig: use one of them"))
				return false, nil
			}
			rl.FunctionConfig = config
		}
		from = callerOf(rl)
		return processor(rl)
	}
	interest := func(listed *fn.KubeObject) func([]byte) bool {
		if config != nil {
			return interestOf(config).mayMatter
		}
		return interestOf(listed).mayMatter
	}
	outcome, err := wire.Transform(input, fn.ResourceListProcessorFunc(process), interest)
	if err == nil && slices.ContainsFunc(outcome.Results, isMissing) { // say what there is
		everything := func(*fn.KubeObject) func([]byte) bool { return everyKind.mayMatter }
		outcome, err = wire.Transform(input, fn.ResourceListProcessorFunc(process), everything)
	}
	if err != nil {
		return Report{Messages: []string{"error: " + err.Error()}}
	}
	report := Report{Output: outcome.Output, OK: outcome.OK}
	for _, r := range outcome.Results {
		if from.showsResults() || r.Tags[checkTag] == "" || r.Severity == fn.Info && outcome.ResourceList {
			continue
		}
		report.Messages = append(report.Messages, line(r))
	}
	return report
}

// processor is replaced by tests.
var processor = Process

// hasSettings reports whether the functionConfig o sets anything. `kpt fn eval`
// always sends a ConfigMap, with empty data if it has no arguments.
func hasSettings(o *fn.KubeObject) bool {
	if o.GetKind() != "ConfigMap" {
		return !o.IsEmpty()
	}
	data, _, err := o.NestedStringMap("data")
	return err != nil || len(data) > 0
}

// ArgumentsConfig returns the configuration that arguments of the form
// field=value make, nil if there are none. The error names the place of the
// argument that is wrong, and not the argument, which may be a password.
func ArgumentsConfig(arguments []string) (*fn.KubeObject, error) {
	if len(arguments) == 0 {
		return nil, nil
	}
	data := map[string]string{}
	for i, argument := range arguments {
		key, value, ok := strings.Cut(argument, "=")
		if !ok {
			return nil, fmt.Errorf("argument %d has no \"=\": write field=value, such as secretName=regcred", i+1)
		}
		if _, twice := data[key]; twice {
			return nil, fmt.Errorf("argument %d sets a field again", i+1)
		}
		data[key] = value
	}
	o, err := fn.NewFromTypedObject(map[string]any{
		"apiVersion": "v1",
		"kind":       "ConfigMap",
		"metadata":   map[string]string{"name": "arguments"},
		"data":       data,
	})
	if err != nil {
		return nil, errors.New("the arguments cannot be read")
	}
	return o, nil
}
