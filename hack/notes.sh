#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Prints the section of CHANGELOG.md for a version, such as v0.1.0: the notes of a release. It fails
# if the section is empty.
set -euo pipefail
cd "$(dirname "$0")/.."
version=${1:?usage: notes.sh VERSION}
notes=$(awk -v heading="## [${version#v}]" '
  index($0, "## [") == 1 { found = index($0, heading) == 1; next }
  index($0, "[") == 1 && /^\[[^]]*\]: / { found = 0 } # the links at the end
  found' CHANGELOG.md)
if [[ ! $notes =~ [^[:space:]] ]]; then
  echo "notes: CHANGELOG.md has no notes for ${version#v}" >&2
  exit 1
fi
printf '%s\n' "$notes" | sed '/./,$!d'
