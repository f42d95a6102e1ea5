// SPDX-License-Identifier: Apache-2.0

package function

import (
	"encoding/json"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"

	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/inventory"
	"example.com/calico-pull-secrets/internal/secrets"
)

// The end of a message on two objects that cannot be in one cluster.
const twoClusters = "most likely the input is for two clusters\nhint: run the program once for each cluster, or with --each"

// sameObject reports a second resource with one kind, namespace and name. A cluster can have only
// one of them.
func (j *judge) sameObject(r *inventory.Resource) {
	if r.GetName() == "" { // the API server makes a new name for each
		return
	}
	if r.GVK.Kind == "ServiceAccount" {
		j.findings = append(j.findings, ambiguousAccounts(j.set, r, j.judged)...)
	} else if j.set.FirstLike(r) != r {
		j.add(r, "", finding.Ambiguous, fn.Warning, "is in the input twice%s: "+twoClusters, inOtherFile(r, j.set.FirstLike(r)))
	}
}

// twins notes, in an audit, the objects with pods that are there twice. It matters if one object of
// a name lists pull Secrets: an audit cannot tell which one the cluster gets.
type twins struct {
	listed   map[*inventory.Resource]bool // the first object of each name that has a list somewhere
	audited  map[*inventory.Resource]bool // the first object of each name that pulls from an audited registry
	second   []*inventory.Resource        // each later object of a name
	accounts map[*inventory.Resource]bool // ServiceAccounts of pods without a list; true: of audited ones
}

// see notes the pods of one list.
func (t *twins) see(j *judge, p podList, isAudited bool) {
	if p.Reference == nil {
		return
	}
	first := j.set.FirstLike(p.Resource)
	if first != p.Resource {
		t.second = append(t.second, p.Resource)
	}
	if isAudited {
		t.audited[first] = true
	}
	switch {
	case len(p.After()) > 0:
		t.listed[first] = true
	case p.Account != nil:
		t.accounts[p.Account] = t.accounts[p.Account] || isAudited
	}
}

// find reports objects that are there twice, once see has seen all of them: those of audited pods, or
// the others.
func (t *twins) find(j *judge, areAudited bool) {
	for _, r := range t.second {
		if first := j.set.FirstLike(r); t.listed[first] && t.audited[first] == areAudited {
			j.sameObject(r)
		}
	}
	for _, r := range j.set.All {
		if isAudited, isNoted := t.accounts[r]; !isNoted || isAudited != areAudited {
			continue
		}
		for _, f := range ambiguousAccounts(j.set, r, j.judged) {
			if f.Severity == fn.Error { // they differ, and one may have a list
				j.findings = append(j.findings, f)
			}
		}
	}
}

// inOtherFile names the file of an object with the name of r. kpt does not show the file of a result.
func inOtherFile(r, other *inventory.Resource) string {
	here, there := r.Path(), other.Path()
	switch {
	case there == "" || here == there:
		return ""
	case r.File != nil:
		return ", in " + finding.ShowName(there) + " and " + finding.ShowName(here)
	}
	return ", also in " + finding.ShowName(there)
}

// ambiguous returns findings on resources that are there more than once. Nobody can tell which one
// counts, so say must return the same for each. It skips judged resources, and marks the others as
// judged.
func ambiguous(set *secrets.Set, key inventory.Key, judged map[*inventory.Resource]bool, say func(*inventory.Resource) any) (all finding.List) {
	same := set.Called(key) // kustomize renamed former namesakes
	if len(same) < 2 || judged[same[len(same)-1]] {
		return nil
	}
	first := same[0]
	for _, r := range same[1:] {
		judged[r] = true
		severity, and := fn.Warning, "with the same content"
		if !sameJSON(say(first), say(r)) {
			severity, and = fn.Error, "with different content"
		}
		all = append(all, r.Finding(finding.Ambiguous, severity, "", "is in the input twice%s, %s: "+twoClusters, inOtherFile(r, first), and))
	}
	return all
}

// ambiguousAccounts returns findings on ServiceAccounts with the name of account.
func ambiguousAccounts(set *secrets.Set, account *inventory.Resource, judged map[*inventory.Resource]bool) finding.List {
	if account == nil {
		return nil
	}
	return ambiguous(set, account.Key("ServiceAccount", account.GetNamespace(), account.GetName()), judged, func(a *inventory.Resource) any {
		return []any{a.PullSecrets(), a.GetAnnotation(enforceMountableSecrets)}
	})
}

// ambiguousSecrets returns findings on Secrets to which r refers by one name.
func ambiguousSecrets(set *secrets.Set, r *inventory.Resource, name string, judged map[*inventory.Resource]bool) finding.List {
	return ambiguous(set, r.Key("Secret", r.SecretNamespace(), name), judged, secrets.ContentFields)
}

// conflicts returns errors on objects that decide the plan, are there twice and differ. The order
// of the input must not decide the plan, whatever the policy of the checks.
func (p *plan) conflicts() (all finding.List) {
	judged := map[*inventory.Resource]bool{}
	for _, r := range p.references {
		found := append(ambiguousAccounts(p.set, r.Account, judged), ambiguousSecrets(p.set, r.Resource, r.Secret, judged)...)
		for _, f := range found {
			if f.Severity == fn.Error {
				all = append(all, f)
			}
		}
	}
	return all
}

func sameJSON(a, b any) bool {
	x, err := json.Marshal(a)
	if err != nil {
		return false
	}
	y, err := json.Marshal(b)
	return err == nil && string(x) == string(y)
}
