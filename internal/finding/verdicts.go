// SPDX-License-Identifier: Apache-2.0

package finding

import (
	"slices"

	"example.com/calico-pull-secrets/internal/pull"
)

// An Image is the verdict on the image of one container.
type Image struct {
	Set        string `json:"set,omitempty"` // in a report on several
	File       string `json:"file"`
	Line       int    `json:"line"`
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Namespace  string `json:"namespace"`
	Name       string `json:"name"`
	Container  string `json:"container"`
	Image      string `json:"image"`
	Registry   string `json:"registry"`           // its host as kubelet calls it; empty for an image that kubelet refuses
	Verdict    string `json:"verdict"`            // the name of one of Verdicts
	Secret     string `json:"secret"`             // those that authenticate, with commas between
	Reason     string `json:"reason"`             // why it is not authenticated
	Audited    bool   `json:"audited"`            // its registry is one of those that are audited
	Fails      bool   `json:"fails"`              // it makes the audit fail
	Excepted   string `json:"excepted,omitempty"` // what lets it pass, if it would make the audit fail
	Copies     int    `json:"-"`                  // how many pods pull it, as inventory.Reading has them
	// Cure is what to do about it: settings for mode add, which begin with "targets=", or
	// words. The same for all that it mends; empty if nothing is known.
	Cure string `json:"-"`
}

// A Verdict is one of the things that an audit says of an image.
type Verdict struct {
	Outcome  pull.Outcome // of the pull
	Name     string       // as it is printed
	Check    string       // that says the same as a finding
	Severity Severity     // of an audited image, where a format shows one
}

// verdicts are all there are, worst first.
var verdicts = []Verdict{
	{pull.Fails, "fails", FailingPull, Error},
	{pull.Anonymous, "anonymous", AnonymousPull, Error},
	{pull.Unresolved, "unknown", UnknownPull, Warning},
	{pull.InvalidImage, "invalid", InvalidImage, Warning},
	{pull.Authenticated, "authenticated", AuthenticatedPull, Info},
}

// Verdicts returns all there are, worst first.
func Verdicts() []Verdict { return slices.Clone(verdicts) }

// VerdictOn returns the verdict that an outcome of a pull is.
func VerdictOn(o pull.Outcome) Verdict {
	return verdicts[slices.IndexFunc(verdicts, func(v Verdict) bool { return v.Outcome == o })]
}

// VerdictNamed returns the verdict with a name, and its place among all, -1 if there is none.
func VerdictNamed(name string) (v Verdict, rank int) {
	rank = slices.IndexFunc(verdicts, func(v Verdict) bool { return v.Name == name })
	if rank >= 0 {
		v = verdicts[rank]
	}
	return v, rank
}
