"""Limn beside its peers, in one run.

    pip install torch torchvision grad-cam captum zennit scikit-image onnx onnxscript onnxruntime openvino
    python Tests/Benchmarks/peers.py .build/release [--models resnet50,vgg16,mobilenet_v2] [--threads 1,2]
        [--rounds 7] [--memory] [--cold photo.jpg] [--jobs 'forward;grad-cam'] [--folder peers-data]
    python Tests/Benchmarks/peers.py .build/release --methods --models mobilenet_v2 --threads 2

Every engine is a process of its own that holds one network; the rounds take turns, so that whatever else the machine
does burdens all alike. Printed are medians in milliseconds and, for each job, the best peer's time divided by Limn's.
With --methods, every method that applies is measured in processes of its own, with the memory they held at their peak
and how the time compares with that of the method's passes, forward and back, at the rate of batches.
The networks are torchvision's with seeded random weights, exported to ONNX: speed does not depend on the weights.

Peers run at their best here: channels-last, an allocator that keeps its memory, weight gradients off where the library
lets one (`pytorch-grad-cam` is also measured as its README shows it).
"""
import argparse, json, os, statistics, subprocess, sys, tempfile, time, warnings

JOBS = {
    "forward": ["onnxruntime", "openvino", "torch"],
    "forward x8": ["onnxruntime", "openvino", "torch"],
    "forward x32": ["onnxruntime", "openvino", "torch"],
    "grad-cam": ["pytorch-grad-cam", "pytorch-grad-cam, frozen", "captum"],
    "gradient": ["captum"],
    "guided-backprop": ["captum"],
    "compare": ["captum"],
    "occlusion(window=32, stride=16)": ["captum"],
    "integrated-gradients": ["captum"],
    "ablation-cam": ["pytorch-grad-cam, frozen"],
    "score-cam": ["pytorch-grad-cam, frozen"],
    # The layer after the first convolution, which has 64 channels in ResNet-50: the time of a mask, sooner known.
    "score-cam(layer=relu)": ["pytorch-grad-cam, frozen"],
}
# pytorch-grad-cam's name for a method.
CAMS = {
    "grad-cam": "GradCAM", "ablation-cam": "AblationCAM", "score-cam": "ScoreCAM", "grad-cam++": "GradCAMPlusPlus",
    "hires-cam": "HiResCAM", "layer-cam": "LayerCAM", "xgrad-cam": "XGradCAM", "elementwise-cam": "GradCAMElementWise",
    "eigen-cam": "EigenCAM", "eigengrad-cam": "EigenGradCAM", "kpca-cam": "KPCA_CAM", "fem": "FEM",
    "shapley-cam": "ShapleyCAM", "full-grad": "FullGrad",
}
# Every other method that a peer has.
METHODS = [job for job in CAMS if job not in JOBS and job != "full-grad"]
JOBS.update({job: ["pytorch-grad-cam, frozen"] for job in METHODS})
# It asks for the gradients by the biases.
JOBS["full-grad"] = ["pytorch-grad-cam"]
CAPTUM = [
    "input-x-gradient", "deconvnet", "guided-grad-cam", "smooth(gradient)", "expected-gradients(samples=25)",
    "deep-lift", "conductance", "lime(samples=100)", "kernel-shap(samples=100)",
]
JOBS.update({job: ["captum"] for job in CAPTUM})
JOBS["lrp"] = ["zennit"]
JOBS["excitation-backprop"] = ["zennit"]
METHODS += ["full-grad", *CAPTUM, "lrp", "excitation-backprop"]
# So slow with the peers that they are warmed up once, and then measured as often.
FEW = {"integrated-gradients": 2, "occlusion(window=32, stride=16)": 2, "score-cam(layer=relu)": 1}
# So slow that not even a first run for warming up is made.
ONCE = {"ablation-cam", "score-cam"}
USUAL = [job for job in JOBS if job not in METHODS and job not in ONCE and job not in FEW and "x32" not in job]
TARGET = 281


def make_networks(folder, names):
    """Seeded networks with calibrated normalisation, as .pt and as .onnx for any number of images."""
    for name in names:
        if os.path.exists(f"{folder}/{name}.onnx") and os.path.exists(f"{folder}/{name}.pt"):
            continue
        # Not before it is needed: a process begins with the memory that the one which starts it has held.
        import torch, torchvision
        torch.manual_seed(0)
        network = getattr(torchvision.models, name)(weights=None).train()
        for module in network.modules():
            if isinstance(module, torch.nn.BatchNorm2d):
                module.momentum = None
            if isinstance(module, torch.nn.Dropout):
                module.p = 0.0
        with torch.no_grad():
            network(torch.randn(8, 3, 224, 224))
        network.eval()
        torch.save(network.state_dict(), f"{folder}/{name}.pt")
        torch.onnx.export(
            network, (torch.randn(2, 3, 224, 224),), f"{folder}/{name}.onnx", dynamo=True, external_data=False,
            dynamic_shapes=({0: torch.export.Dim("images")},), input_names=["x"], output_names=["y"], verbose=False)


