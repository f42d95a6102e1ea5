#!/usr/bin/env bash
# Prints a Secret for a ClusterResourceSet with what the chart does not make: the pull Secret for the operator to copy.
set -euo pipefail
manifests=$(calico-pull-secrets --quiet targets=operator onMissing=ignore \
  secret.usernameEnv=DOCKERHUB_USERNAME secret.passwordEnv=DOCKERHUB_TOKEN <<< '{apiVersion: v1, kind: Namespace, metadata: {name: tigera-operator}}')
kubectl create secret generic calico-regcred --namespace default --type=addons.cluster.x-k8s.io/resource-set \
  --from-file=regcred.yaml=<(printf '%s\n' "$manifests") --dry-run=client --output=yaml
