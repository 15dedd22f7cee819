# Functions of the service scripts. Each script prints `export` lines on standard output and everything else on standard
# error; with `stop` it ends the server that it started, and no other.
set -euo pipefail

# Programs, models and data of the servers, kept between runs.
home="${SERVICES_HOME:-${XDG_CACHE_HOME:-$HOME/.cache}/services}"
mkdir -p "$home/bin" "$home/ziggie-run" "$home/data"

note() { printf '%s\n' "$*" >&2; }
fail() { note "$*"; exit 1; }

listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# launch NAME PORT COMMAND…: starts a server in the background and waits until it listens, for at most a minute.
launch() {
  local name=$1 port=$2 tries=0
  shift 2
  setsid "$@" >"$home/ziggie-run/$name.log" 2>&1 </dev/null &
  printf '%s\n' "$!" >"$home/ziggie-run/$name.pid"
  until listens "$port"; do
    tries=$((tries + 1))
    [ "$tries" -lt 600 ] || fail "$name does not listen on port $port after a minute: see $home/ziggie-run/$name.log"
    sleep 0.1
  done
}

# halt NAME: ends the server that `launch` started. Its log is still open in it; another process with its id has another one.
halt() {
  local file="$home/ziggie-run/$1.pid" server
  [ -f "$file" ] || return 0
  server=$(cat "$file")
  if [ ! -d /proc ] || [ "/proc/$server/fd/1" -ef "$home/ziggie-run/$1.log" ]; then
    kill "$server" 2>/dev/null || true
  fi
  rm -f "$file"
}

# install PACKAGE…: installs packages of Debian.
install() {
  note "Installing $*"
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"; } >&2 ||
    fail "Install $* yourself: apt-get failed."
}

# need COMMAND PACKAGE…: installs packages if the command is missing.
need() {
  command -v "$1" >/dev/null || install "${@:2}"
}
