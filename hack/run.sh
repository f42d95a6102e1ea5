#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Runs the main job on an example, for `make run`: prints the results, and then the diff.
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p bin/run
DOCKERHUB_USERNAME=example DOCKERHUB_TOKEN=not-a-token bin/calico-pull-secrets \
  secret.usernameEnv=DOCKERHUB_USERNAME secret.passwordEnv=DOCKERHUB_TOKEN \
  <examples/manifests/calico.yaml >bin/run/calico.yaml
git --no-pager diff --no-index examples/manifests/calico.yaml bin/run/calico.yaml || test $? = 1
