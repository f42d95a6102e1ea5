#!/usr/bin/env bash
# Prints rke2-calico-config.yaml: values of RKE2's chart, with the content of a Secret that kubelet matches with RKE2's images.
# The Installation says from where RKE2 pulls, so that the server is checked. It is not printed.
set -euo pipefail
installation='{apiVersion: operator.tigera.io/v1, kind: Installation, metadata: {name: default}, spec: {registry: docker.io, imagePath: rancher, imagePrefix: mirrored-calico-}}'
manifests=$(calico-pull-secrets --quiet preflight=error targets=operator \
  secret.usernameEnv=DOCKERHUB_USERNAME secret.passwordEnv=DOCKERHUB_TOKEN <<< "$installation")
content=$(sed -n '/dockerconfigjson: /s/.*: //p' <<< "$manifests" | base64 --decode)
cat <<END
apiVersion: helm.cattle.io/v1
kind: HelmChartConfig
metadata:
  name: rke2-calico
  namespace: kube-system
spec:
  valuesContent: |-
    imagePullSecrets:
      regcred: |-
        $content
END
