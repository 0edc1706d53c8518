#!/usr/bin/env bash
# Every trace of the corpus fails as it was recorded: each is a bug that was found once. And each
# defect of these models has one.
set -euo pipefail

status=0
"$HEDDLE" corpus verify --quiet --corpus "$SOURCE_DIR/traces/corpus" --json verify.json ||
  status=$?
jq -e '.missing | map(select(.model | IN("lu_ref", "loop", "ring_buffer", "dynamic_debug"))) == []' \
  verify.json >jq.txt || {
  printf 'FAILED: defects without a trace: %s\n' "$(jq -c .missing verify.json)"
  status=1
}
jq -e '.traces | length > 80 and all(.state == "still fails")' verify.json >jq.txt || status=1
exit "$status"
