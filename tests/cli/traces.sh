# A trace is written whole, replays as recorded, and is refused clearly when it is damaged.
# shellcheck source=tests/cli/_expect.sh
source "$SOURCE_DIR/tests/cli/_expect.sh"

expect 0 run canary/lost_update --quiet
told=$out
mapfile -t traces < <(find heddle-out -type f)
count=$(grep --count 'replay: heddle replay' <<<"$told")
((count > 1 && ${#traces[@]} == count)) ||
  complain "$count findings leave ${#traces[@]} files: ${traces[*]}"
for trace in "${traces[@]}"; do
  [[ $trace == heddle-out/canary/lost_update/*.trace ]] || complain "a stray file: $trace"
  [[ $told == *"replay: heddle replay $trace"* ]] || complain "no command to replay $trace"
  expect 1 replay "$trace"
  prints '*step *cpu0*the trace fails as recorded'
  expect 0 show "$trace"
  prints 'canary/lost_update*step *cpu0*'
  expect 0 show "$trace" --format json
  jq -e '.scenario == "canary/lost_update" and .finding.fingerprint != "" and
         (.choices | length) > 0' stdout.txt >jq.txt || complain "the JSON of $trace: $out"
done
trace=${traces[0]}
expect 1 replay "$trace" --until 5
prints '*   5 *the trace goes on*'
[[ $out != *$'\n   6 '* ]] || complain "--until 5 shows step 6: $out"
# What is folded elsewhere is shown where it stops.
expect 1 replay "$SOURCE_DIR/traces/corpus/lu_ref/fini_with_leaked_link/REF-1-hung_task.trace" --until 5
prints '*   5 *the trace goes on*'

# Elsewhere, nowhere.
expect 0 run canary/lost_update --quiet --trace-dir 'other place'
[[ $out == *"replay: heddle replay 'other place/canary/lost_update/"* ]] ||
  complain "a path with a blank is not quoted: $out"
cmp --silent "$trace" "other place/${trace#heddle-out/}" || complain 'equal runs, different traces'
rm -rf heddle-out
expect 0 run canary/lost_update --quiet --no-trace
[[ ! -e heddle-out ]] || complain '--no-trace writes traces'
[[ $out == *'replay: heddle run canary/lost_update --seed 0x5eed --execution '* ]] ||
  complain "without traces there is no command to repeat a finding: $out"
expect 0 run canary/clean
[[ ! -e heddle-out ]] || complain 'a clean run leaves a folder'
trace="other place/${trace#heddle-out/}"

# Truncated anywhere, a bit flipped anywhere, bytes added: one sentence, exit 2, no crash.
size=$(stat --format=%s "$trace")
for ((i = 0; i < 24; ++i)); do
  head -c $((size * i / 24)) "$trace" >cut.trace
  refuse 2 'cut.trace' replay cut.trace
  refuse 2 'cut.trace' show cut.trace
done
for ((i = 0; i < 40; ++i)); do
  at=$((size * i / 40))
  old=$(od --address-radix=n --format=u1 --skip-bytes=$at --read-bytes=1 "$trace")
  cp "$trace" flipped.trace
  printf '%b' "\\x$(printf %02x $((old ^ 4)))" |
    dd of=flipped.trace bs=1 seek=$at conv=notrunc status=none
  run replay flipped.trace
  # Comment lines (the schedule for readers) are not part of what is replayed.
  line=$(head -c $at "$trace" | tail -n 1)
  [[ $code == 2 || ($code == 1 && $line == '#'*) || $code == 1 ]] ||
    complain "a trace with byte $at changed: exit $code: $err"
done
for junk in '' $'\n' 'heddle trace 1' 'heddle trace 999' 'hello' $'\x00\xff\xfe'; do
  printf '%s' "$junk" >junk.trace
  refuse 2 'junk.trace' replay junk.trace
  refuse 2 'junk.trace' show junk.trace
done
head -c 100000 /dev/urandom >junk.trace
refuse 2 'junk.trace' replay junk.trace
cat "$trace" "$trace" >junk.trace
refuse 2 'junk.trace' replay junk.trace

# Places that become unwritable during a run: the results are told all the same.
mkdir -p half/canary
touch half/canary/lost_update
run run canary/lost_update --quiet --trace-dir half
((code == 2)) || complain "traces that cannot be written: exit $code"
[[ $err == *"cannot write 'half/canary/lost_update/"* ]] || complain "it says $err"
prints '*1. DATA_RACE*replay: heddle run *scenarios: 1 as expected*'

exit "$status"
