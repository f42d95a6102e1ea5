// SPDX-License-Identifier: Apache-2.0

package edit

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// ErrEmpty says that the text has no YAML document: it has only white space and comments.
var ErrEmpty = errors.New("no YAML document")

// A SyntaxError says what the parser refused. It quotes nothing of the source. Otherwise
// a password that begins with * would appear as the name of an unknown anchor.
type SyntaxError struct {
	Line    int // counted from 1, sometimes one too low; 0 if the parser does not say
	Problem string
}

func (e *SyntaxError) Error() string {
	if e.Line == 0 {
		return "not valid YAML: " + e.Problem
	}
	return fmt.Sprintf("not valid YAML near line %d: %s", e.Line, e.Problem)
}

func syntaxError(err error) error {
	problem := strings.TrimPrefix(err.Error(), "yaml: ")
	if strings.Contains(problem, "anchor") {
		problem = "an alias without its anchor (a value that begins with * needs quotes)"
	}
	e := &SyntaxError{Problem: problem}
	if n, _ := fmt.Sscanf(problem, "line %d:", &e.Line); n == 1 {
		_, e.Problem, _ = strings.Cut(problem, ": ")
	}
	return e
}

// Parse returns the root node of the only YAML document in src that is not empty. Aliases
// and merge keys are still in the tree. If kubectl reads src as JSON, so does Parse. Then
// the nodes are in flow style and have the same places as in YAML.
//
// Kubernetes ignores a tag that is not YAML's own: its parser reads a scalar as a string,
// and a collection as if it had no tag. The tags of the nodes say the same.
//
// The error is ErrEmpty, a *SyntaxError, or says that there is more than one document.
func Parse(src []byte) (*yaml.Node, error) {
	if isJSON(src) {
		return parseJSON(src), nil
	}
	return ParseYAML(src)
}

// ParseYAML is Parse for a text that kubectl does not read as JSON, whatever it looks like: one
// behind YAML.
func ParseYAML(src []byte) (*yaml.Node, error) {
	root, err := parseYAML(src)
	if err == nil && bytes.IndexByte(src, '!') >= 0 {
		NewText(src).normaliseTags(root)
	}
	return root, err
}

func parseYAML(src []byte) (*yaml.Node, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(src))
	var root *yaml.Node
	for {
		var doc yaml.Node
		err := decoder.Decode(&doc)
		switch {
		case errors.Is(err, io.EOF) && root == nil:
			return nil, ErrEmpty
		case errors.Is(err, io.EOF):
			return root, nil
		case err != nil:
			return nil, syntaxError(err)
		case len(doc.Content) != 1 || isNothing(doc.Content[0]): // a marker with nothing after it
		case root != nil:
			return nil, errors.New("more than one YAML document")
		default:
			root = doc.Content[0]
		}
	}
}

// isNothing reports whether n is a null that is not written.
func isNothing(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Value == "" && n.Style == 0 && n.Anchor == ""
}
