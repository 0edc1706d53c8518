# SIGINT ends a run with what was found so far; a second one ends it at once; a hanging reader or
# nobody at all is no reason to hang.
# shellcheck source=tests/cli/_expect.sh
source "$SOURCE_DIR/tests/cli/_expect.sh"

# interrupt SIGNAL SECONDS ARGUMENT...: runs heddle, sends the signal after a while.
interrupt() {
  local signal=$1 seconds=$2
  shift 2
  code=0
  timeout --preserve-status --signal="$signal" --kill-after=30 "$seconds" \
    "$HEDDLE" "$@" >stdout.txt 2>stderr.txt || code=$?
  out=$(<stdout.txt)
  err=$(<stderr.txt)
}

for signal in INT TERM; do
  interrupt "$signal" 3 run canary/lost_update --executions 1000000000 --jobs 2 --json run.json
  ((code == 130)) || complain "SIG$signal: exit $code: $out $err"
  # The canary was found long before; whatever was told is whole.
  prints '*ok *canary/lost_update*1. DATA_RACE*replay: heddle replay *scenarios: *'
  jq --exit-status '.[] | select(.scenario == "canary/lost_update") | .findings | length >= 2' \
    run.json >jq.txt || complain "SIG$signal: run.json: $(<run.json)"
  while read -r trace; do
    run replay "$trace"
    ((code == 1)) || complain "SIG$signal: $trace does not replay: $err"
  done < <(jq --raw-output '.[].findings[].trace' run.json)
  rm -rf run.json heddle-out
done

interrupt INT 2 run canary/clean --executions 1000000000
((code == 130)) || complain "a clean run, interrupted: exit $code"
prints '*cut *canary/clean*0 as expected, 0 not, 1 inconclusive'

interrupt INT 1 matrix lu_ref --executions 1000000000
((code == 130 || code == 1)) || complain "a matrix, interrupted: exit $code"

# A reader that goes away ends heddle too.
timeout 60 "$HEDDLE" run 'canary/*' --quiet | head -n 1 >head.txt
((PIPESTATUS[0] == 141 || PIPESTATUS[0] == 2 || PIPESTATUS[0] == 0)) ||
  complain "after a reader went away: exit ${PIPESTATUS[0]}"

exit "$status"
