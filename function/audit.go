// SPDX-License-Identifier: Apache-2.0

package function

import (
	"fmt"
	"slices"
	"strings"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"

	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/kinds"
	"example.com/calico-pull-secrets/internal/pull"
)

// A verdict is what becomes of the pull of one container's image.
type verdict struct {
	*resource
	container container
	pull.Verdict
	audited bool   // its registry is one of those that are audited
	reason  string // why it is not authenticated, for people
	finding finding.Finding
}

// The names of the outcomes, as they are printed.
var outcomes = map[pull.Outcome]string{
	pull.Authenticated: "authenticated",
	pull.Anonymous:     "anonymous",
	pull.Unresolved:    "unknown",
	pull.Fails:         "fails",
	pull.InvalidImage:  "invalid",
}

// verdictChecks are the ids of the results on them.
var verdictChecks = map[pull.Outcome]string{
	pull.Authenticated: finding.AuthenticatedPull,
	pull.Anonymous:     finding.AnonymousPull,
	pull.Unresolved:    finding.UnknownPull,
	pull.Fails:         finding.FailingPull,
	pull.InvalidImage:  finding.InvalidImage,
}

// audit returns a verdict on each image of each workload, and findings on them and on
// what makes them uncertain.
func (s task) audit(set resources) (verdicts []verdict, all finding.List) {
	all = slices.Clone(set.problems)
	j := newJudge(&plan{settings: s, set: set, config: fn.NewEmptyKubeObject()})
	for _, r := range set.all {
		pods, problems := s.pods(r, set)
		all = append(all, problems...)
		for _, p := range pods {
			j.twice(r)
			j.secretsOf(p.reference)
			j.findings = append(j.findings, set.serviceAccountsOf(p.account, j.judged)...)
			for _, c := range p.pulls {
				v := s.judgeContainer(j, p, c)
				verdicts = append(verdicts, v)
				all = append(all, v.finding)
			}
		}
	}
	if len(verdicts) == 0 && !all.HasErrors() && s.OnMissing != PolicyIgnore {
		all = append(all, finding.New(finding.MissingTarget, s.OnMissing.OfMissing(), "nothing to audit: there is no workload among the resources"))
	}
	kept := slices.DeleteFunc(j.findings, func(f finding.Finding) bool { return f.Check == finding.SecretMissing })
	return verdicts, append(all, kept.Graded(s.Preflight)...)
}

// auditedPods are the pods of a resource.
type auditedPods struct {
	*reference
	pulls []container
	// mayHaveMore is true if a controller may give the pods a list that is not there.
	mayHaveMore bool
}

// pods returns the pods of r, and findings on what of them cannot be looked at.
func (s task) pods(r *resource, set resources) (all []auditedPods, found finding.List) {
	if spec := fieldSpecOf(r); spec != nil {
		if r.gvk.Kind == "ServiceAccount" {
			return nil, nil
		}
		ref, problems := newReference(r, set, s.SecretName)
		if len(problems) > 0 {
			return nil, problems // what cannot be looked at is not fine
		}
		return []auditedPods{{reference: ref.asItIs(), pulls: auditedContainers(r)}}, r.unseen(s.Preflight)
	}
	images := r.otherImages()
	found = images.findings(r, s.Preflight)
	for _, pod := range images.pods {
		ref := &reference{resource: r, spec: &kinds.Spec{Kind: r.gvk.Kind, Fields: pod.fields, Traits: kinds.PodSpec}, parent: &pod.spec, stale: -1}
		ref, problems := ref.read(set, s.SecretName)
		containers, unreadable := containersOf(&pod.spec, joined(pod.fields))
		found = append(append(found, problems...), r.unreadableLists(unreadable)...)
		if len(problems) == 0 {
			all = append(all, auditedPods{ref.asItIs(), containers, !pod.isTemplate})
		}
	}
	return all, found
}

// asItIs returns r with nothing to add but what pods get from their ServiceAccount.
func (r *reference) asItIs() *reference {
	r.missing, r.stale = nil, -1
	if len(r.names) == 0 {
		r.missing = r.account.pullSecrets()
	}
	return r
}

