#!/usr/bin/env bash
# Tells a chat, and Loki, what a delivery did. One that cannot be told is a warning, never a failure of the delivery.
# Usage: [CHAT_WEBHOOK_URL=...] [LOKI_PUSH_URL=...] notify.sh ENVIRONMENT WHAT STATUS
#   CHAT_WEBHOOK_URL  takes {"text": ...}, as Slack, Mattermost and Google Chat do
#   LOKI_PUSH_URL     up to and with /loki/api/v1/push; LOKI_AUTHORIZATION is sent as its Authorization
set -uo pipefail
environment=${1:?name an environment} what=${2:?say what was done} status=${3:?say how it ended}
run=${GITHUB_SERVER_URL:-}/${GITHUB_REPOSITORY:-}/actions/runs/${GITHUB_RUN_ID:-}
text="$environment: $what: $status ($run)"

post() { # what it is, URL, further arguments of curl; the document is read from standard input
  curl --silent --show-error --fail --max-time 30 --header 'Content-Type: application/json' --data @- "${@:3}" "$2" >/dev/null ||
    echo "::warning::$1 could not be told: $text"
}

echo "$text"
if [ -n "${CHAT_WEBHOOK_URL:-}" ]; then
  jq --null-input --arg text "$text" '{text: $text}' | post 'The chat' "$CHAT_WEBHOOK_URL"
fi
if [ -n "${LOKI_PUSH_URL:-}" ]; then
  jq --null-input --arg text "$text" --arg environment "$environment" --arg status "$status" --arg at "$(date +%s%N)" \
    '{streams: [{stream: {job: "delivery", environment: $environment, status: $status}, values: [[$at, $text]]}]}' |
    post Loki "$LOKI_PUSH_URL" ${LOKI_AUTHORIZATION:+--header "Authorization: $LOKI_AUTHORIZATION"}
fi
