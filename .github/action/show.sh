#!/usr/bin/env bash
# Tells of a plan or an apply: as outputs, as the job's summary, as annotations, as a page.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=options.sh
source "${BASH_SOURCE[0]%/*}/options.sh"

# More than 1,024 KiB, and GitHub drops the whole summary.
readonly SUMMARY_BYTES=921600
exit_names=([0]=ok [1]=failed [2]=changes [3]=invalid [4]=refused [5]=unavailable [6]=partial [64]=usage)

# A value may be a path, and so hold anything: it ends at a word that nobody can know.
output() {
  local end="end-$RANDOM$RANDOM$RANDOM$RANDOM"
  printf '%s<<%s\n%s\n%s\n' "$1" "$end" "$2" "$end" >> "$GITHUB_OUTPUT"
}

# The program has read and checked the file before anything in it is believed.
outputs_of_plan() {
  local checked="$folder/checked.json"
  slugline show "$plan" --format=json > "$checked"
  output plan "$plan"
  output digest "$(jq -r .digest "$checked")"
  output has_changes "$(jq '.summary.changes > 0' "$checked")"
  output has_drift "$(jq '.summary.drift + .summary.conflicts > 0' "$checked")"
  output is_empty "$(jq '.summary.changes + .summary.conflicts + (.diagnostics | length) == 0' "$checked")"
}

report() {
  local report
  report="$(path_of report "${REPORT:-$folder/report.html}")"
  mkdir -p "$(dirname "$report")"
  slugline show "$plan" --format=html > "$report"
  output report "$report"
}

show_plan() {
  outputs_of_plan
  report
  if [[ "$COMMAND" == plan ]]; then slugline -C "$DIRECTORY" show "$plan" --format=github; fi
  slugline show "$plan" --format=markdown --max-bytes="$SUMMARY_BYTES" >> "$GITHUB_STEP_SUMMARY"
}

# In words of our own alone: what the program has said about it, which may quote anything, stands in the log.
show_no_plan() {
  local name="$1"
  echo "::error title=slugline::There is no plan: $name (exit code $EXIT_CODE). The log above says why."
  printf '### slugline\n\n**There is no plan: %s.** The log of this job says why.\n' "$name" >> "$GITHUB_STEP_SUMMARY"
}

# What the program has said, unless it was killed or never came to run.
show_apply() {
  local code name run
  code="$(jq '.exit.code' "$result" || true)"
  name="$(jq -r '.exit.name' "$result" || true)"
  output exit_code "${code:-1}"
  output exit_name "${name:-failed}"
  run="$(jq -r '.run // empty' "$events" 2>/dev/null | head -n 1 || true)"
  if [[ -z "$run" ]]; then
    printf '### slugline apply: %s\n\nNothing was written.\n' "${name:-failed}" >> "$GITHUB_STEP_SUMMARY"
    return
  fi
  slugline -C "$DIRECTORY" show "$run"
  plan="$DIRECTORY/.slugline/runs/$run/plan.json"
  output digest "$(jq -r .digest "$plan")"
  output has_changes "$(jq '.operations | length > 0' "$plan")"
  {
    printf '### slugline apply: %s\n\n' "${name:-failed}"
    slugline -C "$DIRECTORY" log --format=json |
      jq -r --arg run "$run" '.runs[] | select(.run == $run) |
        "Run `\(.run)`; requests written: \(.written) of \(.operations). It set out to do this:\n"'
    slugline show "$plan" --format=markdown --max-bytes="$((SUMMARY_BYTES - 1000))"
  } >> "$GITHUB_STEP_SUMMARY"
}

case "$COMMAND" in
  apply) show_apply ;;
  plan)
    output exit_code "$EXIT_CODE"
    name="${exit_names[EXIT_CODE]:-failed}"
    output exit_name "$name"
    if [[ -e "$plan" ]]; then show_plan; else show_no_plan "$name"; fi
    ;;
  show)
    # Holds for as long as nothing else is said: of a file that is no plan, the comment says that there is none.
    output exit_code 1
    output exit_name failed
    if [[ "$FAILED_RUN" =~ ^[0-9]+$ ]]; then exit; fi
    show_plan
    output exit_code 0
    output exit_name ok
    ;;
esac
