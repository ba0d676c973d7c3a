"""Compares the networks that Limn defines with torchvision's: names, logits and input gradients, with random weights.

Usage: python compare_networks_with_torch.py LIMN [NETWORK…]   (needs numpy, safetensors, torch, torchvision)

The CIFAR networks, which torchvision lacks, are defined below. Weights and inputs go to a temporary folder.
"""

import json
import os
import subprocess
import sys
import tempfile

import numpy as np
import torch
import torchvision
from safetensors.torch import save_file
from torch.nn import functional as F
from torchvision.models.feature_extraction import get_graph_node_names

NETWORKS = (
    "alexnet vgg11 vgg11_bn vgg13 vgg13_bn vgg16 vgg16_bn vgg19 vgg19_bn resnet18 resnet34 resnet50 resnet101 resnet152 "
    "squeezenet1_0 squeezenet1_1 mobilenet_v2 densenet121 cifar_resnet20 cifar_resnet56"
).split()
# Sizes besides the usual one: windows that do not divide evenly, fewer positions than adaptive pooling wants, and few
# enough rectifiers that none is in doubt (see `compare`).
SIZES = {"alexnet": [(300, 227)], "vgg11": [(150, 96)], "squeezenet1_0": [(200, 231)], "cifar_resnet20": [(40, 32)]}
SMALL = (64, 64)


class CIFARBlock(torch.nn.Module):
    def __init__(self, planes, width, stride):
        super().__init__()
        self.conv1 = torch.nn.Conv2d(planes, width, 3, stride, 1, bias=False)
        self.bn1 = torch.nn.BatchNorm2d(width)
        self.conv2 = torch.nn.Conv2d(width, width, 3, 1, 1, bias=False)
        self.bn2 = torch.nn.BatchNorm2d(width)
        self.stride, self.margin = stride, (width - planes) // 2

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        if self.stride > 1:
            x = F.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, self.margin, self.margin))
        return F.relu(y + x)


class CIFARResNet(torch.nn.Module):
    def __init__(self, blocks):
        super().__init__()
        self.conv1, self.bn1 = torch.nn.Conv2d(3, 16, 3, 1, 1, bias=False), torch.nn.BatchNorm2d(16)
        for stage, (planes, width) in enumerate([(16, 16), (16, 32), (32, 64)]):
            first = CIFARBlock(planes, width, 1 if stage == 0 else 2)
            rest = [CIFARBlock(width, width, 1) for _ in range(blocks - 1)]
            setattr(self, f"layer{stage + 1}", torch.nn.Sequential(first, *rest))
        self.linear = torch.nn.Linear(64, 10)

    def forward(self, x):
        y = self.layer3(self.layer2(self.layer1(F.relu(self.bn1(self.conv1(x))))))
        return self.linear(y.mean((2, 3)))


def build(name):
    """The network with weights that keep activations alive through all of its depth."""
    torch.manual_seed(sum(map(ord, name)))
    if name.startswith("cifar"):
        model = CIFARResNet(9 if name.endswith("56") else 3)
    else:
        model = getattr(torchvision.models, name)(weights=None)
    for module in model.modules():
        if isinstance(module, torch.nn.Conv2d):
            torch.nn.init.kaiming_normal_(module.weight)
        elif isinstance(module, torch.nn.BatchNorm2d):
            module.weight.data.uniform_(0.5, 1.0)
            module.bias.data.uniform_(-0.3, 0.3)
            module.running_mean.uniform_(-0.3, 0.3)
            module.running_var.uniform_(0.5, 1.5)
    return model.eval()


def old_spelling(name):
    """DenseNet's names as PyTorch wrote them before 2018: `denselayer1.norm1` as `denselayer1.norm.1`."""
    for part in ("norm1", "norm2", "conv1", "conv2"):
        name = name.replace(f".{part}.", f".{part[:-1]}.{part[-1]}.") if "denselayer" in name else name
    return name


