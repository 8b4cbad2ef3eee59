#!/usr/bin/env bash
# Renders the objects of an environment and pushes them to the branch that Argo CD follows. Pushes nothing if none has changed.
# Usage: publish-manifests.sh ENVIRONMENT [VERSION]
#   VERSION  of the images, as v1.2.3 or sha-0a1b2c3d; default: the one in the environment's file
set -euo pipefail
environment=${1:?name an environment}
version=${2:-}
branch=rendered/$environment
folder=$(mktemp -d)
trap 'git worktree remove --force "$folder" 2>/dev/null || rm -rf "$folder"' EXIT

if git fetch --quiet origin "$branch" 2>/dev/null; then
  base=FETCH_HEAD
else
  base=$(git commit-tree -m 'No objects yet' "$(git mktree </dev/null)")
fi
git worktree add --quiet --detach "$folder" "$base"
npx promptops render "$environment" ${version:+--release "$version"} --output "$folder"
git -C "$folder" add --all
if git -C "$folder" diff --cached --quiet; then
  echo "$branch: nothing has changed"
  exit
fi
git -C "$folder" commit --quiet -m "Render $(git rev-parse --short HEAD)${version:+ with images $version}"
# A push that is not a fast-forward is refused: somebody else has published in the meantime.
git -C "$folder" push --quiet origin "HEAD:refs/heads/$branch"
echo "$branch: $(git -C "$folder" rev-parse --short HEAD)"
