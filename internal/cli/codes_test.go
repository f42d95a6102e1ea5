// SPDX-License-Identifier: Apache-2.0

package cli

import "example.com/calico-pull-secrets/internal/finding"

// The exit codes, as Run returns them.
const (
	exitOK     = int(finding.ExitOK)
	exitFailed = int(finding.ExitFailed)
	exitUsage  = int(finding.ExitUsage)
	exitUnread = int(finding.ExitUnread)
)
