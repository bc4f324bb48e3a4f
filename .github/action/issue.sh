#!/usr/bin/env bash
# Keeps one issue open for as long as the site differs from the manifests though git has changed nothing.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=github.sh
source "${BASH_SOURCE[0]%/*}/github.sh"

# What the plan calls changed on the site may be what was never written there, and the site does not tell the two apart.
# The two lines that nobody sees stay the first ones.
with_causes() {
  local causes='Each of these was edited on the site, or is a merge that was not applied (a guard stopped it, or it failed).'
  local advice='Look at the last runs of the workflow that applies first.'
  printf '%s\n\n%s %s\n\n%s\n' "$(head -n 2 <<< "$1")" "$causes" "$advice" "$(tail -n +3 <<< "$1")"
}

encoded="$(jq --null-input --raw-output --arg name "$LABEL" '$name | @uri')"
if ! issue="$(own "issues?state=open&labels=$encoded&")"; then
  echo "::error::failed to read the issues; is there \`issues: write\` in \`permissions\`?"
  exit 5
fi
number="$(jq .number <<< "$issue")"
body="$(body_of_plan)"
if [[ "$DRIFT" == true ]]; then body="$(with_causes "$body")"; fi

if [[ "$DRIFT" != true ]]; then
  if [[ -z "$issue" ]]; then echo "The site reads as the manifests say."; exit; fi
  jq --null-input --arg body "$body" '{body: $body, state: "closed", state_reason: "completed"}' | send PATCH "issues/$number"
  echo "Closed #$number."
elif [[ -z "$issue" ]]; then
  jq --null-input --arg body "$body" --arg name "$LABEL" \
    '{title: "The site reads differently from the manifests", body: $body, labels: [$name]}' | send POST issues
  echo "Opened an issue."
elif says "$body" <<< "$issue"; then
  echo "Issue #$number says so already."
else
  jq --null-input --arg body "$body" '{body: $body}' | send PATCH "issues/$number"
  echo "Updated #$number."
fi
