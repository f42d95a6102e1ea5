// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"calico-pull-secrets/internal/edit"
)

// A File is one of several that are one set of resources: a stream of manifests.
type File struct {
	Name     string
	Input    []byte
	Optional bool // it may turn out to be something else, and is passed over then
}

// A FilesOutcome is what became of all files.
type FilesOutcome struct {
	Files   []FileOutcome // in the order of the files
	Added   []byte        // new objects that go into none of them, as a stream
	Results fn.Results    // as in Outcome
	OK      bool
}

// A FileOutcome is what became of a File.
type FileOutcome struct {
	Output  [][]byte // as in Outcome
	Changed bool
	Passed  bool // it is something else than manifests
}

// TransformFiles runs processor on the objects of all files as one list, and shows
// it what is of interest. New objects go to the end of the file with the number
// home, unless that is negative.
//
// If the processor fails, or there is an error, there is no output at all. The
// error names the file and quotes nothing of it.
func TransformFiles(files []File, home int, processor fn.ResourceListProcessor, matters func(object []byte) bool) (outcome FilesOutcome, err error) {
	defer recovered(&err)
	set := &fileSet{home: home, outcomes: make([]FileOutcome, len(files)), streams: make([]*stream, len(files))}
	for i, f := range files {
		s, err := readFile(f.Input, matters)
		switch {
		case err == nil:
			set.streams[i] = s
		case f.Optional:
			set.outcomes[i].Passed = true
		default:
			return FilesOutcome{}, fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	all := run(set, processor)
	return FilesOutcome{Files: set.outcomes, Added: set.added, Results: all.Results, OK: all.OK}, nil
}

// readFile returns the objects of interest in a file of manifests.
func readFile(input []byte, matters func(object []byte) bool) (*stream, error) {
	body := bytes.TrimPrefix(input, byteOrderMark)
	if !utf8.Valid(body) {
		return nil, errors.New("is not valid UTF-8")
	}
	text := edit.NewText(body)
	parts := split(text)
	s := &stream{input: body, last: parts[len(parts)-1], newline: text.Newline(), open: text.IsOpen(), marked: len(body) < len(input)}
	for _, p := range parts {
		if !matters(body[p.start:p.end]) {
			continue
		}
		o, err := p.object(body)
		switch {
		case err != nil:
			return nil, err
		case o == nil:
		case o.kube.GetKind() == "ResourceList":
			return nil, errors.New("is a ResourceList: that belongs on stdin")
		default:
			s.objects = append(s.objects, o)
		}
	}
	return s, nil
}

// A fileSet is several streams that are processed as one.
type fileSet struct {
	home     int
	streams  []*stream // nil for a file that is passed over
	outcomes []FileOutcome
	added    []byte
}

func (s *fileSet) isResourceList() bool { return false }

func (s *fileSet) fail(fn.Results) [][]byte { return nil }

func (s *fileSet) list() *fn.ResourceList {
	rl := &fn.ResourceList{FunctionConfig: fn.NewEmptyKubeObject()}
	for _, one := range s.streams {
		if one != nil {
			rl.Items = append(rl.Items, one.list().Items...)
		}
	}
	return rl
}

func (s *fileSet) write(added []*yaml.Node, results *fn.Results) ([][]byte, error) {
	for i, one := range s.streams {
		if one == nil {
			continue
		}
		var here []*yaml.Node
		if i == s.home {
			here = added
		}
		pieces, err := one.write(here, results)
		if err != nil {
			return nil, err
		}
		s.outcomes[i].Changed = len(pieces) > 1
		if one.marked {
			pieces = append([][]byte{byteOrderMark}, pieces...)
		}
		s.outcomes[i].Output = pieces
	}
	if s.home < 0 && len(added) > 0 {
		text, err := streamOf(added, "\n")
		if err != nil {
			return nil, err
		}
		s.added = []byte(strings.TrimPrefix(text, "---\n"))
	}
	return nil, nil
}