def worker(engine, name, threads, folder):
    """Answers `COUNT JOB` lines with lists of milliseconds, as `Benchmarks --serve` does."""
    import numpy as np
    # Libraries print remarks of their own, which are no answers.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    image = np.random.default_rng(1).standard_normal((1, 3, 224, 224), dtype=np.float32)
    make = {"onnxruntime": onnxruntime_jobs, "openvino": openvino_jobs}.get(engine, torch_jobs)
    find = make(engine, f"{folder}/{name}", threads, image)
    prepared = {}
    print("ready", file=answers, flush=True)
    for line in sys.stdin:
        if line.strip() == "memory":
            import resource
            print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, file=answers, flush=True)
            continue
        count, job = line.rstrip("\n").split(" ", 1)
        times = []
        try:
            if job not in prepared:
                prepared[job] = find(job)
            run = prepared[job]
            for _ in range(int(count)):
                start = time.perf_counter()
                run()
                times.append(1000 * (time.perf_counter() - start))
        except Exception as reason:
            # What a library cannot do on this network is left out.
            print(f"{engine}: {job}: {reason}", file=sys.stderr, flush=True)
            times = None
        print(json.dumps(times), file=answers, flush=True)


def batch(job, image):
    import numpy as np
    return np.repeat(image, int(job.split(" x")[1]) if " x" in job else 1, axis=0)


def onnxruntime_jobs(_, path, threads, image):
    import onnxruntime
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads, options.log_severity_level = threads, 1, 3
    session = onnxruntime.InferenceSession(path + ".onnx", options, providers=["CPUExecutionProvider"])

    def find(job):
        images = batch(job, image)
        return lambda: session.run(None, {"x": images})
    return find


def openvino_jobs(_, path, threads, image):
    import openvino
    core = openvino.Core()

    def find(job):
        images = batch(job, image)
        network = core.read_model(path + ".onnx")
        network.reshape(list(images.shape))
        compiled = core.compile_model(network, "CPU", {
            "PERFORMANCE_HINT": "LATENCY", "INFERENCE_NUM_THREADS": threads, "INFERENCE_PRECISION_HINT": "f32"})
        request = compiled.create_infer_request()
        return lambda: request.infer({0: images})
    return find


