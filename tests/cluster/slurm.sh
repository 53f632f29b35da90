#!/usr/bin/env bash
# A release made in shards under Slurm must be the same to the byte as one that is made at once, though a node dies and a shard runs twice.
#
#     tests/cluster/slurm.sh ESEP [PROJECT]
#
# Starts munge, slurmctld and two slurmd on this machine, under its own configuration and in a folder of its own; nothing of a cluster that is
# there is touched. A job array makes SHARDS=6 shards, and another job makes shard 1 at the same time. While both do, everything of the second
# node is killed with SIGKILL (its slurmd, the step and the task in it); Slurm gives the task to the first node. At the end `esep merge` makes a release
# of the archives, and `diff` compares it with that of `esep build`.
#
# COMMAND=…  what a task runs, with K, N and OUT after it; `shard.sh` beside this file when not set
# OPTIONS=…  options of `esep build`, the same for shards and for the single build, such as `--language ru --no-site`
# KEEP=1     the folder with logs and archives stays
#
# Not a part of the tests: it needs Debian's slurm-wlm and munge, and root, as slurmd does.
# Exit 0: the same. 1: not the same, or something was not met. 2: could not run.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
[ $# -ge 1 ] || { sed -n '2,/^set/p' "$0" | grep '^#' >&2; exit 2; }
ESEP=$(realpath "$1")
project=$(realpath "${2:-$here/../..}")
shards=${SHARDS:-6}
command=${COMMAND:-$here/shard.sh}
read -ra options <<<"${OPTIONS:-}"
for program in munged slurmctld slurmd sbatch squeue scontrol; do
    command -v $program >/dev/null || { echo "no $program: apt-get install slurm-wlm munge" >&2; exit 2; }
done
[ "$(id -u)" = 0 ] || { echo "slurmd needs root" >&2; exit 2; }

place=$(mktemp -d /run/esep-cluster.XXXXXX)
declare -A daemon
stop() {
    for name in "${!daemon[@]}"; do kill "${daemon[$name]}" 2>/dev/null || true; done
    wait 2>/dev/null || true
    if [ -n "${KEEP:-}" ]; then echo "logs and archives: $place" >&2; else rm -rf "$place"; fi
}
trap stop EXIT
fault() { echo "$1" >&2; tail -n 5 "$place"/*.log >&2 || true; exit 1; }
# Waits until a command succeeds: `until_true SECONDS WHAT COMMAND…`.
until_true() {
    local seconds=$1 what=$2; shift 2
    for ((n = 0; n < 5 * seconds; n++)); do
        if "$@" >/dev/null 2>&1; then return; fi
        sleep 0.2
    done
    fault "in $seconds seconds: $what"
}

mkdir "$place/state" "$place/spool" "$place/archives" "$place/runs"
chmod 755 "$place"
head -c 1024 /dev/urandom >"$place/munge.key"
chmod 400 "$place/munge.key"
cat >"$place/slurm.conf" <<CONF
ClusterName=esep
SlurmctldHost=localhost(127.0.0.1)
SlurmctldPort=16817
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$place/munge.socket
CredType=cred/munge
StateSaveLocation=$place/state
SlurmdSpoolDir=$place/spool/%n
SlurmctldPidFile=$place/slurmctld.pid
SlurmdPidFile=$place/slurmd-%n.pid
SlurmctldLogFile=$place/slurmctld.log
SlurmdLogFile=$place/slurmd-%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MailProg=/bin/true
ReturnToService=2
JobRequeue=1
SlurmdTimeout=10
SlurmdParameters=config_overrides
SchedulerType=sched/builtin
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
NodeName=node1 NodeHostname=localhost NodeAddr=127.0.0.1 Port=17001 CPUs=1
NodeName=node2 NodeHostname=localhost NodeAddr=127.0.0.1 Port=17002 CPUs=1
PartitionName=main Nodes=node1,node2 Default=YES MaxTime=INFINITE State=UP
CONF
export SLURM_CONF=$place/slurm.conf ESEP

munged --foreground --force --key-file="$place/munge.key" --socket="$place/munge.socket" --pid-file="$place/munged.pid" --log-file="$place/munged.log" \
    --seed-file="$place/munge.seed" >"$place/munged.out" 2>&1 &
daemon[munged]=$!
until_true 10 "no munge" [ -S "$place/munge.socket" ]
slurmctld -D -i >"$place/slurmctld.out" 2>&1 &
daemon[slurmctld]=$!
node() { slurmd -D -N "$1" >>"$place/$1.out" 2>&1 & daemon[$1]=$!; }
node node1
node node2
idle() { [ "$(sinfo -h -t idle -o %D)" = 2 ]; }
until_true 30 "the nodes do not come" idle

# What a task does: it writes down where and for which time it runs, so that the test can kill it and see that it was run again.
cat >"$place/task.sh" <<TASK
#!/bin/bash
run=$place/runs/\$SLURM_ARRAY_TASK_ID.\$SLURM_ARRAY_JOB_ID.\${SLURM_RESTART_COUNT:-0}
echo "\$SLURMD_NODENAME \$\$ \$PPID" >\$run.begun
cd $project
if $command \$SLURM_ARRAY_TASK_ID $shards $place/archives --cache-size 0 ${options[*]}; then mv \$run.begun \$run.ended; else echo \$? >\$run.failed; exit 1; fi
TASK
# The first in the queue, on one node each, are the two that make shard 1.
again=$(sbatch --parsable --requeue --array=1 --output="$place/again-%a.log" --open-mode=append "$place/task.sh")
array=$(sbatch --parsable --requeue --array=1-"$shards" --output="$place/array-%a.log" --open-mode=append "$place/task.sh")
until_true 60 "shard 1 is not made twice at the same time" [ -e "$place/runs/1.$again.0.begun" -a -e "$place/runs/1.$array.0.begun" ]

# A task runs on node2, and not since just now.
victim=""
on_node2() { victim=$(grep -l '^node2 ' "$place"/runs/*.begun | tail -n 1); [ -n "$victim" ]; }
until_true 120 "nothing runs on node2" on_node2
sleep "${KILL_AFTER:-12}"
on_node2 || fault "the task on node2 ended too early to be killed; use more data or KILL_AFTER=0"
read -r _ task step <"$victim"
# All at once, as when the power fails: slurmd, the step, the task, and whatever the task has started.
tree() { echo "$1"; for child in $(cat /proc/"$1"/task/*/children 2>/dev/null); do tree "$child"; done; }
mapfile -t processes < <(tree "$step")
[[ " ${processes[*]} " = *" $task "* ]] || fault "the task on node2 was not there to be killed"
kill -9 "${daemon[node2]}" "${processes[@]}"
wait "${daemon[node2]}" 2>/dev/null || true
unset 'daemon[node2]'
scontrol update nodename=node2 state=down reason=killed
shard=$(basename "$victim" | cut -d. -f1)
job=$(basename "$victim" | cut -d. -f2)
echo "node2 was killed (${#processes[@]} processes and slurmd) while it made shard $shard of $shards"
# A job that lost its node waits for a while before it may start again; this one does not.
pending() { scontrol show job "${job}_$shard" | grep -q 'JobState=PENDING'; }
until_true 60 "the shard is not queued again" pending
scontrol update jobid="${job}_$shard" starttime=now
# The node comes back when the shard is being made by the other: what Slurm still sends to end the old task must not meet the new one.
rerun() { compgen -G "$place/runs/$shard.$job.1.*" >/dev/null; }
until_true "${PATIENCE:-1800}" "the shard is not given to the other node" rerun
node node2
until_true 30 "node2 does not come back" sh -c 'scontrol update nodename=node2 state=resume; sinfo -h -n node2 -o %t | grep -qE "idle|alloc|mix"'

