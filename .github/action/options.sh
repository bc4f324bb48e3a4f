# What `plan` and `apply` have in common: the inputs as arguments, and where files go. To be sourced.
# shellcheck shell=bash disable=SC2034

folder="$RUNNER_TEMP/slugline"
mkdir -p "$folder"
# Prints an input that names a file as an absolute path: the program changes its folder first. Below the checkout, which is
# untrusted, no part of the path may be a link, and none may go up. Other absolute paths are used as they are.
path_of() {
  local name="$1" path="$2" workspace="${GITHUB_WORKSPACE:-$PWD}" place part
  if [[ "$path" != /* ]]; then path="$workspace/$path"; fi
  place="$workspace"
  if [[ "$path" == "$workspace"/* ]]; then
    while IFS= read -r -d / part; do
      place="$place/$part"
      if [[ "$part" == .. || -L "$place" ]]; then
        echo "::error title=slugline::The input \`$name\` leads out of the checkout: it has a link or \`..\` in it." >&2
        return 64
      fi
    done <<< "${path#"$workspace"/}/"
  fi
  printf '%s' "$path"
}

plan="$(path_of plan "${PLAN:-$folder/plan.json}")"
result="$folder/result.json"
events="$folder/events.jsonl"

options=(-C "$DIRECTORY")
if [[ -n "$ENVIRONMENT" ]]; then options+=(--env="$ENVIRONMENT"); fi
if [[ -n "${BASE:-}" ]]; then options+=(--base="$BASE"); fi
while IFS= read -r argument; do
  if [[ -n "$argument" ]]; then options+=("$argument"); fi
done <<< "${ARGUMENTS:-}"
