// SPDX-License-Identifier: Apache-2.0

package function

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"

	"example.com/calico-pull-secrets/internal/config"
	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/inventory"
	"example.com/calico-pull-secrets/internal/pull"
	"example.com/calico-pull-secrets/internal/reference"
	"example.com/calico-pull-secrets/internal/targets"
)

// authenticated returns those of the repositories of r for which our Secret offers kubelet a
// credential.
func (j *judge) authenticated(r *reference.Reference) (ours []string) {
	for _, repository := range j.pulledWith(r) {
		if slices.Contains(j.keyring(r).Judge(repository).By(), r.Secret) {
			ours = append(ours, repository)
		}
	}
	return ours
}

// coverage returns the end of a message: how many images of r the Secret authenticates. Empty if
// unknown.
func (j *judge) coverage(r *reference.Reference) string {
	images := j.pulledWith(r)
	if len(images) == 0 || j.contentOf(r, r.Secret).State != pull.Known {
		return ""
	}
	says := ""
	if j.emitted[r.Key("Secret", r.Resource.SecretNamespace(), r.Secret)] == nil {
		says = j.asServersSay(r, []string{r.Secret})
	}
	return fmt.Sprintf(" (authenticates %d of %d images%s)", len(j.authenticated(r)), len(images), says)
}

// pulledWith returns the repositories that pods pull from with the list of r, each once. For a
// ServiceAccount these are the pods that use it and have no list of their own.
func (j *judge) pulledWith(r *reference.Reference) []string {
	if r.GVK.Kind != "ServiceAccount" {
		return r.Repositories()
	}
	if j.users == nil {
		j.users = map[*inventory.Resource][]string{}
		for _, o := range j.set.Objects {
			for i := range o.Reading.Pods {
				pod := &o.Reading.Pods[i]
				if account := j.set.ServiceAccount(o, pod.Account); account != nil && len(pod.List.Names) == 0 && !o.IsRunning() {
					j.users[account] = append(j.users[account], inventory.RepositoriesOf(pod.Images)...)
				}
			}
		}
	}
	return finding.Distinct(j.users[r.Resource])
}

// The ends of messages: how kubelet pulls images that no Secret of the list authenticates, and
// images for which nobody knows that.
const (
	pulledAnonymously = ", so kubelet pulls %s anonymously, unless the node has a credential of its own"
	pulledSomehow     = ", so the program cannot tell whether kubelet pulls %s with a credential"
)

// registries reports images whose pulls the Secret does not authenticate.
func (j *judge) registries(r *reference.Reference) {
	images := j.pulledWith(r)
	ours := j.contentOf(r, r.Secret)
	if len(images) == 0 {
		return
	}
	if ours.State == pull.Unknown && j.elsewhere(r) != "" {
		return // another finding reports it
	}
	if ours.State == pull.Unknown {
		j.unknownRegistries(r, images)
		return
	}
	if ours.State != pull.Known || j.keyring(r).Judge(images[0]).Outcome == pull.Fails {
		return
	}
	covered := j.authenticated(r)
	hidden := j.hidden(r)
	var anonymous []string
	for _, image := range images {
		if !hidden[image] && j.keyring(r).Judge(image).Outcome == pull.Anonymous {
			anonymous = append(anonymous, image)
		}
	}
	soAnonymous := ""
	if len(anonymous) > 0 {
		soAnonymous = fmt.Sprintf(pulledAnonymously, finding.First(anonymous, 3))
	}
	only := "is for " + finding.ShowServers(ours.Servers()) + " only"
	switch none := len(covered)+len(hidden) == 0; {
	case len(ours.Servers()) == 0:
		j.add(r.Resource, r.Spec.Path(), finding.RegistryMismatch, fn.Warning,
			"Secret %q has no user name and password that kubelet can read%s\nhint: make it with kubectl create secret docker-registry; kubelet uses no credential store and no identity token", r.Secret, soAnonymous)
	case none && len(anonymous) == 0:
		j.add(r.Resource, r.Spec.Path(), finding.RegistryMismatch, fn.Warning, "Secret %q %s, but no image of this object comes from there\nhint: remove the reference with --remove", r.Secret, only)
	case none:
		j.add(r.Resource, r.Spec.Path(), finding.RegistryMismatch, fn.Warning, "Secret %q %s%s\nhint: %s",
			r.Secret, only, soAnonymous, cmp.Or(j.cure.RegistryLines(), j.cure.For(anonymous, false)))
	case len(anonymous) > 0:
		j.add(r.Resource, r.Spec.Path(), finding.RegistryPartial, fn.Warning, "Secret %q %s%s\nhint: %s",
			r.Secret, only, soAnonymous, cmp.Or(j.cure.RegistryLines(), j.cure.For(anonymous, true)))
	}
}

