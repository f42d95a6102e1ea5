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

// The Tigera operator installs Calico from an Installation. It reads the Secrets of the
// Installation's list from its own namespace. It copies them to the namespaces that need
// them. If one is missing, the operator installs nothing.
const (
	OperatorName      = "tigera-operator" // the name of its Deployment and of its namespace
	OperatorInstalled = "calico-system"   // the namespace where it installs Calico
)

// IsInstallation reports whether r tells the operator what to install.
func (r *Resource) IsInstallation() bool {
	return r.GVK.Kind == kinds.Installation && r.GVK.Group == kinds.OperatorGroup
}

// IsOperator reports whether r is the operator itself.
func (r *Resource) IsOperator() bool { return r.GVK.Kind == "Deployment" && r.wasCalled(OperatorName) }

// SecretNamespace returns the namespace in which a Secret must be so that r can use it.
func (r *Resource) SecretNamespace() string {
	switch {
	case !r.IsInstallation():
		return r.GetNamespace()
	case r.Operator != nil && r.Operator.GetNamespace() != "":
		return r.Operator.GetNamespace()
	}
	return OperatorName
}

// operatorImage returns the image of calico-node that the operator uses for an
// Installation. It is empty if the image depends on the version of an operator that is
// not among the resources.
func (r *Resource) operatorImage() string {
	field := func(name string) string {
		for _, o := range r.installations() {
			if value := o.TextAt("spec", name); value != "" && value != "UseDefault" {
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
	default: // the program does not know its images
		return ""
	}
	if host = cmp.Or(host, r.operatorRegistry()); host == "" {
		return ""
	}
	return host + "/" + cmp.Or(field("imagePath"), folder) + "/" + field("imagePrefix") + name
}

// The operator merges two Installations. If there is an Installation overlay, its fields
// count before those of the Installation default. This is the rule of
// OverrideInstallationSpec in the operator's pkg/controller/utils.
const (
	installationDefault = "default"
	installationOverlay = "overlay"
)

// mergeInstallations links an Installation default and an overlay to each other.
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

// installations returns the Installation r, and the one that the operator merges it with.
// The overlay comes first.
func (r *Resource) installations() []*Resource {
	switch {
	case r.merged == nil:
		return []*Resource{r}
	case r.GetName() == installationOverlay:
		return []*Resource{r, r.merged}
	}
	return []*Resource{r.merged, r}
}

// IsMergedAway reports whether the operator ignores the list of pull Secrets of r. It
// ignores the list of a default whose overlay has a list, and of an overlay without a
// list.
func (r *Resource) IsMergedAway() bool {
	if r.merged == nil {
		return false
	}
	overlay := r.installations()[0]
	return overlay.Reading.List.IsSet == (r != overlay) // an empty list counts, null does not
}

// RegistryHint returns what the user can do so that the program knows the registry of the
// Installation r.
func (r *Resource) RegistryHint() string {
	if r.Operator != nil {
		return "set spec.registry, because the image of the operator shows no version"
	}
	return "give the program tigera-operator.yaml, too, or set spec.registry"
}

// firstOnQuay is the first version of the operator that pulls from quay.io by default. It
// belongs to Calico 3.30.4.
const firstOnQuay = "v1.38.7"

// operatorRegistry returns the registry that the operator of r uses by default. It is
// empty if the version of the operator is unknown.
func (r *Resource) operatorRegistry() string {
	if r.Operator == nil {
		return ""
	}
	for _, c := range r.Operator.Containers() {
		image, _, _ := strings.Cut(c.Image, "@")
		tag := image[strings.LastIndexByte(image, ':')+1:]
		version := "v" + strings.TrimPrefix(tag, "v")
		version = strings.TrimSuffix(semver.Canonical(version), semver.Prerelease(version)) // a build of a version has the same default
		isOperator := c.Name == OperatorName || path.Base(strings.TrimSuffix(image, ":"+tag)) == "operator"
		switch {
		case version == "" || !isOperator: // a sidecar, or a tag without a version
		case semver.Compare(version, firstOnQuay) >= 0:
			return "quay.io"
		default:
			return "docker.io"
		}
	}
	return ""
}

// IsOwnedByOperator reports whether the operator created r. Then r names it as its owner,
// or has a name that only the operator gives. Manifests put objects with these names into
// kube-system.
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
