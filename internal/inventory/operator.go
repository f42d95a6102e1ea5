// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"golang.org/x/mod/semver"
	"sigs.k8s.io/kustomize/kyaml/resid"

	"example.com/calico-pull-secrets/internal/kinds"
)

// The Tigera operator installs Calico from an Installation. It reads the Secrets
// of the list there from its own namespace, and copies them to where it needs
// them. If one is missing, it installs nothing.
const (
	OperatorName      = "tigera-operator" // of its Deployment, and of its namespace
	OperatorInstalled = "calico-system"   // where it puts Calico
)

// IsInstallation reports whether r tells the operator what to install.
func (r *Resource) IsInstallation() bool {
	return r.GVK.Kind == kinds.Installation && r.GVK.Group == kinds.OperatorGroup
}

// IsOperator reports whether r is the operator itself.
func (r *Resource) IsOperator() bool { return r.GVK.Kind == "Deployment" && r.WasCalled(OperatorName) }

// SecretNamespace returns the namespace in which a Secret has to be for r to use it.
func (r *Resource) SecretNamespace() string {
	switch {
	case !r.IsInstallation():
		return r.GetNamespace()
	case r.Operator != nil && r.Operator.GetNamespace() != "":
		return r.Operator.GetNamespace()
	}
	return OperatorName
}

// operatorImage returns the image of calico-node that an Installation makes the
// operator use, empty if that depends on the version of an operator that is not among
// the resources.
func (r *Resource) operatorImage() string {
	field := func(name string) string {
		for _, o := range r.installations() {
			if value, _, _ := o.NestedString("spec", name); value != "" && value != "UseDefault" {
				return value
			}
		}
		return ""
	}
	host, folder, name := strings.TrimSuffix(field("registry"), "/"), "calico", "node"
	switch field("variant") {
	case "", "Calico":
	case "TigeraSecureEnterprise", "CalicoEnterprise":
		host, folder, name = cmp.Or(host, "quay.io"), "tigera", "cnx-node"
	default: // of which the images are not known
		return ""
	}
	if host = cmp.Or(host, r.operatorRegistry()); host == "" {
		return ""
	}
	return host + "/" + cmp.Or(field("imagePath"), folder) + "/" + field("imagePrefix") + name
}

// The operator merges the Installation overlay, if there is one, over the Installation
// default: of each field the value of the overlay counts, if it has one. The rule is that of
// OverrideInstallationSpec in the operator's pkg/controller/utils.
const (
	installationDefault = "default"
	installationOverlay = "overlay"
)

// mergeInstallations tells an Installation default and an overlay of each other.
func (set *Set) mergeInstallations() {
	var base, overlay *Resource
	for _, r := range set.All {
		switch {
		case !r.IsInstallation() || r.Cluster != 0 || r.IsUnlisted():
		case r.GetName() == installationDefault:
			base = r
		case r.GetName() == installationOverlay:
			overlay = r
		}
	}
	if base != nil && overlay != nil {
		base.merged, overlay.merged = overlay, base
	}
}

// installations returns the Installation r and the one that it is merged with, the overlay
// first.
func (r *Resource) installations() []*Resource {
	switch {
	case r.merged == nil:
		return []*Resource{r}
	case r.GetName() == installationOverlay:
		return []*Resource{r, r.merged}
	}
	return []*Resource{r.merged, r}
}

// IsMergedAway reports whether the list of pull Secrets of r does not count: r is an
// Installation default whose overlay has a list, or an overlay without one.
func (r *Resource) IsMergedAway() bool {
	if r.merged == nil {
		return false
	}
	overlay := r.installations()[0]
	return overlay.Reading.List.IsSet == (r != overlay) // an empty list counts, null does not
}

// RegistryHint returns what makes known from where the Installation r pulls.
func (r *Resource) RegistryHint() string {
	if r.Operator != nil {
		return "set spec.registry: the image of the operator shows no version"
	}
	return "hand over tigera-operator.yaml, too, or set spec.registry"
}

// firstOnQuay is the version of the operator from which on it takes its images from
// quay.io unless told otherwise: that of Calico 3.30.4.
const firstOnQuay = "v1.38.7"

// operatorRegistry returns the registry that the operator of r takes its images from
// by itself, empty if its version cannot be told.
func (r *Resource) operatorRegistry() string {
	if r.Operator == nil {
		return ""
	}
	for _, c := range r.Operator.Containers() {
		image, _, _ := strings.Cut(c.Image, "@")
		tag := image[strings.LastIndexByte(image, ':')+1:]
		version := "v" + strings.TrimPrefix(tag, "v")
		version = strings.TrimSuffix(semver.Canonical(version), semver.Prerelease(version)) // a build of it has the same default
		isOperator := c.Name == OperatorName || path.Base(strings.TrimSuffix(image, ":"+tag)) == "operator"
		switch {
		case version == "" || !isOperator: // a sidecar, or a tag that says nothing
		case semver.Compare(version, firstOnQuay) >= 0:
			return "quay.io"
		default:
			return "docker.io"
		}
	}
	return ""
}

// IsOwnedByOperator reports whether the operator made r: it says so, or is called
// what only the operator calls it. Manifests put these into kube-system.
func (r *Resource) IsOwnedByOperator() bool {
	owners, _, _ := r.NestedSlice("metadata", "ownerReferences")
	for _, o := range owners {
		apiVersion, _, _ := o.NestedString("apiVersion")
		if group, _ := resid.ParseGroupVersion(apiVersion); group == kinds.OperatorGroup {
			return true
		}
	}
	return r.GetNamespace() == OperatorInstalled && (r.GVK.Kind == "DaemonSet" && r.GetName() == "calico-node" ||
		r.GVK.Kind == "Deployment" && slices.Contains([]string{"calico-typha", "calico-kube-controllers"}, r.GetName()))
}
