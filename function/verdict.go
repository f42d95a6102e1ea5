// SPDX-License-Identifier: Apache-2.0

package function

import (
	"fmt"
	"strings"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"

	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/inventory"
	"example.com/calico-pull-secrets/internal/pull"
)

// A verdict says how kubelet pulls the image of one container.
type verdict struct {
	*inventory.Resource
	container *inventory.Image
	pull.Verdict
	audited bool   // the audit asks for its registry
	reason  string // why it is not authenticated, for people
	cure    string // see cureOf; empty if it does not fail
	// isFailing is true if it makes the audit fail. excepted names what lets it pass.
	isFailing bool
	// isDeclared is true if only the setting servers says that a Secret authenticates it.
	isDeclared bool
	isEarly    bool // it is authenticated, if the pods do not start too early; see isEarly
	excepted   string
}

// verdictOn returns the verdict on the image of a container.
func (j *judge) verdictOn(p podList, c *inventory.Image) verdict {
	ref := p.Reference
	v := verdict{Resource: ref.Resource, container: c, Verdict: p.judge(j.auditKeyring(ref), c)}
	v.audited = j.asksFor(*c)
	v.reason = j.reason(ref, v.Verdict)
	v.isDeclared = j.isByServers(ref, v.Verdict)
	v.isEarly = v.Outcome == pull.Authenticated && j.isEarly(ref)
	if v.fails(j.settings.Preflight) {
		v.cure = j.cureOf(p, v)
	}
	return v
}

func (v verdict) asFinding(policy finding.Policy) finding.Finding {
	severity := fn.Info
	if v.fails(policy) {
		severity = fn.Error
	}
	f := v.Finding(finding.VerdictOn(v.Outcome).Check, severity, v.container.Field, "%s", v.words())
	f.IsVerdict, f.Container, f.Images = true, v.container.Name, v.container.Image
	return f
}

// fails reports whether the verdict makes an audit fail under the policy.
func (v verdict) fails(policy finding.Policy) bool {
	if !v.audited {
		return false
	}
	switch v.Outcome {
	case pull.Anonymous, pull.Fails:
		return true
	case pull.Unresolved, pull.InvalidImage:
		return policy == finding.PolicyStrict
	case pull.Authenticated: // an unknown Secret may be malformed, or hide the others
		return policy == finding.PolicyStrict && (len(v.Unknown) > 0 || v.isEarly)
	}
	return false
}

func (v verdict) words() string {
	image := v.Repository
	if image == "" {
		image = "an image"
	}
	switch v.Outcome {
	case pull.Authenticated:
		words := fmt.Sprintf("container %q: kubelet pulls %s with Secret %s", v.container.Name, image, quotedNames(v.By()))
		if v.reason != "" {
			words += ", " + v.reason
		}
		return words
	case pull.Anonymous:
		return fmt.Sprintf("container %q: %s"+pulledAnonymously, v.container.Name, v.reason, image)
	case pull.Fails:
		return fmt.Sprintf("container %q: the pull of %s fails: %s", v.container.Name, image, v.reason)
	case pull.InvalidImage:
		return fmt.Sprintf("container %q: %s", v.container.Name, v.reason)
	}
	return fmt.Sprintf("container %q: %s"+pulledSomehow, v.container.Name, v.reason, image)
}

// secretsText returns the names of the Secrets that authenticate, for a record. It is empty for
// another outcome.
func (v verdict) secretsText() string {
	if v.Outcome != pull.Authenticated {
		return ""
	}
	return strings.Join(v.By(), ", ")
}

// take copies from a finding on the verdict whether it fails.
func (v *verdict) take(f finding.Finding) {
	if v.isFailing, v.excepted = f.Severity == finding.Error, f.Excepted; v.excepted != "" {
		v.cure = "" // nobody needs a cure
	}
}
