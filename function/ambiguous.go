// SPDX-License-Identifier: Apache-2.0

package function

import (
	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"

	"example.com/calico-pull-secrets/internal/finding"
)

// What is said of two objects that cannot be in one cluster.
const twoClusters = "most likely these are two clusters. Run the program once for each, or with --each"

// twice finds a resource that is not the first of its kind, namespace and name, of which
// only one can be in a cluster.
func (j *judge) twice(r *resource) {
	if r.GetName() == "" { // generateName makes it another each time
		return
	}
	if r.gvk.Kind == "ServiceAccount" {
		j.findings = append(j.findings, serviceAccountsOf(j.set, r, j.judged)...)
	} else if j.set.firstLike(r) != r {
		j.add(r, "", finding.Ambiguous, fn.Warning, "is there twice%s: %s", alsoIn(r, j.set.firstLike(r)), twoClusters)
	}
}

// alsoIn says in which other file there is an object that is called like r: kpt shows no
// files of results.
func alsoIn(r, other *resource) string {
	here, there := r.path(), other.path()
	switch {
	case there == "" || here == there:
		return ""
	case r.file != nil:
		return ", in " + finding.ShowName(there) + " and " + finding.ShowName(here)
	}
	return ", also in " + finding.ShowName(there)
}

// ambiguous returns findings on resources that are there more than once: which one
// counts cannot be told, so they must say the same. Those that are judged are left out,
// and become so.
func ambiguous(set *secretSet, key resourceKey, judged map[*resource]bool, say func(*resource) any) (all finding.List) {
	same := set.alike(key)
	if len(same) < 2 || judged[same[len(same)-1]] {
		return nil
	}
	var first *resource
	for _, r := range same {
		switch {
		case r.GetName() != key.name: // it was called so once
		case first == nil:
			first = r
		default:
			judged[r] = true
			severity, and := fn.Warning, "with the same content"
			if !sameJSON(say(first), say(r)) {
				severity, and = fn.Error, "and what they say differs"
			}
			all = append(all, r.says(finding.Ambiguous, severity, "", "is there twice%s, %s: %s", alsoIn(r, first), and, twoClusters))
		}
	}
	return all
}

// serviceAccountsOf returns findings on ServiceAccounts that are called as account is.
func serviceAccountsOf(set *secretSet, account *resource, judged map[*resource]bool) finding.List {
	if account == nil {
		return nil
	}
	return ambiguous(set, account.key("ServiceAccount", account.GetNamespace(), account.GetName()), judged, func(a *resource) any {
		return []any{a.pullSecrets(), a.GetAnnotation(enforceMountableSecrets)}
	})
}

// secretsNamed returns findings on Secrets that r means by one name.
func secretsNamed(set *secretSet, r *resource, name string, judged map[*resource]bool) finding.List {
	return ambiguous(set, r.key("Secret", secretNamespace(r), name), judged, contentFields)
}

// conflicts returns errors on objects that decide what is planned, are there twice and
// differ: which one is read first must not decide it, whatever the policy of the checks.
func (p *plan) conflicts() (all finding.List) {
	judged := map[*resource]bool{}
	for _, r := range p.references {
		found := append(serviceAccountsOf(p.set, r.account, judged), secretsNamed(p.set, r.resource, r.secret, judged)...)
		for _, f := range found {
			if f.Severity == fn.Error {
				all = append(all, f)
			}
		}
	}
	return all
}
