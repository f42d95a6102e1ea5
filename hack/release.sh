#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Packs dist/ for `make release`, which sets VERSION. The arguments are the build command. The same
# commit and Go give the same bytes. Needs GNU tar and zip. PLATFORMS, such as linux/amd64, limits
# the platforms.
set -euo pipefail
cd "$(dirname "$0")/.."
umask 022
export LC_ALL=C TZ=UTC SOURCE_DATE_EPOCH="${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}"
sbom=github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@v1.10.0
dist=$PWD/dist
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
rm -rf "$dist"
mkdir "$dist"

# Prints the licence files of Go and of each package in any of the binaries. It looks in the
# package's folder, and above it up to the folder of its module.
licences() {
  printf '==== Go: LICENSE ====\n\n'
  cat "$(go env GOROOT)/LICENSE"
  for os in linux darwin windows; do
    GOOS=$os CGO_ENABLED=0 go list -deps -f '{{with .Module}}{{if not .Main}}{{.Path}}@{{.Version}}|{{.Dir}}|{{$.Dir}}{{end}}{{end}}' .
  done | sort -u | while IFS='|' read -r module root dir; do
    found=
    while true; do
      for file in "$dir"/{LICENSE,LICENCE,COPYING,NOTICE,PATENTS}*; do
        test -f "$file" || continue
        printf '%s|%s|%s\n' "$module" "${file#"$root"/}" "$file"
        found=yes
      done
      test "$dir" != "$root" || break
      dir=${dir%/*}
    done
    test "$found" || { echo "no licence in $module" >&2; exit 1; }
  done | sort -u | while IFS='|' read -r module name file; do
    printf '\n==== %s: %s ====\n\n' "$module" "$name"
    cat "$file"
  done
}
licences >"$work/THIRD_PARTY_LICENSES"

# The archive has the README without the other pages. So its links lead to this version on the web.
home=$(sed -n 's/^sourceURL: //p' hack/metadata.yaml)
sed -E "s#\]\(([A-Za-z][^:)]*)\)#]($home/tree/$VERSION/\1)#g; s#(src|srcset)=\"([A-Za-z][^:\"]*)\"#\1=\"$home/raw/$VERSION/\2\"#g" README.md >"$work/README.md"

for platform in ${PLATFORMS:-linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64}; do
  os=${platform%/*} arch=${platform#*/}
  name=calico-pull-secrets_${VERSION}_${os}_$arch
  program=calico-pull-secrets
  test $os != windows || program+=.exe
  mkdir "$work/$name"
  env GOOS=$os GOARCH=$arch "$@" -o "$work/$name/$program" .
  files=(LICENSE README.md THIRD_PARTY_LICENSES "$program")
  cp LICENSE "$work/README.md" "$work/THIRD_PARTY_LICENSES" "$work/$name"
  cd "$work/$name"
  chmod 644 "${files[@]}"
  chmod 755 "$program"
  touch -d "@$SOURCE_DATE_EPOCH" "${files[@]}"
  if test $os = windows; then
    zip -qX "$dist/$name.zip" "${files[@]}"
  else
    tar --format=gnu --owner=0 --group=0 --numeric-owner -c "${files[@]}" | gzip -n >"$dist/$name.tar.gz"
  fi
  cd "$OLDPWD"
done

# The modules in the binaries, according to the binaries. Windows needs one module more.
for os in linux windows; do
  test -d "$work/calico-pull-secrets_${VERSION}_${os}_amd64" || continue
  out=$dist/sbom.cdx.json
  test $os = linux || out=$dist/sbom_$os.cdx.json
  go run -trimpath "$sbom" bin -json -licenses -std -noserial -notimestamp -version "$VERSION" -output "$out" \
    "$work/calico-pull-secrets_${VERSION}_${os}_amd64"/calico-pull-secrets* 2>"$work/log" || { cat "$work/log" >&2; exit 1; }
done

cd "$dist"
sha256sum -- * >"$work/checksums.txt"
mv "$work/checksums.txt" .
cat checksums.txt
