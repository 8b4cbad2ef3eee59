#!/usr/bin/env bash
# Asks a deployed API whether it is ready and, with a key, executes a prompt and waits for its end.
# Usage: [SMOKE_API_KEY=... SMOKE_PROMPT=...] smoke.sh URL [SECONDS]
#   SECONDS        that each step may take; default: 300
#   SMOKE_API_KEY  with the scopes executions:read and executions:write; without it, only readiness is asked
#   SMOKE_PROMPT   id of a prompt of that key's tenant, whose variables all have defaults
set -euo pipefail
url=${1:?name the URL of the API} seconds=${2:-300}

ask() { # method, path, further arguments of curl
  curl --silent --show-error --fail-with-body --max-time 30 --request "$1" "${@:3}" "$url$2"
}

within() { # what, command...: repeats the command until it succeeds
  local deadline=$((SECONDS + seconds)) answer
  until answer=$("${@:2}" 2>&1); do
    if [ "$SECONDS" -ge "$deadline" ]; then
      printf '%s: not within %s s. The last answer: %s\n' "$1" "$seconds" "$answer" >&2
      return 1
    fi
    sleep 2
  done
  printf '%s\n' "$answer"
}

within 'the API is ready' ask GET /health/ready >/dev/null
echo "ready: $url"
[ -n "${SMOKE_API_KEY:-}" ] || exit 0

authorized() {
  ask "$@" --header "Authorization: Bearer $SMOKE_API_KEY"
}

ended() { # execution
  local found
  found=$(authorized GET "/executions/$1") || return
  printf '%s\n' "$found"
  jq --exit-status '.state | IN("succeeded", "failed", "cancelled")' <<<"$found" >/dev/null
}

: "${SMOKE_PROMPT:?name the prompt to execute}"
execution=$(within 'a prompt is accepted' authorized POST "/prompts/$SMOKE_PROMPT/execute" \
  --header 'Content-Type: application/json' --data '{"variables": {}}' | jq --raw-output .id)
end=$(within "execution $execution ends" ended "$execution")
if [ "$(jq --raw-output .state <<<"$end")" != succeeded ]; then
  echo "execution $execution: $(jq --compact-output '{state, error}' <<<"$end")" >&2
  exit 1
fi
echo "succeeded: execution $execution"