def torch_jobs(engine, path, threads, image):
    import torch, torchvision
    torch.set_num_threads(threads)
    name = os.path.basename(path)
    network = getattr(torchvision.models, name)(weights=None)
    network.load_state_dict(torch.load(path + ".pt"))
    network.eval()
    as_in_readme = engine == "pytorch-grad-cam"
    if not as_in_readme:
        network = network.to(memory_format=torch.channels_last)
        for parameter in network.parameters():
            parameter.requires_grad_(False)
    for module in network.modules():
        if isinstance(module, (torch.nn.ReLU, torch.nn.ReLU6)) and engine == "captum":
            module.inplace = False
    layer = network.layer4[-1] if name.startswith("resnet") else network.features[-1]

    def tensor(images):
        x = torch.from_numpy(images.copy())
        return x if as_in_readme else x.contiguous(memory_format=torch.channels_last)

    def forward(job):
        x = tensor(batch(job, image))

        def run():
            with torch.no_grad():
                network(x)
        return run

    def grad_cam(job):
        import pytorch_grad_cam
        from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget
        method = CAMS[job.split("(")[0]]
        place = network.relu if "layer=relu" in job else layer
        cam = getattr(pytorch_grad_cam, method)(model=network, target_layers=[place])
        cam.batch_size = 32
        x = tensor(image).requires_grad_(not as_in_readme)
        return lambda: cam(input_tensor=x, targets=[ClassifierOutputTarget(TARGET)])

    def segments():
        """About fifty superpixels, as the methods here make them."""
        from skimage.segmentation import slic
        return torch.from_numpy(slic(image[0].transpose(1, 2, 0), n_segments=50, start_label=0))[None, None]

    def zennit(job):
        from zennit.composites import EpsilonPlusFlat, ExcitationBackprop
        from zennit.torchvision import ResNetCanonizer, SequentialMergeBatchNorm
        canonizers = [ResNetCanonizer()] if name.startswith("resnet") else [SequentialMergeBatchNorm()]
        composite = {"lrp": EpsilonPlusFlat, "excitation-backprop": ExcitationBackprop}[job](canonizers=canonizers)
        x = tensor(image).requires_grad_(True)

        def run():
            with composite.context(network) as modified:
                y = modified(x)
                start = torch.zeros_like(y)
                start[0, TARGET] = 1
                torch.autograd.grad(y, x, start)
        return run

    def captum(job):
        import captum.attr as attr
        x = tensor(image).requires_grad_(True)

        def cam():
            maps = attr.LayerGradCam(network, layer).attribute(x, target=TARGET)
            return attr.LayerAttribution.interpolate(maps, (224, 224), "bilinear")
        one = {
            "grad-cam": cam,
            "gradient": lambda: attr.Saliency(network).attribute(x, target=TARGET),
            "input-x-gradient": lambda: attr.InputXGradient(network).attribute(x, target=TARGET),
            "deconvnet": lambda: attr.Deconvolution(network).attribute(x, target=TARGET),
            "guided-backprop": lambda: attr.GuidedBackprop(network).attribute(x, target=TARGET),
            "guided-grad-cam": lambda: attr.GuidedGradCam(network, layer).attribute(x, target=TARGET),
            "integrated-gradients": lambda: attr.IntegratedGradients(network).attribute(
                x, target=TARGET, n_steps=50, internal_batch_size=8),
            "smooth(gradient)": lambda: attr.NoiseTunnel(attr.Saliency(network)).attribute(
                x, target=TARGET, nt_samples=25, nt_samples_batch_size=5, stdevs=0.15, abs=False),
            "expected-gradients(samples=25)": lambda: attr.GradientShap(network).attribute(
                x, target=TARGET, baselines=torch.zeros_like(x), n_samples=25),
            "deep-lift": lambda: attr.DeepLift(network).attribute(x, target=TARGET),
            "conductance": lambda: attr.LayerConductance(network, layer).attribute(
                x, target=TARGET, n_steps=50, internal_batch_size=8),
            "lime(samples=100)": lambda: attr.Lime(network).attribute(
                x, target=TARGET, feature_mask=segments(), n_samples=100, perturbations_per_eval=8),
            "kernel-shap(samples=100)": lambda: attr.KernelShap(network).attribute(
                x, target=TARGET, feature_mask=segments(), n_samples=100, perturbations_per_eval=8),
            "occlusion(window=32, stride=16)": lambda: attr.Occlusion(network).attribute(
                x, target=TARGET, sliding_window_shapes=(3, 32, 32), strides=(3, 16, 16), perturbations_per_eval=8),
        }
        if job != "compare":
            return one[job]
        # CAM and Grad-CAM++, which captum lacks, are left out of the peers' sum; so is random.
        parts = [one[m] for m in ("gradient", "input-x-gradient", "deconvnet", "guided-backprop", "grad-cam",
                                  "guided-grad-cam")]
        return lambda: [part() for part in parts]

    if engine == "torch":
        return forward
    return {"captum": captum, "zennit": zennit}.get(engine, grad_cam)


class Engine:
    """A process that answers for one engine."""

    def __init__(self, command, environment, counts_processor_time):
        self.counts_processor_time = counts_processor_time
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            env=environment)
        assert self.process.stdout.readline().strip() == "ready", f"{command} did not start"

    def ask(self, line):
        before = self.processor_time()
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        if self.counts_processor_time and isinstance(answer, list):
            return [(self.processor_time() - before) / len(answer)] * len(answer)
        return answer

    def processor_time(self):
        """The milliseconds that the threads of the process have run so far, as Linux counts them."""
        if not self.counts_processor_time:
            return 0
        tasks = f"/proc/{self.process.pid}/task"
        return sum(int(open(f"{tasks}/{task}/schedstat").read().split()[0]) for task in os.listdir(tasks)) / 1e6

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def start(engine, name, threads, options):
    environment = dict(os.environ, OMP_NUM_THREADS=str(threads), MKL_NUM_THREADS=str(threads))
    if engine != "limn":
        # PyTorch gives large buffers back to the system after every layer, and faults them in again for the next.
        environment.update(MALLOC_MMAP_THRESHOLD_=str(1 << 30), MALLOC_TRIM_THRESHOLD_=str(1 << 40))
    if engine == "limn":
        command = [f"{options.build}/Benchmarks", "--serve", "--threads", str(threads),
                   f"{options.folder}/{name}.onnx"]
    else:
        command = [sys.executable, __file__, "--worker", engine, name, str(threads), options.folder]
    return Engine(command, environment, options.cpu)


