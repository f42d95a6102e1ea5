#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Writes the files of the image into DESTDIR, for `make rootfs`. The arguments are the build
# command. kpt and kustomize run the image as the user nobody, by name. All files get the time of
# the commit, so that two builds have the same layers.
set -euo pipefail
cd "$(dirname "$0")/.."
to=${DESTDIR:?the folder to write} time=${SOURCE_DATE_EPOCH:?seconds}
env "$@" -o "$to/calico-pull-secrets" .
mkdir -p "$to/etc"
echo 'nobody:x:65534:65534:nobody:/:' >"$to/etc/passwd"
chmod 755 "$to/calico-pull-secrets" "$to/etc"
chmod 644 "$to/etc/passwd"
touch -d "@$time" "$to/calico-pull-secrets" "$to/etc/passwd" "$to/etc" "$to"
