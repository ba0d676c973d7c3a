#!/usr/bin/env python3
"""Coefficients by scikit-learn, and Shapley values by shap, as Tests/TensorsTests and Tests/MethodTests hold them.

    pip install scikit-learn shap
    python3 Tests/Tools/regression_references.py
"""

import numpy
import shap
from sklearn.linear_model import Ridge

# Whole multiples of 1/8 and 1/4, so that they are the same in every precision.
ROWS = [[(3 * i + 5 * j + i * j) % 8 / 8 for j in range(3)] for i in range(8)]
VALUES = [(7 * i * i + 3) % 16 / 4 for i in range(8)]
WEIGHTS = [(1 + i % 4) / 4 for i in range(8)]


def game(choices):
    """A score of four players that are worth more together."""
    return numpy.array([2 * a + b * c + 3 * a * d - c * d * b for a, b, c, d in choices], dtype=float)


if __name__ == "__main__":
    fit = Ridge(alpha=0.5).fit(ROWS, VALUES, sample_weight=WEIGHTS)
    print("ridge", *(f"{v:.6f}" for v in [*fit.coef_, fit.intercept_]))
    explainer = shap.KernelExplainer(game, numpy.zeros((1, 4)))
    print("shap", *(f"{v:.6f}" for v in explainer.shap_values(numpy.ones((1, 4)), silent=True)[0]))
