#!/usr/bin/env bash
# Prints the manifests of Calico's chart, with the reference in the Installation.
set -euo pipefail
helm template calico tigera-operator --repo https://docs.tigera.io/calico/charts --version "${VERSION:-v3.30.7}" --namespace tigera-operator |
  calico-pull-secrets --quiet targets=operator secretName=regcred
