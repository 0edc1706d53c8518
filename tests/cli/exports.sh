# What `heddle show` writes for tools is what those tools expect.
# shellcheck disable=SC2016  # jq has variables of its own
# shellcheck source=tests/cli/_expect.sh
source "$SOURCE_DIR/tests/cli/_expect.sh"

# Every kind of trace: races, handlers, waiting, a leak without a place, a fault, a crash.
traces=(loop/close_races_remove/LOOP-3-use_after_free
  loop/open_races_remove_of_later_kernels/LOOP-10-deadlock
  loop/open_absent/LOOP-17-crash lu_ref/add_after_fini/REF-9-leak
  lu_ref/read_while_refs_come_and_go/REF-17-data_race lu_ref/softirq_adder/REF-5-lock_order
  lu_ref/fini_with_leaked_link/REF-1-hung_task loop/add_without_memory/LOOP-1-use_after_free)

# holds FILE FILTER: the jq filter is true of the file.
holds() {
  jq --exit-status "$2" "$1" >jq.txt 2>&1 || complain "$1: not true: $2: $(head -c 300 jq.txt)"
}

# Of Debian's python or another one: whichever has the package.
valid_by_schema() {
  local python
  for python in python3 /usr/bin/python3; do
    "$python" -c 'import jsonschema' 2>/dev/null || continue
    "$python" - "$@" >schema.txt 2>&1 <<'PYTHON' || complain "$(head -c 2000 schema.txt)"
import json
import sys
import jsonschema
with open(sys.argv[1]) as file:
    schema = json.load(file)
jsonschema.Draft202012Validator.check_schema(schema)
for name in sys.argv[2:]:
    with open(name) as file:
        jsonschema.validate(json.load(file), schema)
PYTHON
    return
  done
  printf 'NOT RUN: there is no jsonschema for python3 (./dev test installs it)\n'
  ((status != 0)) || status=77
}

# And hosts that go down, with messages between them. (Other findings are no harm.)
"$HEDDLE" run 'nfs/client*' --variant posted --executions 20 --quiet --trace-dir hosts \
  >run.txt 2>&1 || true
hosts=$(grep --files-with-matches -r ' crashes$' hosts | sort | head -n 1)
[[ -n $hosts ]] || complain "no trace has a host that crashes: $(<run.txt)"
cp "$hosts" hosts.trace

for file in hosts.trace "${traces[@]/%/.trace}"; do
  name=$(basename "$file" .trace)
  if [[ ! -e $file ]]; then file=$SOURCE_DIR/traces/corpus/$file; fi
  for format in json perfetto sarif mermaid; do
    expect 0 show "$file" --format "$format" -o "$name.$format"
  done
  holds "$name.json" '.story.rows | length > 1'
  holds "$name.json" '.story as $s | all($s.rows[]; .context < ($s.contexts | length) and
    all((.stack // [])[]; . < ($s.frames | length)) and (.reads_from // 0) < ($s.rows | length))'
  holds "$name.json" '.story as $s | all($s.rows | to_entries[]; .key > (.value.reads_from // -1))'
  holds "$name.json" '.finding.fingerprint == .story.finding.fingerprint'

  # Slices of a track are properly nested, every flow has both ends.
  holds "$name.perfetto" '.traceEvents | group_by([.pid, .tid])[] | map(select(.ph == "B" or .ph == "E"))
    | reduce .[] as $e ([]; if $e.ph == "B" then . + [$e.name]
      elif .[-1] == $e.name then .[:-1] else error("wrong end") end) == []'
  holds "$name.perfetto" '[.traceEvents[] | select(.ph == "s" or .ph == "f")] | group_by(.id)
    | all(map(.ph) == ["s", "f"] and .[0].ts <= .[1].ts)'
  holds "$name.perfetto" '[.traceEvents[] | select(.ph == "X" and .cat == "finding")] | length > 0'

  # What SARIF 2.1.0 requires of the objects that we write.
  holds "$name.sarif" '.version == "2.1.0" and (."$schema" | type) == "string" and
    (.runs | length) == 1 and (.runs[0].tool.driver.name == "heddle")'
  holds "$name.sarif" '.runs[0] | .results[0].ruleId == .tool.driver.rules[.results[0].ruleIndex].id
    and (.results[0].message.text | length) > 0 and .results[0].level == "error"'
  holds "$name.sarif" '[.. | .physicalLocation? // empty]
    | all((.artifactLocation.uri | length) > 0 and (.region.startLine // 1) > 0)'
  holds "$name.sarif" '.runs[0].results[0].codeFlows[0].threadFlows
    | length > 0 and all((.locations | length) > 0) and
      ([.[].locations[].executionOrder] | unique | length) == ([.[].locations[]] | length)'
  holds "$name.sarif" '[.runs[0].results[0].codeFlows[0].threadFlows[].locations[]
    | select(.importance == "essential")] | length > 0'
  [[ $(head -n 1 "$name.mermaid") == sequenceDiagram ]] || complain "$name.mermaid begins otherwise"
done
expect 0 show "$file" --format mermaid
cmp --silent "$name.mermaid" stdout.txt || complain '-o writes something else than stdout gets'
valid_by_schema "$SOURCE_DIR/docs/trace.schema.json" ./*.json

# Each host has lanes of its own; what brings it down has none.
holds hosts.json '.story | ([.lanes[].host] | unique | length) > 1 and .faults > 0 and
  ([.contexts[] | select(.is_outside) | .cpu] - [.lanes[].cpu] | length) > 0'
holds hosts.json '.story as $s | [$s.rows[] | select(.kind == "receive" and .handed_by)] |
  length > 0 and all($s.rows[.handed_by].kind == "send")'
holds hosts.perfetto '[.traceEvents[] | select(.name == "process_name") | .args.name] |
  length > 2 and (unique | length) == length'
grep --quiet '^  box ' hosts.mermaid || complain "no box for a host: $(<hosts.mermaid)"
grep --quiet '^  Note over .* crashes$' hosts.mermaid || complain "$(<hosts.mermaid)"

# Who holds which lock, and who waits, in the deadlock.
holds LOOP-10-deadlock.json '[.story.locks[] | select(any(.spans[]; .what == "waits")) | .name]
  | sort == ["loop.block.devices[0].bd_mutex", "loop_devices_mutex"]'
# A handler is nested in the task that it lands on.
holds REF-5-lock_order.json '.story.rows | map(select(.mark == "enters")) | length == 1'
# The two accesses of a race are concurrent.
holds REF-17-data_race.json '.story | [.rows[] | select(.number)] | .[0] as $a | .[1] as $b
  | $a.time > ($b.clock[$a.context] // 0) and $b.time > ($a.clock[$b.context] // 0)'

# Lanes as a table, and in ASCII.
file=$SOURCE_DIR/traces/corpus/${traces[0]}.trace
expect 0 show "$file" --format table
prints '*step *cpu *context *what*'
expect 0 show "$file" --ascii
! LC_ALL=C grep --quiet '[^ -~]' stdout.txt || complain "--ascii has other characters: $out"
prints '*step *cpu0 *cpu1 *'

# A trace that is not as it was written: nothing is made of it.
sed 's/^  choose value 0 of 2$/  choose value 0 of 3/' "$file" >edited.trace
for format in html json perfetto sarif mermaid table; do
  refuse 2 'edited.trace' show edited.trace --format "$format" -o made
done

exit "$status"
