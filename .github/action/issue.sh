#!/usr/bin/env bash
# Keeps one issue open for as long as the site differs from the manifests because somebody has edited it there.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=github.sh
source "${BASH_SOURCE[0]%/*}/github.sh"

encoded="$(jq --null-input --raw-output --arg name "$LABEL" '$name | @uri')"
if ! issue="$(own "issues?state=open&labels=$encoded&")"; then
  echo "::error::failed to read the issues; is there \`issues: write\` in \`permissions\`?"
  exit 5
fi
number="$(jq .number <<< "$issue")"
body="$(body_of_plan)"

if [[ "$DRIFT" != true ]]; then
  if [[ -z "$issue" ]]; then echo "Nobody has edited the site."; exit; fi
  jq --null-input --arg body "$body" '{body: $body, state: "closed", state_reason: "completed"}' | send PATCH "issues/$number"
  echo "Closed #$number."
elif [[ -z "$issue" ]]; then
  jq --null-input --arg body "$body" --arg name "$LABEL" \
    '{title: "The site was edited, and reads differently from the manifests", body: $body, labels: [$name]}' | send POST issues
  echo "Opened an issue."
elif jq --exit-status --arg body "$body" '(.body | gsub("\r"; "") | rtrimstr("\n")) == $body' <<< "$issue" > /dev/null; then
  echo "Issue #$number says so already."
else
  jq --null-input --arg body "$body" '{body: $body}' | send PATCH "issues/$number"
  echo "Updated #$number."
fi
