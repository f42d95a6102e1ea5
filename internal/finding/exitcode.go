// SPDX-License-Identifier: Apache-2.0

package finding

// An ExitCode is what the process ends with. Of several the highest counts.
type ExitCode int

const (
	ExitOK ExitCode = 0
	// ExitFailed: the judgement is no. Findings fail, a change is refused, or there is
	// nothing to audit.
	ExitFailed ExitCode = 1
	// ExitUsage: flags, fields or values of the configuration are wrong, or a path that
	// was named is not there.
	ExitUsage ExitCode = 2
	// ExitUnread: something could not be looked at, read or written.
	ExitUnread ExitCode = 3
)

// ExitCode returns the exit code that the finding alone makes.
func (f Finding) ExitCode() ExitCode {
	switch {
	case f.Severity != Error:
		return ExitOK
	case f.IsConfig:
		return ExitUsage
	case f.Check == Unread:
		return ExitUnread
	}
	return ExitFailed
}

// ExitCode returns the highest exit code of the findings.
func (l List) ExitCode() ExitCode {
	code := ExitOK
	for _, f := range l {
		code = max(code, f.ExitCode())
	}
	return code
}
