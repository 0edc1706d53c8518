#!/usr/bin/env bash
# Runs a command beside a Slurm cluster of one node that lives as long as the command: munged,
# slurmctld and slurmd with their own configuration, in a folder of their own. No root needed, and no
# other Slurm touched. For trying job arrays out; Debian: apt-get install slurm-wlm munge.
#
#   cluster.sh COMMAND [ARGUMENT...]
set -euo pipefail
(($# > 0)) || { echo "usage: $0 COMMAND [ARGUMENT...]" >&2; exit 2; }
PATH=$PATH:/usr/sbin
for program in munged mungekey slurmctld slurmd sinfo; do
  command -v "$program" >/dev/null || { echo "$0: there is no $program" >&2; exit 77; }
done

folder=$(mktemp -d "${TMPDIR:-/tmp}/slurm.XXXXXX")
chmod 755 "$folder"
host=$(hostname --short)
user=$(id --user --name)
pids=()
# The daemons end in the order in which they depend on each other; each is ours, by its number.
stop() {
  local pid
  for pid in "${pids[@]}"; do
    kill "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
  rm -rf "$folder"
}
trap stop EXIT
mkdir -m 700 "$folder/munge" "$folder/state" "$folder/spool"
chmod 755 "$folder/munge"

mungekey --create --keyfile="$folder/munge/key"
munged --foreground --force --key-file="$folder/munge/key" --socket="$folder/munge/socket" \
  --pid-file="$folder/munge/pid" --log-file="$folder/munge/log" --seed-file="$folder/munge/seed" \
  2>"$folder/munged.err" &
munged=$!

# Ports that nobody listens on.
free_port() {
  local port
  for ((port = $1; port < $1 + 200; ++port)); do
    if ! (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
      echo "$port"
      return
    fi
  done
  return 1
}
export SLURM_CONF=$folder/slurm.conf
cat >"$SLURM_CONF" <<EOF
ClusterName=heddle
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$(free_port 16817)
SlurmdPort=$(free_port 17817)
SlurmUser=$user
SlurmdUser=$user
AuthType=auth/munge
AuthInfo=socket=$folder/munge/socket
CryptoType=crypto/munge
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd.log
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
ReturnToService=2
SchedulerParameters=batch_sched_delay=0,sched_interval=1
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=all Nodes=$host Default=YES MaxTime=INFINITE State=UP
EOF
slurmctld -D >"$folder/slurmctld.out" 2>&1 &
slurmctld=$!
slurmd -D >"$folder/slurmd.out" 2>&1 &
pids=("$!" "$slurmctld" "$munged")

for ((tries = 300; tries > 0; --tries)); do
  [[ $(sinfo --noheader --format=%t 2>/dev/null) == idle ]] && break
  sleep 0.2
done
if ((tries == 0)); then
  echo "$0: the cluster does not come up; the daemons say:" >&2
  tail -n 5 "$folder"/*.out "$folder"/*.log "$folder"/*.err >&2
  exit 1
fi
"$@"
