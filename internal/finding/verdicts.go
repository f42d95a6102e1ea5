// SPDX-License-Identifier: Apache-2.0

package finding

import (
	"slices"

	"example.com/calico-pull-secrets/internal/pull"
)

// An Image is the verdict on the image of one container.
type Image struct {
	Set        string `json:"set,omitempty"` // in a report on several sets
	File       string `json:"file"`
	Line       int    `json:"line"`
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Namespace  string `json:"namespace"`
	Name       string `json:"name"`
	Container  string `json:"container"`
	Image      string `json:"image"`
	Registry   string `json:"registry"`           // the host as kubelet names it; empty for an image that kubelet refuses
	Verdict    string `json:"verdict"`            // the name of one of Verdicts
	Secret     string `json:"secret"`             // the Secrets that authenticate, with commas between
	Reason     string `json:"reason"`             // why it is not authenticated, or what the verdict rests on
	Audited    bool   `json:"audited"`            // the audit asks for its registry
	Fails      bool   `json:"fails"`              // it makes the audit fail
	Excepted   string `json:"excepted,omitempty"` // what lets it pass, if it would make the audit fail
	Declared   bool   `json:"-"`                  // only the setting servers says that a Secret authenticates
	Copies     int    `json:"-"`                  // how many pods pull it, see inventory.Reading
	// Cure says what to do: settings for mode add, which begin with "targets=", or words. All
	// images with one cure have the same text. Empty if there is no known cure.
	Cure string `json:"-"`
}

// A Verdict is one of the answers of an audit about an image.
type Verdict struct {
	Outcome  pull.Outcome // of the pull
	Name     string       // as it is printed
	Check    string       // the check whose findings say the same
	Severity Severity     // of an audited image, where a format shows one
}

// verdicts has every verdict, worst first.
var verdicts = []Verdict{
	{pull.Fails, "fails", FailingPull, Error},
	{pull.Anonymous, "anonymous", AnonymousPull, Error},
	{pull.Unresolved, "unknown", UnknownPull, Warning},
	{pull.InvalidImage, "invalid", InvalidImage, Warning},
	{pull.Authenticated, "authenticated", AuthenticatedPull, Info},
}

// Verdicts returns every verdict, worst first.
func Verdicts() []Verdict { return slices.Clone(verdicts) }

// VerdictOn returns the verdict for an outcome of a pull. The outcome must be one of the known
// ones.
func VerdictOn(o pull.Outcome) Verdict {
	return verdicts[slices.IndexFunc(verdicts, func(v Verdict) bool { return v.Outcome == o })]
}

// VerdictNamed returns the verdict with a name and its index, worst first. The index is -1 if there
// is none.
func VerdictNamed(name string) (v Verdict, rank int) {
	rank = slices.IndexFunc(verdicts, func(v Verdict) bool { return v.Name == name })
	if rank >= 0 {
		v = verdicts[rank]
	}
	return v, rank
}
