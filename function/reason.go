// SPDX-License-Identifier: Apache-2.0

package function

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/kinds"
	"example.com/calico-pull-secrets/internal/lazy"
	"example.com/calico-pull-secrets/internal/placeholder"
	"example.com/calico-pull-secrets/internal/pull"
	"example.com/calico-pull-secrets/internal/reference"
)

// isElsewhere reports whether r needs a Secret that is only in other namespaces.
func (j *judge) isElsewhere(r *reference.Reference, name string) bool {
	return !j.has(r, name) && j.set.IsElsewhere(r.Resource, name)
}

// reason returns why an image is not authenticated, or what that it is rests on. Empty if that needs
// no words.
func (j *judge) reason(r *reference.Reference, v pull.Verdict) string {
	switch v.Outcome {
	case pull.Authenticated:
		return j.whyAuthenticated(r, v)
	case pull.Anonymous:
		return cmp.Or(j.whyNotUsable(r), j.whyAnonymous(r, v))
	case pull.Fails:
		return fmt.Sprintf("kubelet cannot read Secret %s", quotedNames(v.Cause))
	case pull.Unresolved:
		return whyUnresolved(r, v)
	case pull.InvalidImage:
		return whyInvalid(v)
	}
	return ""
}

// whyAuthenticated returns what a verdict rests on, if that is not a known Secret alone.
func (j *judge) whyAuthenticated(r *reference.Reference, v pull.Verdict) string {
	clauses := ""
	if j.isByServers(r, v) {
		clauses = j.asServersSay(r, v.By())
	}
	if len(v.Unknown) > 0 {
		clauses += fmt.Sprintf(", unless Secret %s, whose content the program does not know, hides it or is malformed", quotedNames(v.Unknown))
	}
	if j.isEarly(r) {
		clauses += ", unless the pods start before " + earlyAccount
	}
	return strings.TrimPrefix(clauses, ", ")
}

// earlyAccount says what comes too late: see isEarly.
const earlyAccount = "ServiceAccount default, which comes after them in the input, has its list"

// whyNotUsable returns why the pods cannot use a Secret of the list: it has another name in the
// cluster, or is in another namespace. Empty if they can use all. It looks once for each list.
func (j *judge) whyNotUsable(r *reference.Reference) string {
	return lazy.Value(j.notUsable, r, func() string {
		for _, name := range finding.Distinct(r.After()) {
			if by := j.set.RenamedBy(r.Resource, name); by != "" {
				return fmt.Sprintf("%s renames Secret %q, but not this reference", finding.ShowName(by), name)
			}
			if j.set.IsRenamed(r.Resource, name) {
				return fmt.Sprintf("kustomize renames Secret %q, but not the reference to it in objects of kind %s", name, finding.ShowName(r.GVK.Kind))
			}
			if j.isElsewhere(r, name) {
				return fmt.Sprintf("needs Secret %q in namespace %s, but that Secret is in namespace %s", name, finding.ShowName(r.Resource.SecretNamespace()), finding.ShowName(j.set.NamespaceOf(name)))
			}
		}
		return ""
	})
}

// whyAnonymous returns why no Secret of the list authenticates the pull.
func (j *judge) whyAnonymous(r *reference.Reference, v pull.Verdict) string {
	names := quotedNames(v.Cause)
	switch v.Why {
	case pull.NoSecret:
		if r.IsRunning() {
			return "no imagePullSecrets, and a running pod gets no new ones"
		}
		if r.Spec.Has(kinds.PodSpec) && r.Account == nil {
			return "no imagePullSecrets, and its ServiceAccount is not among the resources"
		}
		return "no imagePullSecrets"
	case pull.IgnoredSecret:
		return fmt.Sprintf("kubelet ignores Secret %s because of its type", names)
	case pull.RefusedSecret:
		return fmt.Sprintf("the API server refuses Secret %s", names)
	case pull.NoCredential:
		return fmt.Sprintf("Secret %s has no user name and password that kubelet reads", names)
	case pull.Unusable:
		if len(v.Hidden) > 0 {
			return fmt.Sprintf("kubelet uses an entry of Secret %s without user name or password, instead of the entry of Secret %q", names, v.Hidden[0].Secret)
		}
		if len(v.By()) > 0 {
			return fmt.Sprintf("kubelet tries an entry of Secret %s without user name or password first", names)
		}
		return fmt.Sprintf("the entry of Secret %s that matches has no user name or no password", names)
	}
	return fmt.Sprintf("Secret %s is for %s%s", names, j.serversOf(r), j.asServersSay(r, v.Cause))
}

// whyUnresolved returns why nobody can tell how kubelet pulls the image.
func whyUnresolved(r *reference.Reference, v pull.Verdict) string {
	switch {
	case v.Image == "" && (r.Operator != nil || !r.Resource.IsInstallation()):
		return "the operator chooses the image"
	case v.Image == "":
		return "the operator chooses the image, but is not among the resources"
	case len(v.Cause) == 0:
		return "no imagePullSecrets, but the controller of this kind may add some"
	}
	return fmt.Sprintf("the program does not know the content of Secret %s", quotedNames(v.Cause))
}

// whyInvalid returns why nobody pulls the image.
func whyInvalid(v pull.Verdict) string {
	switch {
	case v.Image == "":
		return "no image, and the API server refuses that"
	case placeholder.In(v.Image):
		return "the image is a placeholder: audit the rendered manifests"
	}
	return "kubelet refuses the name of the image"
}

// asServersSay returns a clause if the program knows the content of one of the Secrets only from the
// setting servers, and otherwise an empty string.
func (j *judge) asServersSay(r *reference.Reference, names []string) string {
	if slices.ContainsFunc(names, func(name string) bool { return j.isDeclared(r, name) }) {
		return ", as servers says"
	}
	return ""
}

// serversOf returns the servers of the Secrets in the list of r, for a message.
func (j *judge) serversOf(r *reference.Reference) string {
	return lazy.Value(j.servedBy, r, func() string {
		var servers []string
		for _, name := range r.After() {
			servers = append(servers, j.contentFor(r, name).Servers()...)
		}
		if len(servers) == 0 {
			return "no registry"
		}
		return finding.ShowServers(servers)
	})
}

// isByServers reports whether an image is authenticated only because the setting servers says so.
func (j *judge) isByServers(r *reference.Reference, v pull.Verdict) bool {
	return v.Outcome == pull.Authenticated && len(v.By()) == 1 && j.isDeclared(r, v.By()[0])
}
