#!/usr/bin/env bash
# Installs Debian's Chromium for the journeys in a browser. Usage: eval "$(ops/services/chromium.sh)"
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
need chromium chromium
printf 'export CHROMIUM_PATH=%s\n' "$(command -v chromium)"
