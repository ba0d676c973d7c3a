"""Whole data sets: `limn batch` beside the loops that people write around a DataLoader, in one run.

    pip install torch torchvision grad-cam captum
    python Tests/Benchmarks/datasets.py .build/release NET.onnx PHOTOS [--preset tf] [--pictures 500] [--rounds 5]
    python Tests/Benchmarks/datasets.py .build/release NET.onnx PHOTOS --preset tf --curve     # memory over the whole set

Everything is done on two cores: photographs are decoded, explained by Grad-CAM and their maps written as `.npy`. Contestants
take turns, so that whatever else the machine does burdens all alike; compare ratios. What is measured begins when a process
has finished its first pictures. Printed are medians of pictures a second and their quotients, and processor time for each
picture, which says what is wasted even where the machine is busy.

* `engine, 2 × 1 thread`: two processes that explain one and the same prepared picture again and again, on a thread each:
  no decoding, no writing, no network made ready. The most that this engine can do on two cores.
* `engine, 2 threads`: one process that does so on two threads.
* `pytorch-grad-cam`, `captum`: a DataLoader with torchvision's MobileNetV2 (random weights: speed does not depend on them),
  channels last, weights frozen. Batches of 1, 8 and 32 and 0 to 2 workers are tried first, and the fastest is taken.
"""
import argparse, json, os, resource, statistics, subprocess, sys, tempfile, time

# How many pictures a process is through before its time begins.
WARM = 64


def usage(pid):
    """Processor time in seconds that a process and its threads have taken."""
    fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory(pid):
    """Megabytes that a process holds."""
    return int(open(f"/proc/{pid}/statm").read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def batch_command(options, files, out):
    return [f"{options.build}/limn", "batch", "--list", files, "--model", options.model, "--save", options.save,
            "--threads", "2", "--lines", "-o", out] + (["--preset", options.preset] if options.preset else [])


def limn(options, files, count):
    """Pictures a second and processor milliseconds for each, of `limn batch`."""
    with tempfile.TemporaryDirectory(dir=options.scratch) as scratch:
        process = subprocess.Popen(batch_command(options, files, scratch), stdout=subprocess.PIPE,
                                   stderr=subprocess.DEVNULL)
        for number, _ in enumerate(process.stdout, 1):
            if number == WARM:
                begun, taken = time.perf_counter(), usage(process.pid)
            if number == count:
                passed, taken = time.perf_counter() - begun, usage(process.pid) - taken
        assert process.wait() == 0, process.returncode
        return (count - WARM) / passed, 1000 * taken / (count - WARM)


def engine(options, processes, threads, count):
    """The same of the engine alone: one picture, prepared once."""
    command = [f"{options.build}/Benchmarks", "--serve", "--threads", str(threads), options.model]
    all = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(processes)]

    def ask(each):
        for process in all:
            process.stdin.write(f"{each} grad-cam\n")
            process.stdin.flush()
        for process in all:
            json.loads(process.stdout.readline())
    for process in all: process.stdout.readline()
    ask(10)
    begun, taken = time.perf_counter(), sum(usage(process.pid) for process in all)
    ask(count // processes)
    passed, taken = time.perf_counter() - begun, sum(usage(process.pid) for process in all) - taken
    for process in all:
        process.stdin.close()
        process.wait()
    return count / passed, 1000 * taken / count


def peer(options, name, files, count, batch, workers):
    environment = dict(os.environ, MALLOC_MMAP_THRESHOLD_=str(1 << 30), MALLOC_TRIM_THRESHOLD_=str(1 << 40))
    command = [sys.executable, __file__, "--loop", name, files, str(count), str(batch), str(workers)]
    answer = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
    return tuple(json.loads(answer.stdout.splitlines()[-1]))


def loop(name, files, count, batch, workers):
    """What people write: a DataLoader, a method, numpy.save. Prints pictures a second and processor milliseconds."""
    import numpy, torch, torchvision
    from PIL import Image
    torch.set_num_threads(2)
    torch.manual_seed(0)
    network = torchvision.models.mobilenet_v2(weights=None).eval().to(memory_format=torch.channels_last)
    for parameter in network.parameters(): parameter.requires_grad_(False)
    for module in network.modules():
        if isinstance(module, torch.nn.ReLU6): module.inplace = False
    layer = network.features[-1]
    prepare = torchvision.transforms.Compose([
        torchvision.transforms.Resize(256), torchvision.transforms.CenterCrop(224), torchvision.transforms.ToTensor(),
        torchvision.transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])])
    names = open(files).read().split("\n")[:count]

    class Photographs(torch.utils.data.Dataset):
        def __len__(self): return len(names)
        def __getitem__(self, index): return prepare(Image.open(names[index]).convert("RGB")), index

    if name == "captum":
        import captum.attr
        method = captum.attr.LayerGradCam(network, layer)

        def explain(images):
            with torch.no_grad(): target = network(images).argmax(1)
            maps = method.attribute(images.requires_grad_(True), target=target)
            return captum.attr.LayerAttribution.interpolate(maps, (224, 224), "bilinear").detach().numpy()
    else:
        import pytorch_grad_cam
        cam = pytorch_grad_cam.GradCAM(model=network, target_layers=[layer])

        def explain(images): return cam(input_tensor=images.requires_grad_(True), targets=None)

    loader = torch.utils.data.DataLoader(Photographs(), batch_size=batch, num_workers=workers)
    done, begun = 0, None
    with tempfile.TemporaryDirectory() as scratch:
        for images, indices in loader:
            maps = explain(images.contiguous(memory_format=torch.channels_last))
            for index, map in zip(indices.tolist(), maps): numpy.save(f"{scratch}/{index}.npy", map)
            done += len(indices)
            if begun is None and done >= WARM: begun, first, taken = time.perf_counter(), done, time.process_time()
        passed, taken = time.perf_counter() - begun, time.process_time() - taken
        # Loader workers are children, which are counted from their start.
        del loader
        taken += sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2]) * (done - first) / done
    print(json.dumps([(done - first) / passed, 1000 * taken / (done - first), batch, workers]))


