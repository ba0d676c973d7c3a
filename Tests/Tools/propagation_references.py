"""Writes Tests/Fixtures/propagation.json: relevance as zennit and LXT compute it, on networks whose weights are a formula.

    pip install torch zennit==0.5.1 lxt==2.1
    python3 Tests/Tools/propagation_references.py

Everything is computed in float64. `RelevanceNetworks.swift` builds the same networks.

Where zennit would differ for reasons of its own, it is kept from doing so: normalisations have next to no ε, which zennit
leaves in when it merges them, and sums are modules, without which each addend would get all relevance.
"""

import json
import pathlib

import torch
from lxt.efficient.patches import layer_norm_forward
from lxt.efficient.rules import divide_gradient, identity_rule_implicit, stop_gradient
from torch import nn
from zennit import composites, rules
from zennit.attribution import Gradient
from zennit.canonizers import SequentialMergeBatchNorm
from zennit.layer import Sum
from zennit.types import Activation, AvgPool, Convolution, Linear

torch.set_default_dtype(torch.float64)
TARGET, LOW, HIGH = 1, -1.5, 1.25


def numbers(shape, phase):
    """`v[i] = ((i·(phase + 7) + phase·phase) mod 61 − 30) / 30`, no two of which that meet are alike."""
    index = torch.arange(torch.Size(shape).numel())
    return (((index * (phase + 7) + phase * phase) % 61 - 30) / 30.0).reshape(shape)


class Convolutional(nn.Module):
    """Normalisations, a clipped rectifier, depthwise convolution, a residual sum, both poolings and a concatenation."""

    def __init__(self):
        super().__init__()
        self.conv1, self.norm1, self.relu1 = nn.Conv2d(3, 6, 3, padding=1), nn.BatchNorm2d(6, 1e-12), nn.ReLU6()
        self.pool = nn.MaxPool2d(2)
        self.conv2, self.norm2, self.relu2 = (
            nn.Conv2d(6, 6, 3, padding=1, groups=6), nn.BatchNorm2d(6, 1e-12), nn.ReLU())
        self.conv3, self.norm3, self.sum, self.relu3 = (
            nn.Conv2d(6, 6, 1), nn.BatchNorm2d(6, 1e-12), Sum(), nn.ReLU())
        self.average = nn.AvgPool2d(2)
        self.conv4, self.relu4 = nn.Conv2d(6, 8, 1, bias=False), nn.ReLU()
        self.mean = nn.AdaptiveAvgPool2d(1)
        self.hidden, self.relu5, self.logits = nn.Linear(14, 10), nn.ReLU(), nn.Linear(10, 4)

    def forward(self, x):
        pooled = self.pool(self.relu1(self.norm1(self.conv1(x))))
        self.pooled = pooled
        y = self.norm3(self.conv3(self.relu2(self.norm2(self.conv2(pooled)))))
        y = self.average(self.relu3(self.sum(torch.stack([pooled, y], dim=-1))))
        y = self.mean(torch.cat([self.relu4(self.conv4(y)), y], dim=1)).flatten(1)
        return self.logits(self.relu5(self.hidden(y)))


def fill(network):
    """Gives every parameter and statistic, in order of their names, the numbers of its place."""
    named = dict(network.named_parameters()) | dict(network.named_buffers())
    names = sorted(name for name in named if not name.endswith("num_batches_tracked"))
    with torch.no_grad():
        for phase, name in enumerate(names):
            values = numbers(named[name].shape, phase)
            if name.endswith("running_var") or (name.startswith("norm") and name.endswith(".weight")):
                values = 1 + 0.4 * values
            elif name.endswith("bias") or name.endswith("running_mean"):
                values = 0.2 * values
            named[name].copy_(values)
    return names


class Transformer(nn.Module):
    """Patches, a class token, positions, two blocks before whose parts stand normalisations, and a linear head."""

    def __init__(self, attends):
        super().__init__()
        self.attends = attends
        self.patches = nn.Conv2d(3, 8, 4, stride=4)
        self.token, self.positions = nn.Parameter(torch.zeros(1, 1, 8)), nn.Parameter(torch.zeros(1, 10, 8))
        self.blocks = nn.ModuleList(
            nn.ModuleDict(
                dict(
                    norm1=nn.LayerNorm(8), query=nn.Linear(8, 8), key=nn.Linear(8, 8), value=nn.Linear(8, 8),
                    out=nn.Linear(8, 8), norm2=nn.LayerNorm(8), up=nn.Linear(8, 16), down=nn.Linear(16, 8)))
            for _ in range(2))
        self.norm, self.head = nn.LayerNorm(8), nn.Linear(8, 4)
        for module in self.modules():
            if isinstance(module, nn.LayerNorm):
                module.forward = layer_norm_forward.__get__(module)

    def attention(self, block, x):
        q, k, v = (
            block[name](x).reshape(1, 10, 2, 4).transpose(1, 2) for name in ["query", "key", "value"])
        if self.attends:
            q, k, v = divide_gradient(q, 4), divide_gradient(k, 4), divide_gradient(v, 2)
        else:
            q, k = stop_gradient(q), stop_gradient(k)
        weights = (q @ k.transpose(2, 3) * 0.5).softmax(dim=-1)
        return block["out"]((weights @ v).transpose(1, 2).reshape(1, 10, 8))

    def forward(self, x):
        x = self.patches(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.token, x], dim=1) + self.positions
        for block in self.blocks:
            x = x + self.attention(block, block["norm1"](x))
            hidden = identity_rule_implicit(nn.functional.gelu, block["up"](block["norm2"](x)))
            x = x + block["down"](hidden)
        return self.head(self.norm(x)[:, 0])


