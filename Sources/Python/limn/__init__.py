"""Limn shows where a vision network looks, by every well-known attribution method.

    import limn

    model = limn.open("resnet50.onnx")
    e = model.explain("photo.jpg", methods=["grad-cam", "grad-cam * guided-backprop"], target="tabby")
    e["grad-cam"].values   # NumPy, float32, [height, width], signed and unscaled
    e                      # in a notebook: a page to operate
    e.save("report.html")

The work is done by a process of its own, which is started with the first call and ends with the interpreter.
"""

from ._errors import CrashedError, Error
from ._evaluations import Evaluation, evaluate
from ._models import Layer, Model, Prediction, methods, metrics, open
from ._results import Attribution, Explanation, Explanations

__all__ = [
    "Attribution", "CrashedError", "Error", "Evaluation", "Explanation", "Explanations", "Layer", "Model", "Prediction",
    "evaluate", "methods", "metrics", "open",
]
__version__ = "0.1.0"
