#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Gives the program the names of its owner, for `make rehome`. MODULE is the path of the Go module:
# the project's address without https://. IMAGE is the image without a tag. Before that both are
# below example.com, where nobody can publish anything.
set -euo pipefail
cd "$(dirname "$0")/.."
fail() { echo "rehome: $*" >&2; exit 1; }
module=${1-} image=${2-}
name='[a-z0-9]+([._-]+[a-z0-9]+)*'
[[ $module =~ ^[a-zA-Z0-9][a-zA-Z0-9.-]*\.[a-z]{2,}(/[a-zA-Z0-9][a-zA-Z0-9._-]*)+$ ]] ||
  fail 'MODULE is the path of the Go module, such as github.com/OWNER/calico-pull-secrets'
[[ $image =~ ^[a-z0-9][a-z0-9.-]*(:[0-9]+)?(/$name)+$ ]] ||
  fail 'IMAGE is an image without tag and digest, such as ghcr.io/OWNER/calico-pull-secrets'
[[ $image == *.*/* ]] || fail 'IMAGE needs the host of its registry'

old_module=$(go list -m)
old_image=$(sed -n 's/^image: //p' hack/metadata.yaml)
quoted() { sed 's/[.[\*^$/]/\\&/g' <<<"$1"; }
# One name may contain the other. So both first become words that contain neither.
git ls-files -z | grep -zv '^go.sum$' | xargs -0 grep -lZIF -e "$old_module" -e "$old_image" -- |
  xargs -0 sed -i -e "s/$(quoted "$old_image")\b/@image@/g" -e "s/$(quoted "$old_module")\b/@module@/g" \
    -e "s/@image@/$(quoted "$image")/g" -e "s/@module@/$(quoted "$module")/g"
gofmt -w $(git ls-files '*.go')
echo "module $module, image $image: see git diff, and run make test"
