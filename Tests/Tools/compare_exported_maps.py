"""Holds maps in exported files, run by onnxruntime, against what `limn explain` computes.

    compare_exported_maps.py LIMN NETWORK.onnx... [--methods LIST] [--opsets 17,21] [--batches 1,3] [--time]

For each network, method and opset: the file is exported, checked by ONNX's checker with its shapes inferred, run on
random images, one and several at a time where it takes several, and its `limn_map` compared with the array of
`limn explain` for each image. A refusal is listed with its sentence, and apart from the others what differs in a few
places only, where rounding has put a unit on the other side of a kink. Ends with status 1 where a map is wrong.

Needs numpy, onnx and onnxruntime.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time

import numpy as np
import onnx
import onnxruntime

METHODS = [
    "grad-cam", "grad-cam++", "layer-cam", "gradient", "guided-backprop", "grad-cam * guided-backprop",
    "lrp(epsilon-plus)", "integrated-gradients(steps=8)",
]


def run(*arguments):
    return subprocess.run(arguments, capture_output=True, text=True)


def session(path):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = 2
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def image_input(runtime):
    return next(i for i in runtime.get_inputs() if i.name != "limn_target")


def median_time(runtime, feeds, repeats=21):
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        runtime.run(None, feeds)
        times.append(time.perf_counter() - start)
    return sorted(times)[repeats // 2]


class Comparison:
    def __init__(self, limn, folder, arguments):
        self.limn, self.folder, self.arguments = limn, folder, arguments
        self.counts = {"equal": 0, "kink": 0, "wrong": 0, "refused": 0}
        self.worst = 0

    def report(self, kind, text):
        self.counts[kind] += 1
        if kind != "equal" or self.arguments.verbose:
            print(f"{kind:8}{text}", flush=True)

    def explained(self, network, method, images, target):
        """The arrays of `limn explain`; None with the reason where it has none."""
        paths = []
        for index, image in enumerate(images):
            paths.append(os.path.join(self.folder, f"image{index}.npy"))
            np.save(paths[-1], image)
        for name in os.listdir(self.folder):
            if name.startswith("map-"):
                os.remove(os.path.join(self.folder, name))
        command = [self.limn, "explain", *paths, "--model", network, "--method", method]
        command += [] if target == "prediction" else ["--target", str(target)]
        done = run(*command, "-o", os.path.join(self.folder, "map-{}.npy"))
        if done.returncode:
            return None, done.stderr.strip().splitlines()[-1]
        return [np.load(os.path.join(self.folder, f"map-image{i}.npy")) for i in range(len(images))], ""

    def compare(self, network, method, opset, target):
        title = f"{os.path.basename(os.path.dirname(network))}/{os.path.basename(network)} {method} opset {opset} {target}"
        exported = os.path.join(self.folder, "net+map.onnx")
        command = [self.limn, "export", network, "--method", method, "--opset", str(opset), "--target", str(target)]
        done = run(*command, "-o", exported)
        if done.returncode:
            self.report("refused", f"{title}: {done.stderr.strip().splitlines()[-1]}")
            return
        onnx.checker.check_model(exported, full_check=True)
        runtime = session(exported)
        source = image_input(runtime)
        shape = [d if isinstance(d, int) else 1 for d in source.shape]
        batches = self.arguments.batches if not isinstance(source.shape[0], int) else [1]
        random = np.random.default_rng(7)
        kind = {"tensor(float)": np.float32, "tensor(uint8)": np.uint8}[source.type]
        images = (random.standard_normal([max(batches)] + shape[1:]) * (40 if kind == np.uint8 else 1)).astype(kind)
        wanted, reason = self.explained(network, method, images.astype(np.float32), 1 if target == "input" else target)
        if wanted is None:
            self.report("refused", f"{title}: explain: {reason}")
            return
        for batch in batches:
            feeds = {source.name: images[:batch]}
            if target == "input":
                feeds["limn_target"] = np.full([batch], 1, np.int64)
            found = runtime.run(["limn_map"], feeds)[0]
            expected = np.stack(wanted[:batch])
            if found.shape != expected.shape:
                self.report("wrong", f"{title}: {found.shape} instead of {expected.shape}")
                return
            largest = max(np.abs(expected).max(), 1e-30)
            difference = np.abs(found - expected).max() / largest
            self.worst = max(self.worst, difference)
            if not difference < 1e-4:
                share = np.mean(np.abs(found - expected) > 1e-4 * largest)
                # Rounding puts a unit of the network on the other side of a kink: what it sees differs, and nothing else.
                kind = "kink" if share < 0.02 and expected.size > 1000 else "wrong"
                self.report(
                    kind, f"{title}, batch {batch}: {difference:.2e} of the largest magnitude, {100 * share:.2f} % of the places")
                return
        growth = os.path.getsize(exported) / os.path.getsize(network) - 1
        text = f"{title}: {difference:.1e}, the file grows by {100 * growth:.2f} %"
        if self.arguments.time:
            feeds = {source.name: images[:1]}
            if target == "input":
                feeds["limn_target"] = np.full([1], 1, np.int64)
            plain = session(network)
            alone = min(median_time(plain, {source.name: images[:1]}) for _ in range(3))
            both = min(median_time(runtime, feeds) for _ in range(3))
            text += f", {1e3 * alone:.2f} ms alone and {1e3 * both:.2f} ms with the map ({both / alone:.2f})"
            print(text, flush=True)
        self.report("equal", text)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("limn")
    parser.add_argument("networks", nargs="+")
    parser.add_argument("--methods", default=";".join(METHODS), help="separated by semicolons")
    parser.add_argument("--opsets", default="17,21")
    parser.add_argument("--batches", default="1,3")
    parser.add_argument("--targets", default="prediction")
    parser.add_argument("--time", action="store_true", help="measure onnxruntime, too")
    parser.add_argument("--verbose", action="store_true")
    arguments = parser.parse_args()
    arguments.batches = [int(b) for b in arguments.batches.split(",")]
    with tempfile.TemporaryDirectory() as folder:
        comparison = Comparison(arguments.limn, folder, arguments)
        for network in arguments.networks:
            for method in arguments.methods.split(";"):
                for opset in arguments.opsets.split(","):
                    for target in arguments.targets.split(","):
                        try:
                            comparison.compare(network, method.strip(), int(opset), target)
                        except Exception as error:  # pylint: disable=broad-except
                            comparison.report("wrong", f"{network} {method} {opset}: {str(error)[:300]}")
    print(comparison.counts, f"the largest difference of those that are equal or wrong: {comparison.worst:.1e}")
    sys.exit(1 if comparison.counts["wrong"] else 0)


if __name__ == "__main__":
    main()
