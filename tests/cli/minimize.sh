# heddle minimize: writes a smaller trace beside, or where -o says.
# shellcheck source=tests/cli/_expect.sh
source "$SOURCE_DIR/tests/cli/_expect.sh"

expect 0 run canary/lost_update --quiet --no-minimize
mapfile -t traces < <(find heddle-out -name '*.trace' | sort)
((${#traces[@]} >= 2)) || complain "the findings leave ${#traces[@]} files"
trace=${traces[0]}
before=$(<"$trace")
expect 0 minimize "$trace"
prints '1 preemption, * steps; before: * preemptions, * (* attempts)*replay: heddle replay *.min.trace'
small=${trace%.trace}.min.trace
[[ $(<"$trace") == "$before" ]] || complain 'the trace itself was changed'
grep --quiet '^strategy .*, minimised$' "$small" || complain "$(grep strategy "$small")"
expect 1 replay "$small"
prints '*the trace fails as recorded'
expect 0 minimize "$trace" -o other.trace
cmp --silent other.trace "$small" || complain 'the same trace, made smaller twice, differs'
expect 0 minimize "$trace" -o -
[[ $out == "$(<"$small")" ]] || complain "-o - prints $out"
expect 0 minimize "$small" -o again.trace
prints '*nothing smaller was found*'
cmp --silent again.trace "$small" || complain 'what cannot be smaller was changed'

# A run does the same by itself.
rm -rf heddle-out
expect 0 run canary/lost_update --quiet
prints '*schedule: 1 preemption, *; before minimising: *'
cmp --silent "$trace" other.trace || complain 'a run minimises in another way'

# As JSON; and what both want standard output cannot have it.
expect 0 minimize "$trace" -o other.trace --json cost.json
jq -e '.trace == "other.trace" and .complete and (.interrupted | not) and .workload == null and
       .after.preemptions == 1 and .before.preemptions >= 1 and .attempts > 5 and
       (.fingerprint | length) == 16' cost.json >jq.txt || complain "$(<cost.json)"
refuse 2 'both want standard output' minimize "$trace" -o - --json -

# A generated workload becomes smaller, too.
"$HEDDLE" run lu_ref/property --variant REF-13 --no-minimize --quiet --trace-dir generated \
  >run.txt || true
generated=$(find generated -name '*.trace' | head -n 1)
[[ -n $generated ]] || complain "nothing is found in generated workloads: $(<run.txt)"
expect 0 minimize "$generated" -o shrunk.trace
long=$(grep '^workload ' "$generated")
short=$(grep '^workload ' shrunk.trace)
((${#short} < ${#long})) || complain "the workload '$long' becomes '$short'"
expect 1 replay shrunk.trace
prints '*the trace fails as recorded'

# Interrupted, it keeps the best so far. How early a signal must come depends on the machine: so it
# comes early, and a little later if the program was not even there to be interrupted; and all of
# that again if it has ended by then, as the machine may have been busy in between.
interrupted=no
times=(0.0{1,2,3,4,5,6,7,8,9} 0.1{,2,4,6,8} 0.{2,3,4,5,6,7,8,9} {1,2,3}.{2,5,8})
rounds=0
for ((i = 0; i < ${#times[@]} && rounds < 10; ++i)); do
  code=0
  rm -f cut.trace
  timeout --preserve-status --signal=INT "${times[i]}" "$HEDDLE" minimize "$generated" -o cut.trace \
    --json cut.json --quiet >cut.txt 2>&1 || code=$?
  if ((code == 0)); then
    i=-1
    ((++rounds))
    continue
  fi
  if ((code != 130)) || [[ ! -e cut.trace ]]; then continue; fi
  interrupted=yes
  expect 1 replay cut.trace
  prints '*the trace fails as recorded'
  [[ $(<cut.txt) == *'interrupted: this is the best so far'* ]] || complain "$(<cut.txt)"
  jq -e '.interrupted and (.complete | not)' cut.json >jq.txt || complain "$(<cut.json)"
  # It goes on from there, to a result as good.
  expect 0 minimize cut.trace -o rest.trace
  [[ $(grep '^finding ' rest.trace) == $(grep '^finding ' shrunk.trace) ]] ||
    complain "another finding: $(grep '^finding ' rest.trace)"
  break
done
[[ $interrupted == yes ]] || complain "no signal came in between: the last exit was $code"

refuse 2 'minimize needs a trace file' minimize
refuse 2 'nowhere.trace' minimize nowhere.trace
echo 'heddle trace 999' >junk.trace
refuse 2 'junk.trace' minimize junk.trace
refuse 2 '--output' minimize "$trace" -o "$trace/file"
refuse 2 'no option' minimize "$trace" --fast
exit "$status"
