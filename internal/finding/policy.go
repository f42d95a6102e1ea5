// SPDX-License-Identifier: Apache-2.0

package finding

// A Policy decides how bad a finding is.
type Policy string

const (
	PolicyStrict Policy = "strict" // as PolicyError, and something unproven is an error, too
	PolicyError  Policy = "error"  // a warning is an error
	PolicyWarn   Policy = "warn"
	PolicyIgnore Policy = "ignore"
)

// Grade returns the severity that the policy gives a finding.
func (p Policy) Grade(s Severity) Severity {
	if s == Warning && (p == PolicyError || p == PolicyStrict) {
		return Error
	}
	return s
}

// Unproven is Grade for a finding that says that something is not proven.
func (p Policy) Unproven(s Severity) Severity {
	if p == PolicyStrict {
		return Error
	}
	return p.Grade(s)
}

// OfMissing returns the severity of a target, or of any workload, that is missing.
func (p Policy) OfMissing() Severity {
	if p == PolicyWarn {
		return Warning
	}
	return Error
}
