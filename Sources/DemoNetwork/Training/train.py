"""Trains the demo network on scenes written by `limn scenes`, measures it on others, and writes it as ONNX.

    python train.py --scenes FOLDER [--epochs N] [--output demo-network.onnx]

FOLDER holds four archives, each written by one command (see Documentation/Demo-Network.md):
`single`, `pair` for training, `single-held-out`, `pair-held-out` for the two measured figures.
"""

import argparse
import pathlib
import random
import re

import numpy
import onnx
import torch
from torch import nn
from torch.nn import functional

MEAN, DEVIATION = 0.5, 0.25  # as DemoNetwork.swift states them
CLASSES = 12
SPELLINGS = [  # from the exporter's names to ours
    (r"_output_0$", ""), (r"^/", ""), (r"blocks/blocks\.", "block"), (r"/(Conv|BatchNormalization)$", ""),
    (r"stem\.0$", "conv"), (r"stem\.1$", "norm"), (r"stem\.2/Relu$", "relu"), (r"Relu_1$", "relu2"),
    (r"Relu$", "relu1"), (r"Add$", "sum"), (r"GlobalAveragePool$", "pool"), (r"Flatten$", "flat"), (r"/", "."),
]


class Residual(nn.Module):
    """Two 3x3 convolutions beside a shortcut, which is a 1x1 convolution where the shape changes."""

    def __init__(self, inputs, outputs, stride=1):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.norm1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(outputs)
        self.shortcut = None
        if stride != 1 or inputs != outputs:
            self.shortcut = nn.Conv2d(inputs, outputs, 1, stride, bias=False)

    def forward(self, x):
        branch = self.norm2(self.conv2(functional.relu(self.norm1(self.conv1(x)))))
        return functional.relu(branch + (x if self.shortcut is None else self.shortcut(x)))