def fill_transformer(network):
    named = dict(network.named_parameters())
    names = sorted(named)
    with torch.no_grad():
        for phase, name in enumerate(names):
            values = numbers(named[name].shape, phase)
            if "norm" in name and name.endswith("weight"):
                values = 1 + 0.4 * values
            elif name.endswith("bias"):
                values = 0.2 * values
            named[name].copy_(values)
    return names


def zennit(composite, image, start):
    network = Convolutional().eval()
    fill(network)
    attributor = Gradient(network, composite, attr_output=lambda output: start(output))
    with attributor as attribute:
        image = image.clone().requires_grad_()
        output = network(image)
        pixels, pooled = torch.autograd.grad(output, [image, network.pooled], start(output.detach()))
    return {"pixels": listed(pixels), "pooled": listed(pooled.sum(1))}


def listed(array):
    return [float(f"{value:.6g}") for value in array.flatten().tolist()]


def one_hot(output):
    return torch.eye(4)[[TARGET]]


def relevance(output):
    return one_hot(output) * output


def main():
    image = 1.25 * numbers([1, 3, 12, 12], 5)
    canonizers = [SequentialMergeBatchNorm()]
    bounds = dict(low=torch.full((1, 3, 12, 12), LOW), high=torch.full((1, 3, 12, 12), HIGH))
    positive = rules.ZPlus(zero_params="bias")
    chosen = {
        "epsilon-plus": composites.EpsilonPlus(canonizers=canonizers),
        "epsilon-plus-flat": composites.EpsilonPlusFlat(canonizers=canonizers),
        "epsilon-gamma-box": composites.EpsilonGammaBox(**bounds, canonizers=canonizers),
        "epsilon-alpha2-beta1": composites.EpsilonAlpha2Beta1(canonizers=canonizers),
        "deep-taylor": composites.SpecialFirstLayerMapComposite(
            composites.layer_map_base() + [(Linear, positive)], [(Convolution, rules.ZBox(**bounds))],
            canonizers=canonizers),
    }
    result = {"zennit": {name: zennit(composite, image, relevance) for name, composite in chosen.items()}}
    # A sum's addends share in proportion to what is positive of them, which zennit has no name for.
    excitation = composites.LayerMapComposite(
        [(Activation, rules.Pass()), (Sum, PositiveSum()), (AvgPool, rules.Norm()), (Linear, positive)],
        canonizers=canonizers)
    result["zennit"]["excitation-backprop"] = zennit(excitation, image, one_hot)
    result["zennit"]["relu-beta-smooth"] = zennit(
        composites.LayerMapComposite(
            [(nn.ReLU6, ClippedBetaSmooth(3.0)), (nn.ReLU, rules.ReLUBetaSmooth(3.0))], canonizers=canonizers),
        image, one_hot)
    network = Convolutional().eval()
    names = fill(network)
    result["convolutional"] = {"names": names, "logits": listed(network(image))}
    result["lxt"] = {}
    for name, attends in [("attn-lrp", True), ("cp-lrp", False)]:
        transformer = Transformer(attends)
        names = fill_transformer(transformer)
        x = image.clone().requires_grad_()
        logits = transformer(x)
        logits[0, TARGET].backward()
        result["lxt"][name] = listed(x * x.grad)
    result["transformer"] = {"names": names, "logits": listed(logits)}
    folder = pathlib.Path(__file__).parent.parent / "Fixtures"
    (folder / "propagation.json").write_text(json.dumps(result, separators=(",", ":")) + "\n")


class ClippedBetaSmooth(rules.ReLUBetaSmooth):
    """ReLUBetaSmooth that stays flat where ReLU6 clips, which zennit leaves to its gradient altogether."""

    def backward(self, module, grad_input, grad_output):
        softened, = super().backward(module, grad_input, grad_output)
        return (softened * (self.stored_tensors["input"][0] < 6),)


class PositiveSum(rules.Norm):
    """Norm over the positive parts of the addends."""

    def __init__(self):
        super().__init__()
        self.input_modifiers = [lambda x: x.clamp(min=0)]


main()
