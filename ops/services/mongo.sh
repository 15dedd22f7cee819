#!/usr/bin/env bash
# Starts a MongoDB on loopback, on MONGO_PORT (27017): mongod as a replica set if it is installed, else a server in Java that
# speaks its protocol and needs Java and Maven. Usage: eval "$(ops/services/mongo.sh)"; ops/services/mongo.sh stop
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
port="${MONGO_PORT:-27017}"
name="mongo-$port"
if [ "${1:-}" = stop ]; then halt "$name"; exit; fi
data="$home/data/$name"
mkdir -p "$data"
if listens "$port"; then
  note "Using the MongoDB on port $port"
elif command -v mongod >/dev/null && command -v mongosh >/dev/null; then
  launch "$name" "$port" mongod --bind_ip 127.0.0.1 --port "$port" --dbpath "$data" --replSet rs0
  mongosh --quiet --port "$port" --eval \
    "try { rs.status() } catch { rs.initiate({ _id: 'rs0', members: [{ _id: 0, host: '127.0.0.1:$port' }] }) }" >&2
else
  jars="$home/mongo-wire"
  if [ ! -d "$jars" ]; then
    need mvn maven
    mvn -q -B -f "$here/mongoWire/pom.xml" dependency:copy-dependencies -DoutputDirectory="$jars.partial" >&2
    mv "$jars.partial" "$jars"
  fi
  launch "$name" "$port" java -Xmx512m -cp "$jars/*" "$here/mongoWire/Server.java" "$port" "$data/data.mv"
fi
printf 'export MONGODB_URL=mongodb://127.0.0.1:%s/ziggie\n' "$port"
