# What `plan` and `apply` have in common: the inputs as arguments, and where files go. To be sourced.
# shellcheck shell=bash disable=SC2034

folder="$RUNNER_TEMP/slugline"
mkdir -p "$folder"
# The program changes its folder first, so a path must not depend on where it is read.
plan="${PLAN:-$folder/plan.json}"
if [[ "$plan" != /* ]]; then plan="$PWD/$plan"; fi
result="$folder/result.json"
events="$folder/events.jsonl"

options=(-C "$DIRECTORY")
if [[ -n "$ENVIRONMENT" ]]; then options+=(--env="$ENVIRONMENT"); fi
if [[ -n "${BASE:-}" ]]; then options+=(--base="$BASE"); fi
while IFS= read -r argument; do
  if [[ -n "$argument" ]]; then options+=("$argument"); fi
done <<< "${ARGUMENTS:-}"
