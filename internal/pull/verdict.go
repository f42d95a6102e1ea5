// SPDX-License-Identifier: Apache-2.0

package pull

// A Verdict says how kubelet pulls an image. Verdicts share their slices: nobody may
// change them.
type Verdict struct {
	Image      string
	Repository string // empty if the image is not a valid reference
	Outcome    Outcome
	Offers     []Offer  // all credentials that kubelet tries, in its order; none if the pull fails before
	Hidden     []Offer  // what kubelet would try if nothing else matched
	Why        Reason   // for Anonymous only
	Cause      []string // the Secrets that cause Anonymous, Unresolved or Fails; in order, each once
	Unknown    []string // the listed Secrets with unknown content, in order, each once

	by []string
}

// By returns the Secrets whose usable credentials kubelet offers, in the order in which
// kubelet tries them, each once.
func (v Verdict) By() []string { return v.by }

// An Outcome says which credential kubelet uses to pull an image.
type Outcome int

const (
	// Unresolved: the program knows no usable credential for the image, and the content
	// of a listed Secret is unknown.
	Unresolved Outcome = iota
	// Authenticated: the first credential that kubelet offers for the image has a user name
	// and a password. A Secret with unknown content may add other credentials before it. Such a
	// Secret may also be malformed, or hide a credential that kubelet offers only if no
	// other matches.
	Authenticated
	// Anonymous: kubelet sends no credential for the image, as far as the list says. It
	// offers others only if the registry refuses that. The node may have credentials of its
	// own.
	Anonymous
	// Fails: the pod has a malformed Secret in its list, so each of its pulls fails.
	Fails
	// InvalidImage: kubelet refuses the reference.
	InvalidImage
)

// A Reason says why a pull is anonymous.
type Reason int

const (
	// NoReason belongs to all other outcomes.
	NoReason Reason = iota
	// NoSecret: the list has no names.
	NoSecret
	// RefusedSecret: the API server refuses a Secret of the list, and no other Secret
	// matches.
	RefusedSecret
	// IgnoredSecret: kubelet ignores a Secret of the list, and no other Secret matches.
	IgnoredSecret
	// NoCredential: the Secrets of the list have no usable credential for any registry.
	NoCredential
	// NoMatch: the Secrets of the list are for other registries.
	NoMatch
	// Unusable: the first entry that matches has no user name or no password. kubelet
	// offers it, and the registry treats such a pull as anonymous. kubelet offers the other
	// entries that match only if that pull fails.
	Unusable
)

// An Offer is a credential that kubelet tries for an image.
type Offer struct {
	Secret   string // its name
	Index    int    // its position in the list
	Endpoint string // the host and path under which the credential is stored
	Server   string // the key as the Secret spells it. It may contain a password: show the Endpoint instead
	Usable   bool   // it has a user name and a password; without both containerd sends nothing
}