finished() { [ -z "$(squeue -h -o %i)" ]; }
until_true "${PATIENCE:-1800}" "the jobs do not end" finished
[ -z "$(find "$place/runs" -name '*.failed')" ] || fault "tasks failed: $(cd "$place/runs" && ls -- *.failed)"
[ -e "$place/runs/$shard.$job.1.ended" ] || fault "the killed shard did not run again: $(ls "$place/runs")"
for twin in "$again" "$array"; do
    compgen -G "$place/runs/1.$twin.*.ended" >/dev/null || fault "shard 1 did not run to its end twice"
done
ls "$place/runs" | sed 's/^/run: /'
archives=$(find "$place/archives" -name '*-shard-*-of-'"$shards"'.zip' | wc -l)
[ "$archives" = "$shards" ] || fault "$archives archives of $shards shards: $(ls -R "$place/archives")"

mapfile -t zips < <(find "$place/archives" -name '*.zip' | sort)
# Nothing that one run has made is given again by another one.
(cd "$project" && "$ESEP" merge --cache-size 0 "${zips[@]}" --out "$place/merged")
(cd "$project" && "$ESEP" build --quiet --cache-size 0 --out "$place/single" "${options[@]}")
diff -r "$place/single" "$place/merged" || fault "the merged release is not that of a single build"
echo "the same to the byte: $(find "$place/merged" -type f | wc -l) files of $shards shards on two nodes, one of which was killed"
