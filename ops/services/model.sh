#!/usr/bin/env bash
# Prints the path of the embedded engine's model, and fetches it if it is missing.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
exec node --disable-warning=ExperimentalWarning "$(dirname "${BASH_SOURCE[0]}")/model.ts" "$home/data"
