#!/usr/bin/env bash
# Runs Documentation/Examples/Cluster/spark.py on Spark's local cluster, kills an executor in the middle, and compares the
# maps with those of one run.
#
#   pip install pyspark pyarrow numpy && Tests/Tools/batch_spark.sh .build/release/limn NET.onnx PHOTOS
set -euo pipefail
limn=$(realpath "$1") net=$(realpath "$2") photos=$(realpath "$3")
example=$(realpath "$(dirname "$0")/../../Documentation/Examples/Cluster/spark.py")
work=$(mktemp -d) && cd "$work" && trap 'rm -rf "$work"' EXIT
export LIMN=$limn SPARK_LOCAL_IP=127.0.0.1 SPARK_HOME=${SPARK_HOME:-$(python3 -c 'import os, pyspark; print(os.path.dirname(pyspark.__file__))')}
export PYSPARK_PYTHON=$(command -v python3)
"$limn" batch "$photos" --model "$net" -o whole --save npy >/dev/null || [ $? -eq 3 ]
"$SPARK_HOME/bin/spark-submit" --master 'local-cluster[2,1,1024]' --conf spark.sql.files.maxPartitionBytes=100k \
  --conf spark.sql.files.openCostInBytes=20k "$example" "$photos" "$net" out.parquet >spark.log 2>&1 & spark=$!
# An executor is killed as soon as its child explains something.
killed=no
for _ in $(seq 600); do
  child=$(pgrep -f "^$limn batch - --model $net" | head -1 || true)
  if [ -n "$child" ]; then
    executor=$child
    while [ "$executor" -gt 1 ] && ! tr '\0' ' ' <"/proc/$executor/cmdline" | grep -q CoarseGrainedExecutorBackend; do
      executor=$(awk '{print $4}' "/proc/$executor/stat")
    done
    [ "$executor" -gt 1 ] && kill -9 "$executor" && killed=yes && break
  fi
  kill -0 $spark 2>/dev/null || break
  sleep 0.1
done
wait $spark || { tail -30 spark.log; exit 1; }
[ $killed = yes ] || { echo "no executor was killed" >&2; exit 1; }
echo "killed an executor: $(grep -c 'ExecutorLostFailure\|Lost executor' spark.log || true) lines of Spark tell of it"
python3 - <<'PY'
import json, numpy, pyarrow.parquet
rows = {r["path"].split(":", 1)[1].lstrip("/"): r for r in pyarrow.parquet.read_table("out.parquet").to_pylist()}
lines = [json.loads(line) for line in open("whole/results.jsonl")]
assert len(rows) == len(lines) == pyarrow.parquet.read_table("out.parquet").num_rows, (len(rows), len(lines))
for line in lines:
    row = rows[line["image"].lstrip("/")]
    if "error" in line: assert row["error"]; continue
    method = line["targets"][0]["methods"][0]
    assert numpy.load("whole/" + method["map"]["file"]).tobytes() == row["map"], line["image"]
print(f"Spark: the same {len(lines)} maps as one run")
PY
