#!/usr/bin/env bash
# Starts an Ollama on loopback, on OLLAMA_PORT (11434), with the model smollm2:135m. Builds it by Go if it isn't installed,
# which takes about five minutes. Usage: eval "$(ops/services/ollama.sh)"; ops/services/ollama.sh stop
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
release=v0.17.4
port="${OLLAMA_PORT:-11434}"
name="ollama-$port"
if [ "${1:-}" = stop ]; then halt "$name"; exit; fi

# Builds Ollama from its module. That has no C++ headers of third parties: Debian has two, the sources of a Python package one.
build() {
  local folder
  need go golang-go
  note "Building Ollama $release"
  if [ ! -e /usr/include/nlohmann/json_fwd.hpp ]; then install nlohmann-json3-dev; fi
  if [ ! -e /usr/include/stb/stb_image.h ]; then install libstb-dev; fi
  folder=$(mktemp -d)
  python3 -m pip download -qd "$folder" --no-deps --no-binary miniaudio miniaudio==1.71 >&2
  tar -C "$folder" --strip-components=1 -xf "$folder/miniaudio-1.71.tar.gz"
  GOBIN="$folder" CGO_CPPFLAGS="-I$folder -I/usr/include" go install "github.com/ollama/ollama@$release" >&2
  mv "$folder/ollama" "$1"
  rm -rf "$folder"
}

program="$home/bin/ollama-$release"
[ -x "$program" ] || build "$program"

model=$("$here/model.sh")
data="$home/data/$name"
mkdir -p "$data"
ollama() {
  env HOME="$data" OLLAMA_HOST="127.0.0.1:$port" OLLAMA_MODELS="$data" OLLAMA_KEEP_ALIVE=10m \
    OLLAMA_NUM_PARALLEL="${OLLAMA_NUM_PARALLEL:-4}" "$@"
}
if ! listens "$port"; then
  # `launch` needs a program, not a function.
  launch "$name" "$port" env HOME="$data" OLLAMA_HOST="127.0.0.1:$port" OLLAMA_MODELS="$data" \
    OLLAMA_KEEP_ALIVE=10m OLLAMA_NUM_PARALLEL="${OLLAMA_NUM_PARALLEL:-4}" "$program" serve
fi
if ! ollama "$program" show smollm2:135m >/dev/null 2>&1; then
  file="$home/ziggie-run/$name.Modelfile"
  printf 'FROM %s\nPARAMETER temperature 0.2\n' "$model" >"$file"
  ollama "$program" create smollm2:135m -f "$file" >&2
fi
printf 'export OLLAMA_URL=http://127.0.0.1:%s\n' "$port"
