// SPDX-License-Identifier: Apache-2.0

//go:build tools

// Package operator pins the Tigera operator that is built from here.
package operator

import (
	_ "github.com/tigera/operator"
)
