"""Holds maps in exported files, run by onnxruntime, against what `limn explain` computes.

    compare_exported_maps.py LIMN NETWORK.onnx... [--methods LIST] [--opsets 17,21] [--batches 1,3] [--exact] [--time]

For each network, method and opset: the file is exported, checked by ONNX's checker with its shapes inferred, run on
random images, one and several at a time where it takes several, and its `limn_map` compared with the array of
`limn explain` for each image. A refusal is listed with its sentence.

Maps that differ by more than 1e-4 of their largest magnitude are "unstable" where rounding decides: a unit of the network
lies on a kink there, and either side of it is right. That is so where onnxruntime's own map moves as much once the image is
changed by its rounding (2e-7 of each number, or what --noise says) or its optimiser is off, or where on other images, of up
to --draws, the maps are equal: what is written wrongly is wrong on all. Anything else is wrong, and the script ends with
status 1. At the end stand, for each method, the counts, and how many networks have been seen whose maps of all methods are
equal, or equal but for rounding.

With `--exact` the file is also evaluated in numbers of 64 bits where both differ, and told how far each is from that: what
is within a thousandth of Limn's own map is not wrong, whatever onnxruntime's rounding does;
with `--time` onnxruntime's time for the network and for the file, turn by turn, is told beside how much the file grows.

Needs numpy, onnx and onnxruntime; PyTorch for `--exact`.
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


def session(path, isOptimised=True):
    options = onnxruntime.SessionOptions()
    if not isOptimised:
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 3
    options.intra_op_num_threads = 2
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def image_input(runtime):
    return next(i for i in runtime.get_inputs() if i.name != "limn_target")


def median_times(runs, repeats):
    """The median time of each of several sessions with what it is fed, taken in turns so that all meet the same machine."""
    times = [[] for _ in runs]
    for _ in range(repeats):
        for (runtime, feeds), own in zip(runs, times):
            start = time.perf_counter()
            runtime.run(None, feeds)
            own.append(time.perf_counter() - start)
    return [sorted(own)[repeats // 2] for own in times]


def movement(exported, runtime, feeds, found, noise):
    """How far onnxruntime's own map moves where it is given the image but for its rounding, or optimises nothing."""
    random = np.random.default_rng(1)
    name = next(n for n in feeds if n != "limn_target")
    maps = [session(exported, isOptimised=False).run(["limn_map"], feeds)[0]]
    for _ in range(8):
        if feeds[name].dtype != np.float32:
            break
        nearby = feeds[name] * (1 + noise * random.standard_normal(feeds[name].shape)).astype(np.float32)
        maps.append(runtime.run(["limn_map"], feeds | {name: nearby})[0])
    return max(np.abs(m - found).max() for m in maps)


def exact(exported, feeds, *maps):
    """How far maps are from what 64 bits make of the file, as shares of its largest magnitude."""
    import onnx_float64

    truth = onnx_float64.run(exported, feeds, "limn_map")
    return [np.abs(m - truth).max() / np.abs(truth).max() for m in maps]


