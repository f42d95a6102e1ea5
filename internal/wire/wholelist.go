// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"errors"
	"fmt"
	"slices"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/edit"
	"example.com/calico-pull-secrets/internal/mapping"
)

// A wholeList is a ResourceList that is rewritten as one object. It is in flow style or
// JSON, has no items, has aliases, or has another form that the index refuses.
type wholeList struct {
	header
	root, tree *yaml.Node // as parsed, and expanded
	items      *yaml.Node // of the tree
}

// The problems of a list whose items are no objects.
var (
	ErrNoItems  = errors.New("ResourceList has no items")
	ErrBadItems = errors.New("ResourceList: items is not a list")
	ErrNoItem   = errors.New("is not an object")
)

// readWhole returns the ResourceList with the parsed root. See readList. A list with items that are no
// objects cannot come out: kpt would then show neither the results nor stderr.
func readWhole(lines *edit.Text, body []byte, root *yaml.Node) (list, error) {
	h, headerErr := readHeader(lines, body, root)
	tree, err := edit.Expand(root)
	if err == nil {
		err = onlyOnce(tree)
	}
	if err != nil {
		return &wholeList{header: h, root: root}, err
	}
	items := mapping.Value(tree, "items")
	switch {
	case items == nil:
		return nil, ErrNoItems
	case mapping.IsNull(items): // the same as []
	case items.Kind != yaml.SequenceNode:
		return nil, ErrBadItems
	}
	for i, item := range items.Content {
		if item.Kind != yaml.MappingNode {
			return nil, fmt.Errorf("ResourceList: items[%d] %w", i, ErrNoItem)
		}
	}
	return &wholeList{header: h, root: root, tree: tree, items: items}, headerErr
}

// onlyOnce returns an error if a key of the mapping n occurs twice. It does not look
// below n.
func onlyOnce(n *yaml.Node) error {
	own := *n
	own.Content = slices.Clone(n.Content)
	for i := 1; i < len(own.Content); i += 2 {
		own.Content[i] = &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null"}
	}
	return edit.Validate(&own)
}

func (l *wholeList) read(r reading) ([]*object, error) {
	var objects []*object
	for i, item := range l.items.Content {
		if i > 0 && !r.Matters(item) {
			continue
		}
		if err := edit.Validate(item); err != nil && !r.Matters(item) {
			continue // the first item only shows who calls
		} else if err != nil {
			return nil, err
		}
		o := &object{root: item, tree: item, kube: KubeObject(item)}
		o.distil(r.distil)
		objects = append(objects, o)
	}
	return objects, nil
}

func (l *wholeList) write(objects []*object, added []*fn.KubeObject, results *fn.Results) ([]Change, error) {
	with, err := l.with(objects, added)
	if err != nil {
		return nil, err
	}
	changes, extent, err := with.rewrite(*results)
	if err == nil && extent == edit.Uncommented {
		*results = append(*results, &fn.Result{
			Message: "the comments in and beside the removed lines are removed, too", Severity: fn.Info, Tags: map[string]string{checkTag: checkEncoding},
		})
		changes, extent, err = with.rewrite(*results)
	}
	if err == nil && extent == edit.Reencoded {
		*results = append(*results, &fn.Result{
			Message:  "the whole ResourceList is rewritten: its YAML has no place for the change",
			Severity: fn.Info,
			Tags:     map[string]string{checkTag: checkEncoding},
		})
		changes, _, err = with.rewrite(*results)
	}
	return changes, err
}

// with returns the list without the objects that the processor removed, and with the added items
// after its own.
func (l *wholeList) with(objects []*object, added []*fn.KubeObject) (*wholeList, error) {
	removed := map[*yaml.Node]bool{}
	for _, o := range objects {
		if o.removed {
			removed[o.tree] = true
		}
	}
	if len(removed) == 0 && len(added) == 0 {
		return l, nil
	}
	items := mapping.List()
	if l.items.Kind == yaml.SequenceNode {
		items = new(*l.items)
		items.Content = slices.DeleteFunc(slices.Clone(items.Content), func(n *yaml.Node) bool { return removed[n] })
	}
	for _, o := range added {
		n, err := nodeOf(o)
		if err != nil {
			return nil, err
		}
		items.Content = append(items.Content, n)
	}
	with := *l
	with.items, with.tree = items, new(*l.tree)
	with.tree.Content = slices.Clone(l.tree.Content)
	mapping.Set(with.tree, "items", items)
	return &with, nil
}

func (l *wholeList) asItCame(results fn.Results) ([]Change, error) {
	if l.lines {
		return l.changeResults(results)
	}
	tree, err := edit.Expand(l.root)
	if err != nil {
		return nil, err
	}
	received := wholeList{header: l.header, root: l.root, tree: tree}
	changes, _, err := received.rewrite(results)
	return changes, err
}

// rewrite returns the changes after which the text means the tree and has the results. It
// also returns their extent.
func (l *wholeList) rewrite(results fn.Results) ([]Change, edit.Extent, error) {
	byLines := l.lines
	for {
		want := *l.tree
		want.Content = slices.Clone(l.tree.Content)
		if !byLines && !l.hasResults(results) {
			n, err := l.resultsNode(results)
			if err != nil {
				return nil, edit.Nothing, err
			}
			mapping.Set(&want, "results", n)
		}
		edits, extent, err := l.edits(&want)
		if err != nil || !byLines {
			return made(edits), extent, err
		}
		if extent == edit.Reencoded { // then the fields have other lines
			byLines = false
			continue
		}
		more, err := l.changeResults(results)
		return append(made(edits), more...), extent, err
	}
}

// edits returns the changes after which the text means want and has an apiVersion. If no
// change can add an apiVersion, it stays without one.
func (l *wholeList) edits(want *yaml.Node) ([]edit.Change, edit.Extent, error) {
	if mapping.Value(want, "apiVersion") == nil {
		with := *want
		with.Content = slices.Clone(want.Content)
		mapping.Set(&with, "apiVersion", mapping.Scalar(defaultAPIVersion))
		if edits, extent, err := edit.Changes(l.text, l.root, &with); err == nil {
			return edits, extent, nil
		}
	}
	return edit.Changes(l.text, l.root, want)
}

func made(edits []edit.Change) []Change {
	var changes []Change
	for _, e := range edits {
		changes = append(changes, Change{e, nil})
	}
	return changes
}