// auditedContainers returns the containers of r, and for an Installation one whose image
// is not known here if that is so.
func auditedContainers(r *resource) []container {
	if isInstallation(r) && len(r.containers()) == 0 {
		return []container{{"calico-node", "", "spec"}}
	}
	return r.containers()
}

// judgeContainer returns the verdict on the image of a container.
func (s task) judgeContainer(j *judge, p auditedPods, c container) verdict {
	ref := p.reference
	v := verdict{resource: ref.resource, container: c, Verdict: s.auditKeyring(j, ref).Judge(c.image)}
	if c.image == "" && isInstallation(ref.resource) {
		v.Outcome = pull.Unresolved
	}
	if v.Why == pull.NoSecret && p.mayHaveMore {
		v.Outcome, v.Cause = pull.Unresolved, nil
	}
	host := pull.Host(v.Repository)
	v.audited = v.Repository == "" || slices.ContainsFunc(s.Audited, func(audited string) bool {
		repository, _ := pull.Repository(audited + "/x/y")
		return audited == "*" || pull.Host(repository) == host || pull.IsDockerHub(pull.Host(repository)) && pull.IsDockerHub(host)
	})
	v.reason = j.reason(ref, v)
	severity := fn.Info
	switch {
	case v.fails(s.Preflight):
		severity = fn.Error
	case v.Outcome == pull.Anonymous && v.audited:
		severity = fn.Error
	}
	v.finding = ref.says(verdictChecks[v.Outcome], severity, c.field, "%s", v.words())
	v.finding.IsVerdict = true
	return v
}

// fails reports whether the verdict makes an audit fail under the policy.
func (v verdict) fails(policy Policy) bool {
	if !v.audited {
		return false
	}
	switch v.Outcome {
	case pull.Anonymous, pull.Fails:
		return true
	case pull.Unresolved, pull.InvalidImage:
		return policy == PolicyStrict
	case pull.Authenticated: // one that is not known may be malformed, or hide the others
		return policy == PolicyStrict && len(v.Unknown) > 0
	}
	return false
}

// words returns the verdict as a sentence.
func (v verdict) words() string {
	image := v.Repository
	if image == "" {
		image = "an image"
	}
	switch v.Outcome {
	case pull.Authenticated:
		words := fmt.Sprintf("container %q: %s is pulled with Secret %s", v.container.name, image, quotedNames(v.By()))
		if v.reason != "" {
			words += ", unless " + v.reason
		}
		return words
	case pull.Anonymous:
		return fmt.Sprintf("container %q: %s is pulled anonymously, unless the node has a credential of its own: %s", v.container.name, image, v.reason)
	case pull.Fails:
		return fmt.Sprintf("container %q: the pull of %s fails: %s", v.container.name, image, v.reason)
	case pull.InvalidImage:
		return fmt.Sprintf("container %q: %s", v.container.name, v.reason)
	}
	return fmt.Sprintf("container %q: whether %s is pulled with a credential is not known here: %s", v.container.name, image, v.reason)
}

func quotedNames(names []string) string {
	var quoted []string
	for _, name := range names {
		quoted = append(quoted, fmt.Sprintf("%q", name))
	}
	return finding.Enumerate(quoted)
}

// auditKeyring returns the list of the pods of r as kubelet merges it. A Secret that is
// among the resources in another namespace only is not one that the pods can use.
func (s task) auditKeyring(j *judge, r *reference) *pull.Keyring {
	if j.keyrings[r] != nil {
		return j.keyrings[r]
	}
	namespace := secretNamespace(r.resource)
	var secrets []pull.Secret
	for _, name := range r.after() {
		content := s.contentIn(j.set, namespace, name)
		if j.isElsewhere(r, name) {
			content = pull.Authenticating()
		}
		secrets = append(secrets, pull.Secret{Name: name, Content: content})
	}
	j.keyrings[r] = pull.NewKeyring(secrets)
	return j.keyrings[r]
}

func (v verdict) image() string { return v.container.image }

// secretsText returns the names of the Secrets that authenticate, for a record.
func (v verdict) secretsText() string { return strings.Join(v.By(), ", ") }
