#!/usr/bin/env python3
"""How long insertion and deletion of one map take, beside Quantus' pixel flipping on the same network.

    python Tests/Benchmarks/metrics.py .build/release/limn resnet50.onnx resnet50.pt photo.jpg

resnet50.pt is torchvision's state dictionary, resnet50.onnx its export. Needs torch, torchvision, quantus and Pillow. Both
change all pixels in 49 steps, of 1,024 pixels each, on two threads; Quantus once (it has no insertion), Limn twice, for insertion and for
deletion. Runs alternate; medians of five are printed, and the ratio of the time for one curve.
"""
import json
import statistics
import subprocess
import sys
import time

import numpy as np
import quantus
import torch
import torchvision
from PIL import Image

RUNS, STEPS, SIDE = 5, 49, 224


def limn(command, network, photo):
    """Seconds for a curve of each kind, the network being warm: the last of three photographs."""
    report = subprocess.run(
        [command, "evaluate", photo, photo, photo, "--model", network, "--methods", "grad-cam", "--threads", "2",
         "--metrics", f"insertion(steps={STEPS}),deletion(steps={STEPS})", "--json"],
        check=True, capture_output=True, text=True).stdout
    numbers = json.loads(report)["measurements"][-2:]
    return [number["seconds"] for number in numbers]


def peer(weights, photo):
    """A function that runs Quantus' pixel flipping once and tells its seconds."""
    torch.set_num_threads(2)
    model = torchvision.models.resnet50()
    model.load_state_dict(torch.load(weights))
    model.eval()
    picture = np.asarray(Image.open(photo).convert("RGB").resize((SIDE, SIDE)), np.float32) / 255
    x = ((picture - [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225]).transpose(2, 0, 1)[None].astype(np.float32)
    y = model(torch.from_numpy(x)).argmax(1).numpy()
    rng = np.random.default_rng(0)
    attribution = rng.standard_normal((1, 1, SIDE, SIDE)).astype(np.float32)
    metric = quantus.PixelFlipping(
        features_in_step=SIDE * SIDE // STEPS, perturb_baseline="mean", disable_warnings=True,
        display_progressbar=False)

    def run():
        start = time.perf_counter()
        metric(model=model, x_batch=x, y_batch=y, a_batch=attribution, device="cpu")
        return time.perf_counter() - start

    return run


def main():
    command, network, weights, photo = sys.argv[1:5]
    run = peer(weights, photo)
    run()
    ours, theirs = [], []
    for _ in range(RUNS):
        ours += limn(command, network, photo)
        theirs.append(run())
    a, b = statistics.median(ours), statistics.median(theirs)
    print(f"limn, one curve of {STEPS} steps: {a:.2f} s; quantus, pixel flipping: {b:.2f} s; ratio {b / a:.1f}")


main()
