// SPDX-License-Identifier: Apache-2.0

package function

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
	operatorName      = "tigera-operator" // of its Deployment, and of its namespace
	operatorInstalled = "calico-system"   // where it puts Calico
)

// isInstallation reports whether r tells the operator what to install.
func isInstallation(r *resource) bool {
	return r.gvk.Kind == kinds.Installation && r.gvk.Group == kinds.OperatorGroup
}

// isOperator reports whether r is the operator itself.
func isOperator(r *resource) bool { return r.gvk.Kind == "Deployment" && wasCalled(r, operatorName) }

// secretNamespace returns the namespace in which a Secret has to be for r to use it.
func secretNamespace(r *resource) string {
	switch {
	case !isInstallation(r):
		return r.GetNamespace()
	case r.operator != nil && r.operator.GetNamespace() != "":
		return r.operator.GetNamespace()
	}
	return operatorName
}

// operatorImage returns the image of calico-node that an Installation makes the
// operator use, empty if that depends on the version of an operator that is not among
// the resources.
func (r *resource) operatorImage() string {
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
func (set *resources) mergeInstallations() {
	var base, overlay *resource
	for _, r := range set.all {
		switch {
		case !isInstallation(r) || r.cluster != 0:
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
func (r *resource) installations() []*resource {
	switch {
	case r.merged == nil:
		return []*resource{r}
	case r.GetName() == installationOverlay:
		return []*resource{r, r.merged}
	}
	return []*resource{r.merged, r}
}

// isMergedAway reports whether the list of pull Secrets of r does not count: r is an
// Installation default whose overlay has a list, or an overlay without one.
func (r *resource) isMergedAway() bool {
	if r.merged == nil {
		return false
	}
	overlay := r.installations()[0]
	return overlay.reading.List.IsSet == (r != overlay) // an empty list counts, null does not
}

// tellRegistry returns what makes known from where the Installation r pulls.
func tellRegistry(r *resource) string {
	if r.operator != nil {
		return "set spec.registry, as the operator's image has no version that could be told"
	}
	return "add the operator's Deployment to the resources, whose version decides, or set spec.registry"
}

// firstOnQuay is the version of the operator from which on it takes its images from
// quay.io unless told otherwise: that of Calico 3.30.4.
const firstOnQuay = "v1.38.7"

// operatorRegistry returns the registry that the operator of r takes its images from
// by itself, empty if its version cannot be told.
func (r *resource) operatorRegistry() string {
	if r.operator == nil {
		return ""
	}
	for _, c := range r.operator.containers() {
		image, _, _ := strings.Cut(c.Image, "@")
		tag := image[strings.LastIndexByte(image, ':')+1:]
		version := "v" + strings.TrimPrefix(tag, "v")
		version = strings.TrimSuffix(semver.Canonical(version), semver.Prerelease(version)) // a build of it has the same default
		isOperator := c.Name == operatorName || path.Base(strings.TrimSuffix(image, ":"+tag)) == "operator"
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

// isOwnedByOperator reports whether the operator made r: it says so, or is called
// what only the operator calls it. Manifests put these into kube-system.
func isOwnedByOperator(r *resource) bool {
	owners, _, _ := r.NestedSlice("metadata", "ownerReferences")
	for _, o := range owners {
		apiVersion, _, _ := o.NestedString("apiVersion")
		if group, _ := resid.ParseGroupVersion(apiVersion); group == kinds.OperatorGroup {
			return true
		}
	}
	return r.GetNamespace() == operatorInstalled && (r.gvk.Kind == "DaemonSet" && r.GetName() == "calico-node" ||
		r.gvk.Kind == "Deployment" && slices.Contains([]string{"calico-typha", "calico-kube-controllers"}, r.GetName()))
}
