// SPDX-License-Identifier: Apache-2.0

// Package names knows how kustomize changes the names of Secrets, and references to them, after
// a transformer has seen both. It promises:
//
//   - Secrets.Meant returns the Secret to which a name in imagePullSecrets refers in the output of
//     kustomize. It follows kustomize's api/filters/nameref and its table of name references. A
//     test compares it with kustomize on random kustomizations.
//   - Without kustomize's annotations, a name refers to the Secret with that name.
//
// It does not see prefixes that an outer kustomization adds later. kustomize corrects
// references for these, too, but only in the kinds of its table.
package names

import (
	"cmp"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/api/hasher"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// The annotations that kustomize keeps while it builds.
const (
	previousNames = "internal.config.kubernetes.io/previousNames"
	prefixes      = "internal.config.kubernetes.io/prefixes"
	suffixes      = "internal.config.kubernetes.io/suffixes"
	// NeedsHash is an annotation with the value Enabled. It asks kustomize to add a hash of the
	// content to the name of a Secret. kustomize removes the annotation; kpt would write it into
	// the package.
	NeedsHash = "internal.config.kubernetes.io/needsHashSuffix"
	Enabled   = "enabled"
)

// An Object has what kustomize knows about the name of a resource.
type Object struct {
	Kind, Namespace, Name string

	former             []string // former names, the first one first
	prefixes, suffixes []string // in the order in which kustomize added them
	willBeHashed       bool     // kustomize adds a hash to Name
}

// Read returns the Object of a resource. annotation returns the value of one of its annotations,
// empty if there is none.
func Read(kind, namespace, name string, annotation func(key string) string) Object {
	list := func(key string) []string {
		return slices.DeleteFunc(strings.Split(annotation(key), ","), func(s string) bool { return s == "" })
	}
	return Object{
		Kind: kind, Namespace: namespace, Name: name,
		former: list(previousNames), prefixes: list(prefixes), suffixes: list(suffixes),
		willBeHashed: annotation(NeedsHash) == Enabled,
	}
}

// Former returns the former names of o, the first one first.
func (o Object) Former() []string { return o.former }

// isFinal reports whether o has the name in the output of kustomize.
func (o Object) isFinal(name string) bool { return o.Name == name && !o.willBeHashed }

// corrected has the kinds in which kustomize corrects imagePullSecrets when it renames a Secret,
// whatever their group. They are from its table of name references.
var corrected = []string{"Pod", "PodTemplate", "Deployment", "ReplicaSet", "DaemonSet", "StatefulSet", "Job", "CronJob", "ServiceAccount"}

// AreCorrected reports whether kustomize corrects the imagePullSecrets of objects of the kind when
// it renames a Secret.
func AreCorrected(kind string) bool { return slices.Contains(corrected, kind) }

// Secrets has the Secrets to which a name may refer, with indexes for Meant.
type Secrets struct {
	all []Object
	// called has the indexes of Secrets by former name, namespace, last prefix and last suffix.
	// anyAffix stands for any prefix or suffix.
	called map[affixed][]int
	final  map[affixed]int // the first Secret that has the name in the output of kustomize
}

// An affixed is a name in a namespace, with the last prefix and the last suffix.
type affixed struct{ name, namespace, prefix, suffix string }

const anyAffix = "*"

// Known returns the Secrets, indexed for Meant.
func Known(secrets []Object) *Secrets {
	k := &Secrets{all: secrets, called: map[affixed][]int{}, final: map[affixed]int{}}
	for i, s := range secrets {
		namespace := namespaceOf(s)
		formers := s.former
		if s.willBeHashed && !slices.Contains(s.former, s.Name) {
			formers = append(slices.Clone(formers), s.Name)
		}
		for n, name := range formers {
			if slices.Contains(formers[:n], name) {
				continue
			}
			for _, prefix := range []string{anyAffix, last(s.prefixes)} {
				for _, suffix := range []string{anyAffix, last(s.suffixes)} {
					at := affixed{name, namespace, prefix, suffix}
					k.called[at] = append(k.called[at], i)
				}
			}
		}
		at := affixed{s.Name, namespace, anyAffix, anyAffix}
		if _, found := k.final[at]; !found && s.isFinal(s.Name) {
			k.final[at] = i
		}
	}
	return k
}

func namespaceOf(o Object) string { return cmp.Or(o.Namespace, "default") } // for kustomize, no namespace means default

func last(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[len(list)-1]
}

// Meant returns the index of the Secret to which a name in the list of o refers after kustomize. It
// is -1 if there is none. Then renamed is the index of a Secret that has or had the name and gets
// another one; else renamed is -1. Secrets of other namespaces do not count.
func (k *Secrets) Meant(o Object, name string) (meant, renamed int) {
	if AreCorrected(o.Kind) {
		if i := k.referral(o, name); i >= 0 {
			return i, -1
		}
	}
	at := affixed{name, namespaceOf(o), anyAffix, anyAffix}
	if i, found := k.final[at]; found {
		return i, -1
	}
	if called := k.called[at]; len(called) > 0 {
		return -1, called[0]
	}
	return -1, -1
}

// referral returns the index of the Secret whose former name is in the list of o: kustomize writes
// its new name there. It returns -1 if there is none. If several had the name, those with the same
// prefixes and suffixes as o count. If several of these are left, kustomize fails, unless they have
// one name.
func (k *Secrets) referral(o Object, name string) int {
	at := affixed{name, namespaceOf(o), anyAffix, anyAffix}
	if called := k.called[at]; len(called) < 2 {
		return first(called)
	}
	choices := func(affix string) []string { // those with the same affix, or with none
		if affix == "" {
			return []string{anyAffix}
		}
		return []string{affix, ""}
	}
	var some []int // up to two Secrets with the same affixes, or with none
	for _, at.prefix = range choices(last(o.prefixes)) {
		for _, at.suffix = range choices(last(o.suffixes)) {
			for _, i := range k.called[at] {
				if len(some) < 2 && o.sameAffixes(k.all[i], true) {
					some = append(some, i)
				}
				if len(some) == 2 {
					break
				}
			}
		}
	}
	if len(some) < 2 {
		return first(some)
	}
	at.prefix, at.suffix = last(o.prefixes), last(o.suffixes)
	for _, i := range k.called[at] {
		if o.sameAffixes(k.all[i], false) {
			return i
		}
	}
	return -1
}

// first returns the first of the indexes, -1 if there is none.
func first(places []int) int {
	if len(places) == 0 {
		return -1
	}
	return places[0]
}

func (o Object) sameAffixes(s Object, orNone bool) bool {
	same := func(a, b []string) bool {
		return orNone && (len(a) == 0 || len(b) == 0) || endAlike(a, b)
	}
	return same(o.prefixes, s.prefixes) && same(o.suffixes, s.suffixes)
}

// endAlike reports whether the shorter list is the end of the longer one. An empty list is the end
// only of an empty one.
func endAlike(a, b []string) bool {
	n := min(len(a), len(b))
	if n == 0 {
		return len(a) == len(b)
	}
	return slices.Equal(a[len(a)-n:], b[len(b)-n:])
}

// hashLength is the number of characters of kustomize's hashes.
const hashLength = 10

// WithoutHash returns the name of a Secret before kustomize added the hash of its content. ok is
// false if full does not end in that hash. manifest returns the Secret as kustomize built it.
func WithoutHash(full string, manifest func() []byte) (name string, ok bool) {
	i := strings.LastIndexByte(full, '-')
	if i < 1 || len(full)-i-1 != hashLength {
		return "", false
	}
	before, err := yaml.Parse(string(manifest()))
	if err != nil || before.SetName(full[:i]) != nil {
		return "", false
	}
	hash, err := (&hasher.Hasher{}).Hash(before)
	if err != nil || hash != full[i+1:] {
		return "", false
	}
	return full[:i], true
}
