#!/usr/bin/env bash
# Writes a comment on a pull request, in place of an earlier one with the same title.
# Usage: GITHUB_TOKEN=... comment.sh PULL_REQUEST TITLE FILE
#   FILE  Markdown; cut where GitHub's limit of 65,536 characters is reached
set -euo pipefail
number=${1:?name a pull request} title=${2:?name a title} file=${3:?name a file}
: "${GITHUB_TOKEN:?}" "${GITHUB_REPOSITORY:?}"
api=${GITHUB_API_URL:-https://api.github.com}/repos/$GITHUB_REPOSITORY
marker="<!-- promptops: $title -->"

request() { # method, path, further arguments of curl
  curl --silent --show-error --fail-with-body --max-time 60 --request "$1" \
    --header "Authorization: Bearer $GITHUB_TOKEN" --header 'Accept: application/vnd.github+json' "${@:3}" "$api$2"
}

body() {
  jq --raw-input --slurp --arg marker "$marker" --arg title "$title" \
    '{body: ("\($marker)\n## \($title)\n\n" + .)[0:65000]}' <"$file"
}

earlier() { # id of our comment, from pages of a hundred
  local page=1 found
  while :; do
    found=$(request GET "/issues/$number/comments?per_page=100&page=$page")
    jq --raw-output --arg marker "$marker" \
      'map(select(.user.type == "Bot" and (.body | startswith($marker)))) | first | .id // empty' <<<"$found"
    [ "$(jq length <<<"$found")" = 100 ] || return 0
    page=$((page + 1))
  done
}

id=$(earlier | head -n 1)
if [ -n "$id" ]; then
  body | request PATCH "/issues/comments/$id" --data @- >/dev/null
else
  body | request POST "/issues/$number/comments" --data @- >/dev/null
fi
