// SPDX-License-Identifier: Apache-2.0

// Package e2e runs the program as its users do: with the real kpt, kustomize and kubectl, through
// the commands of the pages and the recipes of the examples.
//
// With KPT_E2E_UPDATE_EXPECTED=true it writes kustomize's output into the examples.
package e2e

import (
	"os"
	"testing"

	"example.com/calico-pull-secrets/internal/needs"
)

const (
	updateVariable = "KPT_E2E_UPDATE_EXPECTED"
	image          = needs.Image
)

func TestMain(m *testing.M) { os.Exit(needs.Main(m, "../..")) }
