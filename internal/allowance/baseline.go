// SPDX-License-Identifier: Apache-2.0

package allowance

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/pull"
)

// An Entry stands for equal findings in a baseline. It has no line, and of an image only the
// repository. So a finding stays known if its object moves or its image gets a new tag.
type Entry struct {
	Check     string `json:"check"`
	Set       string `json:"set,omitempty"`
	Kind      string `json:"kind,omitempty"`
	Namespace string `json:"namespace,omitempty"`
	Name      string `json:"name,omitempty"` // the file, if the finding is about no object
	Container string `json:"container,omitempty"`
	Image     string `json:"image,omitempty"`
	Count     int    `json:"count,omitempty"` // 0 in a key
}

// entryOf returns the key for a finding of a set.
func entryOf(set string, f finding.Finding) Entry {
	repositories := finding.Unique(strings.Split(f.Images, "\n"), func(image string) string {
		if repository, ok := pull.Repository(image); ok {
			return repository
		}
		return finding.ShowImage(image)
	})
	slices.Sort(repositories)
	return Entry{
		Check: f.Check, Set: set, Kind: f.Kind, Namespace: f.Namespace, Name: nameOf(f), Container: f.Container,
		Image: strings.Join(repositories, " "),
	}
}

// slashed returns a path with slashes and without a leading ./, the same on every machine.
func slashed(path string) string { return strings.TrimPrefix(filepath.ToSlash(path), "./") }

// A Baseline has the findings that may stay. nil is an empty baseline. Several sets may use it at
// the same time.
type Baseline struct {
	Name string // the name of its file

	mutex     sync.Mutex
	left      map[Entry]int // how many of each may still pass
	audited   map[string]bool
	isWritten bool // it collects the findings, and lets all pass
}

// NewBaseline returns a baseline that collects findings, to be written.
func NewBaseline(name string) *Baseline {
	return &Baseline{Name: name, left: map[Entry]int{}, audited: map[string]bool{}, isWritten: true}
}

// version is the version of the format.
const version = 1

// ReadBaseline parses a baseline. An error quotes nothing of the text.
func ReadBaseline(name string, text []byte) (*Baseline, error) {
	var document struct {
		Version  *int     `json:"version"`
		Findings *[]Entry `json:"findings"`
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&document); err != nil || document.Version == nil || document.Findings == nil {
		return nil, finding.Errorf("is not a baseline\nhint: to write one, name a new file, and add --update-baseline")
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("is not a baseline: something follows it")
	}
	if *document.Version != version {
		return nil, fmt.Errorf("is a baseline of another version: this program reads version %d", version)
	}
	b := &Baseline{Name: name, left: map[Entry]int{}, audited: map[string]bool{}}
	for i, e := range *document.Findings {
		n := e.Count
		if e.Count = 0; n < 1 || e.Check == "" {
			return nil, fmt.Errorf("is not a baseline: findings[%d] has no check, or no count", i)
		}
		if b.left[e] > 0 {
			return nil, finding.Errorf("has findings[%d] twice\nhint: remove the file, and write it with --update-baseline", i)
		}
		b.left[e] = n
	}
	return b, nil
}

// take reports whether one more finding with this key may pass.
func (b *Baseline) take(e Entry) bool {
	if b == nil {
		return false
	}
	b.mutex.Lock()
	defer b.mutex.Unlock()
	if b.isWritten {
		b.left[e]++
		return true
	}
	if b.left[e] == 0 {
		return false
	}
	b.left[e]--
	return true
}

// Audits notes that the run audits a set. Gone needs all of them.
func (b *Baseline) Audits(set string) {
	if b == nil {
		return
	}
	b.mutex.Lock()
	defer b.mutex.Unlock()
	b.audited[set] = true
}

// entries returns the entries with a count, sorted.
func (b *Baseline) entries() (all []Entry) {
	for e, n := range b.left {
		if e.Count = n; n > 0 {
			all = append(all, e)
		}
	}
	slices.SortFunc(all, func(a, b Entry) int {
		return cmp.Or(strings.Compare(a.Set, b.Set), strings.Compare(a.Namespace, b.Namespace), strings.Compare(a.Kind, b.Kind), strings.Compare(a.Name, b.Name),
			strings.Compare(a.Container, b.Container), strings.Compare(a.Image, b.Image), strings.Compare(a.Check, b.Check))
	})
	return all
}

// Text returns the baseline as JSON with one line for each entry, sorted. So a change of one entry
// changes one line. It also returns the number of findings.
func (b *Baseline) Text() (text []byte, findings int) {
	text = fmt.Appendf(text, "{\n  \"version\": %d,\n  \"findings\": [", version)
	for i, e := range b.entries() {
		var line bytes.Buffer
		encoder := json.NewEncoder(&line)
		encoder.SetEscapeHTML(false)
		_ = encoder.Encode(e) // our own type: no error
		text = fmt.Appendf(text, "%s\n    %s", ","[:min(i, 1)], bytes.TrimSpace(line.Bytes()))
		findings += e.Count
	}
	if findings > 0 {
		text = append(text, "\n  "...)
	}
	return append(text, "]\n}\n"...), findings
}

// Gone returns findings on entries of the baseline that matched no finding in any set. Call it after
// all sets. Who mends a finding must remove its entry, so that it cannot come back. They are warnings
// under every policy: a repair must not fail because of the baseline on its base branch.
func (b *Baseline) Gone() (all finding.List) {
	if b == nil || b.isWritten {
		return nil
	}
	var gone, strange []Entry
	for _, e := range b.entries() {
		if b.audited[e.Set] {
			gone = append(gone, e)
		} else {
			strange = append(strange, e)
		}
	}
	if len(strange) > 0 {
		first := "has " + countEntries(strange) + " of sets that this run does not have, such as " + finding.Visible(strange[0].Set)
		hint := "use the paths and the flags --build and --each of the run that wrote the baseline, or write it again with --update-baseline"
		if strange[0].Set == "" {
			first = "has " + countEntries(strange) + " of a run without sets"
			hint = "leave out --build and --each, or write the baseline again with --update-baseline"
		}
		all = append(all, finding.New(finding.BaselineGone, finding.Warning, "%s\nhint: %s", first, hint).At(finding.Place{File: b.Name}))
	}
	if len(gone) > 0 {
		first := finding.ShowObject(gone[0].Kind, gone[0].Namespace, gone[0].Name)
		hint := "write the baseline again with --update-baseline"
		if gone[0].Set != "" {
			first = finding.Visible(gone[0].Set) + ": " + first
		} else if len(b.audited) > 1 {
			hint += ", or leave out --build if the run that wrote it had no --build"
		}
		all = append(all, finding.New(finding.BaselineGone, finding.Warning, "the audit no longer finds %s of the baseline, such as %s of %s\nhint: %s",
			countEntries(gone), gone[0].Check, first, hint).At(finding.Place{File: b.Name}))
	}
	return all
}

func countEntries(all []Entry) string {
	n := 0
	for _, e := range all {
		n += e.Count
	}
	if n == 1 {
		return "1 entry"
	}
	return fmt.Sprintf("%d entries", n)
}
