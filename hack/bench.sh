#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Measures the speed beside other programs, for `make bench`. The arguments are the build command.
# Needs Calico's manifests in CALICO_MANIFESTS. Takes some minutes.
set -euo pipefail
cd "$(dirname "$0")/.."
bench=$PWD/bin/bench
mkdir -p "$bench"
GOBIN=$bench go install github.com/mikefarah/yq/v4@v4.50.1
go -C testdata/e2e build -o "$bench/" sigs.k8s.io/kustomize/kustomize/v5
GOBIN=$bench go install github.com/open-policy-agent/conftest@v0.56.0
env "$@" -o "$bench/" . ./testdata/bench/copy ./testdata/bench/empty ./testdata/bench/sdk ./testdata/bench
go test ./internal/wire ./internal/edit -run '^$' -bench . -benchmem
PATH=$bench:$PATH "$bench/bench" bin/bench
