# Shards are disjoint and together the whole, whoever names them; their reports merge into that of
# the whole, with every count and every finding once.
# shellcheck source=tests/cli/_expect.sh
source "$SOURCE_DIR/tests/cli/_expect.sh"

cat >suite.toml <<'EOF'
minimize = false
[[campaign]]
scenarios = ["canary/*", "example/statistics"]
executions = 1_000
seeds = 2
[[campaign]]
scenarios = ["canary/lost_update"]
strategies = ["verify"]
expect = ["data_race"]
EOF
run=(run --suite suite.toml --quiet --trace-dir traces)
expect 0 "${run[@]}" --json whole.json
total=$(jq length whole.json)
((total == 7)) || complain "the suite has $total campaigns"

# By --shard; the union is the whole, in order; in the report of a merge, too.
mkdir shards
for shard in 1 2 3; do
  expect 0 "${run[@]}" --shard "$shard/3" --json "shards/$shard.json"
  prints "suite suite, 7 campaigns of 3 scenarios, shard $shard/3
*"
done
jq --slurp 'add | sort_by(.plan.position) | map(.plan.shard = null)' shards/*.json >union.json
jq . whole.json | diff - union.json || complain 'three shards are not the whole'
expect 0 report merge shards --json merged.json --report sarif=merged.sarif
diff whole.json merged.json || complain 'merged reports are not that of the whole'
prints '7 campaigns of 3 reports*distinct findings*scenarios: 7 as expected, 0 not, 0 inconclusive'
expect 0 report merge merged.json --report sarif=whole.sarif
cmp merged.sarif whole.sarif || complain 'SARIF of a merge of a merge differs'

# A finding of two campaigns is one result, with the counts of both.
jq --exit-status --slurpfile rows whole.json '
  ($rows[0] | map(.scenario as $s | .findings[] | {s: $s, f: .fingerprint, n: .count})
    | group_by([.s, .f]) | map({f: .[0].f, n: map(.n) | add}) | sort_by(.f)) as $wanted
  | (.runs[0].results | map({f: .partialFingerprints["heddleFinding/v1"], n: .occurrenceCount})
    | sort_by(.f)) == $wanted' whole.sarif >jq.txt ||
  complain 'SARIF does not have each finding once, with all of its executions'

# The same report twice counts once; a missing one is no pass, and is named.
expect 0 report merge shards shards/2.json --json twice.json
prints '*2 campaigns were reported more than once, and counted once*'
cmp merged.json twice.json || complain 'a report that came twice counts twice'
expect 3 report merge shards/1.json shards/3.json
prints '*in no report: 2 of 7 campaigns; shards to look at: 2/3*'
jq 'del(.[0])' shards/2.json >part.json
expect 3 report merge shards/1.json part.json shards/3.json
prints '*in no report: 1 of 7 campaigns; shards to look at: 2/3*'

# The job array's own variables, in the conventions of each.
scenarios() { jq --raw-output '.[] | [.scenario, .approach] | join(" ")' "$1"; }
same_as_shard() {
  expect 0 "${run[@]}" "${@:2}" --json env.json
  diff <(scenarios "shards/$1.json") <(scenarios env.json) || complain "is not shard $1: ${*:2}"
}
GTEST_TOTAL_SHARDS=3 GTEST_SHARD_INDEX=1 same_as_shard 2
prints '*, shard 2/3 (GTEST_SHARD_INDEX)*'
export SLURM_ARRAY_TASK_COUNT=3 SLURM_ARRAY_TASK_MIN=10 SLURM_ARRAY_TASK_MAX=14 SLURM_ARRAY_TASK_STEP=2
SLURM_ARRAY_TASK_ID=14 same_as_shard 3
prints '*, shard 3/3 (SLURM_ARRAY_TASK_ID)*'
GTEST_TOTAL_SHARDS=3 GTEST_SHARD_INDEX=0 SLURM_ARRAY_TASK_ID=14 same_as_shard 1
SLURM_ARRAY_TASK_ID=14 same_as_shard 2 --shard 2/3
SLURM_ARRAY_TASK_ID=11 refuse 2 'the Slurm array has gaps' "${run[@]}"
SLURM_ARRAY_TASK_MAX=17 SLURM_ARRAY_TASK_ID=12 refuse 2 'the Slurm array has gaps' "${run[@]}"
unset SLURM_ARRAY_TASK_COUNT SLURM_ARRAY_TASK_MIN SLURM_ARRAY_TASK_MAX SLURM_ARRAY_TASK_STEP
JOB_COMPLETION_INDEX=2 same_as_shard 3 --shard '*/3'
JOB_COMPLETION_INDEX=3 refuse 2 'names shard 3 of 3, which is none' "${run[@]}" --shard '*/3'
refuse 2 'nothing in the environment names the shard' "${run[@]}" --shard '*/3'
GTEST_TOTAL_SHARDS=3 refuse 2 'GTEST_TOTAL_SHARDS is set, but GTEST_SHARD_INDEX is not' "${run[@]}"
SLURM_ARRAY_TASK_COUNT=3 refuse 2 'SLURM_ARRAY_TASK_COUNT is set, but SLURM_ARRAY_TASK_ID is not' "${run[@]}"
GTEST_TOTAL_SHARDS=3 GTEST_SHARD_INDEX=x refuse 2 "GTEST_SHARD_INDEX is 'x', which is no number" "${run[@]}"

# verify has shards as well.
for shard in 1 2; do
  expect 0 verify classics/szymanski classics/szymanski_fixed --quiet --no-trace --shard "$shard/2" \
    --json "verify.$shard.json"
done
expect 0 verify classics/szymanski classics/szymanski_fixed --quiet --no-trace --json verify.json
expect 0 report merge verify.1.json verify.2.json --json verified.json
cmp verify.json verified.json || complain 'shards of a verification are not the whole'

# What cannot be merged.
refuse 2 'report needs a task: merge' report
refuse 2 "report takes merge, not 'mrge', did you mean 'merge'?" report mrge shards
refuse 2 'report merge needs files' report merge
refuse 2 "cannot read the report 'absent.json': No such file" report merge absent.json
printf '{"a": 1}' >other.json
refuse 2 "'other.json' is no report of" report merge other.json
head --bytes=500 whole.json >cut.json
refuse 2 "'cut.json' is no JSON, or was cut off" report merge cut.json
jq '.[0].findings = 3' whole.json >edited.json
refuse 2 "was edited: 'findings' is not as it should be" report merge edited.json
jq '.[0].plan.position = 99' whole.json >edited.json
refuse 2 "was edited: 'plan.position'" report merge edited.json
for shard in '"1/0"' '""' '"1/"' '"9/4"' 3; do
  jq ".[0].plan.shard = $shard" whole.json >edited.json
  refuse 2 "was edited: 'plan.shard'" report merge edited.json
done
jq '.[0].plan.campaigns = 1000000000000' whole.json >edited.json
refuse 2 "was edited: 'plan.campaigns'" report merge edited.json
refuse 2 "--json and a report to merge are the same file, './whole.json'" \
  report merge ./whole.json --json whole.json
mkdir empty
refuse 2 'there is no report in what was given' report merge empty
ln -s absent empty/lost.json
refuse 2 "cannot read the report 'empty/lost.json'" report merge empty

exit "$status"
