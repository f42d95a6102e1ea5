// SPDX-License-Identifier: Apache-2.0

package wire

import (
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
	// Object is the object that changes or is added, nil for a change of the list itself.
	Object *fn.KubeObject
}

// An Output is the result of Write.
type Output struct {
	Sources []Rewritten      // in the order of the sources
	Added   []byte           // the new objects that go into no source, as a stream
	News    []*fn.KubeObject // the new objects
	Results fn.Results       // the results of the list, and results about rewritten objects
}

// A Rewritten is a source with its changes.
type Rewritten struct {
	Text    []byte   // as read; nil if nothing in it was of interest, or if it is not kept
	Changes []Change // in the order of their places
}

// Pieces returns the new text in pieces. The pieces share the memory of the old text.
func (r Rewritten) Pieces() [][]byte {
	changes := make([]edit.Change, len(r.Changes))
	for i, c := range r.Changes {
		changes[i] = c.Change
	}
	return edit.Pieces(r.Text, changes)
}

// Write returns the changes after which the sources mean rl. rl must come from List. An
// error is a *fn.Result, or says what the processor did wrong.
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
	for i, st := range in.streams { // nil before List
		if st != nil && in.sources[i].ForNew {
			here[i], added = added, nil
		}
	}
	failed := make([]error, len(in.sources))
	results := make([]fn.Results, len(in.sources))
	cores.Each(len(in.streams), func(i int) {
		defer recovered(&failed[i]) // the caller cannot recover a panic of this goroutine
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

// AsItCame returns a ResourceList as it came in, with the given results if it has a place
// for them. For manifests it returns nothing.
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

// rewritten returns the list with changes to its body. It shifts them by a byte order
// mark.
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

// takeRemoved notes which objects of the list are missing in items, and returns the new
// objects. It returns an error if the remaining objects are in another order, or not
// before all new ones.
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
