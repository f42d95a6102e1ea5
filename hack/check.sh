#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Runs the program for action.yml and templates/audit.yml. It takes all inputs from the environment,
# so that no value becomes code: INPUT_MODE and the others that action.yml sets. With BASE_SHA it
# takes configuration and baseline from that commit, so that a pull request cannot change its own
# rules.
set -euo pipefail
program=$(cd "$(dirname "$0")/.." && pwd)/bin/calico-pull-secrets
work=$(mktemp -d "${RUNNER_TEMP:-${TMPDIR:-/tmp}}/calico-pull-secrets.XXXXXX")
trap 'rm -rf "$work"' EXIT

fail() { # our own message, without any part of an input
  if test "${GITHUB_OUTPUT-}"; then
    echo "::error title=calico-pull-secrets::$1"
    echo 'exit-code=2' >>"$GITHUB_OUTPUT"
  else
    echo "calico-pull-secrets: error: $1" >&2
  fi
  exit 2
}

# is_on NAME: returns 0 if the input is true.
is_on() {
  case ${!1-} in
  true) return 0 ;;
  false | '') return 1 ;;
  esac
  local name=${1#INPUT_}
  name=${name,,}
  fail "${name//_/-} must be true or false"
}

# at_base PATH FILE: writes the base's text of PATH to FILE. It fails if the base has no PATH.
at_base() {
  git cat-file -e "$BASE_SHA:./$1" 2>/dev/null && git show "$BASE_SHA:./$1" >"$2"
}

case ${INPUT_MODE-audit} in
audit | check) arguments=("--${INPUT_MODE-audit}") ;;
*) fail 'mode must be audit or check' ;;
esac

settings=() paths=()
while IFS= read -r line || test "$line"; do
  test "$line" || continue
  [[ $line =~ ^[A-Za-z][A-Za-z0-9.]*= ]] || fail 'settings: a line is not FIELD=VALUE'
  settings+=("$line")
done <<<"${INPUT_SETTINGS-}"
while IFS= read -r line || test "$line"; do
  test "$line" || continue
  case $line in
  -* | *=*) line=./$line ;; # a path, not a flag or a setting
  esac
  paths+=("$line")
done <<<"${INPUT_PATHS-.}"
test "${#paths[@]}" -gt 0 || fail 'paths: name at least one'

config=${INPUT_CONFIG-} default=.calico-pull-secrets.yaml
if test "${BASE_SHA-}" && test "${INPUT_CONFIGURATION_FROM-base}" = base; then
  [[ $BASE_SHA =~ ^[0-9a-f]{40,64}$ ]] || fail 'the base is not a commit'
  git cat-file -e "$BASE_SHA^{commit}" 2>/dev/null || git fetch -q --depth=1 origin "$BASE_SHA" 2>/dev/null ||
    fail 'git cannot fetch the commit of the base branch: give actions/checkout fetch-depth: 0'
  if at_base "${config:-$default}" "$work/base-configuration.yaml"; then
    config=$work/base-configuration.yaml
  elif test "$config"; then
    fail 'config: the base branch has no such file'
  else
    arguments+=(--no-config)
  fi
  if test "${INPUT_BASELINE-}"; then
    at_base "$INPUT_BASELINE" "$work/base-baseline.json" || fail 'baseline: the base branch has no such file: merge it first'
    arguments+=(--baseline "$work/base-baseline.json")
  fi
else
  case ${INPUT_CONFIGURATION_FROM-base} in
  base | head) ;;
  *) fail 'configuration-from must be base or head' ;;
  esac
  if test "${INPUT_BASELINE-}"; then
    arguments+=(--baseline "$INPUT_BASELINE")
  fi
fi
if test "$config"; then
  test "${#settings[@]}" = 0 || fail 'settings and a configuration file: use one of them'
  arguments+=(--config "$config")
fi
if test "${INPUT_MODE-audit}" = audit && ! is_on INPUT_ANNOTATIONS; then
  arguments+=(--no-annotations)
fi
if is_on INPUT_EACH; then arguments+=(--each); fi
if is_on INPUT_BUILD; then arguments+=(--build); fi
if is_on INPUT_REPORT_ONLY; then arguments+=(--exit-zero); fi
if test "${INPUT_NODES-}"; then arguments+=(--nodes "$INPUT_NODES"); fi
if test "${INPUT_SARIF-}"; then arguments+=(--output "sarif=$INPUT_SARIF"); fi
if test "${INPUT_JUNIT-}"; then arguments+=(--output "junit=$INPUT_JUNIT"); fi
if test "${GITHUB_OUTPUT-}"; then arguments+=(--output github --output "markdown=$work/summary.md"); fi
arguments+=(--)

code=0
"$program" "${arguments[@]}" ${settings[@]+"${settings[@]}"} "${paths[@]}" >"$work/stdout" 2>"$work/stderr" || code=$?
if test "${GITHUB_OUTPUT-}"; then
  # The runner must not take a name in a message for a command.
  token=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  echo "::stop-commands::$token"
  cat "$work/stderr"
  echo "::$token::"
  cat "$work/stdout" # annotations
  echo "exit-code=$code" >>"$GITHUB_OUTPUT"
  if test -s "$work/summary.md"; then cat "$work/summary.md" >>"$GITHUB_STEP_SUMMARY"; fi
else
  cat "$work/stderr" >&2
  cat "$work/stdout"
fi
exit "$code"