def limn(command, *arguments):
    run = subprocess.run([command, *map(str, arguments)], capture_output=True, text=True)
    if run.returncode != 0:
        sys.exit(f"limn {' '.join(map(str, arguments))}\n{run.stderr}")
    return run.stdout


def compare(command, name, model, size, folder, weights):
    """The largest difference of the logits and of a class's gradient, each relative to the largest magnitude.

    Rounding in single precision lets one in some million rectifiers or maxima choose the other side, which shows in the
    gradient though neither is wrong. So further images are tried; a mistake would show in all of them.
    """
    tries = []
    while not tries or len(tries) < 4 and tries[-1][1] > 1e-4:
        tries.append(compare_once(command, name, model, size, folder, weights))
    return max(logits for logits, _ in tries), min(gradient for _, gradient in tries)


def compare_once(command, name, model, size, folder, weights):
    x = torch.randn(1, 3, *size)
    np.save(os.path.join(folder, "x.npy"), x.numpy())
    network = ["--network", name, "--weights", weights]
    double = model.double()
    image = x.double().requires_grad_()
    logits = double(image)[0]
    target = int(logits.argmax())
    logits[target].backward()
    source = os.path.join(folder, "x.npy")
    report = json.loads(limn(command, "predict", source, *network, "--json", "--top", len(logits)))[0]
    found = np.zeros(len(logits))
    for prediction in report["predictions"]:
        found[prediction["index"]] = prediction["logit"]
    gradient = os.path.join(folder, "gradient.npy")
    limn(command, "explain", source, *network, "--method", "gradient", "--target", target, "-o", gradient)
    expected, pulled = logits.detach().numpy(), image.grad[0].numpy()
    errors = [np.abs(found - expected).max() / np.abs(expected).max()]
    errors.append(np.abs(np.load(gradient) - pulled).max() / np.abs(pulled).max())
    model.float()
    return errors


def names_differ(command, name, model, weights):
    """Layers whose names are not those of torchvision's feature extraction, which lists what training drops, too."""
    modules = dict(model.named_modules())
    dropped = {n for n, m in modules.items() if isinstance(m, torch.nn.Dropout)}
    dropped |= {f"features.denseblock{i}.denselayer1.cat" for i in range(1, 5)}  # of one value
    expected = {"input"}
    for node in get_graph_node_names(model)[1][1:]:
        # It takes MobileNet's convolution, normalisation and activation for one layer.
        parts = modules[node] if isinstance(modules.get(node), torch.nn.Sequential) else None
        expected |= {f"{node}.{i}" for i in range(len(parts))} if parts else {node}
    layers = json.loads(limn(command, "layers", "--network", name, "--weights", weights, "--json"))["layers"]
    return sorted((expected - dropped) ^ {layer["name"] for layer in layers})


def main(command, names):
    failures = 0
    for name in names or NETWORKS:
        model = build(name)
        with tempfile.TemporaryDirectory() as folder:
            weights = os.path.join(folder, "weights.safetensors")
            state = {k: v.contiguous() for k, v in model.state_dict().items()}
            save_file({old_spelling(k): v for k, v in state.items()} if name == "densenet121" else state, weights)
            usual = (32, 32) if name.startswith("cifar") else (224, 224)
            sizes = [usual, *SIZES.get(name, [])] + ([] if name in ("alexnet", "cifar_resnet20") else [SMALL])
            gradients = []
            for size in sizes:
                logits, gradient = compare(command, name, model, size, folder, weights)
                gradients.append(gradient)
                failures += logits > 1e-4
                print(f"{name} {size[0]} × {size[1]}: logits {logits:.1e}, gradient {gradient:.1e}", flush=True)
            if min(gradients) > 1e-4:
                failures += 1
                print(f"{name}: the gradients differ for images of every size")
            if not name.startswith("cifar"):
                wrong = names_differ(command, name, model, weights)
                failures += len(wrong)
                if wrong:
                    print(f"{name}: layers with other names: {', '.join(wrong)}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
