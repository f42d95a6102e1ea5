// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"bytes"
	"errors"
	"slices"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/edit"
	"example.com/calico-pull-secrets/internal/mapping"
	"example.com/calico-pull-secrets/internal/prefilter"
)

var (
	// ErrStray says that a document among objects is none, such as the error of a command.
	ErrStray = errors.New("no Kubernetes object, and kubectl refuses it")
	// ErrInside says that a document is no object, but has objects in it: Helm values, or
	// the tasks of Ansible.
	ErrInside    = errors.New("no Kubernetes object itself, but contains some")
	errNoVersion = errors.New("a kind without an apiVersion, which kubectl refuses")
	errMissing   = errors.New("apiVersion and metadata without a kind, which kubectl refuses")
)

// isPart reports whether err is about a document that kubectl does not apply. The others
// of its source count all the same.
func isPart(err error) bool {
	return errors.Is(err, ErrStray) || errors.Is(err, ErrInside) || errors.Is(err, ErrRefused) || errors.Is(err, errNoVersion)
}

// strays returns the documents of text that are no objects, but those that are known by their
// errors. Text without any object has none: it has one if there is one of interest.
func strays(text []byte, parts []part, known []error, hasOne bool) (all []Unread) {
	if !hasOne && !slices.ContainsFunc(parts, func(p part) bool { return hasKind(text[p.start:p.end]) }) {
		return nil
	}
	for i, p := range parts {
		body := text[p.start:p.end]
		if known[i] != nil || hasKind(body) || !hasDocument(body) || isTemplate(body) {
			continue
		}
		root, err := edit.Parse(body[p.marker(text):])
		if err != nil || !isNothing(root) && mapping.Value(root, "kind") == nil && edit.IsExpanded(root) {
			all = append(all, Unread{Line: p.firstLine(text) + 1, Problem: p.blame(ErrStray)})
		}
	}
	return all
}

// isNothing reports whether a document is null or empty.
func isNothing(root *yaml.Node) bool {
	return mapping.IsNull(root) || root.Kind != yaml.ScalarNode && len(root.Content) == 0
}

// isPage reports whether text is a page of HTML, or a line of words such as an error: no
// manifest, whatever its name is.
func isPage(text []byte) bool {
	body := bytes.TrimLeft(bytes.TrimPrefix(text, byteOrderMark), blanks)
	body = bytes.TrimLeft(bytes.TrimPrefix(body, []byte("---")), blanks)
	if bytes.HasPrefix(body, []byte("<")) && !bytes.HasPrefix(body, []byte("<<")) {
		return true
	}
	const largest = 512 // of what is parsed to know
	if len(body) > largest || bytes.IndexByte(body, ':') >= 0 {
		return false
	}
	root, err := edit.Parse(body)
	return err == nil && root.Kind == yaml.ScalarNode && !mapping.IsNull(root)
}

// hasKind reports whether a document has a kind of its own in the ways in which nearly all are
// written.
func hasKind(body []byte) bool {
	first := bytes.TrimLeft(bytes.TrimPrefix(bytes.TrimLeft(body, blanks), []byte("---")), blanks)
	for bytes.HasPrefix(first, []byte("#")) {
		_, first, _ = bytes.Cut(first, []byte("\n"))
		first = bytes.TrimLeft(first, blanks)
	}
	switch {
	case bytes.HasPrefix(first, []byte("{")):
		return hasKindInJSON(first)
	case len(first) > 0 && bytes.IndexByte([]byte("[!&?|>%'"), first[0]) >= 0: // a line may be inside of a value
		return false
	}
	return bytes.HasPrefix(body, []byte("kind:")) || bytes.Contains(body, []byte("\nkind:")) || bytes.Contains(body, []byte("\n\"kind\":"))
}

// hasKindInJSON reports whether a JSON object has the key kind. Of what only YAML allows it reports
// false.
func hasKindInJSON(body []byte) bool {
	depth := 0
	for i := 0; i < len(body); i++ {
		switch body[i] {
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		case '#', '\'':
			return false
		case '"':
			if depth == 1 && bytes.HasPrefix(bytes.TrimPrefix(body[i:], []byte(`"kind"`)), []byte(":")) {
				return true
			}
			for i++; i < len(body) && body[i] != '"'; i++ {
				if body[i] == '\\' {
					i++
				}
			}
		}
	}
	return false
}

// hasDocument reports whether there is more than markers, directives, comments and white space.
func hasDocument(body []byte) bool {
	lines := edit.NewText(body)
	return countDocuments(lines, []part{{end: len(body)}}) > 0
}

// firstLine returns the first line, counted from 0, with more than a marker or a comment.
func (p part) firstLine(text []byte) int {
	lines := edit.NewText(text[p.start:p.end])
	for i := range lines.Lines() {
		if hasDocument(lines.Line(i)) {
			return p.line + i
		}
	}
	return p.line
}

// objectsIn returns an error if the part, which is no object, has objects of interest: in a
// list of them, also below items, as jq makes it, or further inside.
func (p part) objectsIn(text []byte, f prefilter.Filter) error {
	o, err := parseObject(text, p.start+p.marker(text), p.end, 0, nil)
	if err != nil {
		return nil
	}
	root, err := edit.Expand(o.root)
	if err != nil || !hasObject(root, f) {
		return nil
	}
	if items := mapping.Value(root, "items"); items != nil {
		root = items
	}
	for root.Kind == yaml.SequenceNode && len(root.Content) > 0 && root.Content[0].Kind == yaml.SequenceNode {
		root = root.Content[0]
	}
	if root.Kind == yaml.SequenceNode && slices.ContainsFunc(root.Content, isObject) {
		return p.blame(errLoose)
	}
	return p.blame(ErrInside)
}

// isObject reports whether a node is an object of Kubernetes.
func isObject(n *yaml.Node) bool {
	return mapping.String(n, "apiVersion") != "" && mapping.String(n, "kind") != ""
}

// hasObject reports whether there is an object of interest in n, or n is one.
func hasObject(n *yaml.Node, f prefilter.Filter) bool {
	return isObject(n) && f.Matters(n) || slices.ContainsFunc(n.Content, func(child *yaml.Node) bool { return hasObject(child, f) })
}
