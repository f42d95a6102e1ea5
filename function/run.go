// SPDX-License-Identifier: Apache-2.0

package function

import (
	"cmp"
	"errors"
	"slices"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"

	"example.com/calico-pull-secrets/internal/config"
	"example.com/calico-pull-secrets/internal/credential"
	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/inventory"
	"example.com/calico-pull-secrets/internal/secrets"
	"example.com/calico-pull-secrets/internal/unseen"
	"example.com/calico-pull-secrets/internal/wire"
)

// Run works on the inputs as one set of resources. A ResourceList must be the only input, on stdin.
func Run(inputs []Input, request Request) (report Report) {
	defer func() {
		if recover() != nil { // its value may be a credential
			report = failed(errors.New("internal error, please report it with the kinds of objects in the input"))
		}
	}()
	r := run{inputs: inputs, request: request, sources: make([]wire.Source, 0, len(inputs)), set: &secrets.Set{Set: &inventory.Set{}}}
	for i, input := range inputs {
		if !input.Patch {
			r.sources = append(r.sources, input.Source)
			r.numbers = append(r.numbers, i)
		}
	}
	report = r.do()
	if report.Code = max(report.Code, report.Findings.ExitCode()); !report.OK {
		report.Code = max(report.Code, finding.ExitFailed)
	}
	if r.in != nil && r.in.IsResourceList() {
		report.Code = min(report.Code, finding.ExitFailed)
	}
	if !r.reportedUnseen { // an earlier step failed
		for _, u := range request.Unseen {
			report.Findings = append(report.Findings, u.Finding)
		}
	}
	return report
}

// failed returns the report of a run that stops before it judges anything, as for unreadable input.
func failed(err error) Report {
	f := finding.New(finding.Unread, finding.Error, "%s", err.Error())
	f.Hint = unseen.HintFor(err)
	var source *wire.SourceError
	if errors.As(err, &source) {
		f.File, f.Line, f.Message = source.Source, source.Line, source.Problem.Error()
	}
	return Report{Code: finding.ExitUnread, Findings: finding.List{f}}
}

// A run is one call of Run.
type run struct {
	inputs  []Input
	request Request
	sources []wire.Source
	numbers []int // for each source, the index of its input
	in      *wire.Input
	unread  []wire.Unread
	set     *secrets.Set // empty until list has run
	// reportedUnseen is true once the findings include what the caller did not hand over.
	reportedUnseen bool
	removes        bool                    // the mode is remove
	haveSecret     map[*fn.KubeObject]bool // items with a Secret in them; nil until isSecret needs it
}

// do opens the inputs, lists what matters, processes it and writes the changes.
func (r *run) do() Report {
	var err error
	if r.in, err = wire.Open(r.sources); err != nil {
		if r.in == nil {
			report := failed(err)
			if given := r.request.Config; given != nil { // most likely they are why there is no input
				report.Findings = append(given.Problems.Findings(finding.Error, given.Object), report.Findings...)
			}
			return report
		}
		return r.unusable(err)
	}
	settings, object, problems := r.settings()
	if len(problems) > 0 && !r.in.IsResourceList() {
		rl := &fn.ResourceList{FunctionConfig: object}
		return r.report(rl, refuse(rl, problems), settings)
	}
	rl, set, err := r.list(settings, object, problems)
	switch {
	case err != nil && r.in.IsResourceList():
		return r.unusable(err)
	case err != nil:
		return failed(err)
	case len(problems) > 0:
		return r.report(rl, refuse(rl, problems), settings)
	}
	settings.texts = r.texts()
	return r.report(rl, settings.process(rl, set), settings)
}

// unusable reports a ResourceList that the program cannot process. The list comes out as it came.
func (r *run) unusable(err error) Report {
	report := failed(err)
	report.IsList = true
	results := slices.DeleteFunc(r.in.Results(), finding.IsOurs)
	report.Stdout = r.in.AsItCame(append(results, finding.New(finding.Config, finding.Error, "%s", err.Error()).Result())).Pieces()
	return report
}

// settings returns the task that the arguments or the functionConfig describe. object is the
// configuration if it did not come with the list.
func (r *run) settings() (s task, object *fn.KubeObject, p config.Problems) {
	listed := r.in.Config()
	switch given := r.request.Config; {
	case given == nil:
		s.Settings, p = config.Parse(listed)
		p = append(p, s.withoutFiles()...)
	case listed != nil && config.HasSettings(listed):
		return s, nil, config.Problems{{Check: finding.Config, Text: "settings both in arguments and in the functionConfig", Hint: "use one of them"}}
	default:
		object = given.Object
		s.Settings, p = given.Settings, given.Problems
	}
	if len(p) == 0 {
		p = s.Contradiction(r.request.Mode, r.request.OnlyChecks, cmp.Or(object, listed))
	}
	s.onlyChecks = r.request.OnlyChecks || s.Mode == config.ModeRemove && r.request.Mode == config.ModeCheck
	if r.request.Mode != "" && !s.onlyChecks {
		s.Mode = r.request.Mode
	}
	if s.onlyChecks {
		s.Mode = config.ModeRemove
	}
	r.removes = s.Mode == config.ModeRemove
	s.Quiet = s.Quiet || r.request.Quiet
	s.showsResults = r.in.IsResourceList()
	s.home = r.request.Home
	s.allow = r.request.Allow
	if r.request.MayLack {
		s.OnMissing = finding.PolicyIgnore
	}
	s.access = credential.Access{Env: r.request.AllowEnv, Files: r.request.AllowFiles}
	if s.access.Env != nil || s.access.Files != nil { // a helper could return any other credential
		s.access.Helpers = []string{}
	}
	return s, object, p
}
