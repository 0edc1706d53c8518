# Suites: what they run, what is refused with its place, and that nothing runs of a wrong one.
# shellcheck source=tests/cli/_expect.sh
source "$SOURCE_DIR/tests/cli/_expect.sh"

# The suites that heddle brings along have every scenario, and name themselves.
for suite in smoke nightly soak; do
  [[ -f $SOURCE_DIR/scenarios/suites/$suite.toml ]] || complain "there is no suite $suite"
  refuse 4 'campaigns is empty' run --suite "$suite" --shard 99999/99999
done
expect 0 run --suite smoke canary --quiet --no-trace --json smoke.json
prints 'suite smoke, 2 campaigns of 2 scenarios*'
expect 0 run --suite "$SOURCE_DIR/scenarios/suites/smoke.toml" canary --quiet --no-trace --json file.json
cmp smoke.json file.json || complain 'a shipped suite differs by name and by file'

# Scenarios x variants x strategies x seeds, with defaults and exceptions.
cat >all.toml <<'EOF'
summary = "a bit of everything"
minimize = false
[defaults]
executions = 50
[[campaign]]
scenarios = ["canary/*", "lu_ref/f*"]
except = "canary/lost_update"
variants = ["fixed", "posted"]
strategies = ["portfolio", "pct:5"]
seed = "0x10"
seeds = 2
expect = "scenario"
[[campaign]]
scenarios = "canary/lost_update"
strategies = ["portfolio", "verify", "dfs"]
expect = ["data_race", "invariant"]
executions = 3_000
[[campaign]]
scenarios = "canary/clean"
strategies = ["verify"]
executions = 100_000
expect = "exhaustive"
EOF
run run --suite all.toml --quiet --no-trace --json all.json
((code == 0 || code == 1)) || complain "all.toml: exit $code: $err"
fixed=$("$HEDDLE" list --names 'lu_ref/f*' | wc -l)
jq --exit-status --argjson n "$fixed" \
  'length == 4 + 8 * $n + 3 + 1 and
   (map(select(.scenario == "canary/clean") | .approach) ==
     ["portfolio 0x10", "portfolio 0x11", "pct:5 0x10", "pct:5 0x11", "verify"]) and
   (map(select(.scenario == "canary/lost_update") | .approach) == ["portfolio", "verify", "dfs"]) and
   (map(select(.scenario == "canary/lost_update") | .ending) | all(. == "ok")) and
   (.[-1] | .ending == "ok" and .exhaustive and .expected == "nothing, exhaustively") and
   (map(.plan.position) == [range(length)])' all.json >jq.txt ||
  complain "all.toml: $(jq -c 'map([.scenario, .variant, .approach, .ending])' all.json)"

# The suite that the page shows is one.
# shellcheck disable=SC2016  # these are no commands
sed -n '/^```toml$/,/^```$/p' "$SOURCE_DIR/docs/suites.md" | sed '/^```/d' >page.toml
refuse 4 'selected campaigns is empty' run --suite page.toml --shard 99999/99999

# A filter takes its part of a suite; --suite says the settings itself.
expect 0 run --suite all.toml canary/lost_update --quiet --no-trace
prints 'suite all, 3 campaigns of 1 scenario*'
refuse 4 'suite all has none of the selected scenarios' run --suite all.toml example
for option in '--seed 1' '--executions 5' '--time 1s' '--variant fixed' '--strategy pos'; do
  # shellcheck disable=SC2086
  refuse 2 "${option%% *} and --suite exclude each other" run --suite smoke $option
done

# Each mistake has its place: FILE:LINE:COLUMN.
wrong() {
  printf '%s\n' "$2" >wrong.toml
  refuse 2 "heddle: wrong.toml:$1" run --suite wrong.toml
}
campaign='[[campaign]]
scenarios = ["canary/*"]'
wrong '3:1: [[campaign]] has no key '"'variant', did you mean 'variants'?" "$campaign
variant = \"fixed\""
wrong "1:1: a suite has no key 'namex', did you mean 'name'?" "namex = 'x'
$campaign"
wrong "2:8: seed is at least 0, not -1" "[defaults]
seed = -1"
wrong "2:1: [defaults] has no key 'sed', did you mean 'seed'" "[defaults]
sed = 4
$campaign"
wrong '3:14: executions takes an integer, not a string' "$campaign
executions = 'many'"
wrong '3:14: executions takes a number from 1 to' "$campaign
executions = 0"
wrong '3:8: time takes a duration with its unit' "$campaign
time = '60'"
wrong "3:15: strategies takes" "$campaign
strategies = ['rnadom']"
wrong '3:27: strategies' "$campaign
strategies = ['portfolio','pct:99']"
wrong "3:13: variants" "$campaign
variants = ['posted,']"
wrong "2:14: canary/clean has no model" "[[campaign]]
variants  = ['LU-1']
scenarios = 'canary'"
wrong "2:14: no scenario is selected by 'canry/*', did you mean 'canary/*'?" "[[campaign]]
scenarios = ['canry/*']"
wrong "3:10: no scenario is selected by 'zzz'" "$campaign
except = 'zzz'"
wrong "2:14: model lu_ref (of" "[[campaign]]
variants  = ['REF-99']
scenarios = 'lu_ref'"
wrong '3:10: expect takes scenario, clean, exhaustive or finding' "$campaign
expect = 'claen'"
wrong "3:11: expect takes" "$campaign
expect = ['data_rce']"
wrong '3:13: an element of variants takes a string, not an integer' "$campaign
variants = [1]"
wrong '3:12: variants is empty' "$campaign
variants = []"
wrong '1:1: the campaign needs scenarios' '[[campaign]]'
wrong '1:12: campaigns are written [[campaign]]' "campaign = 'x'"
wrong '1:1: a suite needs campaigns' ''
wrong '3:15: what samples is never exhaustive' "[[campaign]]
scenarios = ['*']
strategies = ['random']
expect = 'exhaustive'"
wrong '3:15: preemptions bounds' "[[campaign]]
scenarios = ['*']
strategies = ['random']
preemptions = 1"
wrong '2:1: the campaign selects nothing' "
[[campaign]]
scenarios = ['canary/clean']
except = ['canary/clean']"
wrong '1:' '[[campaign'
wrong '2:' "name = 'a'
name = 'b'"
wrong '1:' $'name = "\xff"'
refuse 2 "cannot read 'smok', did you mean 'smoke' or 'soak'?" run --suite smok
refuse 2 "cannot read 'absent.toml': No such file" run --suite absent.toml
refuse 2 "cannot read '.': Is a directory" run --suite .
refuse 2 '--suite takes a file' run --suite ''

exit "$status"
