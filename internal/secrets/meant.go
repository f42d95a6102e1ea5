// SPDX-License-Identifier: Apache-2.0

package secrets

import (
	"slices"

	"example.com/calico-pull-secrets/internal/inventory"
	"example.com/calico-pull-secrets/internal/lazy"
	"example.com/calico-pull-secrets/internal/names"
	"example.com/calico-pull-secrets/internal/pull"
)

// A meaning is a question: to which Secret does an object refer by a name in its list?
type meaning struct {
	of   *inventory.Resource
	name string
}

// Secret returns the Secret to which a name in the list of r refers after kustomize, nil if there
// is none.
func (set *Set) Secret(r *inventory.Resource, name string) *inventory.Resource {
	meant, _ := set.meant(r, name)
	return meant
}

// meant returns the Secret to which a name in the list of r refers after kustomize. If there is
// none, renamed is a Secret that has or had the name and gets another one. Each is nil if there is
// none.
func (set *Set) meant(r *inventory.Resource, name string) (secret, renamed *inventory.Resource) {
	key := r.Key("Secret", r.SecretNamespace(), name)
	candidates := set.Alike(key)
	if len(candidates) == 0 {
		return nil, nil
	}
	asked := meaning{r, name}
	if answer, isKnown := set.meanings[asked]; isKnown {
		return answer[0], answer[1]
	}
	known := lazy.Value(set.renames, key, func() *names.Secrets {
		var objects []names.Object
		for _, c := range candidates {
			objects = append(objects, c.NameObject())
		}
		return names.Known(objects)
	})
	o := r.NameObject()
	o.Namespace = r.SecretNamespace()
	at := func(i int) *inventory.Resource {
		if i < 0 {
			return nil
		}
		return candidates[i]
	}
	i, j := known.Meant(o, name)
	if i >= 0 && isRenamedFor(r, candidates[i]) {
		if follows := set.following(r, key, candidates); follows != nil {
			set.meanings[asked] = [2]*inventory.Resource{follows, nil}
			return follows, nil
		}
		i, j = -1, i
	}
	set.meanings[asked] = [2]*inventory.Resource{at(i), at(j)}
	return at(i), at(j)
}

// following returns the first of the Secrets with one name that a name in the list of r still means after
// kustomize: one that a kustomization builds together with r, or one that keeps its name. It returns nil
// if there is none. There may be thousands of Secrets, each in an overlay of its own.
func (set *Set) following(r *inventory.Resource, key inventory.Key, candidates []*inventory.Resource) *inventory.Resource {
	const keepsName = "" // no path is empty
	byBuilder := lazy.Value(set.byBuilder, key, func() map[string]int {
		first := map[string]int{}
		for i, c := range slices.Backward(candidates) {
			for path := range c.Builders() {
				first[path] = i
			}
			if c.RenamedBy == "" || c.KeepsName {
				first[keepsName] = i
			}
		}
		return first
	})
	best := len(candidates)
	for path := range r.Builders() {
		if i, found := byBuilder[path]; found && !isRenamedFor(r, candidates[i]) {
			best = min(best, i)
		}
	}
	if i, found := byBuilder[keepsName]; found && !isRenamedFor(r, candidates[i]) {
		best = min(best, i)
	}
	if best == len(candidates) {
		return nil
	}
	return candidates[best]
}

// isRenamedFor reports whether a kustomization renames a Secret while r keeps the former name.
// Either kustomize does not correct the kind of r, or no kustomization builds both files. A parent that
// builds both corrects the reference, too.
func isRenamedFor(r, secret *inventory.Resource) bool {
	switch {
	case secret.RenamedBy == "":
		return false
	case r.IsBuiltWith(secret.Listing):
		return !r.IsCorrected() && (r.RenamedBy != "" || !secret.KeepsName)
	}
	return !secret.KeepsName
}

// IsRenamed reports whether kustomize renames a Secret in the list of r, and leaves the list as it
// is.
func (set *Set) IsRenamed(r *inventory.Resource, name string) bool {
	_, renamed := set.meant(r, name)
	return name != "" && (renamed != nil || set.RenamedBy(r, name) != "")
}

