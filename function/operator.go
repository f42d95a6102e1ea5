// SPDX-License-Identifier: Apache-2.0

package function

import (
	"slices"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"

	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/inventory"
	"example.com/calico-pull-secrets/internal/pull"
	"example.com/calico-pull-secrets/internal/reference"
)

// operatorOwned reports a change that the Tigera operator undoes, and a missing Secret without
// which it installs nothing.
func (j *judge) operatorOwned(r *reference.Reference) {
	if r.Resource.IsOwnedByOperator() && !(r.IsDone() && j.has(r, r.Secret)) { // then nothing changes
		j.add(r.Resource, r.Spec.Path(), finding.OperatorOwned, fn.Warning,
			"the Tigera operator made this object and will overwrite the change\nhint: give the program its Installation, and set targets=operator")
	}
	if r.Resource.IsInstallation() && !j.has(r, r.Secret) {
		j.add(r.Resource, r.Spec.Path(), finding.SecretMissing, fn.Warning,
			"Secret %q is not among the resources, and without it in namespace %s the operator installs nothing", r.Secret, finding.ShowName(r.Resource.SecretNamespace()))
	}
}

// operator reports an operator that pulls without a Secret. The list of the Installation does not
// help it: the operator's own pod starts before it reads that list.
func (j *judge) operator(r *reference.Reference) {
	if !r.Resource.IsInstallation() {
		return
	}
	if len(r.Repositories()) == 0 {
		j.add(r.Resource, "spec.registry", finding.RegistryUnknown, fn.Info, "the program cannot tell which registry the operator uses\nhint: %s", r.Resource.RegistryHint())
	}
	o := r.Operator
	if o == nil || j.targets[o] != nil {
		return
	}
	own, problems := reference.New(o, j.set, j.settings.SecretName)
	if len(problems) > 0 || len(own.Listed) > 0 || len(own.Account.PullSecrets()) > 0 {
		return
	}
	content := j.contentOf(r, r.Secret)
	if content.State == pull.Known && !coversAny(content, own.Repositories()) {
		return // the Secret is not for the operator's image
	}
	if hosts := inventory.HostsOf(r.Repositories()); content.State == pull.Known || slices.ContainsFunc(inventory.HostsOf(own.Repositories()), func(host string) bool { return slices.Contains(hosts, host) }) {
		j.add(o, own.Spec.Path(), finding.UncoveredWorkload, fn.Info,
			"pulls %s without a Secret: the operator does not use the imagePullSecrets of its Installation for its own pod\nhint: add Deployment/%s to targets", finding.Enumerate(own.Repositories()), finding.ShowName(o.GetName()))
	}
}

// inside reports a target inside another object, which goes to another cluster. The emitted Secret
// does not go there.
func (j *judge) inside(r *reference.Reference) {
	if r.Cluster != 0 && (j.settings.Secret != nil || j.settings.External != nil) && !j.has(r, r.Secret) {
		outer := j.set.Objects[r.Cluster-1]
		j.add(r.Resource, r.Spec.Path(), finding.SecretMissing, fn.Warning, "belongs to the cluster of %[2]s, but that object does not contain Secret %[1]q\nhint: write the Secret into that object by hand", r.Secret, outer)
	}
}