def measure(options, files):
    count = options.pictures
    contestants = {
        "limn batch": lambda: limn(options, files, count),
        "engine, 2 × 1 thread": lambda: engine(options, 2, 1, count),
        "engine, 2 threads": lambda: engine(options, 1, 2, count),
    }
    for name in options.peers.split(","):
        if not name: continue
        best = max((peer(options, name, files, 160, batch, workers)[0], batch, workers)
                   for batch in (1, 8, 32) for workers in (0, 1, 2))
        print(f"{name}: the fastest is a batch of {best[1]} with {best[2]} workers", file=sys.stderr)
        contestants[name] = lambda name=name, best=best: peer(options, name, files, min(count, 320), *best[1:])[:2]
    results = {name: [] for name in contestants}
    for round in range(options.rounds):
        for name, run in contestants.items(): results[name].append(run())
        print(f"round {round + 1}: " + ", ".join(f"{name} {all[-1][0]:.1f}" for name, all in results.items()),
              file=sys.stderr)
    own = [rate for rate, _ in results["limn batch"]]
    print("| | pictures a second | processor, ms | `limn batch` ÷ this |\n| --- | ---: | ---: | ---: |")
    for name, all in results.items():
        quotient = statistics.median(a / b[0] for a, b in zip(own, all))
        print(f"| {name} | {statistics.median(rate for rate, _ in all):.1f} "
              f"| {statistics.median(taken for _, taken in all):.1f} | {quotient:.2f} |")


def curve(options, files, count):
    """Memory, and pictures a second, over one run through everything."""
    print("| pictures | MB | pictures a second since the last row |\n| ---: | ---: | ---: |")
    with tempfile.TemporaryDirectory(dir=options.scratch) as scratch:
        process = subprocess.Popen(batch_command(options, files, scratch), stdout=subprocess.PIPE,
                                   stderr=subprocess.DEVNULL)
        rows = sorted({WARM, 250, 500, *range(1000, count, max(1000, count // 10 // 1000 * 1000)), count})
        last, begun = 0, time.perf_counter()
        for number, _ in enumerate(process.stdout, 1):
            if number in rows:
                now = time.perf_counter()
                print(f"| {number} | {memory(process.pid):.0f} | {(number - last) / (now - begun):.0f} |", flush=True)
                last, begun = number, now
        assert process.wait() in (0, 3)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", help="the folder that holds the built limn and Benchmarks")
    parser.add_argument("model")
    parser.add_argument("photos", help="a folder of photographs, with all folders in it")
    parser.add_argument("--preset")
    parser.add_argument("--pictures", type=int, default=500, help="how many each contestant explains in a round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--peers", default="pytorch-grad-cam,captum", help="'' for none")
    parser.add_argument("--save", default="npy")
    parser.add_argument("--curve", action="store_true", help="memory over one run through all photographs instead")
    parser.add_argument("--scratch", help="where results are written, and removed again")
    options = parser.parse_args()
    photos = sorted(os.path.join(folder, name) for folder, _, names in os.walk(options.photos) for name in names)
    options.pictures = min(options.pictures, len(photos))
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as list:
        list.write("\n".join(os.path.abspath(path) for path in photos[:None if options.curve else options.pictures]))
        list.flush()
        curve(options, list.name, len(photos)) if options.curve else measure(options, list.name)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--loop"]:
        loop(sys.argv[2], sys.argv[3], *map(int, sys.argv[4:7]))
    else:
        main()
