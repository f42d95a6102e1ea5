// SPDX-License-Identifier: Apache-2.0

package pull

// A Verdict is what becomes of the pull of an image. Its slices are shared with
// other verdicts: they must not be changed.
type Verdict struct {
	Image      string
	Repository string // empty if the image is no valid reference
	Outcome    Outcome
	Offers     []Offer  // all that kubelet tries, in its order; none if it fails before
	Hidden     []Offer  // what it would try if nothing else had matched
	Why        Reason   // for Anonymous only
	Cause      []string // the Secrets that are the reason if it is Anonymous, Unresolved or Fails; in order, each once
	Unknown    []string // the listed Secrets whose content is not known, in order, each once

	by []string
}

// By returns the Secrets of which a usable credential is offered, in the order in
// which kubelet tries them, each once.
func (v Verdict) By() []string { return v.by }

// An Outcome says with what kubelet pulls an image.
type Outcome int

const (
	// Unresolved is an image for which nothing usable is known, while the content of a
	// listed Secret is not known.
	Unresolved Outcome = iota
	// Authenticated is an image for which kubelet offers a credential that has a user
	// name and a password. A Secret that is not known may add others before it; and
	// it may be malformed, or hide a credential that is offered only for want of others.
	Authenticated
	// Anonymous is an image for which none is sent, as far as the list says: the node
	// may have credentials of its own.
	Anonymous
	// Fails is any image of a pod with a malformed Secret in its list.
	Fails
	// InvalidImage is a reference that kubelet refuses.
	InvalidImage
)

// A Reason says why a pull is anonymous.
type Reason int

const (
	// NoReason is that of other outcomes.
	NoReason Reason = iota
	// NoSecret is a list without any name in it.
	NoSecret
	// RefusedSecret is a list with a Secret that the API server refuses, and none
	// that matches.
	RefusedSecret
	// IgnoredSecret is a list with a Secret that kubelet ignores, and none that matches.
	IgnoredSecret
	// NoCredential is a list of Secrets without a usable credential for any registry.
	NoCredential
	// NoMatch is a list of Secrets for other registries.
	NoMatch
	// Unusable is a list in which what matches has no user name or no password. What
	// kubelet offers then is anonymous to the registry, and nothing else is tried.
	Unusable
)

// An Offer is a credential that kubelet tries for an image.
type Offer struct {
	Secret   string // its name
	Index    int    // its position in the list
	Endpoint string // host and path that the credential is stored under
	Server   string // the key as it is spelt. It may have a password in it: show the Endpoint
	Usable   bool   // it has a user name and a password; containerd sends nothing else
}
