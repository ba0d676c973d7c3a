"""spark-submit spark.py FOLDER NET.onnx OUT.parquet: a `limn batch` for each partition; Spark itself commits the rows."""
import json, os, subprocess, sys, tempfile
import numpy, pyarrow
from pyspark.sql import SparkSession

folder, net, out = sys.argv[1:4]
limn, methods = os.environ.get("LIMN", "limn"), os.environ.get("METHODS", "grad-cam")

def explain(batches):
    with tempfile.TemporaryDirectory() as scratch:
        command = [limn, "batch", "-", "--model", net, "--methods", methods, "--lines", "--save", "npy", "-o", scratch]
        child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=dict(os.environ))
        for batch in batches:
            paths, rows = batch.column("path").to_pylist(), []
            for number, (path, content) in enumerate(zip(paths, batch.column("content").to_pylist())):
                local = f"{scratch}/{number}{os.path.splitext(path)[1]}"
                open(local, "wb").write(content)
                print(local, file=child.stdin, flush=True)
            for path in paths:
                text = child.stdout.readline()
                if not text: raise RuntimeError(f"limn ended with {child.wait()}")
                line = json.loads(text)
                maps = [m for t in line.get("targets", []) for m in t["methods"] if "map" in m]
                rows += [(path, m["method"], numpy.load(f"{scratch}/{m['map']['file']}").tobytes(), m["grid"], None) for m in maps]
                rows += [] if maps else [(path, None, None, None, line.get("error", "no map"))]
            yield pyarrow.RecordBatch.from_arrays([pyarrow.array(c, t) for c, t in zip(zip(*rows), types)], names)
        child.stdin.close()
        if child.wait() not in (0, 3): raise RuntimeError(f"limn ended with {child.returncode}")

names = ["path", "method", "map", "grid", "error"]
types = [pyarrow.string(), pyarrow.string(), pyarrow.binary(), pyarrow.list_(pyarrow.int32()), pyarrow.string()]
spark = SparkSession.builder.config("spark.sql.execution.arrow.maxRecordsPerBatch", 32).getOrCreate()
photos = spark.read.format("binaryFile").option("recursiveFileLookup", True).load(folder).select("path", "content")
schema = "path string, method string, map binary, grid array<int>, error string"
photos.mapInArrow(explain, schema).write.mode("overwrite").parquet(out)
