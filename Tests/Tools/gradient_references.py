#!/usr/bin/env python3
"""Print what captum and PAIR saliency compute on the networks of Tests/Support and of DeepLiftTests.

    pip install torch captum saliency && Tests/Tools/gradient_references.py

The numbers stand in Tests/MethodTests/PublishedNumbers.swift. All in double precision.
"""

import numpy as np
import torch
from captum.attr import DeepLift, DeepLiftShap, IntegratedGradients, InternalInfluence


def scattered(shape, stride):
    """Tensor.scattered of Tests/Support, in single precision as there."""
    count = int(np.prod(shape))
    product = np.arange(1, count + 1, dtype=np.float32) * np.float32(stride)
    return torch.tensor((2 * np.fmod(product, np.float32(1)) - 1).astype(np.float64).reshape(shape))


def ramp(shape, phase=0.0):
    """Tensor.ramp of Tests/Support."""
    steps = np.arange(int(np.prod(shape)), dtype=np.float32) * np.float32(0.37) + np.float32(phase) + np.float32(0.05)
    return torch.tensor((np.fmod(steps, np.float32(2)) - 1).astype(np.float64).reshape(shape))


def convolution(kernels, bias):
    layer = torch.nn.Conv2d(kernels.shape[1], kernels.shape[0], kernels.shape[2], padding=kernels.shape[2] // 2)
    layer.weight.data, layer.bias.data = kernels, bias
    return layer


def linear(weights, bias):
    layer = torch.nn.Linear(weights.shape[1], weights.shape[0])
    layer.weight.data, layer.bias.data = weights, bias
    return layer


class Once(torch.nn.Module):
    """Times one: without it captum reads the gradient of a ReLU before a MaxPool's rule has changed it."""

    def forward(self, x):
        return x * 1.0


def tiny(activation):
    """ChainNetwork.tiny()"""
    return torch.nn.Sequential(
        convolution(scattered([5, 3, 1, 1], 0.61803), torch.zeros(5).double()), activation(),
        convolution(scattered([6, 5, 1, 1], 0.41421), torch.zeros(6).double()), activation(),
        torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten(),
        linear(scattered([4, 6], 0.73205), torch.zeros(4).double()))


def pooled():
    """The network of PublishedNumbers.swift."""
    return torch.nn.Sequential(
        convolution(scattered([4, 2, 3, 3], 0.61803), scattered([4], 0.27)), torch.nn.ReLU(), Once(),
        torch.nn.MaxPool2d(2),
        convolution(scattered([5, 4, 3, 3], 0.41421), scattered([5], 0.39)), torch.nn.ReLU(), Once(),
        torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten(), linear(scattered([3, 5], 0.73205), scattered([3], 0.11)))


def show(name, values):
    values = values.detach().numpy() if isinstance(values, torch.Tensor) else values
    print(name)
    print("    [" + ", ".join(f"{value:.6f}" for value in values.ravel()) + "]")


def guided(network, x, x0, target, **options):
    import saliency.core as saliency

    # Saliency 0.2.1 calls an argument by the name that it had before NumPy 2.4.
    quantile = np.quantile
    np.quantile = lambda a, q, interpolation="linear": quantile(a, q, method=interpolation)

    def gradient(images, call_model_args=None, expected_keys=None):
        point = torch.tensor(np.asarray(images), dtype=torch.float64, requires_grad=True)
        slope = torch.autograd.grad(network(point)[:, target].sum(), point)[0].numpy()
        return {saliency.base.INPUT_OUTPUT_GRADIENTS: slope}

    return saliency.GuidedIG().GetMask(x[0].numpy(), gradient, x_baseline=x0[0].numpy(), **options)


def main():
    torch.set_default_dtype(torch.float64)
    network = pooled()
    x, x0 = ramp([1, 2, 6, 6]), scattered([1, 2, 6, 6], 0.31831)
    show("logits", network(x))
    show("captum DeepLift", DeepLift(network).attribute(x, x0, target=1).sum(1))
    others = torch.cat([scattered([1, 2, 6, 6], stride) for stride in (0.31831, 0.57721, 0.91596)])
    show("captum DeepLiftShap", DeepLiftShap(network).attribute(x, others, target=1).sum(1))
    smooth = tiny(torch.nn.SiLU)
    x, x0 = ramp([1, 3, 4, 4]), torch.zeros([1, 3, 4, 4])
    influence = InternalInfluence(smooth, smooth[1])
    show("captum InternalInfluence",
         influence.attribute(x, x0, target=1, n_steps=50, method="gausslegendre").sum(1))
    show("captum IntegratedGradients",
         IntegratedGradients(smooth).attribute(x, x0, target=1, n_steps=50, method="gausslegendre").sum(1))
    show("PAIR GuidedIG", guided(smooth, x, x0, 1, x_steps=20, fraction=0.25, max_dist=0.1).sum(0))


if __name__ == "__main__":
    main()
