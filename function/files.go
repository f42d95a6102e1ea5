// SPDX-License-Identifier: Apache-2.0

package function

import (
	"bytes"
	"slices"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"

	"example.com/calico-pull-secrets/internal/config"
	"example.com/calico-pull-secrets/internal/edit"
	"example.com/calico-pull-secrets/internal/unseen"
	"example.com/calico-pull-secrets/internal/wire"
)

// files adds to the report, for each input with a name, its changes or why it was passed over.
func (r *run) files(report *Report, out wire.Output) {
	report.Adds, report.Added = len(out.Added) > 0, out.Added
	if len(r.sources) == 1 && r.sources[0].Name == "" {
		if len(out.Sources) > 0 && out.Sources[0].Text != nil && (report.OK || r.in.IsResourceList()) {
			report.Stdout = out.Sources[0].Pieces()
		}
		return
	}
	var hidden map[int][]Range
	if !r.isTextless() {
		hidden = r.secretRanges()
	}
	report.Files = make([]File, len(r.inputs))
	for i, input := range r.inputs {
		report.Files[i].Name = input.Name
		if input.Patch {
			report.Files[i].passed = "a patch of a kustomization"
		}
	}
	for i, number := range r.numbers {
		f := &report.Files[number]
		f.Secrets = hidden[i]
		if i >= len(out.Sources) {
			continue
		}
		f.Before, f.Changed = out.Sources[i].Text, len(out.Sources[i].Changes) > 0
		for _, c := range out.Sources[i].Changes {
			f.Changes = append(f.Changes, c.Change)
			f.ChangesSecret = f.ChangesSecret || r.isSecret(c.Object)
			f.PutsSecret = f.PutsSecret || c.Text != "" && r.isSecret(c.Object)
		}
	}
	unread := r.unreadBySource()
	for i := range report.Files {
		for _, u := range unread[report.Files[i].Name] {
			if !u.IsWhole() {
				report.Files[i].passed, _ = unseen.PassedOver(u)
			}
		}
	}
}

// isTextless reports whether the program keeps only the objects of the inputs. Then Files have no
// text and no changes.
func (r *run) isTextless() bool {
	return r.request.Mode == config.ModeAudit || r.request.Mode == config.ModeCheck && !r.request.Diff && !r.removes
}

// mark notes which files the plan would change.
func (r *run) mark(report *Report, p *plan) {
	home := slices.IndexFunc(r.sources, func(s wire.Source) bool { return s.ForNew })
	for _, c := range p.changes() {
		if c.IsDone() {
			continue
		}
		source := home
		if subject := c.Subject(); subject != nil {
			source = r.in.Source(subject.Item)
		}
		if source < 0 {
			report.Adds = true
		} else {
			report.Files[r.numbers[source]].Changed = true
		}
	}
}

// isSecret reports whether a diff must not show the content of o.
func (r *run) isSecret(o *fn.KubeObject) bool {
	if o == nil {
		return false
	}
	if kind := o.GetKind(); kind == "Secret" || kind == config.Kind {
		return true
	}
	if r.haveSecret == nil {
		r.haveSecret = map[*fn.KubeObject]bool{}
		for _, m := range r.set.Objects {
			if m.GVK.Kind == "Secret" {
				r.haveSecret[m.Item] = true
			}
		}
	}
	return r.haveSecret[o]
}

// secretRanges returns, by source, the ranges that no diff may show.
func (r *run) secretRanges() map[int][]Range {
	hidden := map[int][]Range{}
	for _, o := range r.in.Items() {
		if start, end, ok := r.in.Extent(o); ok && r.isSecret(o) {
			hidden[r.in.Source(o)] = append(hidden[r.in.Source(o)], Range{start, end})
		}
	}
	return hidden
}

// After returns the text with the changes made. Before must still hold its text.
func (f File) After() []byte { return bytes.Join(f.Pieces(), nil) }

// Pieces returns the text with the changes made, as texts to join in order. Before must still hold
// its text: the pieces share its memory.
func (f File) Pieces() [][]byte { return edit.Pieces(f.Before, f.Changes) }

// Stream joins the files that were not passed over, then the added manifests, into one stream. With
// an error it returns the name of the file that no document can follow.
func (r Report) Stream() (stream []byte, file string, err error) {
	var texts [][]byte
	var names []string
	for _, f := range r.Files {
		if f.passed == "" {
			texts, names = append(texts, f.After()), append(names, f.Name)
		}
	}
	stream, last, err := wire.Join(append(texts, r.Added))
	if err != nil {
		return nil, names[last], err
	}
	return stream, "", nil
}
