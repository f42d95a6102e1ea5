// SPDX-License-Identifier: Apache-2.0

package finding

// An ExitCode is the exit code of the process. Of several, the highest counts.
type ExitCode int

const (
	ExitOK ExitCode = 0
	// ExitFailed: findings fail, the program refuses a change, or there is nothing to audit.
	ExitFailed ExitCode = 1
	// ExitUsage: flags, fields or values of the configuration are wrong, or a named path does not
	// exist.
	ExitUsage ExitCode = 2
	// ExitUnread: the program could not look at, read or write something.
	ExitUnread ExitCode = 3
)

// ExitCode returns the exit code for the finding alone.
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
