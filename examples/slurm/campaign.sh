#!/usr/bin/env bash
# A suite over a Slurm cluster: a job array with a task for each shard, then all reports as one.
#
#   campaign.sh SUITE SHARDS RESULTS [SBATCH_OPTION...]
#
# RESULTS is a folder that all nodes see. Ends as `heddle report merge` does: a task that left no
# report makes it exit 3, with the shard named.
set -euo pipefail
(($# >= 3)) || { echo "usage: $0 SUITE SHARDS RESULTS [SBATCH_OPTION...]" >&2; exit 2; }
suite=$1 shards=$2 results=$3
shift 3
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
mkdir -p "$results"
results=$(readlink -f "$results")
# A task that finds something ends with 1, and so does sbatch --wait: the merge says what it was.
SUITE=$suite RESULTS=$results sbatch --wait --array="1-$shards" --output="$results/%a.log" \
  "$@" "$here/shard.sbatch" || true
exec "${HEDDLE:-heddle}" report merge "$results" --junit "$results/report.xml" \
  --report html="$results/index.html"
