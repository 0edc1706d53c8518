# The exit codes that scripts rely on (docs/cli.md), and that stdout says the same.
# shellcheck source=tests/cli/_expect.sh
source "$SOURCE_DIR/tests/cli/_expect.sh"

# 0: as expected.
expect 0 run canary/clean
prints '1 scenario, portfolio, seed 0x5eed*ok *canary/clean *clean (2000 executions, not exhaustive)*'
prints '*scenarios: 1 as expected, 0 not, 0 inconclusive'
expect 0 run canary/lost_update
prints '*ok *canary/lost_update * findings in 2,000 executions*1. DATA_RACE*INVARIANT*'
expect 0 run lu_ref/fini_with_leaked_link --variant REF-1
expect 0 run lu_ref/fini_with_leaked_link --variant fixed
expect 0 --version
prints 'heddle *compiler: *trace format: *'
expect 0 --help
prints '*Usage: heddle VERB*Exit codes:*'
for verb in list run verify replay show matrix check-determinism; do
  expect 0 help "$verb"
  prints "*Usage: heddle $verb*Example:*"
  expect 0 "$verb" --help
  awk 'length($0) > 100 { exit 1 }' stdout.txt || complain "the help of $verb is over 100 columns"
done

# 1: an expected finding that did not come; a finding in an execution that was asked for.
expect 1 run canary/lost_update --executions 10
prints '*FAIL *canary/lost_update*expected data_race, and invariant*did not come*0 as expected, 1 not*'
first=$("$HEDDLE" run canary/lost_update --quiet --no-trace --json - 2>/dev/null |
  jq '.[0].findings[0].first')
expect 1 run canary/lost_update --execution "$first"
prints '*execution * alone*FAIL *canary/lost_update*1 finding in 1 execution*DATA_RACE*'
expect 0 run canary/lost_update --execution 0

# 3: a search that was not finished.
expect 3 run canary/clean --strategy dfs --executions 5
prints '*unsure *canary/clean*inconclusive*0 as expected, 0 not, 1 inconclusive*'

# 4 is in input.sh, 5 and 70 are in exploration_test.cpp, 130 is in interrupt.sh.

# The most severe code counts, and --fail-fast stops there.
expect 1 run canary/lost_update canary/clean --executions 10
prints '*ok *canary/clean*FAIL *canary/lost_update*1 as expected, 1 not, 0 inconclusive'
expect 1 run 'canary/*' 'lu_ref/*' --executions 10 --fail-fast
prints '*1 as expected, 1 not, 0 inconclusive, * not run'

exit "$status"
