#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Everything that must pass, for `make ci`: all tests of `make test`, without -short and with the
# programs that they may lack, and the longer checks. With CI=true a missing program is an error.
# Otherwise the script names it and goes on.
#
# It uses CONTAINER_TOOL, or docker or podman, whichever answers. It takes kpt and kubectl from
# PATH, and Calico's manifests from CALICO_MANIFESTS. If that is not set, it downloads them into
# bin/calico. FUZZTIME is the time for each fuzz target, 10s by default.
set -euo pipefail
cd "$(dirname "$0")/.."
export CGO_ENABLED=0 # like every build, so that the steps share the build cache

work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$work"' EXIT
step() { printf '\n== %s\n' "$*"; }
without() {
  echo "skipped: $*"
  if test "${CI-}" = true; then exit 1; fi
}

step 'format'
test -z "$(gofmt -s -l $(git ls-files '*.go') | tee /dev/stderr)"
for module in . testdata/e2e testdata/kpt testdata/kubelet testdata/node; do
  (cd "$module" && go mod tidy -diff && go vet ./...)
done

step 'staticcheck, actionlint'
export GOBIN=$work/bin
go install honnef.co/go/tools/cmd/staticcheck@v0.6.1
go install github.com/rhysd/actionlint/cmd/actionlint@v1.7.7
"$work/bin/staticcheck" ./...
"$work/bin/actionlint" .github/workflows/*.yaml

unset GOBIN
export PATH=$work/bin:$PATH

if ! test "${CALICO_MANIFESTS-}"; then
  step "Calico's manifests"
  CALICO_MANIFESTS=$PWD/bin/calico
  for file in {v3.28.0,v3.30.7,v3.32.1}/{apiserver,calico-etcd,calico-typha,calico,canal,csi-driver,custom-resources} v3.32.1/tigera-operator; do
    to=$CALICO_MANIFESTS/$file.yaml
    mkdir -p "${to%/*}"
    if ! test -e "$to" && ! curl -fsSL -m 60 -o "$to" "https://raw.githubusercontent.com/projectcalico/calico/${file%/*}/manifests/${file#*/}.yaml"; then
      rm -rf "$CALICO_MANIFESTS"
      without "Calico's manifests, which could not be downloaded: set CALICO_MANIFESTS"
      break
    fi
  done
fi
export CALICO_MANIFESTS

step 'image'
for tool in ${CONTAINER_TOOL:-docker podman} ''; do
  if test -z "$tool" || "$tool" info >/dev/null 2>&1; then break; fi
done
if test "$tool"; then
  export CONTAINER_TOOL=$tool
  if test "${tool##*/}" = podman; then # kpt needs the name, and kustomize runs "docker"
    export KPT_FN_RUNTIME=podman KRM_FN_RUNTIME=podman
    printf '#!/bin/sh\nexec "%s" "$@"\n' "$(command -v "$tool")" >"$work/bin/docker"
    chmod +x "$work/bin/docker"
  fi
  make rootfs DESTDIR="$work/build/out"
  make image IMAGE_FLAGS="--build-context build=$work/build"
  "$tool" run --rm --network none --read-only --cap-drop all --user nobody --security-opt no-new-privileges \
    localhost/calico-pull-secrets:dev --version

  step 'a build in another folder, at another time, with another umask has the same bytes'
  cp -r . "$work/clone"
  mkdir "$work/again"
  (umask 077 && make -C "$work/clone" rootfs DESTDIR="$work/again/out")
  cmp "$work/build/out/calico-pull-secrets" "$work/again/out/calico-pull-secrets"
  layers() {
    make -s image IMAGE=localhost/calico-pull-secrets:layers IMAGE_FLAGS="--no-cache --build-context build=$1" >/dev/null
    "$tool" image inspect -f '{{.RootFS.Layers}}' localhost/calico-pull-secrets:layers
    "$tool" rmi -f localhost/calico-pull-secrets:layers >/dev/null
  }
  one=$(layers "$work/build")
  two=$(layers "$work/again")
  test -n "$one" # an error inside $(…) does not end the script
  test "$one" = "$two"
