// SPDX-License-Identifier: Apache-2.0

package function

import (
	"cmp"
	"slices"

	"example.com/calico-pull-secrets/internal/caller"
	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/inventory"
	"example.com/calico-pull-secrets/internal/kinds"
	"example.com/calico-pull-secrets/internal/pull"
	"example.com/calico-pull-secrets/internal/reference"
)

// A podList is a list of pull Secrets as it is, and the images that kubelet pulls with it.
type podList struct {
	*reference.Reference // nil if problems say why nobody can read the list
	problems             finding.List
	pulls                []inventory.Image
	// mayHaveMore is true if a controller may add a list that the object does not show.
	mayHaveMore bool
}

// podsOf returns the pods of r, also those with a list that it cannot read: an audit must not pass
// what it did not see.
func (j *judge) podsOf(r *inventory.Resource) (all []podList) {
	add := func(ref *reference.Reference, problems finding.List, pulls []inventory.Image, mayHaveMore bool) {
		p := podList{problems: problems, pulls: pulls, mayHaveMore: mayHaveMore}
		if len(problems) == 0 {
			p.Reference = ref.Unchanged()
		}
		all = append(all, p)
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
	return all
}

// isAudited reports whether kubelet may pull an image of the pods from a registry that the audit
// asks for. Pods without an image that the program can see may pull any.
func (j *judge) isAudited(p podList) bool {
	return len(p.pulls) == 0 || slices.ContainsFunc(p.pulls, func(c inventory.Image) bool { return c.IsPulled() && j.asksFor(c) })
}

// isEarly reports whether the pods may start before their ServiceAccount has its list, and so without
// one: kubectl makes the objects of a stream in their order, and the cluster makes "default" by itself.
// Pods with any other ServiceAccount wait for it.
func (j *judge) isEarly(r *reference.Reference) bool {
	a := r.Account
	return j.set.From == caller.Plain && a != nil && len(r.Listed) == 0 && a.GetName() == "default" && a.TextAt("metadata", "uid") == "" &&
		r.Number < a.Number && r.Source == a.Source && r.File == nil && a.File == nil
}

// hasList reports whether the pods have a list of pull Secrets, or one that nobody can read.
func (p podList) hasList() bool { return p.Reference == nil || len(p.After()) > 0 }

// asksFor reports whether the audit asks for the registry of an image. It does for an unknown image.
func (j *judge) asksFor(c inventory.Image) bool {
	return c.Image == "" || j.set.Question.Concerns(c.Image)
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

// whyUncovered says why the pods of a list get no Secret, and how they can get one.
func (p podList) whyUncovered() (why, hint string) {
	name := cmp.Or(finding.ShowName(p.GetName()), ".*") // with generateName the API server makes the name
	add := "add " + p.GVK.Kind + "/" + name + " to targets"
	own := p.Resource.Spec()
	switch isTemplate := slices.Contains(p.Reading.Templates(), p.Pod); {
	case p.Misnamed() != nil:
		return ": its apiVersion does not belong to its kind", "write apiVersion: " + p.Misnamed().APIVersion()
	case own != nil && own.Has(kinds.Operated):
		return ": its operator reads the pull secrets from " + own.Path(), add
	case isTemplate && p.RunsOnce():
		return ": an object of this kind gets one only if a target names the kind", add
	case isTemplate:
		return ": a target with a registry does not select this name of the registry", add
	case own == nil && len(p.Reading.Templates()) == 0:
		return ": this is no pod template, so its controller may read imagePullSecrets elsewhere", "if the controller reads them here, " + add
	}
	return "", "write imagePullSecrets there by hand"
}

// isTarget reports whether the list of the pods is that of a target.
func (j *judge) isTarget(p podList) bool {
	return slices.ContainsFunc(j.targets[p.Resource], func(r *reference.Reference) bool { return r.Pod == p.Pod || r.Spec.Has(kinds.Operated) })
}