class Comparison:
    def __init__(self, limn, folder, arguments):
        self.limn, self.folder, self.arguments = limn, folder, arguments
        self.counts = {}
        self.explanations = {}
        self.last = self.worst = 0
        self.networks = {}

    def report(self, kind, text):
        self.networks.setdefault(text.split()[0], set()).add(kind)
        method = text.split(" opset")[0].split(" ", 1)[-1]
        counts = self.counts.setdefault(method, {"equal": 0, "unstable": 0, "wrong": 0, "refused": 0})
        counts[kind] += 1
        if kind != "equal" or self.arguments.verbose:
            print(f"{kind:9}{text}", flush=True)

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

    @staticmethod
    def images(shape, kind, draw):
        random = np.random.default_rng(7 + draw)
        return (random.standard_normal(shape) * (40 if np.issubdtype(kind, np.integer) else 1)).astype(kind)

    def difference(self, exported, runtime, name, images, wanted, target, batches):
        """In words how the file's maps differ, and whether rounding explains it; None where they are equal."""
        for batch in batches:
            feeds = {name: images[:batch]}
            if target == "input":
                feeds["limn_target"] = np.full([batch], 1, np.int64)
            found = runtime.run(["limn_map"], feeds)[0]
            expected = np.stack(wanted[:batch])
            if found.shape != expected.shape:
                return f"batch {batch}: {found.shape} instead of {expected.shape}", False
            largest = max(np.abs(expected).max(), 1e-30)
            self.last = np.abs(found - expected).max() / largest
            if self.last < 1e-4:
                self.worst = max(self.worst, self.last)
                continue
            share = np.mean(np.abs(found - expected) > 1e-4 * largest)
            moved = movement(exported, runtime, feeds, found, self.arguments.noise) / largest
            text = (f"batch {batch}: {self.last:.2e} of the largest magnitude, {100 * share:.2f} % of the places; "
                    f"onnxruntime's own moves by {moved:.2e}")
            isRounding = moved > self.last / 3
            if self.arguments.exact:
                try:
                    theirs, ours = exact(exported, feeds, found, expected)
                    text += f"; from 64 bits onnxruntime is {theirs:.2e} off and limn {ours:.2e}"
                    isRounding = isRounding or ours < 1e-3
                except (KeyError, NotImplementedError) as error:
                    text += f"; no {error} in 64 bits"
            return text, isRounding
        return None

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
        asked = 1 if target == "input" else target
        kind = {"float": np.float32, "float16": np.float16, "uint8": np.uint8, "int8": np.int8, "int32": np.int32}[source.type[7:-1]]
        differing = []
        for draw in range(self.arguments.draws):
            images = self.images([max(batches)] + shape[1:], kind, draw)
            key = (network, method, asked, draw)
            if key not in self.explanations:
                self.explanations[key] = self.explained(network, method, images.astype(np.float32), asked)
            wanted, reason = self.explanations[key]
            if wanted is None:
                self.report("refused", f"{title}: explain: {reason}")
                return
            told = self.difference(exported, runtime, source.name, images, wanted, target, batches)
            if told is None:
                break
            differing.append(told)
        else:
            isRounding = any(rounding for _, rounding in differing)
            text = f"{title}, {differing[0][0]}"
            self.report("unstable" if isRounding else "wrong", text + f"; equal on none of {len(differing)} draws")
            return
        if differing:
            self.report("unstable", f"{title}, {differing[0][0]}; equal on draw {len(differing) + 1}")
            return
        growth = os.path.getsize(exported) / os.path.getsize(network) - 1
        text = f"{title}: {self.last:.1e}, the file grows by {100 * growth:.2f} %"
        if self.arguments.time:
            feeds = {source.name: images[:1]}
            if target == "input":
                feeds["limn_target"] = np.full([1], 1, np.int64)
            runs = [(session(network), {source.name: images[:1]}), (runtime, feeds)]
            alone, both = median_times(runs, self.arguments.repeats)
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
    parser.add_argument("--exact", action="store_true", help="evaluate what differs in 64 bits")
    parser.add_argument("--draws", type=int, default=4, help="images that are tried until the maps are equal")
    parser.add_argument("--noise", type=float, default=2e-7, help="what rounding is taken for, as a share of a number")
    parser.add_argument("--time", action="store_true", help="measure onnxruntime, too")
    parser.add_argument("--repeats", type=int, default=41, help="of each measurement")
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
                            comparison.report("wrong", f"{network} {method} opset {opset}: {str(error)[:300]}")
    for method, counts in comparison.counts.items():
        print(f"{method:30}", ", ".join(f"{count} {kind}" for kind, count in counts.items()))
    kinds = list(comparison.networks.values())
    print(f"of {len(kinds)} networks {sum(k == {'equal'} for k in kinds)} have equal maps only, "
          f"{sum(bool(k) and k <= {'equal', 'unstable'} for k in kinds)} but for rounding, "
          f"{sum('wrong' in k for k in kinds)} a wrong one, {sum('refused' in k for k in kinds)} one that is refused")
    print(f"the largest difference of those that are equal: {comparison.worst:.1e}")
    sys.exit(1 if any(counts["wrong"] for counts in comparison.counts.values()) else 0)


if __name__ == "__main__":
    main()
