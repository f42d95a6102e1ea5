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

// ErrEmpty says that there is no YAML document: nothing but white space and comments.
var ErrEmpty = errors.New("no YAML document")

// A SyntaxError says what the parser refused. It quotes nothing of the source:
// a password that begins with * would otherwise be reported as the name of an
// unknown anchor.
type SyntaxError struct {
	Line    int // counted from 1, sometimes one too low; 0 if the parser does not tell
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

// Parse returns the root node of the only YAML document in src that is not empty, as
// the parser made it: aliases and merge keys are still there. What kubectl takes for
// JSON is read as JSON; its nodes are in flow style and have their places as in YAML.
//
// A tag that is not one of YAML's own says nothing to Kubernetes, whose parser takes
// the scalar for a string and the collection for itself; so do the tags of the nodes.
//
// The error is ErrEmpty, a *SyntaxError, or says that there is more than one document.
func Parse(src []byte) (*yaml.Node, error) {
	if isJSON(src) {
		return parseJSON(src), nil
	}
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
		case len(doc.Content) != 1 || isNothing(doc.Content[0]): // a marker and nothing behind it
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
