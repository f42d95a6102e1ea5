// SPDX-License-Identifier: Apache-2.0

package function

import (
	"fmt"
	"slices"
	"strings"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"

	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/imagetext"
	"example.com/calico-pull-secrets/internal/inventory"
	"example.com/calico-pull-secrets/internal/kinds"
	"example.com/calico-pull-secrets/internal/pull"
	"example.com/calico-pull-secrets/internal/reference"
	"example.com/calico-pull-secrets/internal/secrets"
	"example.com/calico-pull-secrets/internal/unseen"
)

// A verdict says how kubelet pulls the image of one container.
type verdict struct {
	*inventory.Resource
	container *inventory.Image
	pull.Verdict
	audited bool   // the audit asks for its registry
	reason  string // why it is not authenticated, for people
	cure    string // see cureOf; empty if it does not fail
	// isFailing is true if it makes the audit fail. excepted names what lets it pass.
	isFailing bool
	// isDeclared is true if only the setting servers says that a Secret authenticates it.
	isDeclared bool
	excepted   string
}

// audit returns a verdict on each image of each workload, and findings on what makes them
// uncertain. It adds a finding for each verdict if results show the findings.
func (s task) audit(set *secrets.Set) (verdicts []verdict, all finding.List) {
	all = slices.Clone(set.Problems)
	verdicts = make([]verdict, 0, len(set.All)) // most have one
	workloads := 0
	j := newJudge(&plan{settings: s, set: set, config: fn.NewEmptyKubeObject()})
	same := twins{listed: map[*inventory.Resource]bool{}, accounts: map[*inventory.Resource]bool{}}
	for _, r := range set.Objects {
		pods, problems := j.podsOf(r)
		all = append(append(append(all, unseen.Dark(r, s.Preflight)...), problems...), unseen.Unjudgeable(r, s.Preflight)...)
		workloads += len(pods)
		for _, p := range pods {
			same.see(j, p)
			j.secretsOf(p.Reference)
			for i := range p.pulls {
				if !p.pulls[i].IsPulled() {
					continue
				}
				v := j.verdictOn(p, &p.pulls[i])
				if verdicts = append(verdicts, v); s.showsResults {
					all = append(all, v.asFinding(s.Preflight))
				}
			}
			delete(j.keyrings, p.Reference) // there are thousands of references
			delete(j.servedBy, p.Reference)
			delete(j.notUsable, p.Reference)
		}
	}
	same.find(j)
	if workloads == 0 && !all.HasErrors() && s.OnMissing != finding.PolicyIgnore {
		all = append(all, finding.New(finding.MissingTarget, s.OnMissing.OfMissing(), "nothing to audit: there is no workload among the resources"))
	}
	all = append(append(all, s.unused(set)...), slices.Concat(unseen.Rendered(s.Settings, set), unseen.Unlisted(s.Settings, set))...)
	kept := slices.DeleteFunc(j.findings, func(f finding.Finding) bool { return f.Check == finding.SecretMissing })
	return verdicts, append(all, kept.Graded(s.Preflight)...)
}

// unused returns a finding for each registry that the user asked to audit and no image names: most
// likely it is misspelt.
func (s task) unused(set *secrets.Set) (all finding.List) {
	for _, registry := range s.Audited {
		if registry == "*" || registry == "docker.io" { // the default
			continue
		}
		question := imagetext.About([]string{registry})
		isNamed := func(r *inventory.Resource) bool {
			return slices.ContainsFunc(r.Containers(), func(i inventory.Image) bool { return question.Concerns(i.Image) }) ||
				slices.ContainsFunc(r.Reading.Pods, func(p inventory.Pod) bool {
					return slices.ContainsFunc(p.Images, func(i inventory.Image) bool { return question.Concerns(i.Image) })
				}) ||
				slices.ContainsFunc(r.Reading.Dark, func(d inventory.Dark) bool {
					return d.Image == "" || question.Concerns(d.Image) || slices.ContainsFunc(d.Others, question.Concerns)
				})
		}
		if !slices.ContainsFunc(set.Objects, isNamed) {
			all = append(all, finding.New(finding.RegistryUnused, s.Preflight.Grade(finding.Warning), "audit.registries: nothing here comes from %s\nhint: write the host as the images have it",
				finding.ShowRegistry(registry, inventory.HostsPulledFrom(set.Workloads()))))
		}
	}
	return all
}

// A podList is a list of pull Secrets as it is, and the images that kubelet pulls with it.
type podList struct {
	*reference.Reference
	pulls []inventory.Image
	// mayHaveMore is true if a controller may add a list that the object does not show.
	mayHaveMore bool
}

