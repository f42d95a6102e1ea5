#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Writes a formula for Homebrew and a manifest for krew, from the checksums of a release in dist/.
# They download the archives of the release at sourceURL in metadata.yaml.
set -euo pipefail
shopt -s inherit_errexit
cd "$(dirname "$0")/.."
version=${1:?usage: packages.sh VERSION}
home=$(sed -n 's/^sourceURL: //p' hack/metadata.yaml)
about=$(sed -n 's/^description: //p' hack/metadata.yaml)

# Prints "URL SHA256" of the archive for a platform, such as linux_amd64.
archive() {
  awk -v start="calico-pull-secrets_${version}_$1." -v at="$home/releases/download/$version/" '
    index($2, start) == 1 { print at $2, $1; found = 1 }
    END { exit !found }' dist/checksums.txt || { echo "packages: no archive for $1 in dist/checksums.txt" >&2; return 1; }
}

formula() {
  cat <<END
class CalicoPullSecrets < Formula
  desc "$about"
  homepage "$home"
  version "${version#v}"
  license "Apache-2.0"

END
  local os arch line
  for os in macos:darwin linux:linux; do
    echo "  on_${os%:*} do"
    for arch in arm:arm64 intel:amd64; do
      line=$(archive "${os#*:}_${arch#*:}")
      printf '    on_%s do\n      url "%s"\n      sha256 "%s"\n    end\n' "${arch%:*}" "${line% *}" "${line#* }"
    done
    echo '  end'
  done
  cat <<'END'

  def install
    bin.install "calico-pull-secrets"
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/calico-pull-secrets --version")
  end
end
END
}

krew() {
  cat <<END
apiVersion: krew.googlecontainertools.github.com/v1alpha2
kind: Plugin
metadata:
  name: calico-pull-secrets
spec:
  version: $version
  homepage: $home
  shortDescription: Adds imagePullSecrets to Calico, and proves them
  description: |
    $about.
    It reads manifests from stdin or files, and talks to no cluster:
      kubectl get daemonset,deployment,secret,serviceaccount -A -o yaml | kubectl calico-pull-secrets --audit -
  platforms:
END
  local os arch line bin
  for os in linux darwin windows; do
    bin=calico-pull-secrets
    test $os != windows || bin+=.exe
    for arch in amd64 arm64; do
      line=$(archive "${os}_$arch")
      cat <<END
  - selector:
      matchLabels:
        os: $os
        arch: $arch
    uri: ${line% *}
    sha256: ${line#* }
    bin: $bin
END
    done
  done
}

formula=$(formula)
krew=$(krew)
mkdir -p dist/packages
printf '%s\n' "$formula" >dist/packages/calico-pull-secrets.rb
printf '%s\n' "$krew" >dist/packages/calico-pull-secrets.yaml
