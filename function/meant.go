// SPDX-License-Identifier: Apache-2.0

package function

import (
	"slices"

	"example.com/calico-pull-secrets/internal/names"
	"example.com/calico-pull-secrets/internal/pull"
)

// A meaning is a question: which Secret an object means by a name in its list.
type meaning struct {
	of   *resource
	name string
}

// secret returns the Secret that r will mean by a name in its list once kustomize is done,
// nil if there is none.
func (set *secretSet) secret(r *resource, name string) *resource {
	meant, _ := set.meant(r, name)
	return meant
}

// meant returns the Secret that r will mean by a name in its list once kustomize is done,
// nil if there is none, and then one that has or had the name and will be called otherwise,
// also nil if there is none.
func (set *secretSet) meant(r *resource, name string) (secret, renamed *resource) {
	key := r.key("Secret", secretNamespace(r), name)
	candidates := set.alike(key)
	if len(candidates) == 0 {
		return nil, nil
	}
	asked := meaning{r, name}
	if answer, isKnown := set.meanings[asked]; isKnown {
		return answer[0], answer[1]
	}
	known := set.renames[key]
	if known == nil {
		for _, c := range candidates {
			known = append(known, c.object())
		}
		set.renames[key] = known
	}
	o := r.object()
	o.Namespace = secretNamespace(r)
	at := func(i int) *resource {
		if i < 0 {
			return nil
		}
		return candidates[i]
	}
	i, j := names.Meant(o, name, known)
	set.meanings[asked] = [2]*resource{at(i), at(j)}
	return at(i), at(j)
}

// isRenamed reports whether a name in the list of r is that of a Secret which kustomize
// renames, while it leaves the list as it is.
func (set *secretSet) isRenamed(r *resource, name string) bool {
	_, renamed := set.meant(r, name)
	return renamed != nil && name != ""
}

// configured returns the Secret that r is to reference, by the name that the configuration
// has for it: also one that kustomize has renamed. Nil if there is none.
func (set *secretSet) configured(r *resource, name string) *resource {
	secret, renamed := set.meant(r, name)
	switch {
	case secret != nil:
		return secret
	case renamed != nil:
		return renamed
	}
	return set.hashed[r.key("Secret", secretNamespace(r), name)]
}

// makersOf returns the Secrets that r means by a name and that controllers make of
// something among the resources.
func (set *secretSet) makersOf(r *resource, name string) []madeSecret {
	namespace := secretNamespace(r)
	made := set.made[r.key("Secret", namespace, name)]
	if namespace == "" {
		return made
	}
	made = made[:len(made):len(made)]
	for _, m := range set.made[r.key("Secret", "", name)] {
		if m.goesTo(namespace) {
			made = append(made, m)
		}
	}
	return made
}

// contentNamed returns what will be in the Secret that r means by a name, as far as the
// resources say. Where two write it, that is not known.
func (set *secretSet) contentNamed(r *resource, name string) pull.Content {
	secret, makers := set.secret(r, name), set.makersOf(r, name)
	switch {
	case secret == nil && len(makers) == 1 && makers[0].isCopy:
		return set.contentOf(makers[0].of)
	case secret == nil && len(makers) == 1:
		return makers[0].content
	case secret == nil:
		return pull.Content{}
	}
	content := set.contentOf(secret)
	if content.State == pull.Ignored || content.State == pull.Refused { // a type stays, and what is refused never is
		return content
	}
	if slices.ContainsFunc(makers, func(m madeSecret) bool { return !m.everywhere }) {
		return pull.Content{}
	}
	return content
}

// isElsewhere reports whether the resources show a Secret of the name, and none that the
// pods of r can use.
func (set *secretSet) isElsewhere(r *resource, name string) bool {
	return r.cluster == 0 && secretNamespace(r) != "" && set.secret(r, name) == nil && len(set.makersOf(r, name)) == 0 && set.homes[name] != ""
}
