// SPDX-License-Identifier: Apache-2.0

package function

import (
	"errors"
	"slices"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"

	"example.com/calico-pull-secrets/internal/config"
	"example.com/calico-pull-secrets/internal/emitted"
	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/layout"
	"example.com/calico-pull-secrets/internal/targets"
	"example.com/calico-pull-secrets/internal/unseen"
	"example.com/calico-pull-secrets/internal/wire"
)

// notLookedAt returns findings on input that may matter and nobody looked at: the program could not
// read it, passed it over, or did not get it.
func (r *run) notLookedAt(s task) (all finding.List) {
	r.reportedUnseen = true
	var idle []string // the named folders with nothing but charts and kustomizations
	unread := r.unreadBySource()
	isAlone := !slices.ContainsFunc(r.sources, func(source wire.Source) bool {
		return !slices.ContainsFunc(unread[source.Name], func(u wire.Unread) bool { return !u.IsPart() })
	})
	for _, u := range r.unread {
		if u.IsFolder && r.isRendered(u.Source) {
			idle = append(idle, u.Source)
		} else if !u.Template {
			all = append(all, unseen.Unread(u, s.Settings, isAlone))
		}
	}
	for _, u := range r.request.Unseen {
		if u.Unproven {
			u.Severity = unseen.UnprovenOr(u.Severity, s.Settings)
		}
		isIn := func(folder string) bool { return layout.IsWithin(folder, u.File) }
		if u.Check != finding.RenderedLater || targets.AsksForRendered(s.Settings) || slices.ContainsFunc(idle, isIn) {
			all = append(all, u.Finding)
		}
	}
	for _, input := range r.inputs {
		if !input.IsStream || r.in.IsResourceList() {
			continue
		}
		if text, err := input.Read(); err == nil {
			all = append(all, unseen.Cut(text, input.Name, s.Settings)...)
		}
	}
	return append(all, r.passedOver(s)...)
}

// unreadBySource returns the documents that cannot be read, by the name of their source. There may be
// thousands.
func (r *run) unreadBySource() map[string][]wire.Unread {
	all := map[string][]wire.Unread{}
	for _, u := range r.unread {
		all[u.Source] = append(all[u.Source], u)
	}
	return all
}

// HidesObject reports whether a text has an object that is no configuration of this program, or may have
// one.
func HidesObject(text []byte) bool { return wire.HasObject(text, config.APIVersion, config.Kind) }

// isRendered reports whether somebody renders later what is in a folder: a chart has no object.
func (r *run) isRendered(folder string) bool {
	return slices.ContainsFunc(r.request.Unseen, func(u Unseen) bool {
		return u.Check == finding.RenderedLater && layout.IsWithin(folder, u.File)
	})
}

// texts returns the files whose objects the program does not know.
func (r *run) texts() (all []emitted.Text) {
	for _, t := range r.request.Texts {
		all = append(all, emitted.Text{Name: t.Name, Read: t.Read})
	}
	unread := r.unreadBySource()
	for _, input := range r.inputs {
		if input.Patch || unread[input.Name] != nil {
			all = append(all, emitted.Text{Name: input.Name, Read: input.Read})
		}
	}
	return all
}

// passedOver returns a finding on each file that was passed over. A template may have a target in
// it.
func (r *run) passedOver(s task) (all finding.List) {
	add := func(severity fn.Severity, input Input, why, hint string) {
		all = append(all, finding.New(finding.Unread, severity, "skipped: %s\nhint: %s", why, hint).At(finding.Place{File: input.Name}))
	}
	unread := r.unreadBySource()
	for _, input := range r.inputs {
		if input.Patch {
			add(fn.Info, input, "a patch of a kustomization", "")
		}
		i := slices.IndexFunc(unread[input.Name], func(u wire.Unread) bool { return !u.IsWhole() && !errors.Is(u.Problem, wire.ErrBlank) })
		if i < 0 {
			continue
		}
		u := unread[input.Name][i] // a file is passed over once
		severity := fn.Info
		if u.Template {
			severity = unseen.UnprovenOr(fn.Info, s.Settings)
		}
		why, hint := unseen.PassedOver(u)
		add(severity, input, why, hint)
	}
	return all
}
