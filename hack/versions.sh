#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Runs the fixtures with other versions of kustomize, for `make versions`. Prints the table of
# docs/versions.md. KUSTOMIZE_VERSIONS replaces the list of versions. kpt is the one on PATH.
# It leaves out the test that compares --build with the kustomize of the same version.
set -euo pipefail
cd "$(dirname "$0")/../testdata/e2e"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export CGO_ENABLED=0
go test -c -o "$work/e2e.test" .
failed=
row() { # program, version, tests, modules
  local passed=yes module
  : >"$work/log"
  for module in $4; do
    (cd "../$module" && "$work/$module.test" -test.run "$3" -test.skip TestBuildsAreThoseOfKustomize -test.v) >>"$work/log" 2>&1 || passed=no
  done
  test "$passed" = yes || { failed=yes; grep -v '^=== \|--- PASS' "$work/log" >&2; }
  printf '| %s | %s | %s | %s |\n' "$1" "$2" "$(grep -c '^ *--- PASS' "$work/log")" "$passed"
}
echo '| program | version | tests | pass |'
echo '| --- | --- | ---: | --- |'
pinned=$(go list -m -f '{{.Version}}' sigs.k8s.io/kustomize/kustomize/v5)
for version in ${KUSTOMIZE_VERSIONS:-v4.5.7 v5.0.3 v5.3.0 v5.5.0 v5.7.1 $pinned}; do
  GOBIN=$work/$version go install "sigs.k8s.io/kustomize/kustomize/${version%%.*}@$version" 2>"$work/log" || { cat "$work/log" >&2; exit 1; }
  KUSTOMIZE_PROGRAM=$work/$version/kustomize row kustomize "$version" Kustomize e2e
done
if command -v kpt >/dev/null; then
  go -C ../kpt test -c -o "$work/kpt.test" .
  row kpt "v$(kpt version)" Kpt 'e2e kpt'
fi
test ! "$failed"
