#!/usr/bin/env bash
# Starts an Ollama on loopback, on OLLAMA_PORT (11434), with the model smollm2:135m. Builds it by Go if it isn't installed,
# which takes about five minutes. Usage: eval "$(ops/services/ollama.sh)"; ops/services/ollama.sh stop
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
release=v0.17.4
port="${OLLAMA_PORT:-11434}"
name="ollama-$port"
if [ "${1:-}" = stop ]; then halt "$name"; exit; fi

program="$home/bin/ollama-$release"
if [ ! -x "$program" ]; then
  need go golang-go
  note "Building Ollama $release"
  # The Go module lacks folders named vendor, so these headers come from Debian and from a package of Python.
  [ -f /usr/include/nlohmann/json_fwd.hpp ] && [ -f /usr/include/stb/stb_image.h ] ||
    { apt-get update -qq && apt-get install -y -qq nlohmann-json3-dev libstb-dev; } >&2
  sources=$(mktemp -d)
  trap 'rm -rf "$sources"' EXIT
  python3 -m pip download --quiet --no-deps --no-binary :all: --dest "$sources" miniaudio==1.71 >&2
  tar -xzf "$sources/miniaudio-1.71.tar.gz" -C "$sources"
  CGO_CPPFLAGS="-I$sources/miniaudio-1.71 -I/usr/include" GOBIN="$sources/bin" \
    go install "github.com/ollama/ollama@$release" >&2
  mv "$sources/bin/ollama" "$program"
fi

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