// RenamedBy returns the kustomization that renames a Secret in the list of r, empty if there is
// none. If a controller makes the Secret, the kustomization renames the object from which it does.
func (set *Set) RenamedBy(r *inventory.Resource, name string) string {
	if secret, renamed := set.meant(r, name); secret != nil || renamed != nil {
		if renamed != nil {
			return renamed.RenamedBy
		}
		return ""
	}
	made := set.made[r.Key("Secret", r.SecretNamespace(), name)]
	if len(made) == 0 || slices.ContainsFunc(made, func(m Made) bool { return !m.isRenamed(r, name) }) {
		return ""
	}
	return made[0].Of.RenamedBy
}

// isRenamed reports whether a kustomization renames the object from which a controller makes the
// Secret. Then the Secret has another name than the list of r. It ignores copies.
func (m Made) isRenamed(r *inventory.Resource, name string) bool {
	return m.Of.RenamedBy != "" && (r.RenamedBy != "" || !m.Of.KeepsName) && m.Of.GetName() == name && !m.isCopy
}

// Configured returns the Secret for r that has the configured name, or had it before kustomize
// renamed it. nil if there is none.
func (set *Set) Configured(r *inventory.Resource, name string) *inventory.Resource {
	secret, renamed := set.meant(r, name)
	switch {
	case secret != nil:
		return secret
	case renamed != nil:
		return renamed
	}
	return set.hashed[r.Key("Secret", r.SecretNamespace(), name)]
}

// MakersOf returns the Secrets that controllers make from the resources, and to which r refers by a
// name. Their content is unknown if nobody can tell whether the controller makes them there.
func (set *Set) MakersOf(r *inventory.Resource, name string) []Made {
	key := r.Key("Secret", r.SecretNamespace(), name)
	made := lazy.Value(set.makers, key, func() []Made { return set.makersAt(key) })
	if !slices.ContainsFunc(made, func(m Made) bool { return m.isRenamed(r, name) }) { // nearly always
		return made
	}
	return slices.DeleteFunc(slices.Clone(made), func(m Made) bool { return m.isRenamed(r, name) })
}

// mostEverywhere is how many objects, from which controllers make one Secret in many namespaces,
// makersAt returns. Nobody knows the content if there are two. All of them for each namespace would
// take time and memory for both numbers, multiplied.
const mostEverywhere = 20

// makersAt returns the Secrets with a namespace and a name that controllers make.
func (set *Set) makersAt(key inventory.Key) (made []Made) {
	anywhere := key
	anywhere.Namespace = ""
	add := func(m *Made) {
		where := m.goesTo(key.Namespace)
		if where == no {
			return
		}
		made = append(made, *m)
		last := &made[len(made)-1]
		if m.isCopy {
			last.Content = set.ContentOf(m.Of)
		}
		if where == perhaps {
			last.Content = pull.Content{}
		}
	}
	for i := range set.made[key] {
		add(&set.made[key][i])
	}
	if others := set.made[anywhere]; key != anywhere {
		for i := 0; i < len(others) && len(made) < len(set.made[key])+mostEverywhere; i++ {
			add(&others[i])
		}
	}
	return made
}

// ContentNamed returns the content of the Secret to which r refers by a name, as the resources show
// it. If two objects write that Secret, the content is unknown.
func (set *Set) ContentNamed(r *inventory.Resource, name string) pull.Content {
	secret, makers := set.Secret(r, name), set.MakersOf(r, name)
	switch {
	case secret == nil && len(makers) == 1:
		return makers[0].Content
	case secret == nil:
		return pull.Content{}
	}
	content := set.ContentOf(secret)
	if content.State == pull.Ignored || content.State == pull.Refused { // its type stays, and a refused Secret never exists
		return content
	}
	if slices.ContainsFunc(makers, func(m Made) bool { return !m.Everywhere }) {
		return pull.Content{}
	}
	return content
}

// IsElsewhere reports whether the resources show a Secret with the name, but none that the pods of
// r can use.
func (set *Set) IsElsewhere(r *inventory.Resource, name string) bool {
	return r.Cluster == 0 && r.SecretNamespace() != "" && set.Secret(r, name) == nil && len(set.MakersOf(r, name)) == 0 && set.namespaces[name] != ""
}
