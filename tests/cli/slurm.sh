# A suite over a job array of Slurm: examples/slurm brings a cluster of one node up, makes a task of
# each shard, and merges what they report.
# shellcheck source=tests/cli/_expect.sh
source "$SOURCE_DIR/tests/cli/_expect.sh"

PATH=$PATH:/usr/sbin
for program in slurmctld slurmd munged mungekey sbatch; do
  command -v "$program" >/dev/null || exit 77
done
slurm=$SOURCE_DIR/examples/slurm
cat >suite.toml <<'EOF'
minimize = false
[[campaign]]
scenarios = ["canary/*", "example/statistics"]
executions = 1_000
EOF
code=0
timeout --kill-after=10 200 "$slurm/cluster.sh" \
  "$slurm/campaign.sh" "$PWD/suite.toml" 3 "$PWD/results" >slurm.txt 2>slurm.err || code=$?
# Where the daemons may not run at all there is nothing to try.
if grep -q 'the cluster does not come up' slurm.err; then
  cat slurm.err
  exit 77
fi
((code == 0)) || complain "the campaign ends with $code: $(<slurm.txt) $(<slurm.err)"
[[ $(<slurm.txt) == *'3 campaigns of 3 reports'*'scenarios: 3 as expected'* ]] ||
  complain "the merge says $(<slurm.txt)"
for shard in 1 2 3; do
  grep -q "shard $shard/3 (SLURM_ARRAY_TASK_ID)" "results/$shard.log" ||
    complain "task $shard says $(cat "results/$shard.log")"
done
expect 0 run --suite suite.toml --quiet --trace-dir traces --json whole.json
expect 0 report merge results --json merged.json
diff <(jq 'del(.[].findings[].trace, .[].findings[].command)' whole.json) \
  <(jq 'del(.[].findings[].trace, .[].findings[].command)' merged.json) ||
  complain 'the array does not come to what one process comes to'

exit "$status"
