# heddle verify: its verdicts, exit codes and JSON; its reductions agree; what was cut is no pass.
# shellcheck source=tests/cli/_expect.sh
source "$SOURCE_DIR/tests/cli/_expect.sh"

# holds FILE FILTER: the jq filter is true of the file.
holds() {
  jq --exit-status "$2" "$1" >jq.txt 2>&1 || complain "$1: not true: $2: $(head -c 600 "$1")"
}

# Clean, and all of it; each execution is a trace.
expect 0 verify classics/peterson_fixed --json clean.json
prints 'ok *classics/peterson_fixed *clean (exhaustive)*30 complete, 0 blocked, 0 bound reached; a trace each*'
prints '*scenarios: 1 as expected, 0 not, 0 inconclusive'
holds clean.json 'length == 1 and (.[0] | .scenario == "classics/peterson_fixed" and .variant == "")'
holds clean.json '.[0] | .verdict == "clean" and .exhaustive and .ending == "ok" and .reason == ""'
holds clean.json '.[0] | .strategy == "optimal" and .seed == null and .findings == []'
holds clean.json '.[0].executions == {"complete": 30, "blocked": 0, "bound_reached": 0}'
holds clean.json '.[0] | .traces_distinct == 30 and .share_done == 1'
holds clean.json '.[0].bounds | .steps > 0 and .choices > 0 and (has("preemptions") | not)'
expect 0 verify canary/clean
prints 'ok *canary/clean *clean (exhaustive)*338 complete, 0 blocked, 0 bound reached; a trace each*'
# Any reduction proves it; which executions are traces of their own is known of the optimal one alone.
expect 0 verify lu_ref/softirq_adder --variant fixed --reduction source --json -
holds stdout.txt '.[0] | .scenario == "lu_ref/softirq_adder" and .strategy == "source"'
holds stdout.txt '.[0] | .verdict == "clean" and .exhaustive and .traces_distinct == null'
[[ $err == *'clean (exhaustive)'* ]] || complain 'with --json - the lines are not on stderr'

# A finding that was expected, with a trace that replays.
expect 0 verify classics/deadlock01 --json deadlock.json
prints 'ok *classics/deadlock01 *finding (2 different bugs)*LOCK_ORDER*DEADLOCK*heddle replay *'
holds deadlock.json '.[0] | .verdict == "finding" and (.exhaustive | not) and .ending == "ok"'
holds deadlock.json '.[0].findings | map(.kind) | sort == ["deadlock", "lock_order"]'
while read -r trace; do
  expect 1 replay "$trace"
done < <(jq --raw-output '.[].findings[].trace' deadlock.json)

# An expected one that does not come, as its accesses are no steps, unless they are made steps.
expect 1 verify canary/lost_update --json lost.json
prints 'FAIL *canary/lost_update *finding*expected data_race, and invariant*--interleave all*'
holds lost.json '.[0] | .ending == "FAIL" and .verdict == "finding"'
expect 0 verify canary/lost_update --interleave all
prints 'ok *DATA_RACE*INVARIANT*'

# The fixed lu_ref, those scenarios with few traces.
quick=(lu_ref/add_after_fini lu_ref/churn_by_key lu_ref/exported_print lu_ref/failing_adds
  lu_ref/fini_races_del lu_ref/print_all_during_fini lu_ref/reader_leaves lu_ref/softirq_adder)
expect 0 verify "${quick[@]}" --variant fixed --json fixed.json
prints "*scenarios: ${#quick[@]} as expected, 0 not, 0 inconclusive"
holds fixed.json 'all(.verdict == "clean" and .exhaustive and .variant == "fixed")'
holds fixed.json "length == ${#quick[@]}"
holds fixed.json 'map(.executions.bound_reached) | add == 0'
expect 0 verify lu_ref/fini_races_del --variant REF-2,REF-3 --json defects.json
holds defects.json '.[0] | .variant == "REF-2,REF-3" and .verdict == "finding"'

