# Generated workloads on the command line: found, shrunk, written, replayed; and bad ones refused.
# shellcheck source=tests/cli/_expect.sh
source "$SOURCE_DIR/tests/cli/_expect.sh"

expect 0 run lu_ref/property --variant fixed --workloads 20 --executions 50 --quiet
prints '*ok *clean (20 workloads, 1000 executions, not exhaustive)*'

# A defect alone is found, and its workload is the least: a file that is read after a seek.
expect 0 run lu_ref/property --variant REF-14 --workloads 100 --seed 7 --json run.json
prints '*INVARIANT*workload: refs=1 | task cpu0: reread 2000*replay: heddle replay *'
jq -e '.[0].findings[0].workload == "refs=1 | task cpu0: reread 2000" and .[0].workloads > 0 and
       (.[0].findings[0].minimised.after.preemptions == 0)' run.json >jq.txt ||
  complain "the JSON: $(<run.json)"
trace=$(jq -r '.[0].findings[0].trace' run.json)
grep --quiet --line-regexp 'workload refs=1 | task cpu0: reread 2000' "$trace" ||
  complain "no workload in $trace"
cp "$trace" kept.trace
expect 1 replay kept.trace
prints '*the trace fails as recorded'
expect 0 show kept.trace --format json
jq -e '.workload == "refs=1 | task cpu0: reread 2000"' stdout.txt >jq.txt || complain "shown: $out"

# The same whatever the number of jobs is.
told=$out
for jobs in 1 3; do
  expect 0 run lu_ref/property --variant REF-10 --workloads 100 --seed 9 --quiet --jobs "$jobs"
  [[ $jobs == 1 || $out == "$told" ]] || complain "--jobs $jobs says $out instead of $told"
  told=$out
done

# One workload, and one execution of it: without a trace the command says how.
expect 0 run lu_ref/property --variant fixed --workload 'refs=1 | task cpu0: read 2000' --quiet
expect 0 run lu_ref/property --variant REF-14 --seed 7 --no-trace --quiet
command=$(sed -n 's/.*replay: heddle //p' <<<"$out" | head -n 1)
[[ $command == "run lu_ref/property --variant REF-14 --workload 'refs=1 | task cpu0: reread 2000' --seed "* ]] ||
  complain "the command is $command"
eval "expect 1 $command"
prints '*INVARIANT*'

# As it was found: neither the workload nor the schedule is made smaller.
expect 0 run lu_ref/property --variant REF-14 --seed 7 --no-minimize --quiet
[[ $out != *'shrunk'* && $out != *'before minimising'* ]] || complain "--no-minimize: $out"

refuse 2 'canary/clean has no generated workloads: leave out --workloads' \
  run canary/clean --workloads 5
refuse 2 'canary/clean has no generated workloads: leave out --workload' \
  run canary/clean --workload 'x'
refuse 2 "expected 'refs=' at column 1, found 'nonsense'" \
  run lu_ref/property --workload nonsense
refuse 2 '--execution of lu_ref/property needs a --workload' run lu_ref/property --execution 3
refuse 2 '--workloads and --workload exclude each other' \
  run lu_ref/property --workloads 3 --workload 'refs=1'
refuse 2 '--workloads' run lu_ref/property --workloads 0

exit "$status"
