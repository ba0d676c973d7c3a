#!/bin/bash
# A job array: each task explains one shard, the last job joins them. Edit the three paths, then: sbatch slurm.sh
# Tasks that failed are run again with `sbatch --array=3,7 slurm.sh`; what they had finished is not done again.
#SBATCH --job-name=limn
#SBATCH --array=0-15
#SBATCH --cpus-per-task=8
#SBATCH --mem=8G
#SBATCH --signal=TERM@60
#SBATCH --requeue
export LIMN_SHARDS=${LIMN_SHARDS:-16}  # as many as the array above has
photos=${PHOTOS:-/data/photos} net=${NET:-/data/net.onnx} out=${OUT:-/data/maps}

srun limn batch "$photos" --model "$net" --methods "${METHODS:-grad-cam}" -o "$out" --threads "$SLURM_CPUS_PER_TASK"
status=$?
[ $status -eq 3 ] && status=0  # done, but for pictures that could not be used: they are listed
[ $status -eq 75 ] && scontrol requeue "${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID" && sleep 60
exit $status
# And when all are done: sbatch --dependency=afterok:JOB --wrap 'limn merge /data/maps'
