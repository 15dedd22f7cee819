#!/usr/bin/env bash
# Starts a Redis on loopback, on REDIS_PORT (6379). Usage: eval "$(ops/services/redis.sh)"; ops/services/redis.sh stop
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
port="${REDIS_PORT:-6379}"
name="redis-$port"
if [ "${1:-}" = stop ]; then halt "$name"; exit; fi
need redis-server redis-server
mkdir -p "$home/data/$name"
listens "$port" ||
  launch "$name" "$port" redis-server --bind 127.0.0.1 --port "$port" --dir "$home/data/$name" --appendonly yes
printf 'export REDIS_URL=redis://127.0.0.1:%s\n' "$port"
