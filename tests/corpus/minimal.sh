#!/usr/bin/env bash
# The traces of the corpus are as small as `heddle minimize` gets them: a second time changes no byte.
# A trace that it does make smaller keeps its finding, and fails as recorded.
set -euo pipefail

failed=0
complain() {
  printf 'FAILED: %s\n' "$*"
  failed=1
}

count=0
while IFS= read -r -d '' trace; do
  count=$((count + 1))
  "$HEDDLE" minimize "$trace" -o again.trace >said.txt 2>&1 || complain "$trace: $(<said.txt)"
  cmp --silent "$trace" again.trace || complain "$trace can be smaller: $(<said.txt)"
done < <(find "$SOURCE_DIR/traces/corpus" -name '*.trace' -print0 | sort -z)
((count > 0)) || complain 'there is no corpus'

# Fresh ones, as they come. So few executions may miss what is expected: exit 1.
status=0
"$HEDDLE" run canary/lost_update 'lu_ref/*' --variant posted --executions 100 --no-minimize --quiet \
  >run.txt || status=$?
((status <= 1)) || complain "a run with findings: exit $status: $(<run.txt)"
fresh=0
while IFS= read -r -d '' trace; do
  status=0
  "$HEDDLE" minimize "$trace" -o small.trace >said.txt 2>&1 || status=$?
  if [[ $(<said.txt) == *'took its process along'* ]]; then continue; fi
  fresh=$((fresh + 1))
  ((status == 0)) || complain "$trace: exit $status: $(<said.txt)"
  [[ $(grep '^finding ' "$trace") == $(grep '^finding ' small.trace) ]] ||
    complain "$trace: another finding: $(grep '^finding ' small.trace)"
  status=0
  "$HEDDLE" replay small.trace >replay.txt 2>&1 || status=$?
  [[ $status == 1 && $(<replay.txt) == *'the trace fails as recorded' ]] ||
    complain "$trace made smaller: exit $status: $(tail -n 2 replay.txt)"
  "$HEDDLE" minimize small.trace -o again.trace >said.txt 2>&1 || complain "twice: $(<said.txt)"
  cmp --silent small.trace again.trace || complain "$trace: smaller the second time: $(<said.txt)"
done < <(find heddle-out -name '*.trace' -print0 | sort -z)
((fresh > 10)) || complain "only $fresh traces were found afresh"
printf '%d traces of the corpus, %d fresh ones\n' "$count" "$fresh"
exit "$failed"