def measure(name, threads, options):
    """One line of the table for each job."""
    engines = {"limn": start("limn", name, threads, options)}
    for job in options.jobs:
        for peer in JOBS[job]:
            if peer not in engines:
                engines[peer] = start(peer, name, threads, options)
    for job in options.jobs:
        contestants = ["limn"] + JOBS[job]
        rounds = 1 if job in ONCE else FEW.get(job, options.rounds)
        times = {engine: [] for engine in contestants}
        # Limn is always warm: what it makes once for each network is not what a peer's minutes are compared with.
        for engine in ["limn"] if job in ONCE else contestants:
            engines[engine].ask(f"{1 if job in ONCE or job in FEW else 2} {job}")
        for _ in range(rounds):
            for engine in contestants:
                answer = engines[engine].ask(f"1 {job}")
                if answer is not None:
                    times[engine] += answer
                time.sleep(0.02)
        medians = {engine: statistics.median(values) for engine, values in times.items() if values}
        if "limn" not in medians:
            continue
        own = medians.pop("limn")
        if not medians:
            continue
        peers = ", ".join(f"{engine} {value:.1f}" for engine, value in medians.items())
        print(f"| {name} | {threads} | {job} | {own:.1f} | {peers} | {min(medians.values()) / own:.2f} |", flush=True)
    for engine in engines.values():
        engine.close()


def memory(name, threads, options):
    """The most memory a process holds that loads the network and does one job once."""
    for job in options.jobs:
        held = {}
        for engine in ["limn"] + JOBS[job]:
            process = start(engine, name, threads, options)
            if process.ask(f"1 {job}") is not None:
                held[engine] = process.ask("memory")
            process.close()
        own = held.pop("limn", None)
        if own and held:
            peers = ", ".join(f"{engine} {value}" for engine, value in held.items())
            print(f"| {name} | {threads} | {job} | {own} | {peers} | {min(held.values()) / own:.1f} |", flush=True)


def methods(name, threads, options):
    """One line for each method that applies: time, passes, memory; processes are fresh for each, so that their peaks are."""
    listed = json.loads(subprocess.run(
        [f"{options.build}/limn", "methods", "--json", "--model", f"{options.folder}/{name}.onnx"], check=True,
        capture_output=True).stdout)
    applicable = [m for m in listed if m["kind"] == "method" and not m["unmet"]]
    applicable.append({"identifier": "smooth(gradient)", "passes": {"forward": 25, "backward": 25}})
    engine = start("limn", name, threads, options)
    rates = {}
    for job in "forward x8", "gradient x8":
        engine.ask(f"2 {job}")
        rates[job] = statistics.median(engine.ask(f"10 {job}")) / 8
    engine.close()
    forward, back = rates["forward x8"], rates["gradient x8"] - rates["forward x8"]
    print(f"{name}, threads: {threads}. A forward pass at the rate of eight {forward:.2f} ms, a backward pass {back:.2f} ms\n")
    print("| method | Limn, ms | passes | ÷ its passes | Limn, MB | peer | ms | MB | peer ÷ Limn |")
    print("| --- | ---: | --- | ---: | ---: | --- | ---: | ---: | ---: |")
    total = 0
    for method in applicable:
        # A peer's defaults may be others; both are given what the list of jobs says then.
        identifier = method["identifier"]
        job = next((job for job in JOBS if job.split("(")[0] == identifier and "layer=" not in job), identifier)
        contestants = ["limn"] + JOBS.get(job, [])[-1:]
        engines = {who: start(who, name, threads, options) for who in contestants}
        first = {who: engines[who].ask(f"1 {job}") for who in contestants}
        # What takes many seconds is not run again: making ready is little of it.
        times = {who: answer if answer and answer[0] > 5000 else [] for who, answer in first.items()}
        for _ in range(options.rounds):
            for who in contestants:
                if first[who] and first[who][0] <= 5000:
                    times[who] += engines[who].ask(f"1 {job}")
        held = {who: engines[who].ask("memory") for who in contestants}
        for engine in engines.values():
            engine.close()
        if not times["limn"]:
            print(f"{job}: failed", file=sys.stderr)
            continue
        own = statistics.median(times["limn"])
        passes = method["passes"] if job in (identifier, "occlusion(window=32, stride=16)") else {}
        work = passes.get("forward", 0) * forward + passes.get("backward", 0) * back
        told = ", ".join(f"{count} {kind}" for kind, count in passes.items() if count)
        share = f"{own / work:.2f}" if work and not passes.get("resumed") else ""
        peer = contestants[-1]
        beside = (f"{peer} | {statistics.median(times[peer]):.0f} | {held[peer]} | {statistics.median(times[peer]) / own:.1f}"
                  if peer != "limn" and times[peer] else " | | | ")
        print(f"| {job} | {own:.1f} | {told} | {share} | {held['limn']} | {beside} |", flush=True)
        total += own
    print(f"\nAll of them: {total / 1000:.1f} s")


