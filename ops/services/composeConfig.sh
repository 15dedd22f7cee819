#!/usr/bin/env bash
# Checks files of Docker Compose without Docker. Usage: ops/services/composeConfig.sh FILE…; prints the resolved project.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
need go golang-go
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
program="$home/bin/compose-config-ziggie"
[ "$program" -nt "$here/composeConfig/main.go" ] || go build -C "$here/composeConfig" -o "$program" . >&2
exec "$program" "$@"
