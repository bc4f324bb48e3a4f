#!/usr/bin/env bash
# Builds the fuzz targets, runs them two at a time, and prints a table of the runs and their findings.
#
# Usage: fuzz/run.sh [seconds] [target...]
#
# Runs each target for 600 seconds, and all targets, unless told otherwise. Exits with 1 if a run has a finding.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

seconds=600
if [[ "${1:-}" =~ ^[0-9]+$ ]]; then
    seconds="$1"
    shift
fi
targets=("$@")
if ((${#targets[@]} == 0)); then
    for file in fuzz_targets/*.rs; do targets+=("$(basename "$file" .rs)"); done
fi
for target in "${targets[@]}"; do
    if [[ ! -f "fuzz_targets/$target.rs" ]]; then
        echo "error: there is no fuzz target \`$target\`; the targets are: $(basename -s .rs fuzz_targets/*.rs | xargs)" >&2
        exit 2
    fi
done

host="$(rustc -vV | sed -n 's/^host: //p')"
# The crate has no unsafe code, so a sanitizer has nothing to find, and stable Rust is enough.
cargo fuzz build --sanitizer none
binaries="${CARGO_TARGET_DIR:-target}/$host/release"
# The event logs of a run are written thousands of times a second.
if [[ -z "${TMPDIR:-}" && -d /dev/shm ]]; then export TMPDIR=/dev/shm; fi

# Prints the limits of a target, one a line.
limits() {
    case "$1" in
        html | markdown | terminal) printf '%s\n' -max_len=300 -len_control=0 -dict=dictionaries/text.dict ;;
        edit | manifest | project) printf '%s\n' -max_len=2048 -dict=dictionaries/yaml.dict ;;
        api | event_log | plan_file) printf '%s\n' -max_len=4096 -dict=dictionaries/json.dict ;;
        *) printf '%s\n' -max_len=1024 ;;
    esac
}

# Runs a target from its committed seeds and from what earlier runs found.
run() {
    local target="$1" options
    mapfile -t options < <(limits "$target")
    mkdir -p "found/$target" "artifacts/$target"
    touch "found/$target.started"
    nice -n 19 "$binaries/$target" "found/$target" "corpus/$target" "${options[@]}" \
        -max_total_time="$seconds" -rss_limit_mb=4096 -timeout=25 -print_final_stats=1 \
        -artifact_prefix="artifacts/$target/" >"found/$target.log" 2>&1 || true
}

# Prints the files that the last run of a target wrote for its findings.
findings() {
    find "artifacts/$1" -type f -newer "found/$1.started"
}

for target in "${targets[@]}"; do
    while (($(jobs -rp | wc -l) >= 2)); do wait -n; done
    run "$target" &
done
wait

status=0
printf '%-10s %12s %9s %9s %9s  %s\n' target executions exec/s coverage corpus findings
for target in "${targets[@]}"; do
    log="found/$target.log"
    executions="$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")"
    speed="$(sed -n 's/^stat::average_exec_per_sec: *//p' "$log")"
    coverage="$(grep -o 'cov: [0-9]*' "$log" | tail -n 1 | cut -d ' ' -f 2 || true)"
    corpus="$(grep -o 'corp: [0-9]*' "$log" | tail -n 1 | cut -d ' ' -f 2 || true)"
    found="$(findings "$target" | xargs)"
    # A run that ends without its statistics has not been a run.
    if [[ -n "$found" || -z "$executions" ]]; then status=1; fi
    printf '%-10s %12s %9s %9s %9s  %s\n' "$target" "${executions:--}" "${speed:--}" "${coverage:--}" "${corpus:--}" \
        "${found:-$([[ -n "$executions" ]] && echo none || echo "failed, see fuzz/$log")}"
done
exit "$status"