def cold(name, options):
    """Whole processes: a photograph, one Grad-CAM, a PNG."""
    with tempfile.TemporaryDirectory() as scratch:
        own = [f"{options.build}/limn", "explain", options.cold, "--model", f"{options.folder}/{name}.onnx",
               "--method", "grad-cam", "-o", f"{scratch}/limn.png"]
        peer = [sys.executable, __file__, "--photograph", options.cold, f"{options.folder}/{name}.pt",
                f"{scratch}/peer.png"]
        times = {"limn": [], "peer": []}
        for _ in range(options.rounds):
            for who, command in ("limn", own), ("peer", peer):
                begun = time.perf_counter()
                subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                times[who].append(1000 * (time.perf_counter() - begun))
    own, peer = statistics.median(times["limn"]), statistics.median(times["peer"])
    print(f"| {name} | all | cold process | {own:.0f} | pytorch-grad-cam {peer:.0f} | {peer / own:.1f} |")


def photograph(path, weights, output):
    """pytorch-grad-cam as its README shows it."""
    import numpy as np, torch, torchvision
    from PIL import Image
    from pytorch_grad_cam import GradCAM
    from pytorch_grad_cam.utils.image import preprocess_image, show_cam_on_image
    name = os.path.splitext(os.path.basename(weights))[0]
    network = getattr(torchvision.models, name)(weights=None)
    network.load_state_dict(torch.load(weights))
    network.eval()
    layer = network.layer4[-1] if name.startswith("resnet") else network.features[-1]
    image = np.float32(Image.open(path).convert("RGB").resize((224, 224))) / 255
    x = preprocess_image(image, mean=[0.485, 0.456, 0.406], std=[0.229, 0.224, 0.225])
    with GradCAM(model=network, target_layers=[layer]) as cam:
        heat = cam(input_tensor=x)[0]
    Image.fromarray(show_cam_on_image(image, heat, use_rgb=True)).save(output)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", help="the folder that holds the built Benchmarks")
    parser.add_argument("--models", default="resnet50,vgg16,mobilenet_v2")
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--jobs", default=";".join(USUAL), help="separated by semicolons; 'all' for all of them")
    parser.add_argument("--methods", action="store_true", help="measure every method that applies, with its memory")
    parser.add_argument("--cpu", action="store_true", help="processor time instead of the time that passes: with one thread, what "
                        "other programs lengthen least; on Linux")
    parser.add_argument("--memory", action="store_true", help="compare peak memory instead of time")
    parser.add_argument("--cold", metavar="PHOTO", help="compare whole processes that explain this photograph")
    parser.add_argument("--folder", default="peers-data", help="where the networks are kept")
    options = parser.parse_args()
    options.jobs = list(JOBS) if options.jobs == "all" else [job.strip() for job in options.jobs.split(";")]
    os.makedirs(options.folder, exist_ok=True)
    make_networks(options.folder, options.models.split(","))
    if options.methods:
        for name in options.models.split(","):
            for threads in map(int, options.threads.split(",")):
                methods(name, threads, options)
        return
    unit = "MB" if options.memory else "ms"
    print(f"| network | threads | job | Limn, {unit} | peers, {unit} | best peer ÷ Limn |")
    print("| --- | ---: | --- | ---: | --- | ---: |")
    for name in options.models.split(","):
        if options.cold:
            cold(name, options)
            continue
        for threads in map(int, options.threads.split(",")):
            (memory if options.memory else measure)(name, threads, options)


if __name__ == "__main__":
    warnings.filterwarnings("ignore")
    if sys.argv[1:2] == ["--worker"]:
        worker(sys.argv[2], sys.argv[3], int(sys.argv[4]), sys.argv[5])
    elif sys.argv[1:2] == ["--photograph"]:
        photograph(*sys.argv[2:5])
    else:
        main()
