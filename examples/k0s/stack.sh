#!/usr/bin/env bash
# Writes Calico's manifest, the reference and the Secret into the folder of a stack: stack.sh calico.yaml /var/lib/k0s/manifests/calico
set -euo pipefail
manifest=$1 stack=$2
umask 077 # there is a credential in it
mkdir -p "$stack"
calico-pull-secrets --quiet targets=calico secret.usernameEnv=DOCKERHUB_USERNAME secret.passwordEnv=DOCKERHUB_TOKEN \
  < "$manifest" > "$stack/.calico.yaml.new" # k0s reads *.yaml
mv "$stack/.calico.yaml.new" "$stack/calico.yaml"
