// SPDX-License-Identifier: Apache-2.0

// Package names knows what kustomize makes of the names of Secrets, and of references
// to them, after a transformer has seen both. It promises:
//
//   - Secrets.Meant returns the Secret that a name in imagePullSecrets will name in what kustomize
//     builds, by the rules of kustomize's api/filters/nameref and of its table of name
//     references; a test compares it with kustomize on random kustomizations.
//   - Where nothing carries kustomize's annotations, a name is a name.
//
// It does not see prefixes that an outer kustomization adds later: kustomize corrects
// references for these, too, in the kinds of its table, and in no other.
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
	// NeedsHash is the annotation by which kustomize adds a hash of the content to the
	// name of a Secret, if it has the value Enabled. It takes the annotation away; kpt
	// would write it into the package.
	NeedsHash = "internal.config.kubernetes.io/needsHashSuffix"
	Enabled   = "enabled"
)

// An Object is what kustomize knows of the name of a resource.
type Object struct {
	Kind, Namespace, Name string

	former             []string // names, the first one first
	prefixes, suffixes []string // in the order in which they were added
	willBeHashed       bool     // kustomize adds a hash to Name
}

// Read returns what is known of the name of a resource. annotation returns the value of
// an annotation of it, empty if there is none.
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

// Former returns what o was called before, the first name first.
func (o Object) Former() []string { return o.former }

// isFinal reports whether o has the name in what kustomize builds.
func (o Object) isFinal(name string) bool { return o.Name == name && !o.willBeHashed }

// corrected are the kinds whose imagePullSecrets kustomize corrects when a Secret gets
// another name, of whatever group: those of its table of name references.
var corrected = []string{"Pod", "PodTemplate", "Deployment", "ReplicaSet", "DaemonSet", "StatefulSet", "Job", "CronJob", "ServiceAccount"}

// AreCorrected reports whether kustomize corrects the imagePullSecrets of objects of the
// kind when it renames a Secret.
func AreCorrected(kind string) bool { return slices.Contains(corrected, kind) }

// Secrets are those that a name may mean, with what is asked of them for each object.
type Secrets struct {
	all []Object
	// called has the places of those that were called so, by name, namespace, last prefix and
	// last suffix; anyAffix stands for each of these two.
	called map[affixed][]int
	final  map[affixed]int // the first one that has the name in what kustomize builds
}

// An affixed is a name in a namespace, with the last of the prefixes and suffixes.
type affixed struct{ name, namespace, prefix, suffix string }

const anyAffix = "*"

// Known returns the Secrets as what Meant asks.
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

func namespaceOf(o Object) string { return cmp.Or(o.Namespace, "default") } // none is default, for kustomize

func last(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[len(list)-1]
}

// Meant returns the place of the Secret that name, in the list of pull Secrets of o, will
// name once kustomize is done; -1 if none of the secrets. Where there is none, renamed is
// the place of one that has or had the name, and that o will not name, since kustomize
// calls it otherwise by then; -1 if there is no such Secret. Secrets of other namespaces
// do not count.
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

// referral returns the place of the Secret whose new name kustomize writes into a list
// that has a former one, -1 if there is none. Of several, those count that got the same
// prefixes and suffixes. Where several are left, kustomize fails, unless they are called
// the same.
func (k *Secrets) referral(o Object, name string) int {
	at := affixed{name, namespaceOf(o), anyAffix, anyAffix}
	if called := k.called[at]; len(called) < 2 {
		return first(called)
	}
	choices := func(affix string) []string { // of those that have the same one, or where one has none
		if affix == "" {
			return []string{anyAffix}
		}
		return []string{affix, ""}
	}
	var some []int // two of those that got the same, or none
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

// first returns the first of some places, -1 if there is none.
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

// endAlike reports whether the shorter list is the end of the longer one. An empty list
// is the end of an empty one only.
func endAlike(a, b []string) bool {
	n := min(len(a), len(b))
	if n == 0 {
		return len(a) == len(b)
	}
	return slices.Equal(a[len(a)-n:], b[len(b)-n:])
}

// hashLength is the number of characters of kustomize's hashes.
const hashLength = 10

// WithoutHash returns the name that a Secret had before kustomize added the hash of its
// content to make the full one; false if that ends in no such hash. manifest returns the
// Secret as kustomize built it.
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
