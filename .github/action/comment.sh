#!/usr/bin/env bash
# Keeps one comment on a pull request that shows the plan. A plan with nothing in it updates the comment, but makes none;
# so does a plan that could not be made, since the job that fails says enough.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=github.sh
source "${BASH_SOURCE[0]%/*}/github.sh"

no_plan() {
  local run="$GITHUB_SERVER_URL/$GITHUB_REPOSITORY/actions/runs/${FAILED_RUN:-$GITHUB_RUN_ID}"
  printf '<!-- slugline:plan v=1 digest=none -->\n%s\n### slugline\n\n' "$(project_line)"
  printf '**There is no plan for the latest commit: %s.** [This run](%s) says why.\n' "$EXIT_NAME" "$run"
}

if [[ ! "$PULL_REQUEST" =~ ^[0-9]+$ ]]; then
  echo "::error::there is no pull request to comment on; name one with the input \`pull-request\`"
  exit 64
fi
if [[ -n "$PLAN" ]]; then body="$(body_of_plan)"; else body="$(no_plan)"; fi
if ! comment="$(own "issues/$PULL_REQUEST/comments?")"; then
  echo "::error::failed to read the comments of the pull request; is there \`pull-requests: write\` in \`permissions\`?"
  exit 5
fi

# The digest stands in the body, but the way to show the same plan may have changed.
if [[ -z "$comment" ]]; then
  if [[ -z "$PLAN" || "$QUIET" == true ]]; then echo "Nothing to comment on."; exit; fi
  jq --null-input --arg body "$body" '{body: $body}' | send POST "issues/$PULL_REQUEST/comments"
  echo "Commented on #$PULL_REQUEST."
elif says "$body" <<< "$comment"; then
  echo "The comment on #$PULL_REQUEST says so already."
else
  jq --null-input --arg body "$body" '{body: $body}' | send PATCH "issues/comments/$(jq .id <<< "$comment")"
  echo "Updated the comment on #$PULL_REQUEST."
fi
