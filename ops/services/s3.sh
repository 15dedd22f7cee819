#!/usr/bin/env bash
# Starts an S3-compatible server on loopback, on S3_PORT (7070): the Versity S3 Gateway over a folder, which Go builds.
# Usage: eval "$(ops/services/s3.sh)"; ops/services/s3.sh stop
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
port="${S3_PORT:-7070}"
name="s3-$port"
if [ "${1:-}" = stop ]; then halt "$name"; exit; fi
version=1.8.0
program="$home/bin/versitygw-$version"
if [ ! -x "$program" ]; then
  need go golang-go
  GOBIN="$program.partial" go install "github.com/versity/versitygw/cmd/versitygw@v$version" >&2
  mv "$program.partial/versitygw" "$program"
  rmdir "$program.partial"
fi
data="$home/data/$name"
# Attributes of objects are in a folder beside them: not every file system has extended attributes.
if ! listens "$port"; then
  rm -rf "$data"
  mkdir -p "$data/objects" "$data/attributes"
  launch "$name" "$port" "$program" --port "127.0.0.1:$port" --region eu-central-1 --access tests --secret tests-secret \
    posix --sidecar "$data/attributes" "$data/objects"
fi
printf 'export S3_URL=http://tests:tests-secret@127.0.0.1:%s\n' "$port"
