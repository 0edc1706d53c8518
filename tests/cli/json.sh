# What --json writes is JSON, as docs/json.md describes it, and - means stdout and nothing else on it.
# shellcheck source=tests/cli/_expect.sh
source "$SOURCE_DIR/tests/cli/_expect.sh"

# holds FILE FILTER: the jq filter is true of the file.
holds() {
  jq --exit-status "$2" "$1" >jq.txt 2>&1 || complain "$1: not true: $2: $(head -c 400 "$1")"
}

expect 0 list --json list.json
holds list.json 'type == "array" and length > 1'
holds list.json 'all(has("scenario") and has("model") and has("cpus") and has("expectations"))'
holds list.json 'map(.scenario) | . == (unique)'
expect 0 list canary --json -
holds stdout.txt 'map(.scenario) == ["canary/clean", "canary/lost_update"]'
[[ $err == *canary/clean* ]] || complain 'with --json - the table is not on stderr'

expect 0 run 'canary/*' --quiet --json run.json
holds run.json 'map(.scenario) == ["canary/clean", "canary/lost_update"]'
holds run.json 'map(.verdict) == ["clean", "finding"]'
holds run.json 'map(.seed) | all(. == "0x5eed")'
holds run.json '.[0] | .exhaustive == false and .executions.complete == 2000 and .findings == []'
holds run.json '.[1].findings | map(.kind) | unique == ["data_race", "invariant"]'
holds run.json '.[1].findings | all(.count > 0 and .first >= 0 and (.fingerprint | length) == 16)'
holds run.json '.[0].bounds | .steps > 0'
holds run.json 'all(.strategy == "portfolio" and .coverage > 0)'
while read -r trace; do
  [[ -f $trace ]] || complain "run.json names $trace, which is not there"
done < <(jq --raw-output '.[].findings[].trace' run.json)
expect 0 run canary/clean --quiet --json -
holds stdout.txt '.[0].ending == "ok"'
expect 3 run canary/clean --strategy dfs --executions 5 --json dfs.json
holds dfs.json '.[0] | .verdict == "inconclusive" and .reason != "" and .strategy == "dfs" and .coverage == null'

# The old file stays until the new one is there; a link stays a link; a device stays a device.
ln -s run.json link.json
expect 0 list canary/clean --json link.json
[[ -L link.json ]] || complain '--json replaces a link'
holds run.json 'length == 1 and .[0].scenario == "canary/clean"'
expect 0 list --json /dev/null
[[ -c /dev/null ]] || complain '--json replaces a device'
mapfile -t left < <(find . -name '*.json.*')
((${#left[@]} == 0)) || complain "temporary files are left: ${left[*]}"

exit "$status"
