"""How Limn's time and memory grow: once, ten times and a hundred times as much of something.

    python Tests/Benchmarks/growth.py .build/release network.onnx [--threads 2] [--rounds 3]

The network must have at least 1000 channels in its last maps and take any number of images, as peers.py exports it.
"""
import argparse, json, statistics, subprocess

GROWTH = {
    "images predicted in a batch": ["forward x1", "forward x10", "forward x100"],
    "masks of Score-CAM": ["score-cam(top=10)", "score-cam(top=100)", "score-cam(top=1000)"],
    "nodes of integrated gradients": [f"integrated-gradients(steps={n})" for n in (5, 50, 500)],
}


def measure(options, model, job, rounds):
    """Milliseconds once warm, and megabytes, of a process of its own."""
    process = subprocess.Popen(
        [f"{options.build}/Benchmarks", "--serve", "--threads", str(options.threads), model],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    def ask(line):
        process.stdin.write(line + "\n")
        process.stdin.flush()
        return json.loads(process.stdout.readline())
    process.stdout.readline()
    ask(f"1 {job}")
    times, peak = ask(f"{rounds} {job}"), ask("memory")
    process.stdin.close()
    process.wait()
    return statistics.median(times), peak


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", help="the folder that holds the built Benchmarks")
    parser.add_argument("model")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    print("| 1, 10 and 100 times as many | ms | MB |\n| --- | ---: | ---: |")

    for what, jobs in GROWTH.items():
        results = [measure(options, options.model, job, max(1, options.rounds // 3 ** place))
                   for place, job in enumerate(jobs)]
        times = ", ".join(f"{median:.1f}" for median, _ in results)
        print(f"| {what} | {times} | {', '.join(str(peak) for _, peak in results)} |", flush=True)


if __name__ == "__main__":
    main()
