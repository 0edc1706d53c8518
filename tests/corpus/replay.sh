#!/usr/bin/env bash
# Every trace of the corpus fails as it was recorded: each is a bug that was found once. And each
# switch of each model has one, a defect as well as a mutation.
set -euo pipefail

status=0
"$HEDDLE" corpus verify --quiet --corpus "$SOURCE_DIR/traces/corpus" --json verify.json ||
  status=$?
# A model of which the corpus has nothing has not begun.
missing=$(jq -r '(.traces | map(.scenario | split("/")[0])) as $begun | .missing | group_by(.model)
  | map(select(.[0].model as $model | ($begun | index($model)) or ($begun | length == 0)))
  | .[] | "\(.[0].model): \(map(.id) | join(", "))"' verify.json)
if [[ -n $missing ]]; then
  printf 'FAILED: switches without a trace in traces/corpus:\n%s\n' "$missing"
  echo 'heddle corpus add --model MODEL looks for them'
  status=1
fi
jq -e '.traces | length > 80 and all(.state == "still fails")' verify.json >jq.txt || status=1
exit "$status"
