#!/usr/bin/env bash
# Runs Documentation/Examples/Cluster/slurm.sh on Slurm's own daemons on this machine, sets a node down in the middle, and
# compares what is merged with one run. For root, on a machine for such trials: it starts munged, slurmctld and slurmd.
#
#   apt-get install slurm-wlm munge && Tests/Tools/batch_slurm.sh .build/release/limn NET.onnx PHOTOS [OPTION …]
set -euo pipefail
limn=$(realpath "$1") net=$(realpath "$2") photos=$(realpath "$3")
example=$(realpath "$(dirname "$0")/../../Documentation/Examples/Cluster/slurm.sh")
work=$(mktemp -d) && chmod 755 "$work" && cd "$work"
started=() job=
finish() { [ -z "$job" ] || { scancel "$job" 2>/dev/null; sleep 2; }; for pid in "${started[@]}"; do kill "$pid" 2>/dev/null || true; done; sleep 1; rm -rf "$work"; }
trap finish EXIT

mkdir -p bin spool/{ctl,one,two} munge && ln -s "$limn" bin/limn && export PATH=$work/bin:$PATH
host=$(hostname -s) cores=$(nproc)
dd if=/dev/urandom of=munge/key bs=1 count=1024 status=none
chmod 755 munge && chmod 600 munge/key && chown -R munge munge
runuser -u munge -- /usr/sbin/munged --force --foreground --key-file="$PWD/munge/key" --socket="$PWD/munge/socket" \
  --pid-file="$PWD/munge/pid" --log-file="$PWD/munge/log" --seed-file="$PWD/munge/seed" 2>munge.log & started+=($!)
cat >slurm.conf <<CONF
ClusterName=limn
SlurmctldHost=$host(127.0.0.1)
AuthType=auth/munge
AuthInfo=socket=$work/munge/socket
CredType=cred/munge
SlurmUser=root
SlurmdUser=root
StateSaveLocation=$work/spool/ctl
SlurmdSpoolDir=$work/spool/%n
SlurmdLogFile=$work/slurmd-%n.log
SlurmctldLogFile=$work/slurmctld.log
SlurmdPidFile=$work/slurmd-%n.pid
SlurmctldPidFile=$work/slurmctld.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
JobAcctGatherType=jobacct_gather/none
SlurmctldPort=17817
ReturnToService=2
SlurmdTimeout=10
KillWait=5
NodeName=one NodeHostname=$host NodeAddr=127.0.0.1 Port=17818 CPUs=$cores State=UNKNOWN
NodeName=two NodeHostname=$host NodeAddr=127.0.0.1 Port=17819 CPUs=$cores State=UNKNOWN
PartitionName=all Nodes=one,two Default=YES MaxTime=INFINITE State=UP
CONF
export SLURM_CONF=$work/slurm.conf
sleep 1
/usr/sbin/slurmctld -D -f "$SLURM_CONF" >/dev/null 2>&1 & started+=($!)
/usr/sbin/slurmd -D -N one -f "$SLURM_CONF" >/dev/null 2>&1 & started+=($!)
/usr/sbin/slurmd -D -N two -f "$SLURM_CONF" >/dev/null 2>&1 & started+=($!)
for _ in $(seq 30); do [ "$(sinfo -h -o %t 2>/dev/null | head -1)" = idle ] && break; sleep 1; done
sinfo

"$limn" batch "$photos" --model "$net" -o "$work/whole" >/dev/null
export PHOTOS=$photos NET=$net OUT=$work/out LIMN_SHARDS=6
job=$(sbatch --parsable --array=0-5 --cpus-per-task=1 --mem=0 "$example")
# As soon as a task has finished some pictures there.
for _ in $(seq 600); do
  [ -n "$(squeue -h -w two -t R)" ] && [ "$(find out/records -type f 2>/dev/null | wc -l)" -gt 8 ] && break
  sleep 0.1
done
squeue
echo "node two is set down"
scontrol update NodeName=two State=DOWN Reason=trial
sleep 3 && { scontrol update NodeName=two State=RESUME 2>/dev/null || true; }
for _ in $(seq 300); do [ -z "$(squeue -h -j "$job" 2>/dev/null)" ] && break; sleep 1; done
requeued=$(grep -ci "requeue" slurmctld.log || true)
[ "$requeued" -gt 0 ] || { tail -40 slurmctld.log >&2; echo "no task was taken from the node that was set down" >&2; exit 1; }
echo "tasks that were taken from it: $(grep -io "requeu.*" slurmctld.log | sort | uniq -c)"
ls "$work/out/shards"
"$limn" merge "$work/out"
rm -rf "$work/out/shards"
diff -r "$work/out" "$work/whole" && echo "Slurm: the same bytes as one run"
