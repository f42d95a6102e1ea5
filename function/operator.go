// SPDX-License-Identifier: Apache-2.0

package function

import (
	"path"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/version"
	"sigs.k8s.io/kustomize/kyaml/resid"
)

// The Tigera operator installs Calico from an Installation. It reads the Secrets
// of the list there from its own namespace, and copies them to where it needs
// them. If one is missing, it installs nothing.
const (
	installation      = "Installation"
	operatorGroup     = "operator.tigera.io"
	operatorName      = "tigera-operator" // of its Deployment, and of its namespace
	operatorInstalled = "calico-system"   // where it puts Calico
)

// isInstallation reports whether r tells the operator what to install.
func isInstallation(r *resource) bool {
	return r.gvk.Kind == installation && r.gvk.Group == operatorGroup
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
		value, _, _ := r.NestedString("spec", name)
		if value == "UseDefault" {
			return ""
		}
		return value
	}
	host := strings.TrimSuffix(field("registry"), "/")
	if variant := field("variant"); variant != "" && variant != "Calico" { // of which the images are others
		return ""
	}
	if host == "" {
		host = r.operatorRegistry()
	}
	if host == "" {
		return ""
	}
	folder := field("imagePath")
	if folder == "" {
		folder = "calico"
	}
	return host + "/" + folder + "/" + field("imagePrefix") + "node"
}

// firstOnQuay is the version of the operator from which on it takes its images from
// quay.io unless told otherwise: that of Calico 3.30.4.
var firstOnQuay = version.MustParseGeneric("1.38.7")

// operatorRegistry returns the registry that the operator of r takes its images from
// by itself, empty if its version cannot be told.
func (r *resource) operatorRegistry() string {
	if r.operator == nil {
		return ""
	}
	for _, c := range r.operator.containers() {
		image, _, _ := strings.Cut(c.image, "@")
		tag := image[strings.LastIndexByte(image, ':')+1:]
		v, err := version.ParseGeneric(tag)
		isOperator := c.name == operatorName || path.Base(strings.TrimSuffix(image, ":"+tag)) == "operator"
		switch {
		case err != nil || !isOperator: // a sidecar, or a tag that says nothing
		case v.AtLeast(firstOnQuay):
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
		if group, _ := resid.ParseGroupVersion(apiVersion); group == operatorGroup {
			return true
		}
	}
	return r.GetNamespace() == operatorInstalled && (r.gvk.Kind == "DaemonSet" && r.GetName() == "calico-node" ||
		r.gvk.Kind == "Deployment" && slices.Contains([]string{"calico-typha", "calico-kube-controllers"}, r.GetName()))
}
