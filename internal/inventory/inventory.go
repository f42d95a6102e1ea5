// SPDX-License-Identifier: Apache-2.0

// Package inventory describes the input: a Set of resources, and for each resource the
// parts that may pull an image. One walk over each object, whatever its kind, serves
// every mode. It promises:
//
//   - It counts each image reference anywhere in an object: in a pod, as dark, or in a
//     silent place. silent.go lists all silent places with a reason.
//   - An object inside an object is an object of its own.
//   - The result is a value: the caller can keep it after the object is gone.
//
// A Set knows each Resource by its names, both now and before kustomize changed them. It
// also knows the resource's cluster and ServiceAccount. Nothing here depends on a mode or
// a policy.
package inventory

import (
	"maps"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/imagetext"
	"example.com/calico-pull-secrets/internal/kinds"
	"example.com/calico-pull-secrets/internal/kubectl"
)

// A Pod is a pod spec anywhere in an object.
type Pod struct {
	Fields []string // the path to it, with elements as in results: "replicatedJobs[0]"
	// IsWhole is true if kubelet gets exactly this list of pull Secrets. It is false
	// outside of a pod template, and in a template that is laid over another one: there a
	// controller makes pods with another list.
	IsWhole    bool
	List       List
	Account    string // the name of its ServiceAccount; empty if it names none
	Images     []Image
	Unreadable []string // the paths of container lists that are not lists of objects

	line, listLine int
}

// An Image is the image that a container or a volume of a pod pulls.
type Image struct {
	Name   string // of the container or volume
	Image  string
	Field  string // its path
	Policy string // imagePullPolicy
	// IsChosen is true if there is no image, and an operator chooses one.
	IsChosen bool

	line int
}

// IsPulled reports whether kubelet pulls the image. With the policy Never it does not.
func (i Image) IsPulled() bool { return i.Policy != never }

const never = "Never"

// A Dark is a part of an object that may pull an image, and nobody can say how.
type Dark struct {
	Field string // its path
	line  int
	Why   Reason
	// Image is the reference. It is empty if there is none to see, for example in a
	// manifest inside a text.
	Image string
	// Others are the other images of the same text: what lets the first one pass must not let these
	// pass.
	Others []string
}

// A Reason says why something is dark.
type Reason int

const (
	NoPod    Reason = iota // an image outside of pod specs
	Text                   // an image in a text: an argument, a variable, an annotation
	Manifest               // a manifest in a text
	Cut                    // an encoded text that the program does not read to its end
	Chosen                 // a pod, or a part of one, whose image an operator chooses
)

// A Reading is the result of the walk over one object, without the objects inside it.
type Reading struct {
	APIVersion, Kind string
	path             []string // in the object around it, with elements as in results
	// Within is the object around this one, nil for the outermost object.
	Within *Reading
	// IsMember is true for an object of a List: it belongs to the same cluster as the
	// List.
	IsMember bool
	// IsList is true for a List. Broken is true if an element of the List is no object.
	IsList, Broken bool

	Spec *kinds.Spec // where objects of the kind have their list of pull Secrets, nil if unknown
	List List        // the list outside of pods: of a ServiceAccount, an Installation, or an operator's object
	// HasPlace is true if there is a mapping for this list, or one may be created.
	HasPlace bool
	Pods     []Pod
	// Copies is the number of pods that each of these specs gives, or EachNode.
	Copies int
	Dark   []Dark
	// Rendered says what somebody renders from the object later, nil if nobody does.
	Rendered *Rendering
	Silent   map[string]int // how many references are in each silent place, by its name
	// Refusal says why kubectl refuses the outermost object. It is zero if kubectl takes the object, or
	// if nobody looked.
	Refusal kubectl.Refusal

	namesImage         bool // it names an image outside of pod specs, from any registry
	line, renderedLine int
	lines              map[string]int // by field with an image or something dark; set when many of them are asked for
}

// Outermost returns the object around all others.
func (r *Reading) Outermost() *Reading {
	for r.Within != nil {
		r = r.Within
	}
	return r
}

// Below returns how many lines a field is below the start of the outermost object. If the
// inventory does not know the field, it uses the line of its pod or object.
func (r *Reading) Below(field string) int { return r.lineOf(field) - r.Outermost().line }

func (r *Reading) lineOf(field string) int {
	const many = 16 // most objects have few fields, and a map for each would take too much memory
	if r.lines == nil && (len(r.Pods) > many || len(r.Dark) > many || len(r.Pods) > 0 && len(r.Pods[0].Images) > many) {
		r.lines = maps.Collect(r.known)
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

// known yields the fields that are dark or have images, with their lines.
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

// Where returns the path of the object in the outermost one, in the form of results.
func (r *Reading) Where() string {
	var fields []string
	for ; r != nil; r = r.Within {
		fields = append(fields, joined(r.path))
	}
	slices.Reverse(fields)
	return strings.TrimPrefix(strings.ReplaceAll(strings.Join(fields, "."), ".[", "["), ".")
}

// Pod returns the pod spec at the place where the kind has it, nil if there is none.
func (r *Reading) Pod() *Pod {
	if r.Spec == nil || !r.Spec.Has(kinds.PodSpec) {
		return nil
	}
	return r.podAt(r.Spec.Fields)
}

// Templates returns the pod specs from which pods are made without changes. For a known
// kind that is its pod spec. For an unknown kind it is each pod spec in a pod template.
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

// An Object is a reading and its node.
type Object struct {
	*Reading
	Node *yaml.Node
}

// Read returns the readings of an object and of all objects inside it, in the order of
// the text.
func Read(root *yaml.Node, question imagetext.Question) []Object {
	w := walker{question: question}
	w.object(root, nil, nil, kindOf(root))
	return w.all
}
