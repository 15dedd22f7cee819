#!/usr/bin/env bash
# The server of llama.cpp as a real OpenAI-compatible engine for the tests.
#
#   ops/ci/llamaServer.sh build        builds it into ~/.cache/llama-server, from PyPI's source package of
#                                      llama-cpp-python: needs pip, cmake, ninja and g++; takes about ten minutes, once
#   ops/ci/llamaServer.sh start MODEL  starts one for answers and one for embeddings, and prints the exports for the tests.
#                                      Prints nothing if it isn't built
#   ops/ci/llamaServer.sh stop
set -euo pipefail

version=0.3.36
cache=${LLAMA_SERVER_CACHE:-$HOME/.cache/llama-server}
program=$cache/build/bin/llama-server
answers_port=${LLAMA_SERVER_PORT:-8231}
embeddings_port=$((answers_port + 1))
pids=${TMPDIR:-/tmp}/llama-server-$answers_port.pids

build() {
  [ -x "$program" ] && return
  mkdir -p "$cache"
  python3 -m pip download --quiet --no-deps --no-binary :all: -d "$cache/dl" "llama-cpp-python==$version" >&2
  tar xzf "$cache/dl/llama_cpp_python-$version.tar.gz" -C "$cache"
  # Without the instructions of this machine: a cache may be used on another one.
  nice -n 19 cmake -S "$cache/llama_cpp_python-$version/vendor/llama.cpp" -B "$cache/build" -G Ninja \
    -DCMAKE_BUILD_TYPE=Release -DBUILD_SHARED_LIBS=OFF -DGGML_OPENMP=OFF -DGGML_CPU_REPACK=OFF -DGGML_NATIVE=OFF \
    -DGGML_AVX=ON -DGGML_AVX2=ON -DGGML_FMA=ON -DGGML_F16C=ON -DLLAMA_BUILD_TESTS=OFF -DLLAMA_BUILD_EXAMPLES=OFF \
    -DLLAMA_CURL=OFF -DLLAMA_OPENSSL=OFF -DLLAMA_BUILD_UI=OFF >&2
  nice -n 19 cmake --build "$cache/build" -j "$(nproc)" --target llama-server >&2
}

# launch MODEL PORT ARGUMENT…: one thread, because llama.cpp's threads wait for each other without sleeping.
launch() {
  local model=$1 port=$2
  shift 2
  setsid "$program" -m "$model" -a smollm2:135m --host 127.0.0.1 --port "$port" -c 4096 -np 2 -t 1 -tb 1 "$@" \
    </dev/null >/dev/null 2>&1 &
  echo $! >>"$pids"
  for _ in $(seq 120); do
    curl -sf -m 5 "http://127.0.0.1:$port/v1/models" >/dev/null && return
    sleep 0.5
  done
  echo "llama-server: no answer on port $port" >&2
  return 1
}

start() {
  [ -x "$program" ] || return 0
  stop
  launch "$1" "$answers_port" --jinja
  launch "$1" "$embeddings_port" --embeddings --pooling last
  echo "export TEST_OPENAI_URLS=http://127.0.0.1:$answers_port/v1#smollm2:135m"
  echo "export TEST_OPENAI_EMBEDDINGS_URLS=http://127.0.0.1:$embeddings_port/v1#smollm2:135m"
}

stop() {
  [ -f "$pids" ] || return 0
  while read -r pid; do kill "$pid" 2>/dev/null || true; done <"$pids"
  rm -f "$pids"
}

case ${1:-} in
  build) build ;;
  start) start "$2" ;;
  stop) stop ;;
  *)
    sed -n '2,10s/^# \{0,1\}//p' "$0"
    exit 1
    ;;
esac