// unknownRegistries reports that the content of our Secret is unknown, and how to declare it.
func (j *judge) unknownRegistries(r *reference.Reference, images []string) {
	hosts, servers := finding.Enumerate(inventory.HostsOf(images)), inventory.ServersFor(images)
	hint := "if the Secret is for " + hosts + ", set servers=" + strings.Join(servers, ",")
	switch {
	case len(servers) == 0:
		hint = "no Secret can be for these images"
	case len(hint) > finding.LongestHint:
		hint = "set servers to the registries of the Secret"
	}
	j.add(r.Resource, r.Spec.Path(), finding.RegistryUnknown, fn.Info, "pulls from %s, but the program does not know the content of Secret %q\nhint: %s", hosts, r.Secret, hint)
}

// hidden returns the repositories for which our Secret has a credential that kubelet does not use,
// or tries only after an entry without a password. It also reports these entries.
func (j *judge) hidden(r *reference.Reference) map[string]bool {
	isOurs := func(o pull.Offer) bool { return o.Secret == r.Secret && o.Usable }
	var hidden, late, by, before []string
	unusable := false
	for _, image := range j.pulledWith(r) {
		v := j.keyring(r).Judge(image)
		switch {
		case slices.ContainsFunc(v.Offers, isOurs) && v.Outcome == pull.Anonymous:
			late = append(late, image)
			first := slices.IndexFunc(v.Offers, func(o pull.Offer) bool { return !o.Usable })
			before = append(before, finding.ShowOffer(v.Offers[first]))
		case slices.ContainsFunc(v.Hidden, isOurs) && !slices.ContainsFunc(v.Offers, isOurs):
			hidden = append(hidden, image)
			for _, o := range v.Offers {
				by = append(by, finding.ShowOffer(o))
				unusable = unusable || !o.Usable
			}
		}
	}
	orServer := ""
	if !unusable && j.settings.Secret != nil && len(j.settings.Secret.Registries) == 0 {
		orServer = ", or set secret.server=docker.io"
	}
	if len(hidden) > 0 {
		j.add(r.Resource, r.Spec.Path(), finding.HiddenCredential, fn.Warning,
			"kubelet does not use Secret %q for %s: the %s matches first\nhint: remove that entry%s", r.Secret, finding.Enumerate(hidden), finding.Enumerate(finding.Distinct(by)), orServer)
	}
	if len(late) > 0 {
		j.add(r.Resource, r.Spec.Path(), finding.HiddenCredential, fn.Warning,
			"kubelet first tries the %s and pulls %s anonymously if the registry allows that\nhint: remove that entry", finding.Enumerate(finding.Distinct(before)), finding.Enumerate(late))
	}
	all := map[string]bool{}
	for _, image := range slices.Concat(hidden, late) {
		all[image] = true
	}
	return all
}

// uncovered reports other workloads of Calico that pull from the same registries without a Secret.
func (j *judge) uncovered() {
	hosts := map[string]bool{}
	for _, host := range inventory.HostsOf(j.repositories) {
		hosts[host] = true
	}
	calico := config.PresetNamed("calico").Target()
	for _, o := range j.set.All {
		if j.targets[o] != nil || o.Spec() == nil {
			continue
		}
		entry := o.GVK.Kind + "/" + finding.ShowName(o.GetName())
		switch {
		case targets.Matches(calico, o):
			entry = "calico"
		case o.GVK.Kind == "DaemonSet" && targets.NameDistance("calico-node", o.GetName()) >= 0, targets.IsCalicoNode(o):
		default:
			continue
		}
		r, problems := reference.New(o, j.set, j.settings.SecretName)
		if len(problems) > 0 {
			continue
		}
		from := slices.DeleteFunc(slices.Clone(o.Containers()), func(i inventory.Image) bool {
			repository, ok := pull.Repository(i.Image)
			return !ok || !hosts[pull.Host(repository)]
		})
		j.notCovered(podList{Reference: r.Unchanged(), pulls: from}, from, "", fmt.Sprintf("set targets=%s to add the reference here, too", entry))
	}
}

// repositoriesOf returns all repositories that the pods pull from, each once.
func repositoriesOf(references []*reference.Reference) []string {
	var all []string
	for _, r := range references {
		all = append(all, r.Repositories()...)
	}
	return finding.Distinct(all)
}
