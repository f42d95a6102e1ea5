// SPDX-License-Identifier: Apache-2.0

// Package inventory says what was handed in: a Set of resources, and for each what of it
// may pull an image. One walk over each object, whatever its kind, answers every mode. It
// promises:
//
//   - An image reference that is put anywhere into an object is in a pod, or dark, or in a
//     silent place, and is counted there. silent.go has all silent places, with a reason.
//   - An object inside an object is an object of its own.
//   - What is found is a value: it can be kept when the object is gone.
//
// A Set knows each Resource by its names, now and before kustomize changed them, the cluster
// that it goes to, and its ServiceAccount. Nothing here depends on a mode or a policy.
package inventory

import (
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/kinds"
)

// A Pod is a pod spec, wherever it is.
type Pod struct {
	Fields []string // that lead there, with elements as in results: "replicatedJobs[0]"
	// IsWhole is true if kubelet gets the list of pull Secrets that is here. Of what is in no
	// pod template, or is laid over another, a controller makes pods with another list.
	IsWhole    bool
	List       List
	Account    string // the name of its ServiceAccount, empty if it says none
	Images     []Image
	Unreadable []string // the paths of lists of containers that are none

	line, listLine int
}

// An Image is what a container of a pod, or a volume, pulls.
type Image struct {
	Name   string // of the container or volume
	Image  string
	Field  string // its path
	Policy string // imagePullPolicy

	line int
}

// IsPulled reports whether kubelet pulls the image: with Never it does not.
func (i Image) IsPulled() bool { return i.Policy != never }

const never = "Never"

// A Dark is something that may pull an image, and of which nobody can say how.
type Dark struct {
	Field string // its path
	line  int
	Why   Reason
	// Image is the reference, empty if there is none to see, such as that of a manifest in
	// a text.
	Image string
}

// A Reason is why something is dark.
type Reason int

const (
	NoPod    Reason = iota // an image in no pod spec
	Text                   // an image in a text: an argument, a variable, an annotation
	Manifest               // a manifest in a text
)

// A Reading is what the walk found in one object, without those inside it.
type Reading struct {
	APIVersion, Kind string
	Path             []string // in the outermost object, with elements as in results
	// Within is the object that this one is inside of, nil for the outermost.
	Within *Reading
	// IsMember is true for an object of a List, which is on the same cluster as others.
	IsMember bool
	// IsList is true for a List. Broken is true if an element of it is no object.
	IsList, Broken bool

	Spec *kinds.Spec // where objects of the kind have their list, nil if that is not known
	List List        // that is in no pod: of a ServiceAccount, an Installation, or what an operator takes
	// HasPlace is true if there is something that holds this list, or it may be made.
	HasPlace bool
	Pods     []Pod
	// Copies is how many pods there are of each of these, or EachNode.
	Copies int
	Dark   []Dark
	// Rendered is what somebody makes of the object later, nil if nobody does.
	Rendered *Rendering
	Silent   map[string]int // how many references are in silent places, by the name of the place

	line, renderedLine int
	lines              map[string]int // of the fields that have images or are dark, once one was asked for
}

// Outermost returns the object that all others are inside of.
func (r *Reading) Outermost() *Reading {
	for r.Within != nil {
		r = r.Within
	}
	return r
}

// Below returns how many lines below the beginning of the outermost object a field is, if
// the inventory knows it, and else the object.
func (r *Reading) Below(field string) int { return r.lineOf(field) - r.Outermost().line }

func (r *Reading) lineOf(field string) int {
	const many = 16 // most objects have few, and a map for each would be too much
	if r.lines == nil && (len(r.Pods) > many || len(r.Dark) > many || len(r.Pods) > 0 && len(r.Pods[0].Images) > many) {
		r.lines = map[string]int{}
		for field, line := range r.known {
			r.lines[field] = line
		}
	}
	if line, known := r.lines[field]; known {
		return line
	}
	if r.lines == nil {
		for known, line := range r.known {
			if known == field {
				return line
			}
		}
	}
	for _, p := range r.Pods {
		switch path := strings.Join(p.Fields, "."); {
		case field == path+"."+kinds.ImagePullSecrets:
			return p.listLine
		case field == path, strings.HasPrefix(field, path+"."):
			return p.line
		}
	}
	return r.line
}

// known ranges over the fields that are dark or have images, and their lines.
func (r *Reading) known(yield func(field string, line int) bool) {
	for _, p := range r.Pods {
		for _, i := range p.Images {
			if !yield(i.Field, i.line) {
				return
			}
		}
	}
	for _, d := range r.Dark {
		if !yield(d.Field, d.line) {
			return
		}
	}
	if r.Rendered != nil {
		yield(RenderedField, r.renderedLine)
	}
}

// Where returns the path of the object in the outermost one, as in results.
func (r *Reading) Where() string { return joined(r.Path) }

// Pod returns the pod spec that objects of the kind have, nil if there is none.
func (r *Reading) Pod() *Pod {
	if r.Spec == nil || !r.Spec.Has(kinds.PodSpec) {
		return nil
	}
	return r.podAt(r.Spec.Fields)
}

// Templates returns the pod specs of which pods are made as they stand here: that which
// objects of the kind have, or of a kind that is not known all that are in a pod template.
func (r *Reading) Templates() (all []*Pod) {
	if pod := r.Pod(); pod != nil {
		return []*Pod{pod}
	}
	for i := range r.Pods {
		if r.Spec == nil && r.Pods[i].IsWhole {
			all = append(all, &r.Pods[i])
		}
	}
	return all
}

func (r *Reading) podAt(fields []string) *Pod {
	for i := range r.Pods {
		if slices.Equal(r.Pods[i].Fields, fields) {
			return &r.Pods[i]
		}
	}
	return nil
}

// An Object is a reading, and the node that it is of.
type Object struct {
	*Reading
	Node *yaml.Node
}

// Read returns what is in an object, and then what is in the objects inside it, in the
// order in which they come.
func Read(root *yaml.Node, question Question) []Object {
	w := walker{question: question}
	w.object(root, nil, nil, kindOf(root))
	return w.all
}
