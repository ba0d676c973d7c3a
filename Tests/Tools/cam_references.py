"""Numbers of other libraries for two small networks whose weights are a formula: Tests/MethodTests/CAMReferences.swift.

    pip install torch grad-cam captum zennit
    python Tests/Tools/cam_references.py > Tests/MethodTests/CAMReferences.swift

The networks are `ChainNetwork.closed()` and `ChainNetwork.smooth()` of the tests, here in PyTorch. What libraries leave to
chance, the sign of a principal component, is set as the methods' pages say.
"""
from types import SimpleNamespace

import numpy as np
import torch
import torch.nn.functional as F
from captum.attr import DeepLift
from pytorch_grad_cam import EigenCAM, EigenGradCAM, GradCAMElementWise, KPCA_CAM, ShapleyCAM, XGradCAM
from pytorch_grad_cam.seg_eigen_cam import SegEigenCAM
from zennit.composites import LayerMapComposite
from zennit.rules import Pass, ZPlus
from zennit.types import Activation


def scattered(shape, stride):
    """The tests' `Tensor.scattered`, in the same single precision."""
    steps = np.arange(1, np.prod(shape) + 1, dtype=np.float32) * np.float32(stride)
    return torch.tensor((2 * np.fmod(steps, np.float32(1)) - 1).reshape(shape))


def ramp(shape):
    """The tests' `Tensor.ramp`."""
    steps = np.arange(np.prod(shape), dtype=np.float32) * np.float32(0.37) + np.float32(0) + np.float32(0.05)
    return torch.tensor((np.fmod(steps, np.float32(2)) - 1).reshape(shape))


class Network(torch.nn.Module):
    def __init__(self, activation):
        super().__init__()
        self.conv1 = torch.nn.Conv2d(2, 3, 3, padding=1)
        self.act1 = activation()
        self.pool = torch.nn.MaxPool2d(2) if activation is torch.nn.ReLU else torch.nn.Identity()
        self.conv2 = torch.nn.Conv2d(3, 4, 3, padding=1)
        self.act2 = activation()
        self.logits = torch.nn.Linear(64 if activation is torch.nn.ReLU else 256, 3)
        places = self.logits.in_features
        with torch.no_grad():
            self.conv1.weight.copy_(scattered([3, 2, 3, 3], 0.61803))
            self.conv1.bias.copy_(scattered([3], 0.3))
            self.conv2.weight.copy_(scattered([4, 3, 3, 3], 0.41421))
            self.conv2.bias.copy_(scattered([4], 0.7))
            self.logits.weight.copy_(scattered([3, places], 0.73205))
            self.logits.bias.copy_(scattered([3], 0.9))
        self.double()

    def rest(self, a):
        """The network after `act1`."""
        self.a2 = self.act2(self.conv2(self.pool(a)))
        return self.logits(self.a2.flatten(1))

    def forward(self, x):
        self.a1 = self.act1(self.conv1(x))
        return self.rest(self.a1)


class Rest(torch.nn.Module):
    """The network after a layer, for DeepLIFT."""

    def __init__(self, network):
        super().__init__()
        self.parts = torch.nn.Sequential(
            network.pool, network.conv2, network.act2, torch.nn.Flatten(), network.logits)

    def forward(self, a):
        return self.parts(a)


def signed(projection, like):
    agreement = np.corrcoef(projection.ravel(), like.ravel())[0, 1]
    return -projection if agreement < 0 else projection


def full_grad(network, x, target):
    """The authors' formula, with biases as tensors of their own at each place."""
    with torch.no_grad():
        network(x)
        shapes = [network.a1.shape, network.a2.shape]
    ones = [torch.ones(s, dtype=torch.float64, requires_grad=True) for s in shapes]
    x = x.clone().requires_grad_()
    biases = [layer.bias[None, :, None, None] for layer in (network.conv1, network.conv2)]
    h = F.conv2d(x, network.conv1.weight, padding=1) + biases[0] * ones[0]
    h = network.pool(network.act1(h))
    h = F.conv2d(h, network.conv2.weight, padding=1) + biases[1] * ones[1]
    y = network.logits(network.act2(h).flatten(1))[0, target]
    gradients = torch.autograd.grad(y, [x] + ones)
    parts = [x * gradients[0]] + [g for g in gradients[1:]]
    total = sum(p.sum() for p in parts) + network.logits.bias[target]
    assert abs(total - y) < 1e-9, (total, y)
    result = 0
    for part in parts:
        size = part.detach().abs()
        scaled = (size - size.min()) / (size.max() - size.min())
        stretched = F.interpolate(scaled, size=x.shape[-2:], mode="bilinear", align_corners=False)
        result = result + stretched.sum(1)
    return result[0].numpy()


