// SPDX-License-Identifier: Apache-2.0

package finding

// A Policy says how bad a finding is.
type Policy string

const (
	PolicyStrict Policy = "strict" // as PolicyError, and what is merely not proven is an error, too
	PolicyError  Policy = "error"  // a warning is an error
	PolicyWarn   Policy = "warn"
	PolicyIgnore Policy = "ignore"
)

// Grade returns the severity that the policy gives a finding of a severity.
func (p Policy) Grade(s Severity) Severity {
	if s == Warning && (p == PolicyError || p == PolicyStrict) {
		return Error
	}
	return s
}

// Unproven is Grade for what is merely not proven.
func (p Policy) Unproven(s Severity) Severity {
	if p == PolicyStrict {
		return Error
	}
	return p.Grade(s)
}

// OfMissing returns the severity of something that is not there, and should be.
func (p Policy) OfMissing() Severity {
	if p == PolicyWarn {
		return Warning
	}
	return Error
}
