"""How much of a gradient rounding decides: rectifiers and maxima near a tie, and sums that nearly cancel."""

import numpy as np
import torch


def deviation(a, b):
    return float(np.abs(a - b).max() / max(np.abs(b).max(), 1e-30))


def input_gradient(score, image):
    """The gradient by the pixels of what `score` makes of an image."""
    image = image.detach().clone().requires_grad_()
    score(image).backward()
    return image.grad[0].double().numpy()


def rounding(score, image, gradient, draws=3):
    """How far the gradient in float64 moves, relative to its largest magnitude, when pixels move by a millionth of the largest.

    A network computed in float32 is off by about as much behind its first layers. What moves a gradient as far as it deviates is
    no mistake of who computed it.

    `score` gives the target's score of an image in float64.
    """
    generator = torch.Generator().manual_seed(0)
    moved = []
    for _ in range(draws):
        noise = torch.randn(image.shape, generator=generator, dtype=torch.float64)
        moved.append(deviation(input_gradient(score, image + 1e-6 * image.abs().max() * noise), gradient))
    return max(moved)
