#!/usr/bin/env bash
# Prints a Secret for a ClusterResourceSet: Calico's manifest with the reference, and the pull Secret.
set -euo pipefail
manifests=$(calico-pull-secrets --quiet secretName=regcred \
  secret.usernameEnv=DOCKERHUB_USERNAME secret.passwordEnv=DOCKERHUB_TOKEN < "$1") # not in a pipe, which would hide a failure
kubectl create secret generic calico --namespace default --type=addons.cluster.x-k8s.io/resource-set \
  --from-file=calico.yaml=<(printf '%s\n' "$manifests") --dry-run=client --output=yaml
