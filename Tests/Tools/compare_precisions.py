"""Compares `--precision bf16` with float32 on real networks and photographs, method by method.

Usage: python compare_precisions.py LIMN [MODEL.onnx]…   (needs numpy, and LIMN_TEST_DATA)

For every network and photograph, the class that float32 ranks first is explained in both precisions. Of the signed
maps: the relative error |a − b| / |b| in the Euclidean norm, and Spearman's rank correlation. Further models are
prepared for as torchvision prepares its own.
"""

import json
import os
import subprocess
import sys
import tempfile

import numpy as np

DATA = os.path.join(os.environ["LIMN_TEST_DATA"], "zoo")
NETWORKS = {
    "mobilenet_v2_1.0_224.onnx": ["--preset", "tf"],
    "squeezenet1.1_winml_fp32.onnx": ["--preset", "caffe"],
    "cifar10_resnet20_ts13.onnx": ["--preset", "imagenet", "--fit", "stretch"],
}
PHOTOGRAPHS = ["captum_swan.jpg", "chelsea.png", "owl.jpg"]
METHODS = ["gradient", "input-x-gradient", "deconvnet", "guided-backprop", "cam", "grad-cam", "grad-cam++",
           "guided-grad-cam"]


def run(limn, *arguments):
    return subprocess.run([limn, *arguments], capture_output=True, text=True)


def ranks(numbers):
    """Ranks, those of equal numbers averaged."""
    _, inverse, counts = np.unique(numbers, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return (last - (counts - 1) / 2)[inverse]


def spearman(a, b):
    a, b = ranks(a.ravel()), ranks(b.ravel())
    return float(np.corrcoef(a, b)[0, 1]) if a.std() > 0 and b.std() > 0 else float(np.allclose(a, b))


def predictions(limn, precision, photo, options):
    text = run(limn, "predict", photo, "--top", "5", "--json", "--precision", precision, *options).stdout
    return json.loads(text)[0]["predictions"]


def attribution(limn, precision, photo, target, method, options, folder):
    path = os.path.join(folder, "map.npy")
    done = run(limn, "explain", photo, "--target", str(target), "--method", method, "--precision", precision,
               "-o", path, *options)
    return np.load(path).astype(np.float64) if done.returncode == 0 else None


def main():
    limn = sys.argv[1]
    networks = {os.path.join(DATA, "models", name): options for name, options in NETWORKS.items()}
    networks |= {path: ["--preset", "imagenet"] for path in sys.argv[2:]}
    found = {method: [] for method in METHODS}
    print(f"{'network':32} {'first':>6} {'top 5':>6} {'probability':>12}" + "".join(f"{m:>18}" for m in METHODS))
    with tempfile.TemporaryDirectory() as folder:
        for path, preparation in networks.items():
            options, own = ["--model", path, *preparation], {method: [] for method in METHODS}
            first, shared, apart = 0, [], []
            for photo in (os.path.join(DATA, "photos", name) for name in PHOTOGRAPHS):
                exact, short = (predictions(limn, p, photo, options) for p in ("float32", "bf16"))
                first += exact[0]["index"] == short[0]["index"]
                shared.append(len({p["index"] for p in exact} & {p["index"] for p in short}))
                by_index = {p["index"]: p["probability"] for p in short}
                apart += [abs(p["probability"] - by_index[p["index"]]) for p in exact if p["index"] in by_index]
                for method in METHODS:
                    b, a = (attribution(limn, p, photo, exact[0]["index"], method, options, folder)
                            for p in ("float32", "bf16"))
                    if a is None or b is None:
                        assert a is None and b is None, (path, photo, method)
                        continue
                    own[method].append((np.linalg.norm(a - b) / max(np.linalg.norm(b), 1e-30), spearman(a, b)))
            cells = ""
            for method in METHODS:
                found[method] += own[method]
                pairs = np.array(own[method])
                cells += f"{'–':>18}" if not len(pairs) else (
                    f"{np.median(pairs[:, 0]):>9.4f} {np.median(pairs[:, 1]):>8.4f}")
            count = len(PHOTOGRAPHS)
            print(f"{os.path.basename(path):32} {first:>3}/{count} {np.mean(shared):>6.2f} {max(apart):>12.4f}{cells}",
                  flush=True)
    print("\n| method | maps | relative error: median | worst | rank correlation: median | worst |")
    print("|---|---:|---:|---:|---:|---:|")
    for method, pairs in found.items():
        p = np.array(pairs)
        print(f"| `{method}` | {len(p)} | {np.median(p[:, 0]):.3f} | {p[:, 0].max():.3f} "
              f"| {np.median(p[:, 1]):.4f} | {p[:, 1].min():.4f} |")


main()
