#!/usr/bin/env bash
# Every trace of the corpus fails as it was recorded: each is a bug that was found once.
set -euo pipefail

count=0
failed=0
while IFS= read -r -d '' trace; do
  count=$((count + 1))
  status=0
  output=$("$HEDDLE" replay "$trace" 2>&1) || status=$?
  if ((status != 1)) || [[ $output != *"the trace fails as recorded"* ]]; then
    printf '%s: exit %d, expected 1\n%s\n' "$trace" "$status" "$(tail -n 3 <<<"$output")"
    failed=$((failed + 1))
  fi
done < <(find "$SOURCE_DIR/traces/corpus" -name '*.trace' -print0 | sort -z)

printf '%d traces replayed, %d not as recorded\n' "$count" "$failed"
((count > 0 && failed == 0))
