// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"bytes"
	"errors"
	"slices"
	"strings"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"

	"example.com/calico-pull-secrets/internal/cores"
	"example.com/calico-pull-secrets/internal/edit"
)

// A Change replaces a part of a source.
type Change struct {
	edit.Change
	// Object is what changes or is added, nil for what belongs to the list itself.
	Object *fn.KubeObject
}

// An Output is what becomes of an input.
type Output struct {
	Sources []Rewritten      // in the order of the sources
	Added   []byte           // new objects that go into none of the sources, as a stream
	News    []*fn.KubeObject // the new objects
	Results fn.Results       // those of the list, and what edit has to say
}

// A Rewritten is what becomes of a source.
type Rewritten struct {
	Text    []byte   // as it was read; nil if nothing in it was of interest, or it is not kept
	Changes []Change // in the order of their places
}

// Pieces returns the new text in pieces that share the memory of the old one.
func (r Rewritten) Pieces() [][]byte {
	changes := make([]edit.Change, len(r.Changes))
	for i, c := range r.Changes {
		changes[i] = c.Change
	}
	return edit.Pieces(r.Text, changes)
}

func (r Rewritten) bytes() []byte { return bytes.Join(r.Pieces(), nil) }

// Write returns what has to change in the sources for them to say what rl, which
// List returned, says now. An error is a *fn.Result or says what the processor did
// that it may not.
func (in *Input) Write(rl *fn.ResourceList) (out Output, err error) {
	defer recovered(&err)
	if out.News, err = in.takeRemoved(rl.Items); err != nil {
		return Output{}, err
	}
	out.Results = append(slices.Clone(rl.Results), in.earlier...)
	out.Sources = make([]Rewritten, len(in.sources))
	if in.list != nil {
		changes, err := in.list.write(in.objects[0], out.News, &out.Results)
		out.Sources[0] = in.rewritten(changes)
		return out, err
	}
	added := out.News
	here := make([][]*fn.KubeObject, len(in.sources))
	for i, st := range in.streams { // none before List
		if st != nil && in.sources[i].ForNew {
			here[i], added = added, nil
		}
	}
	failed := make([]error, len(in.sources))
	results := make([]fn.Results, len(in.sources))
	cores.Each(len(in.streams), func(i int) {
		defer recovered(&failed[i]) // of this goroutine
		if st := in.streams[i]; st != nil {
			var changes []Change
			changes, failed[i] = st.write(here[i], &results[i])
			out.Sources[i] = Rewritten{Text: st.text, Changes: sorted(changes)}
		}
	})
	if i := slices.IndexFunc(failed, func(err error) bool { return err != nil }); i >= 0 {
		return Output{}, failed[i]
	}
	out.Results = slices.Concat(append([]fn.Results{out.Results}, results...)...)
	var text strings.Builder
	for _, o := range added {
		document, err := documentOf(o, "\n")
		if err != nil {
			return Output{}, err
		}
		text.WriteString(document)
	}
	out.Added = []byte(strings.TrimPrefix(text.String(), "---\n"))
	return out, nil
}

// AsItCame returns a ResourceList as it came in, with the given results if it has a
// place for them. Of manifests it returns nothing.
func (in *Input) AsItCame(results fn.Results) Rewritten {
	if in.list == nil {
		return Rewritten{}
	}
	results = append(slices.Clone(results), in.earlier...)
	if in.list.head().unreadable {
		return in.rewritten(nil)
	}
	changes, err := in.list.asItCame(results)
	if err != nil {
		changes = nil
	}
	return in.rewritten(changes)
}

// rewritten returns the list with changes to its body.
func (in *Input) rewritten(changes []Change) Rewritten {
	text, _ := in.sources[0].Read()
	for i := range changes {
		changes[i].Start += len(text) - len(in.body)
		changes[i].End += len(text) - len(in.body)
	}
	return Rewritten{Text: text, Changes: sorted(changes)}
}

func sorted(changes []Change) []Change {
	slices.SortStableFunc(changes, func(a, b Change) int { return a.Start - b.Start })
	return changes
}

// takeRemoved notes which objects of the list are not among items, and returns what is new
// there. It is an error if those that are left are not in their order, before all new ones.
func (in *Input) takeRemoved(items []*fn.KubeObject) (news []*fn.KubeObject, err error) {
	next := 0
	for _, o := range in.items {
		stays := next < len(items) && items[next] == o
		if in.origins[o].object.removed = !stays; stays {
			next++
		}
	}
	for _, o := range items[next:] {
		if _, known := in.origins[o]; known {
			return nil, errors.New("the processor reordered objects")
		}
	}
	return items[next:], nil
}
