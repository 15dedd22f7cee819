#!/usr/bin/env bash
# Sends a prompt and prints the answer while it streams, with curl and jq:
#   ZIGGIE_USER=admin ZIGGIE_PASSWORD=… ./ask.sh "What is 2+2?"
set -euo pipefail
url=${ZIGGIE_URL:-http://127.0.0.1:8000}
prompt=${1:-What is 2+2?}

token=$(jq -n '{username: env.ZIGGIE_USER, password: env.ZIGGIE_PASSWORD}' |
  curl -sS --fail-with-body "$url/api/auth/login" -H 'Content-Type: application/json' -d @- |
  jq -r .access_token)

graphql() {
  curl -sS -N "$url/graphql" -H "Authorization: Bearer $token" -H 'Content-Type: application/json' "$@"
}

id=$(jq -n --arg prompt "$prompt" '{
    query: "mutation ($prompt: String!) { generate(input: { prompt: $prompt }) { generation { id } } }",
    variables: {$prompt}
  }' |
  graphql -d @- |
  jq -er '.data.generate.generation.id // (.errors[0].message | halt_error(1))')

# A subscription over HTTP: server-sent events, one per chunk of text.
jq -n --arg id "$id" '{
    query: "subscription ($id: ID!) { generation(id: $id) { delta } }",
    variables: {$id}
  }' |
  graphql -H 'Accept: text/event-stream' -d @- |
  sed -un 's/^data: //p' |
  jq -j --unbuffered '.data.generation.delta // empty'
echo
