"""Compares Limn on volumes, films, signals and sequences with PyTorch in float64: logits, gradient, Grad-CAM; random weights.

Usage: python compare_volumes_with_torch.py LIMN        (needs numpy, torch)

Grad-CAM is that of the layer which Limn explains by default: the last with places, which every network here calls
`features`. Deviations are relative to the largest magnitude, and should stay below 1e-4.
"""

import json
import os
import subprocess
import sys
import tempfile

import numpy as np
import torch
from torch import nn

LIMN = sys.argv[1]


class Pooled(nn.Module):
    """Features, their mean over all places, classes."""

    def __init__(self, features, channels):
        super().__init__()
        self.features, self.head = features, nn.Linear(channels, 4)

    def forward(self, x):
        return self.head(self.features(x).flatten(2).mean(2))


class Frames(Pooled):
    """A network of pictures on each frame, and the mean of the frames' answers."""

    def forward(self, x):
        return super().forward(x.flatten(0, 1)).view(*x.shape[:2], -1).mean(1)


class UNet(nn.Module):
    """Down and up again, by a transposed convolution and by enlarging."""

    def __init__(self):
        super().__init__()
        self.down, self.middle = nn.Conv3d(1, 4, 3, 2, 1), nn.Conv3d(4, 8, 3, 2, 1)
        self.up, self.join = nn.ConvTranspose3d(8, 4, 2, 2), nn.Conv3d(8, 6, 3, 1, 1)
        self.norm, self.groups = nn.InstanceNorm3d(4, affine=True), nn.GroupNorm(2, 6)
        self.features, self.head = nn.LeakyReLU(0.1), nn.Linear(6, 4)

    def forward(self, x):
        a = torch.relu(self.norm(self.down(x)))
        b = self.up(nn.functional.silu(self.middle(a)))
        y = self.groups(self.join(torch.cat([a, b], 1)))
        y = self.features(nn.functional.interpolate(y, scale_factor=2, mode="trilinear", align_corners=False))
        return self.head(y.amax((2, 3, 4)) + y.mean((2, 3, 4)))


class Reader(nn.Module):
    """Columns of a picture read by recurrent layers: the mean of the steps' classes."""

    def __init__(self, layer):
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(1, 8, 3, 2, 1), nn.Tanh(), nn.Conv2d(8, 8, 3, 2, 1), nn.Tanh())
        self.layer, self.head = layer(64, 12, bidirectional=True, num_layers=2), nn.Linear(24, 4)

    def forward(self, x):
        y = self.features(x).permute(3, 0, 1, 2).flatten(2)
        return self.head(self.layer(y)[0].mean(0))


def convolutions(kind, channels):
    norm = {nn.Conv3d: nn.BatchNorm3d, nn.Conv2d: nn.BatchNorm2d, nn.Conv1d: nn.BatchNorm1d}[kind]
    pool = {nn.Conv3d: nn.MaxPool3d, nn.Conv2d: nn.MaxPool2d, nn.Conv1d: nn.MaxPool1d}[kind]
    return nn.Sequential(
        kind(channels, 8, 3, 1, 1), norm(8), nn.SiLU(), pool(2), kind(8, 12, 3, 2, 1, groups=2), nn.Tanh(),
        kind(12, 12, 3, 1, 2, dilation=2), nn.Tanh())


NETWORKS = [
    ("volume", Pooled(convolutions(nn.Conv3d, 1), 12), (1, 1, 12, 16, 20)),
    ("film", Pooled(convolutions(nn.Conv3d, 3), 12), (1, 3, 8, 16, 20)),
    ("factorised", Pooled(nn.Sequential(
        nn.Conv3d(3, 6, (1, 3, 3), (1, 2, 2)), nn.Tanh(), nn.Conv3d(6, 12, (3, 1, 1), padding=(1, 0, 0)), nn.Tanh()), 12),
     (1, 3, 6, 17, 17)),
    ("frames", Frames(convolutions(nn.Conv2d, 3), 12), (1, 5, 3, 16, 20)),
    ("unet", UNet(), (1, 1, 8, 16, 12)),
    ("signal", Pooled(convolutions(nn.Conv1d, 2), 12), (1, 2, 200)),
    ("spectrogram", Pooled(convolutions(nn.Conv2d, 1), 12), (1, 1, 40, 60)),
    ("hyperspectral", Pooled(convolutions(nn.Conv2d, 30), 12), (1, 30, 24, 24)),
    ("lstm", Reader(nn.LSTM), (1, 1, 32, 48)), ("gru", Reader(nn.GRU), (1, 1, 32, 48)),
    ("rnn", Reader(nn.RNN), (1, 1, 32, 48)),
]


def deviation(a, b):
    return float(np.abs(a - b).max() / np.abs(b).max()) if a.shape == b.shape else float("inf")


def limn(*arguments):
    run = subprocess.run([LIMN, *arguments], capture_output=True, text=True)
    if run.returncode != 0:
        raise RuntimeError(run.stderr.strip())
    return run.stdout


def compare(name, network, shape, folder):
    torch.manual_seed(0)
    x, stem = torch.randn(shape), os.path.join(folder, name)
    network.eval()
    torch.onnx.export(network, x, stem + ".onnx", dynamo=False, opset_version=17)
    np.save(stem + ".npy", x.numpy())
    network.double()
    kept = {}

    def keep(_, __, output):
        output.retain_grad()
        kept["maps"] = output

    network.features.register_forward_hook(keep)
    t = x.double().requires_grad_(True)
    scores = network(t)[0]
    scores[1].backward()
    maps = kept["maps"]
    axes = tuple(range(2, maps.ndim))
    # Of frames one by one the mean of the gradient is over all of them.
    weights = maps.grad.mean((0, *axes), keepdim=True) if name == "frames" else maps.grad.mean(axes, keepdim=True)
    cam = (weights * maps).sum(1).detach()
    cam = cam.numpy() if name == "frames" else cam[0].numpy()

    explain = ["explain", stem + ".npy", "--model", stem + ".onnx", "--target", "1", "--method"]
    report = json.loads(limn("predict", stem + ".npy", "--model", stem + ".onnx", "--top", "4", "--json"))[0]
    logits = np.zeros(4)
    for prediction in report["predictions"]:
        logits[prediction["index"]] = prediction["logit"]
    limn(*explain, "gradient", "-o", stem + "-gradient.npy")
    limn(*explain, "grad-cam", "-o", stem + "-cam.npy")
    gradient = np.load(stem + "-gradient.npy")
    found = np.load(stem + "-cam.npy")
    return (deviation(logits, scores.detach().numpy()), deviation(gradient.reshape(shape[1:]), t.grad[0].numpy()),
            deviation(found.reshape(cam.shape), cam))


with tempfile.TemporaryDirectory() as folder:
    isRight = True
    for name, network, shape in NETWORKS:
        try:
            worst = compare(name, network, shape, folder)
            isRight = isRight and max(worst) < 1e-4
            print(f"{name:15}", *(f"{value:.1e}" for value in worst))
        except RuntimeError as error:
            isRight = False
            print(f"{name:15}", error)
sys.exit(0 if isRight else 1)
