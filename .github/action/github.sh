# GitHub's REST API, as far as the comment and the issue need it. To be sourced.
# shellcheck shell=bash

# Sends a request about the repository. Where the list of processes shows arguments, it does not show the token.
api() {
  local method="$1" path="$2"
  shift 2
  curl --silent --show-error --fail --max-time 60 --request "$method" \
    --config <(printf 'header = "authorization: Bearer %s"\n' "$GITHUB_TOKEN") \
    --header 'accept: application/vnd.github+json' --header 'x-github-api-version: 2022-11-28' \
    "$@" "$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/$path"
}

# Sends the JSON that comes on stdin.
send() {
  api "$1" "$2" --header 'content-type: application/json' --data-binary @- --output /dev/null
}

# Prints the first of all items of a list, page by page, that is our own and about the same project, if there is one.
# Live text could contain the marker, so it counts at the very start only, and only if the author is ourselves.
own() {
  local path="$1" number=1 page found
  while true; do
    page="$(api GET "${path}per_page=100&page=$number")" || return
    found="$(jq --compact-output --arg author "$AUTHOR" --arg project "$(project_line)" '
      map(select(.user.login? == $author and (has("pull_request") | not))
        | select((.body // "") | startswith("<!-- slugline:plan ") and (gsub("\r"; "") | split("\n")[1] == $project)))
      | first // empty' <<< "$page")" || return
    if [[ -n "$found" || "$(jq length <<< "$page")" -lt 100 ]]; then break; fi
    number=$((number + 1))
  done
  printf '%s' "$found"
}

# Whether the comment or issue on stdin says as much as a body. That another commit makes the same plan is nothing new.
says() {
  jq --exit-status --arg body "$1" '
    def told: gsub("\r"; "") | sub("\n<sub>Commit [^\n]*</sub>"; "") | rtrimstr("\n");
    (.body | told) == ($body | told)' > /dev/null
}

# A second line that nobody sees: two projects of one repository keep apart by it.
project_line() {
  jq --null-input --raw-output --arg directory "$DIRECTORY" --arg environment "$ENVIRONMENT" \
    '"<!-- directory=\($directory | @uri) environment=\($environment | @uri) -->"'
}

# Prints the plan as a body, with the line of the project as its second.
body_of_plan() {
  local text
  text="$(slugline show "$PLAN" --format=markdown)"
  printf '%s\n%s\n%s\n' "${text%%$'\n'*}" "$(project_line)" "${text#*$'\n'}"
}
