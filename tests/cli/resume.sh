# heddle verify --resume: interrupted anywhere, and gone on with, it ends as if it had not been; what
# is no state of this verification is refused in a sentence.
# shellcheck source=tests/cli/_expect.sh
source "$SOURCE_DIR/tests/cli/_expect.sh"

scenarios=(classics/szymanski classics/szymanski_fixed classics/ticket_lock canary/clean)
expect 0 verify "${scenarios[@]}" --quiet --no-trace --json whole.json
cp stdout.txt whole.txt
[[ ! -e heddle-out ]] || complain 'with --no-trace there are traces'
[[ -z $err ]] || complain "with --quiet there is $err"

# gone_on REDUCTION ...: the file has gone, and the result is the uninterrupted one's.
same_as_whole() {
  [[ ! -e state ]] || complain "$1: the state is there after success"
  cmp whole.json part.json || complain "$1: the JSON differs"
  diff whole.txt stdout.txt || complain "$1: what is told differs"
}

# Cut short by a number of executions, over and over.
for limit in 50 400 700; do
  expect 3 verify "${scenarios[@]}" --quiet --no-trace --resume state --executions "$limit" --json cut.json
  prints '*kept in state: the same command goes on from there*'
  [[ -s state ]] || complain "after $limit executions there is no state"
done
cp state kept
expect 0 verify "${scenarios[@]}" --quiet --no-trace --resume state --json part.json
same_as_whole 'in four parts'

# An uninterrupted one leaves nothing; one that was interrupted before it began anything, too.
expect 0 verify "${scenarios[@]}" --quiet --no-trace --resume state --json part.json
same_as_whole 'in one part'

# The same within a bound on preemptions, where the state tells what the bound has cut.
bounded=(classics/szymanski_fixed classics/ticket_lock_fixed --preemptions 2)
expect 0 verify "${bounded[@]}" --quiet --no-trace --json whole.json
cp stdout.txt whole.txt
for limit in 30 60 120 250; do
  expect 3 verify "${bounded[@]}" --quiet --no-trace --resume state --executions "$limit" --json cut.json
done
expect 0 verify "${bounded[@]}" --quiet --no-trace --resume state --json part.json
same_as_whole 'in five parts, within a bound'

# Interrupted by a signal after a while, at other places each time.
long=(classics/bounded_buffer_fixed classics/wsq_fixed)
for seconds in 0.3 0.8 1.3; do
  code=0
  timeout --preserve-status --signal=INT --kill-after=60 "$seconds" \
    "$HEDDLE" verify "${long[@]}" --quiet --resume long --json cut.json >stdout.txt 2>stderr.txt || code=$?
  ((code == 130)) || complain "interrupted after $seconds s: exit $code: $(<stdout.txt) $(<stderr.txt)"
  executions=$(jq 'map(.executions.complete + .executions.blocked) | add' cut.json)
  ((executions >= ${before:-0})) || complain "after $seconds s: $executions executions, $before before"
  before=$executions
done
total=$((before + 1000))
expect 3 verify classics/wsq_fixed --quiet --executions "$total" --json whole.json
jq 'map(select(.scenario == "classics/wsq_fixed") | del(.plan))' whole.json >one.json
expect 3 verify "${long[@]}" --quiet --resume long --executions "$total" --json part.json
jq 'map(select(.scenario == "classics/wsq_fixed") | del(.plan))' part.json >two.json
diff one.json two.json || complain 'interrupted by signals, it ends differently'

# What cannot be gone on with.
refused() {
  refuse 2 "$1" verify "${scenarios[@]}" --resume bad "${@:2}"
  [[ -e bad ]] || complain "$1: the file was removed"
}
cp kept bad
refused 'is of a verification with --reduction optimal, not --reduction sleep' --reduction sleep
refused 'is of a verification with --interleave as the scenario has it, not --interleave all' \
  --interleave all
refused 'is of a verification with --preemptions of any number, not --preemptions 2' --preemptions 2
refuse 2 'is of another selection: it has canary/clean where classics/szymanski is selected now' \
  verify classics/szymanski --resume bad
refuse 2 'is of a selection with more scenarios' verify canary/clean --resume bad
refuse 2 'is of a selection with fewer scenarios' \
  verify "${scenarios[@]}" classics/ticket_lock_fixed --resume bad
size=$(stat --format=%s kept)
for bytes in 10 60 "$((size / 2))" "$((size - 1))"; do
  head --bytes="$bytes" kept >bad
  refused "--resume: 'bad' is "
done
: >bad
refused 'is empty'
printf 'a shopping list\n' >bad
refused 'is no state of a verification'
head --bytes=100000 /dev/urandom >bad
refused 'is no state of a verification'
sed '1s/ 1$/ 7/' kept >bad
refused 'has format 7, and this heddle knows format 1'
sed '2s/build ./build x/' kept >bad
refused 'was written by another build of heddle'
cp kept bad
printf 'x' | dd of=bad bs=1 seek="$((size - 300))" conv=notrunc status=none
refused 'is damaged: its checksum does not fit'
{ cat kept && printf 'more'; } >bad
refused 'is damaged'
mkdir folder
refuse 2 "--resume: cannot read 'folder': Is a directory" verify canary/clean --resume folder
touch file
refuse 2 "--resume: cannot write 'file/x'" verify canary/clean --resume file/x
refuse 2 '--resume takes a file name' verify canary/clean --resume ''

exit "$status"
