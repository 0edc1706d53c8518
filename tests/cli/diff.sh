# heddle diff: where two traces part; the turning point and the nearest execution that passes.
# shellcheck source=tests/cli/_expect.sh
source "$SOURCE_DIR/tests/cli/_expect.sh"

# A lost update: once both have read, nothing helps. (The race is there in every execution.)
expect 0 run canary/lost_update --quiet
race=$(grep --files-with-matches "^finding data_race" -r heddle-out | sort | head -n 1)
lost=$(grep --files-with-matches '^finding invariant' -r heddle-out)
expect 0 diff "$lost" -o passing.trace --json diff.json
prints 'left * INVARIANT *right  nearest passing: *──▸ turning point: * │ ──▸ with this instead *'
prints '*rows that both have * │ *rows that both have*'
prints '*nearest passing: *turning point: step * whatever follows*'
jq -e '.turning_point | .kind == "found" and .step > 1 and .executions > 1' diff.json >jq.txt ||
  complain "$(<diff.json)"
jq -e '.common == .turning_point.choice and .first != .second' diff.json >jq.txt ||
  complain "$(<diff.json)"
# What passes, passes; or it has the race alone.
run replay passing.trace
[[ $out != *INVARIANT* ]] || complain "the passing execution: $out"
((code == 0 || code == 1)) || complain "the passing execution: exit $code: $err"
expect 0 diff "$lost" passing.trace --json again.json
[[ $(jq .common diff.json) == $(jq .common again.json) ]] || complain "$(<again.json)"
prints "left * $lost: *right * passing.trace: *──▸ here they part *"
expect 0 diff "$lost" passing.trace --ascii
[[ $out != *[^[:ascii:]]* ]] || complain "not only ASCII: $out"
prints '*--> here they part * | --> here they part*'
widest=$(awk '{ if (length($0) > widest) widest = length($0) } END { print widest }' stdout.txt)
((widest <= 100)) || complain "a line is $widest columns wide: $out"
# What no longer applies is compared by its choices.
sed 's/^scenario .*/scenario canary\/gone/' "$lost" >one.trace
sed 's/^scenario .*/scenario canary\/gone/' passing.trace >other.trace
for trace in one other; do
  sum=$("$HEDDLE" show "$trace.trace" 2>&1 | sed -n 's/.*the lines above give \([0-9a-f]*\).*/\1/p')
  sed -i "s/^checksum .*/checksum $sum/" "$trace.trace"
done
expect 0 diff one.trace other.trace
[[ $err == *'only their choices are compared: '*'canary/gone'* ]] || complain "$err"
prints 'the first * choices are the same; then, at choice *'
expect 0 diff "$lost" "$lost"
prints 'both make the same * choices'
expect 0 diff "$race"
prints '*turning point*'
expect 1 replay "$lost" --turning-point
prints '*──▸ turning point*turning point: step *the trace fails as recorded'

# A bug of every execution has none.
expect 0 diff "$SOURCE_DIR/traces/corpus/loop/open_absent/LOOP-17-crash.trace"
prints '*no turning point: every execution has the finding (all that can follow was tried)'

refuse 2 'diff needs a trace file' diff
refuse 2 'of different scenarios (canary/lost_update and loop/open_absent)' diff "$lost" \
  "$SOURCE_DIR/traces/corpus/loop/open_absent/LOOP-17-crash.trace"
refuse 2 "cannot read the trace 'absent.trace'" diff "$lost" absent.trace
refuse 2 'leave it or the second trace out' diff "$lost" "$lost" -o x.trace
refuse 2 'exclude each other' replay "$lost" --gdb --turning-point
exit "$status"