# All reductions come to the same, with never more executions than none makes.
for scenario in classics/{dekker,peterson,peterson_fixed,lazy01,lazy01_fixed,deadlock01_fixed} \
  classics/{carter01_fixed,bluetooth_fixed,twostage,reorder_3,account_fixed}; do
  for reduction in none sleep source optimal; do
    run verify "$scenario" --reduction "$reduction" --json "$reduction.json"
    ((code == 0)) || complain "$scenario by $reduction: exit $code: $out $err"
    holds "$reduction.json" ".[0].strategy == \"$reduction\""
    jq --compact-output '.[0] | [.verdict, .exhaustive, (.findings | map(.kind) | unique)]' \
      "$reduction.json" >"$reduction.txt"
    cmp -s none.txt "$reduction.txt" ||
      complain "$scenario: $reduction says $(<"$reduction.txt"), none says $(<none.txt)"
  done
  (($(jq '.[0].executions.complete' optimal.json) <= $(jq '.[0].executions.complete' none.json))) ||
    complain "$scenario: optimal makes more executions than none"
  holds none.json '.[0].traces_distinct == null'
done
expect 0 verify classics/dekker_fixed --reduction none --preemptions 1 --json bounded.json
prints '*clean (exhaustive within 1 preemption)*'
holds bounded.json '.[0].bounds.preemptions == 1'

# States are compared: each is explored once, also where what spins never ends.
for scenario in classics/{dekker,dekker_fixed,peterson,peterson_fixed,account,account_fixed}; do
  expect 0 verify "$scenario" --reduction none --json none.json
  expect 0 verify "$scenario" --reduction states --json states.json
  holds states.json '.[0] | .strategy == "states" and .states > 1 and .traces_distinct == null'
  (($(jq '.[0].executions.complete' states.json) < $(jq '.[0].executions.complete' none.json))) ||
    complain "$scenario: comparing states spares nothing"
  for each in none states; do
    jq --compact-output '.[0] | [.verdict, .exhaustive, (.findings | map(.id) | sort)]' \
      "$each.json" >"$each.txt"
  done
  cmp -s none.txt states.txt ||
    complain "$scenario: states say $(<states.txt), none says $(<none.txt)"
done
prints 'ok *clean (all states; not for races, lock order, livelocks)*states*'
expect 0 verify classics/peterson_fixed --reduction states --preemptions 1
prints 'ok *clean (all states within 1 preemption; not for races*'
refuse 2 '--resume and --reduction states exclude each other' \
  verify classics/peterson --reduction states --resume some.state
expect 1 verify canary/lost_update --reduction states --interleave all
prints 'FAIL *finding*expected data_race, and invariant*no races and no lock order*INVARIANT*'

# A reduction knows the bound of traces: each of them once, and fewer than there are executions.
for reduction in sleep source optimal; do
  expect 0 verify classics/dekker_fixed --reduction "$reduction" --preemptions 1 --json reduced.json
  prints '*clean (exhaustive within 1 preemption)*executions: * complete, * blocked, * bound reached*'
  holds reduced.json '.[0] | .bounds.preemptions == 1 and .executions.bound_reached > 0'
  (($(jq '.[0].executions.complete' reduced.json) <= $(jq '.[0].executions.complete' bounded.json))) ||
    complain "$reduction: more traces than executions within the bound"
done
expect 0 verify classics/deadlock01 --preemptions 1
prints '*DEADLOCK*1 as expected*'
expect 0 verify classics/bounded_buffer_fixed --preemptions 1 --json one.json
expect 0 verify classics/bounded_buffer_fixed --preemptions 1 --jobs 3 --json three.json
cmp -s one.json three.json || complain 'a bounded verification differs under --jobs'

# Several processes come to the same, byte by byte.
many=(classics/bounded_buffer_fixed classics/szymanski classics/ticket_lock classics/reorder_4)
rm -rf heddle-out
for reduction in sleep source optimal; do
  for jobs in 1 2 3; do
    expect 0 verify "${many[@]}" --reduction "$reduction" --jobs "$jobs" --json "jobs$jobs.json"
    mv stdout.txt "jobs$jobs.txt"
    find heddle-out -type f | sort | xargs sha256sum >"traces$jobs.txt"
    rm -rf heddle-out
  done
  for jobs in 2 3; do
    for kind in json txt; do
      diff "jobs1.$kind" "jobs$jobs.$kind" || complain "$reduction: $kind differs under --jobs $jobs"
    done
    diff traces1.txt "traces$jobs.txt" || complain "$reduction: traces differ under --jobs $jobs"
  done
