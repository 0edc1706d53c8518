# The same command prints the same bytes, under any number of jobs, in any order of filters.
# shellcheck source=tests/cli/_expect.sh
source "$SOURCE_DIR/tests/cli/_expect.sh"

for jobs in 1 2 3; do
  expect 0 run 'canary/*' --jobs "$jobs" --json json.txt
  mv stdout.txt "stdout.$jobs"
  mv json.txt "json.$jobs"
  find heddle-out -type f | sort | xargs sha256sum >"traces.$jobs"
  rm -rf heddle-out
done
for jobs in 2 3; do
  diff stdout.1 "stdout.$jobs" || complain "stdout differs under --jobs 1 and $jobs"
  diff json.1 "json.$jobs" || complain "the JSON differs under --jobs 1 and $jobs"
  diff traces.1 "traces.$jobs" || complain "traces differ under --jobs 1 and $jobs"
done

# Neither the environment nor the terminal shows in it.
expect 0 run canary/lost_update
first=$out
TERM=dumb NO_COLOR=1 LC_ALL=C TZ=Asia/Tokyo expect 0 run canary/lost_update
[[ $out == "$first" ]] || complain 'stdout depends on the environment'
[[ $out != *$'\e'* ]] || complain 'there is colour where there is no terminal'
CLICOLOR_FORCE=1 expect 0 run canary/clean
[[ $out == *$'\e[1;32mok'* ]] || complain 'CLICOLOR_FORCE is not honoured'
NO_COLOR=1 CLICOLOR_FORCE=1 expect 0 run canary/clean
[[ $out != *$'\e'* ]] || complain 'NO_COLOR is not honoured'

expect 0 run canary/clean canary/lost_update --quiet
first=$out
expect 0 run canary/lost_update '*ary/cl*' --quiet
[[ $out == "$first" ]] || complain 'the order of filters counts'

# Another seed is another campaign.
expect 0 run canary/clean --seed 0xDEADBEEF
prints '*seed 0xdeadbeef*'

# The parts of a selection are disjoint and complete.
expect 0 list 'lu_ref/*' --json all.json
total=$(jq length all.json)
for part in 1 2 3; do
  run run 'lu_ref/*' --executions 1 --no-trace --quiet --shard "$part/3" --json part.json
  jq --raw-output '.[].scenario' part.json >>parts.txt
done
[[ $(sort -u parts.txt | wc -l) == "$total" && $(wc -l <parts.txt) == "$total" ]] ||
  complain "three shards of $total scenarios have $(wc -l <parts.txt)"

exit "$status"