class DemoNetwork(nn.Module):
    """112x112 pictures to 14x14 features of 96 channels, their mean, and one linear layer."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 16, 3, 2, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU())
        self.blocks = nn.Sequential(
            Residual(16, 32, stride=2),
            Residual(32, 32),
            Residual(32, 64, stride=2),
            Residual(64, 64),
            Residual(64, 96),
        )
        self.head = nn.Linear(96, CLASSES)

    def features(self, x):
        return self.blocks(self.stem(x))

    def forward(self, x):
        return self.head(functional.adaptive_avg_pool2d(self.features(x), 1).flatten(1))


class Scenes:
    """One archive, as SceneArchive.swift describes it."""

    def __init__(self, folder):
        self.images = numpy.load(folder / "images.npy", mmap_mode="r")
        self.kinds = torch.from_numpy(numpy.load(folder / "kinds.npy").astype(numpy.int64))
        self.masks = numpy.load(folder / "masks.npy", mmap_mode="r")

    def batch(self, numbers):
        images = torch.from_numpy(self.images[numbers]).permute(0, 3, 1, 2).float() / 255
        return (images.contiguous() - MEAN) / DEVIATION

    def targets(self, numbers):
        """Every object of a scene gets an equal share of the probability."""
        kinds = self.kinds[numbers]
        return torch.zeros(len(kinds), CLASSES).scatter_(1, kinds, 1 / kinds.shape[1])

    def mask(self, number, item):
        side = self.images.shape[1]
        return numpy.unpackbits(self.masks[number, item])[: side * side].reshape(side, side)


def train(network, archives, epochs, batch, rate, output):
    """Cross-entropy, AdamW and one cycle of the learning rate; writes the network after every epoch."""
    everything = [(archive, n) for archive, scenes in enumerate(archives) for n in range(len(scenes.kinds))]
    steps = epochs * (len(everything) // batch)
    decayed = [p for p in network.parameters() if p.dim() > 1]
    plain = [p for p in network.parameters() if p.dim() == 1]
    optimizer = torch.optim.AdamW([{"params": decayed, "weight_decay": 0.02}, {"params": plain, "weight_decay": 0}])
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=steps, pct_start=0.2)
    step = 0
    for epoch in range(epochs):
        network.train()
        random.shuffle(everything)
        total = 0.0
        for start in range(0, len(everything) - batch + 1, batch):
            chosen = everything[start : start + batch]
            parts = [[n for a, n in chosen if a == archive] for archive in range(len(archives))]
            images = torch.cat([s.batch(n) for s, n in zip(archives, parts) if n])
            targets = torch.cat([s.targets(n) for s, n in zip(archives, parts) if n])
            loss = functional.cross_entropy(network(images), targets)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item()
            step += 1
            if step % 50 == 0:
                print(f"  step {step}/{steps}  loss {loss.item():.4f}", flush=True)
        print(f"epoch {epoch + 1}/{epochs}  mean loss {total / (len(everything) // batch):.4f}", flush=True)
        export(network, output)


def batches(count, size=200):
    return (list(range(start, min(start + size, count))) for start in range(0, count, size))


@torch.no_grad()
def accuracy(network, scenes):
    """The share of scenes whose k objects are exactly the k highest scores."""
    right = 0
    objects = scenes.kinds.shape[1]
    for numbers in batches(len(scenes.kinds)):
        top = network(scenes.batch(numbers)).topk(objects).indices.sort().values
        right += (top == scenes.kinds[numbers].sort().values).all(1).sum().item()
    return right / len(scenes.kinds)


@torch.no_grad()
def pointing(network, scenes):
    """The share of objects inside whose mask lies the peak of Grad-CAM for their class.

    Behind the mean and the linear layer the gradient of a logit is its row of weights over the number of cells, so
    Grad-CAM is the ReLU of the features weighted by that row. The map is resized to the picture bilinearly, cell
    centres to pixel centres, and its highest pixel must lie inside the object of that class.
    """
    hits = 0
    side = scenes.images.shape[1]
    for numbers in batches(len(scenes.kinds)):
        features = network.features(scenes.batch(numbers))
        for item in range(scenes.kinds.shape[1]):
            weights = network.head.weight[scenes.kinds[numbers, item]]
            maps = functional.relu(torch.einsum("nchw,nc->nhw", features, weights))[:, None]
            maps = functional.interpolate(maps, size=(side, side), mode="bilinear", align_corners=False)
            peaks = maps.flatten(1).argmax(1)
            hits += sum(int(scenes.mask(n, item).flat[peak]) for n, peak in zip(numbers, peaks.tolist()))
    return hits / scenes.kinds.numel()


def export(network, path):
    """Writes the network with its BatchNormalization nodes kept, so that they can be explained too."""
    network.eval()
    torch.onnx.export(
        network, (torch.zeros(1, 3, 112, 112),), str(path), dynamo=False, opset_version=17,
        input_names=["image"], output_names=["logits"], do_constant_folding=False,
        training=torch.onnx.TrainingMode.PRESERVE,
        dynamic_axes={"image": {0: "batch"}, "logits": {0: "batch"}},
    )
    name_layers(path)


def name_layers(path):
    """Gives the values names that people can type: `stem.conv`, `block4.relu2`."""

    def name(value):
        for exported, own in SPELLINGS:
            value = re.sub(exported, own, value)
        return value

    model = onnx.load(path)
    values = {v for node in model.graph.node for v in node.output} - {o.name for o in model.graph.output}
    names = {value: name(value) for value in values}
    for node in model.graph.node:
        node.name = ""
        node.input[:] = [names.get(v, v) for v in node.input]
        node.output[:] = [names.get(v, v) for v in node.output]
    onnx.checker.check_model(model)
    onnx.save(model, path)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scenes", type=pathlib.Path, required=True)
    parser.add_argument("--output", type=pathlib.Path, default=pathlib.Path("demo-network.onnx"))
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--rate", type=float, default=4e-3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()

    torch.manual_seed(options.seed)
    random.seed(options.seed)
    torch.set_num_threads(options.threads)
    torch.use_deterministic_algorithms(True)

    network = DemoNetwork()
    print(f"{sum(p.numel() for p in network.parameters())} parameters")
    archives = [Scenes(options.scenes / name) for name in ("single", "pair")]
    train(network, archives, options.epochs, options.batch, options.rate, options.output)
    network.eval()
    single, pair = (Scenes(options.scenes / name) for name in ("single-held-out", "pair-held-out"))
    print(f"held-out single scenes: accuracy {accuracy(network, single):.4f}")
    print(f"held-out pairs: both classes first {accuracy(network, pair):.4f}")
    print(f"held-out pairs: Grad-CAM's peak inside the right object {pointing(network, pair):.4f}")


if __name__ == "__main__":
    main()