def relevance_weights(network, x, target, layer):
    """The sum of relevance over each channel, by zennit's z-plus without biases."""
    composite = LayerMapComposite([
        (Activation, Pass()), (torch.nn.Conv2d, ZPlus(zero_params="bias")), (torch.nn.Linear, ZPlus(zero_params="bias"))])
    with composite.context(network):
        out = network(x.clone().requires_grad_())
        score = out[0, target].detach()
        start = torch.full_like(out, float(-score / (out.shape[1] - 1))).detach()
        start[0, target] = score
        relevance, = torch.autograd.grad(out, getattr(network, layer), grad_outputs=start)
    return relevance.sum((2, 3))[0].detach().numpy()


def numbers():
    closed, smooth, x, target = Network(torch.nn.ReLU), Network(torch.nn.SiLU), ramp([1, 2, 8, 8]).double(), 1
    y = closed(x.clone().requires_grad_())[0, target]
    a = closed.a2
    g, = torch.autograd.grad(y, a)
    a, g = a.detach().numpy(), g.numpy()
    yield "logits", closed(x)[0].detach().numpy()
    weights = XGradCAM.get_cam_weights(None, None, None, None, a, g)[0]
    yield "xgrad-cam", (weights[:, None, None] * a[0]).sum(0)
    yield "elementwise-cam", GradCAMElementWise.get_cam_image(None, None, None, None, a, g, False)[0]
    yield "eigen-cam", signed(EigenCAM.get_cam_image(None, None, None, None, a, g, False)[0], a[0].sum(0))
    yield "eigengrad-cam", signed(EigenGradCAM.get_cam_image(None, None, None, None, a, g, False)[0], (g * a)[0].sum(0))
    yield "seg-eigen-cam", SegEigenCAM.get_cam_image(None, None, None, None, a, g, False)[0]
    for kernel in ["sigmoid", "rbf"]:
        settings = SimpleNamespace(kernel=kernel, gamma=None)
        map = KPCA_CAM.get_cam_image(settings, None, None, None, a, g, False)[0]
        yield "kpca-cam " + kernel, signed(map, a[0].sum(0))
    yield "full-grad", full_grad(closed, x, target)
    # The Hessian is zero on a network of rectifiers, so that the other one is asked, on its first layer.
    yield "smooth logits", smooth(x)[0].detach().numpy()
    y = smooth(x.clone().requires_grad_())[0, target]
    g, = torch.autograd.grad(y, smooth.a1, create_graph=True)
    settings = SimpleNamespace(device="cpu", activations_and_grads=SimpleNamespace(reshape_transform=None))
    yield "shapley-cam weights", ShapleyCAM.get_cam_weights(settings, None, None, None, smooth.a1, g)[0]
    yield "grad-cam weights", g.detach().mean((2, 3))[0].numpy()
    # captum knows no SiLU.
    closed(x)
    a1 = closed.a1.detach()
    shares = DeepLift(Rest(closed)).attribute(a1, torch.zeros_like(a1), target=target)
    yield "lift-cam weights", shares.sum((2, 3))[0].detach().numpy()
    for layer in ["a1", "a2"]:
        yield f"relevance-cam weights {layer}", relevance_weights(closed, x, target, layer)


def main():
    torch.set_grad_enabled(True)
    print("/// What other libraries make of `ChainNetwork.closed()` and `ChainNetwork.smooth()` for class 1, in float64.")
    print("///\n/// Made by `Tests/Tools/cam_references.py`.")
    print("let camReferences: [String: [Float]] = [")
    for name, array in numbers():
        values = ["%.7g" % v for v in np.asarray(array, dtype=np.float64).ravel()]
        print(f'  "{name}": [')
        for start in range(0, len(values), 8):
            print("    " + ", ".join(values[start:start + 8]) + ",")
        print("  ],")
    print("]")


if __name__ == "__main__":
    main()
