#!/usr/bin/env bash
# Prints a ConfigMap for a ClusterResourceSet: Calico's manifest with the reference, and no credential.
set -euo pipefail
manifests=$(calico-pull-secrets --quiet secretName=regcred < "$1")
kubectl create configmap calico --namespace default \
  --from-file=calico.yaml=<(printf '%s\n' "$manifests") --dry-run=client --output=yaml
