// SPDX-License-Identifier: Apache-2.0

package laws_test

import "example.com/calico-pull-secrets/function"

// silent returns how many references are in each silent place.
func silent(report function.Report) map[string]int { return report.Silent }
