"""How Limn's time and memory grow: once, ten times and a hundred times as much of something.

    pip install onnx numpy
    python Tests/Benchmarks/growth.py .build/release network.onnx [--threads 2] [--rounds 3]

The network must have at least 1000 channels in its last maps and take any number of images, as peers.py exports it.
"""
import argparse, json, statistics, subprocess, tempfile

GROWTH = {
    "images predicted in a batch": ["forward x1", "forward x10", "forward x100"],
    "masks of Score-CAM": ["score-cam(top=10)", "score-cam(top=100)", "score-cam(top=1000)"],
    "nodes of integrated gradients": [f"integrated-gradients(steps={n})" for n in (5, 50, 500)],
}


def chain(path, steps):
    """A network of so many convolutions and rectifiers, one after the other, which are hardly any work."""
    import numpy as np
    from onnx import TensorProto, helper, numpy_helper, save
    weights = [numpy_helper.from_array(np.eye(16, dtype=np.float32).reshape(16, 16, 1, 1) * (1 + i % 7 / 100), f"w{i}")
               for i in range(steps)]
    nodes, value = [], "x"
    for i in range(steps):
        nodes += [helper.make_node("Conv", [value, f"w{i}"], [f"c{i}"]), helper.make_node("Relu", [f"c{i}"], [f"r{i}"])]
        value = f"r{i}"
    nodes += [helper.make_node("GlobalAveragePool", [value], ["p"]), helper.make_node("Flatten", ["p"], ["y"])]
    shape = lambda name, extents: helper.make_tensor_value_info(name, TensorProto.FLOAT, extents)
    graph = helper.make_graph(nodes, "chain", [shape("x", [1, 16, 8, 8])], [shape("y", [1, 16])], weights)
    save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)]), path)


def measure(options, model, job, rounds):
    """Milliseconds of the first run and of later ones, and megabytes, of a process of its own."""
    process = subprocess.Popen(
        [f"{options.build}/Benchmarks", "--serve", "--threads", str(options.threads), model],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    def ask(line):
        process.stdin.write(line + "\n")
        process.stdin.flush()
        return json.loads(process.stdout.readline())
    process.stdout.readline()
    first, times, peak = ask(f"1 {job}")[0], ask(f"{rounds} {job}"), ask("memory")
    process.stdin.close()
    process.wait()
    return first, statistics.median(times), peak


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", help="the folder that holds the built Benchmarks")
    parser.add_argument("model")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    print("| 1, 10 and 100 times as many | ms | MB |\n| --- | ---: | ---: |")

    def row(what, cases):
        results = [measure(options, model, job, rounds) for model, job, rounds in cases]
        times = ", ".join(f"{median:.1f}" for _, median, _ in results)
        print(f"| {what} | {times} | {', '.join(str(peak) for _, _, peak in results)} |", flush=True)
        return results

    for what, jobs in GROWTH.items():
        row(what, [(options.model, job, max(1, options.rounds // 3 ** place)) for place, job in enumerate(jobs)])
    with tempfile.TemporaryDirectory() as folder:
        cases = []
        for steps in (40, 400, 4000):
            chain(f"{folder}/{steps}.onnx", steps)
            cases.append((f"{folder}/{steps}.onnx", "gradient", options.rounds))
        results = row("layers, forward and back, of 40", cases)
        print(f"| the same, with planning the network | {', '.join(f'{first:.1f}' for first, _, _ in results)} | |")


if __name__ == "__main__":
    main()
