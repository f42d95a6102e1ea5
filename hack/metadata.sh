#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# metadata.sh TAG DIGEST writes metadata.yaml and krm-function.yaml into dist/ with the exact image
# of a release. `metadata.sh owned` fails before `make rehome`.
set -euo pipefail
cd "$(dirname "$0")/.."
fail() { echo "metadata: $*" >&2; exit 1; }
image=$(sed -n 's/^image: //p' hack/metadata.yaml)
if test "${1-}" = owned; then
  grep -En '(^|[./ ])example\.com([:/]|$)' hack/metadata.yaml go.mod && fail 'these are nobody'"'"'s names: make rehome first'
  exit 0
fi
tag=${1:?usage: metadata.sh TAG DIGEST} digest=${2-}
[[ $digest =~ ^sha256:[0-9a-f]{64}$ ]] || fail "DIGEST is sha256: and 64 hexadecimal digits, not '$digest'"
mkdir -p dist
for file in metadata.yaml krm-function.yaml; do
  awk -v image="$image" -v new="$image:$tag@$digest" '
    $1 == "image:" && $2 == image { sub(/[^ ]+$/, new); found++ }
    { print }
    END { exit found != 1 }' "hack/$file" >"dist/$file" || fail "$file does not name the image $image once"
done