// podsOf returns the pods of r, and findings on lists that it cannot read. Without such a finding
// an audit would pass what it did not see.
func (j *judge) podsOf(r *inventory.Resource) (all []podList, found finding.List) {
	add := func(ref *reference.Reference, problems finding.List, pulls []inventory.Image, mayHaveMore bool) {
		if found = append(found, problems...); len(problems) == 0 {
			all = append(all, podList{ref.Unchanged(), pulls, mayHaveMore})
		}
	}
	own := r.Reading.Pod()
	if spec := r.Reading.Spec; spec != nil && r.GVK.Kind != "ServiceAccount" && !spec.Has(kinds.Operated) && !r.IsMergedAway() {
		ref, problems := reference.New(r, j.set, j.settings.SecretName)
		add(ref, problems, auditedContainers(r), false)
	}
	for i := range r.Reading.Pods {
		if pod := &r.Reading.Pods[i]; pod != own {
			ref, problems := reference.OfPod(r, pod, j.set, j.settings.SecretName)
			add(ref, problems, pod.Images, !pod.IsWhole)
		}
	}
	return all, found
}

// auditedContainers returns the containers of r. For an Installation with no known image it returns
// one container without an image.
func auditedContainers(r *inventory.Resource) []inventory.Image {
	if r.IsInstallation() && len(r.Containers()) == 0 {
		return []inventory.Image{{Name: "calico-node", Field: "spec", IsChosen: true}}
	}
	return r.Containers()
}

// judge returns what becomes of the pull of an image with the list, which a ring has.
func (p podList) judge(ring *pull.Keyring, c *inventory.Image) pull.Verdict {
	v := ring.Judge(c.Image)
	if c.IsChosen {
		v.Outcome = pull.Unresolved
	}
	if v.Why == pull.NoSecret && p.mayHaveMore {
		v.Outcome, v.Cause = pull.Unresolved, nil
	}
	return v
}

// verdictOn returns the verdict on the image of a container.
func (j *judge) verdictOn(p podList, c *inventory.Image) verdict {
	ref := p.Reference
	v := verdict{Resource: ref.Resource, container: c, Verdict: p.judge(j.auditKeyring(ref), c)}
	v.audited = v.Repository == "" && c.Image == "" || j.set.Question.Concerns(c.Image)
	v.reason = j.reason(ref, v.Verdict)
	v.isDeclared = j.isByServers(ref, v.Verdict)
	if v.fails(j.settings.Preflight) {
		v.cure = j.cureOf(p, v)
	}
	return v
}

func (v verdict) asFinding(policy finding.Policy) finding.Finding {
	severity := fn.Info
	if v.fails(policy) {
		severity = fn.Error
	}
	f := v.Finding(finding.VerdictOn(v.Outcome).Check, severity, v.container.Field, "%s", v.words())
	f.IsVerdict, f.Container, f.Images = true, v.container.Name, v.container.Image
	return f
}

// fails reports whether the verdict makes an audit fail under the policy.
func (v verdict) fails(policy finding.Policy) bool {
	if !v.audited {
		return false
	}
	switch v.Outcome {
	case pull.Anonymous, pull.Fails:
		return true
	case pull.Unresolved, pull.InvalidImage:
		return policy == finding.PolicyStrict
	case pull.Authenticated: // an unknown Secret may be malformed, or hide the others
		return policy == finding.PolicyStrict && len(v.Unknown) > 0
	}
	return false
}

func (v verdict) words() string {
	image := v.Repository
	if image == "" {
		image = "an image"
	}
	switch v.Outcome {
	case pull.Authenticated:
		words := fmt.Sprintf("container %q: %s is pulled with Secret %s", v.container.Name, image, quotedNames(v.By()))
		if v.reason != "" {
			words += ", " + v.reason
		}
		return words
	case pull.Anonymous:
		return fmt.Sprintf("container %q: %s is pulled anonymously, unless the node has a credential of its own: %s", v.container.Name, image, v.reason)
	case pull.Fails:
		return fmt.Sprintf("container %q: the pull of %s fails: %s", v.container.Name, image, v.reason)
	case pull.InvalidImage:
		return fmt.Sprintf("container %q: %s", v.container.Name, v.reason)
	}
	return fmt.Sprintf("container %q: cannot tell whether kubelet pulls %s with a credential: %s", v.container.Name, image, v.reason)
}

func quotedNames(names []string) string {
	var quoted []string
	for _, name := range names {
		quoted = append(quoted, fmt.Sprintf("%q", name))
	}
	return finding.Enumerate(quoted)
}

// auditKeyring returns the list of the pods of r as kubelet merges it. It holds nothing for a
// Secret that is only in another namespace: the pods cannot use it.
func (j *judge) auditKeyring(r *reference.Reference) *pull.Keyring {
	if j.keyrings[r] != nil {
		return j.keyrings[r]
	}
	var secrets []pull.Secret
	for _, name := range once(r.After()) {
		content := j.contentFor(r, name)
		if j.isElsewhere(r, name) || j.set.IsRenamed(r.Resource, name) {
			content = pull.Authenticating()
		}
		secrets = append(secrets, pull.Secret{Name: name, Content: content})
	}
	j.keyrings[r] = pull.NewKeyring(secrets)
	return j.keyrings[r]
}

// secretsText returns the names of the Secrets that authenticate, for a record. It is empty for
// another outcome.
func (v verdict) secretsText() string {
	if v.Outcome != pull.Authenticated {
		return ""
	}
	return strings.Join(v.By(), ", ")
}
