#!/usr/bin/env bash
# Lints the chart and renders it with each file of values. Builds Helm by Go if it isn't installed.
source "$(dirname "${BASH_SOURCE[0]}")/../services/common.sh"
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
kubernetes=1.31.0
helm=$(command -v helm || printf '%s' "$home/bin/helm")
if [ ! -x "$helm" ]; then
  need go golang-go
  note 'Building Helm'
  GOBIN="$home/bin" go install helm.sh/helm/v3/cmd/helm@v3.19.2 >&2
fi
for values in "$here"/values/*.yaml; do
  "$helm" lint --strict --quiet --kube-version "$kubernetes" "$here" --values "$values"
  "$helm" template ziggie "$here" --kube-version "$kubernetes" --values "$values" | node "$here/checkManifests.ts"
  printf '%s: rendered and checked\n' "$(basename "$values")"
done
# Without a Secret, the chart says what is missing.
if "$helm" template ziggie "$here" --kube-version "$kubernetes" >/dev/null 2>&1; then fail 'The chart renders without existingSecret.'; fi
