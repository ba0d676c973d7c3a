#!/usr/bin/env python3
"""What other libraries make of two small maps, as Tests/MetricTests/LocalizationReferences.swift holds it.

    pip install quantus torch grad-cam scikit-learn
    python3 Tests/Tools/localization_references.py

The maps' numbers are whole multiples of 1/64, so that they are the same in every precision.
"""

import sys

# Quantus imports TensorFlow where it is installed, which does not go together with Torch in one process.
sys.modules["tensorflow"] = None

import numpy
import quantus
import torch
from pytorch_grad_cam.metrics.arcc import Complexity, batch_pearson_coherency

HEIGHT, WIDTH = 8, 10


def scattered():
    """No two numbers alike, some below zero."""
    return ((numpy.arange(HEIGHT * WIDTH) * 37 + 11) % 101 - 30).reshape(HEIGHT, WIDTH) / 64


def stepped():
    """Five numbers only, from 0."""
    return (numpy.arange(HEIGHT * WIDTH) * 7 // 3 % 5).reshape(HEIGHT, WIDTH) / 64


def object_mask():
    """An ellipse."""
    y, x = numpy.mgrid[:HEIGHT, :WIDTH]
    return 4 * (y - 4) ** 2 + (x - 6) ** 2 <= 16


def of_maps(metric, values):
    """Without the image, of which these metrics ask nothing."""
    result = metric.evaluate_batch(
        x_batch=None, a_batch=values[None, None].copy(), s_batch=object_mask()[None, None])
    return float(numpy.asarray(result).ravel()[0])


class Weighted(torch.nn.Module):
    """Two classes; the first is a weighted sum of the pixels, of which some weigh nothing."""

    def __init__(self, weights):
        super().__init__()
        self.weights = torch.tensor(weights.ravel(), dtype=torch.float32)

    def forward(self, x):
        score = x.flatten(1) @ self.weights
        return torch.stack([score, 0 * score], 1)


def non_sensitivity():
    """In how many of 16 pixels a map and a weighted sum contradict each other."""
    weights = (numpy.arange(16) % 3).reshape(4, 4)
    values = (numpy.arange(16) % 5 != 2).reshape(4, 4) * 1.0
    image = (numpy.arange(16) + 1).reshape(1, 1, 4, 4) / 16
    metric = quantus.NonSensitivity(
        eps=1e-5, features_in_step=1, normalise=False, perturb_baseline="black", disable_warnings=True)
    return metric(
        model=Weighted(weights).eval(), x_batch=image.astype("float32"), y_batch=numpy.array([0]), softmax=False,
        a_batch=values[None, None].astype("float32"), channel_first=True)[0]


if __name__ == "__main__":
    plain = dict(abs=False, normalise=False, disable_warnings=True)
    print(f"object's pixels: {object_mask().sum()}")
    for name, metric in [
        ("pointing game", quantus.PointingGame(**plain)),
        ("relevance mass", quantus.RelevanceMassAccuracy(**plain)),
        ("relevance rank", quantus.RelevanceRankAccuracy(**plain)),
        ("top-12", quantus.TopKIntersection(k=12, **plain)),
        ("AUC", quantus.AUC(**plain)),
    ]:
        print(f"{name}: scattered {of_maps(metric, scattered())}, stepped {of_maps(metric, stepped())}")
    positive = numpy.maximum(scattered(), 0)
    print(f"relevance mass of max(0, scattered): {of_maps(quantus.RelevanceMassAccuracy(**plain), positive)}")
    sizes = dict(abs=True, normalise=False, disable_warnings=True)
    for name, metric in [("sparseness", quantus.Sparseness(**sizes)), ("complexity", quantus.Complexity(**sizes))]:
        print(f"{name}: scattered {of_maps(metric, abs(scattered()))}, stepped {of_maps(metric, stepped())}")
    once = positive / positive.max()
    print(f"map complexity: {Complexity()(once[None])[0]}")
    # Of a method whose map is the image itself: that of the masked image is the image times the map.
    print(f"coherency: {(batch_pearson_coherency((once * once)[None], once[None])[0] + 1) / 2}")
    print(f"non-sensitivity: {non_sensitivity()} of 16")
