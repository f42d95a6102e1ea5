#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Measures how time and memory grow with each shape of input, for `make growth`. Prints the table of
# docs/scale.md.
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p bin
go test ./internal/cli -run '^$' -bench '^BenchmarkGrowth$' -benchmem -benchtime 20x >bin/growth.txt
go run ./testdata/growth <bin/growth.txt
