# Nothing that was found is lost: a worker killed, the parent killed, the disk full; --resume goes on.
# shellcheck disable=SC2317  # functions are called by name
# shellcheck source=tests/cli/_expect.sh
source "$SOURCE_DIR/tests/cli/_expect.sh"

# wait_for SECONDS COMMAND...: until it succeeds.
wait_for() {
  local tries=$((10 * $1))
  shift
  until "$@"; do
    ((tries-- > 0)) || return 1
    sleep 0.1
  done
}
has_traces() { [[ $(find "$1" -name '*.trace' 2>/dev/null | wc -l) -ge 2 ]]; }
children() { pgrep --parent "$1"; }
# What has ended may still have an entry until its parent looks.
gone() {
  local pid
  for pid in "$@"; do
    [[ $(ps -o stat= -p "$pid") != [!Z]* ]] || return 1
  done
}
has_workers() { (($(children "$parent" | wc -l) >= $1)); }
has_told() { (($(grep -c '^ok' parent.txt) >= $1)); }
replays() {
  local trace
  while read -r trace; do
    run replay "$trace"
    ((code == 1)) || complain "$trace does not replay: exit $code: $err"
  done < <(find "$1" -name '*.trace')
}

# A worker killed with -9: a finding with a trace, and the others stay.
"$HEDDLE" run canary/lost_update --executions 1000000000 --jobs 2 --quiet --no-minimize \
  --trace-dir worker --json worker.json >worker.txt 2>worker.err &
parent=$!
wait_for 60 has_traces worker || complain 'no traces while a campaign runs'
# One that dies between two executions is replaced, and blames none of them.
has_crash() { grep --quiet --recursive --include='*.trace' '^finding crash ' worker; }
for ((kills = 0; kills < 20; ++kills)); do
  worker=$(children "$parent" | head -n 1)
  kill -KILL "$worker"
  wait_for 30 gone "$worker"
  wait_for 30 has_workers 2 || complain 'no worker takes the place of another'
  wait_for 1 has_crash && break
done
sleep 0.5
kill -INT "$parent"
wait "$parent"
code=$?
((code == 130)) || complain "with a worker killed: exit $code: $(<worker.err)"
jq --exit-status '.[0].findings | map(.kind) | unique == ["crash", "data_race", "invariant"]' \
  worker.json >jq.txt || complain "with a worker killed: $(jq -c '.[0].findings | map(.kind)' worker.json)"
jq --exit-status '.[0].findings[] | select(.kind == "crash") |
  (.message | contains("killed by signal 9")) and .trace != null' worker.json >jq.txt ||
  complain 'the killed worker is no finding with a trace'

# The parent killed with -9: what was found before lies there whole, nobody goes on behind its back,
# and --resume makes only what was not done.
cat >suite.toml <<'EOF'
[[campaign]]
scenarios = "canary/*"
executions = 2_000
[[campaign]]
scenarios = "canary/lost_update"
executions = 1_000_000_000
strategies = "pos"
time = "5s"
EOF
resumed=(run --suite suite.toml --quiet --jobs 2 --trace-dir parent --resume state --json parent.json)
"$HEDDLE" "${resumed[@]}" >parent.txt 2>parent.err &
parent=$!
wait_for 100 has_told 2 || complain "the suite is slow: $(<parent.txt)"
wait_for 30 has_workers 1 || complain 'there are no workers'
mapfile -t workers < <(children "$parent")
kill -KILL "$parent"
wait "$parent"
wait_for 30 gone "${workers[@]}" || complain 'workers outlive their parent'
[[ -s state ]] || complain 'the parent left no state'
[[ ! -e parent.json ]] || complain 'the parent left half a report'
has_traces parent || complain 'the parent left no traces'
replays parent
cp state kept
expect 0 "${resumed[@]}"
[[ ! -e state ]] || complain 'the state is there after success'
head -n 3 parent.txt | cmp - <(head -n 3 stdout.txt) || complain 'what was told is not told again'
jq --exit-status 'length == 3 and all(.ending == "ok") and map(.plan.position) == [0, 1, 2]' \
  parent.json >jq.txt || complain "after --resume: $(<parent.json)"
expect 0 run --suite suite.toml canary/clean --quiet --no-trace --json clean.json
diff <(jq '.[0] | del(.plan)' parent.json) <(jq '.[0] | del(.plan)' clean.json) ||
  complain 'what was done before is reported differently'

# What a run cannot be gone on with.
refused() {
  refuse 2 "$1" "${@:2}"
  [[ -e kept ]] || complain "$1: the file was removed"
}
refused 'is of another selection: it has canary/clean' run canary/lost_update --resume kept
refused 'is no state of a verification' verify canary/clean --resume kept
refused 'is of a run with --minimize true, not --minimize false' \
  run --suite suite.toml --no-minimize --resume kept
head --bytes=400 kept >shortened
refused "--resume: 'shortened' is" run --suite suite.toml --resume shortened

# The disk full: nothing can be written from the start on, or a report has no room. What was found
# stands on the terminal, with what finds it again; the other reports are whole.
on_full_disk() {
  trap '' XFSZ # then writing beyond the limit is an error, as on a full disk
  ulimit -f 0
  exec "$HEDDLE" "$@" 2>&1
}
(on_full_disk run canary/lost_update --quiet --jobs 1 --trace-dir full --resume full.state \
  --junit full.xml) | cat >full.txt
code=${PIPESTATUS[0]}
((code == 2)) || complain "with a full disk: exit $code: $(<full.txt)"
for text in 'cannot write' 'traces are not kept from here on' 'DATA_RACE' 'INVARIANT' \
  'replay: heddle run canary/lost_update --seed 0x5eed --execution' \
  'what is done is not kept from here on'; do
  grep -q -e "$text" full.txt || complain "with a full disk '$text' is not said: $(<full.txt)"
done
[[ -z $(find . -name '*.trace.*' -o -name 'full.xml*' -o -name 'full.state*') ]] ||
  complain 'with a full disk pieces of files stay'
if [[ -c /dev/full ]]; then
  expect 2 run canary/lost_update --quiet --no-minimize --junit /dev/full --report sarif=good.sarif \
    --json good.json
  [[ $err == *"cannot write '/dev/full': No space left on device"* ]] || complain "a full device: $err"
  jq --exit-status 'length == 1' good.json >jq.txt || complain 'the other report is lost'
  jq --exit-status '.runs[0].results | length >= 2' good.sarif >jq.txt || complain 'SARIF is lost'
fi

exit "$status"
