#!/usr/bin/env bash
# Renders calico.yaml into deploy/, which Flux applies. CI runs this and commits deploy/.
set -euo pipefail
cd "${1:-.}"
mkdir -p deploy
new=$(mktemp)
trap 'rm -f "$new"' EXIT
calico-pull-secrets --quiet secretName=regcred < calico.yaml > "$new"
cat "$new" > deploy/calico.yaml