else
  without 'the image: neither docker nor podman answers'
fi

step 'release'
make release PLATFORMS=linux/amd64 # the other platforms take minutes
(cd dist && sha256sum -c checksums.txt)
tar -xzf dist/calico-pull-secrets_*_linux_amd64.tar.gz -C "$work"
test "$("$work/calico-pull-secrets" --version)" = "calico-pull-secrets $(git describe --tags --always --dirty) (commit $(git describe --always --abbrev=40 --dirty --exclude='*'))"

step 'the two commands of the README'
# The tests wait now and then. Meanwhile this compiles for the last steps, and runs kubelet's code.
nice -n 19 bash -c '
  CGO_ENABLED=1 go test -race -run "^$" ./internal/... ./function
  for target in edit/FuzzJSON wire/FuzzIndex pull/FuzzParse; do
    go test "./internal/${target%/*}" -run "^$" -fuzz "^${target#*/}$" -fuzztime 1x
  done' >"$work/compile.log" 2>&1 &
compiled=$!
nice -n 19 go -C testdata/kubelet test -count=1 -v -timeout 30m . >"$work/kubelet.log" 2>&1 &
kubelet=$!
make run
ASKED=$work/asked make test TESTFLAGS=
wait "$compiled" || true # the step that needs it shows the error again

step "kpt's own harness"
go run ./testdata/test testdata/kpt

step 'the tests without optional programs, and with kpt alone'
for programs in '' kpt; do
  path=$work/with-$programs
  mkdir "$path"
  for folder in ${PATH//:/ }; do
    ln -s "$folder"/* "$path" 2>/dev/null || true # an earlier folder of PATH has it
  done
  for program in docker kpt kubectl kustomize patch podman; do
    test "$program" = "$programs" || rm -f "$path/$program"
  done
  # All tests that ask for a program: only they can fail without it.
  env -u CI -u CALICO_MANIFESTS -u CONTAINER_TOOL PATH="$path" go run ./testdata/test -short "$(cat "$work/asked")" . testdata/e2e >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
  sed -n '/^skipped, /,$p' "$work/log"
  grep -qx '  kubectl' "$work/log"
done

step 'the programs of a node are commands'
go -C testdata/node test -count=1 ./programs

step "kubelet's own code"
answered=0
wait "$kubelet" || answered=$?
cat "$work/kubelet.log"
test "$answered" = 0

step 'race detector'
export CGO_ENABLED=1 # the detector needs it
go test -count=1 -race ./internal/cores ./internal/wire ./internal/credential # packages with goroutines
go test -count=1 -race -run 'ManyResources' ./function
go test -count=1 -race -run 'Each|Signal|Walk|Cases/write' ./internal/cli
export CGO_ENABLED=0

step 'fuzz'
# Go 1.26 sometimes reports the end of -fuzztime as a failure without an input (go.dev/issue/75804,
# fixed in 1.27). The script repeats such a run.
fuzz() {
  local log=$work/fuzz.log
  for _ in 1 2 3; do
    go test "./internal/${1%/*}" -run '^$' -fuzz "^${1#*/}\$" -fuzztime "${FUZZTIME:-10s}" -fuzzminimizetime 20x 2>&1 | tee "$log" && return
    grep -qx '    context deadline exceeded' "$log" || return 1
    if grep -q 'Failing input' "$log"; then return 1; fi
  done
  return 1
}
for target in edit/FuzzRewrite edit/FuzzRemove edit/FuzzJSON wire/FuzzTransform wire/FuzzStream wire/FuzzIsPlain wire/FuzzIndex prefilter/FuzzInterest pull/FuzzJudge pull/FuzzParse pull/FuzzCheckServer config/FuzzParse laws/FuzzBytes laws/FuzzImages; do
  fuzz "$target"
done
