# The suite can go red: the planted bug is found, its twin is clean, under several seeds and searches.
# shellcheck source=tests/cli/_expect.sh
source "$SOURCE_DIR/tests/cli/_expect.sh"

for seed in 0x5EED 1 2 3; do
  expect 0 run 'canary/*' --seed "$seed" --quiet --no-trace --executions 6000
  prints '*ok *canary/clean*ok *canary/lost_update*DATA_RACE*INVARIANT*'
done

# Depth-first search exhausts the twin, and finds the race.
expect 0 run canary/clean --strategy dfs --preemptions 2 --quiet
prints '1 scenario, dfs, at most 2 preemptions*ok *clean (exhaustive within 2 preemptions)*'
run run canary/lost_update --strategy dfs --preemptions 2 --quiet --no-trace
prints '*DATA_RACE*'

exit "$status"
