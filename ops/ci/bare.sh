#!/usr/bin/env bash
# Runs what a newcomer runs: `npm ci` and `npm test` in a fresh clone, on a machine without Redis, MongoDB, Ollama, Chromium,
# variables and configuration. The PATH has the usual programs only.
# Usage: ops/ci/bare.sh [REPORT]     REPORT: where jest writes its results as JSON.
set -euo pipefail
report=${1:+$(realpath "$1")}
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin" "$work/home"
for program in node npm git python3 sh bash env cat cp mkdir mktemp mv rm ln ls chmod touch date sleep head tail sort wc \
  tr cut sed awk grep find xargs basename dirname tar gzip uname id true false kill ps readlink; do
  path=$(type -P "$program") && ln -s "$path" "$work/bin/$program"
done
git clone --quiet . "$work/clone"
cd "$work/clone"
bare() { env -i PATH="$work/bin" HOME="$work/home" "$@"; }
# npm needs the settings of the network to reach its registry; the tests run without them.
network=()
for name in NODE_EXTRA_CA_CERTS HTTP_PROXY HTTPS_PROXY NO_PROXY http_proxy https_proxy no_proxy; do
  if [ -n "${!name:-}" ]; then network+=("$name=${!name}"); fi
done
bare ${network[@]+"${network[@]}"} npm ci
bare npm test -- ${report:+--json --outputFile="$report"} && result=0 || result=$?
# The clone is deleted: paths relative to it are those of every checkout.
if [ -n "$report" ]; then sed -i "s#$work/clone/##g" "$report"; fi
exit "$result"