done

# What is cut says so, with how far it came: by executions, by time, by an interrupt.
for reduction in none sleep source optimal; do
  expect 3 verify classics/reorder_10 --reduction "$reduction" --executions 200 --json cut.json
  prints 'unsure *inconclusive (the number of executions ran out*0 as expected, 0 not, 1 inconc*'
  holds cut.json '.[0] | .verdict == "inconclusive" and (.exhaustive | not) and .ending == "unsure"'
  holds cut.json '.[0] | .executions.complete + .executions.blocked == 200'
  holds cut.json '.[0].share_done | . > 0 and . < 1'
done
expect 3 verify lu_ref/two_readers --variant fixed --executions 300 --json few.json
prints '* complete, * blocked*an estimated *of*the*tree*'
expect 3 verify lu_ref/two_readers --variant fixed --executions 300 --json again.json
cmp -s few.json again.json || complain 'the same verification, cut at the same place, differs'
expect 3 verify classics/queue_fixed --time 500ms --json time.json
prints 'unsure *inconclusive (the time ran out before the search was exhausted)*'
holds time.json '.[0] | .executions.complete > 0 and .findings == []'
for signal in INT TERM; do
  code=0
  timeout --preserve-status --signal="$signal" --kill-after=60 3 \
    "$HEDDLE" verify classics/reorder_20_fixed canary/clean --json cut.json \
    >stdout.txt 2>stderr.txt || code=$?
  out=$(<stdout.txt)
  ((code == 130)) || complain "SIG$signal: exit $code: $out $(<stderr.txt)"
  prints '*cut *classics/reorder_20_fixed *inconclusive (it was interrupted)*1 inconclusive'
  holds cut.json 'map(select(.scenario == "classics/reorder_20_fixed"))[0] | .ending == "cut"'
  holds cut.json 'map(select(.scenario == "classics/reorder_20_fixed"))[0].verdict == "inconclusive"'
done

# Generated workloads have no end: they are left out, and that is said.
expect 0 verify lu_ref/property canary/clean
prints '*left out: 1 scenario with a generated workload*scenarios: 1 as expected, 0 not, 0 inc*'
refuse 4 'only scenarios with generated workloads are selected' verify lu_ref/property

# Bad input.
refuse 2 'verify needs a filter' verify
refuse 4 'no scenario' verify nothing/like_this
refuse 2 "verify has no option '--frobnicate'" verify canary --frobnicate
refuse 2 "verify has no option '--strategy'" verify canary --strategy dfs
refuse 2 "did you mean '--reduction'?" verify canary --reductoin sleep
for option in variant reduction preemptions interleave executions time jobs trace-dir resume json; do
  refuse 2 "--$option needs a value" verify canary "--$option"
  refuse 2 "--$option" verify canary "--$option" ''
done
refuse 2 '--reduction takes none, sleep, source, optimal or states' verify canary --reduction dpor
refuse 2 "did you mean 'optimal'?" verify canary --reduction optimla
refuse 2 '--reduction is given more than once' verify canary --reduction none --reduction sleep
refuse 2 '--interleave takes sync or all' verify canary --interleave racy
for value in x -1 1.5 1e3 99999999999999999999; do
  refuse 2 '--executions takes a number from' verify canary --executions "$value"
  refuse 2 '--preemptions takes a number from' verify canary --reduction none --preemptions "$value"
done
refuse 2 '--executions takes a number from 1' verify canary --executions 0
for value in 60 s 0s -1s 1w; do
  refuse 2 '--time takes a duration with its unit' verify canary --time "$value"
done
refuse 2 'has no model' verify canary/clean --variant REF-1
refuse 2 "did you mean" verify lu_ref/init_twice --variant REF-111
touch file
refuse 2 "--json: cannot write 'file/x'" verify canary --json file/x
refuse 2 "--trace-dir: cannot write to folder 'file/x'" verify canary --trace-dir file/x

exit "$status"
