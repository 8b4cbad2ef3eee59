#!/usr/bin/env bash
# Commits the plan of what was just deployed to plans/ENVIRONMENT, and pushes it.
# Usage: keep-plan.sh ENVIRONMENT
set -euo pipefail
environment=${1:?name an environment}
branch=plans/$environment
git fetch --quiet origin "+refs/heads/$branch:refs/heads/$branch" 2>/dev/null || echo "$branch: there is none yet"
npx promptops keep "$environment"
git push --quiet origin "refs/heads/$branch:refs/heads/$branch"
