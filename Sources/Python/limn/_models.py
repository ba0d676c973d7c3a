"""Networks."""

from __future__ import annotations

import io
import os
import tempfile
from dataclasses import dataclass
from typing import Any, Dict, List, Optional, Sequence, Tuple, Union

import numpy

from . import _inputs
from ._process import options, process
from ._results import Explanation, Explanations

PathLike = Union[str, "os.PathLike[str]"]


def open(
    model: Any = None, *, labels: Union[PathLike, Sequence[str], None] = None, preset: Optional[str] = None,
    mean: Union[float, Tuple[float, ...], None] = None, std: Union[float, Tuple[float, ...], None] = None,
    scale: Optional[float] = None, size: Union[int, Tuple[int, int], None] = None, fit: Optional[str] = None,
    channel_order: Optional[str] = None, layer: Optional[str] = None, output: Union[str, int, None] = None,
    answer: Optional[str] = None, inputs: Optional[Dict[str, Any]] = None, weights: Optional[PathLike] = None,
    manifest: Optional[PathLike] = None, compat: Optional[str] = None, threads: Optional[int] = None,
    precision: Optional[str] = None, memory: Optional[str] = None,
) -> "Model":
    """Opens a network.

    model: an ONNX or Keras file; a ``torch.nn.Module``, timm's included, which is exported behind the scenes; with
        ``weights`` the name of a network that Limn knows; without it the demo network.
    labels: the classes' names, as a file or a list.
    preset, mean, std, scale, size, fit, channel_order: how photographs are prepared; ``size`` is a side or (height, width).
    layer: what methods explain that were given none. output, answer: which output, and what its numbers mean.
    inputs: what other inputs are fixed to, arrays or numbers. compat: the library whose departures methods follow.

    Raises :class:`limn.Error` with the sentence that the command says.
    """
    if not (model is None or isinstance(model, (str, os.PathLike))):
        from ._torch import Exported

        exported = Exported(model, size)
        model, own = exported.path, exported.preparation
        mean, std, size = (own.get("mean") if mean is None else mean), (own.get("std") if std is None else std), None
    else:
        exported = None
    files = _Files()
    if isinstance(labels, (list, tuple)):
        labels = files.lines(labels)
    arguments = options(
        **({"network": model, "weights": weights} if weights is not None else {"model": model}), labels=labels, preset=preset,
        mean=mean, std=std, scale=scale, size="x".join(map(str, size)) if isinstance(size, tuple) else size, fit=fit,
        channel_order=channel_order, layer=layer, logits=output, answer=answer, manifest=manifest, compat=compat,
        input=[f"{name}={files.value(value)}" for name, value in (inputs or {}).items()], threads=threads,
        precision=precision, memory=memory)
    return Model(arguments, (exported, files))


class _Files:
    """Values that are handed over as files, which are gone when the model is."""

    def __init__(self) -> None:
        self._folder: Optional[tempfile.TemporaryDirectory] = None
        self._count = 0

    def _path(self, ending: str) -> str:
        self._folder = self._folder or tempfile.TemporaryDirectory(prefix="limn-")
        self._count += 1
        return os.path.join(self._folder.name, f"{self._count}{ending}")

    def lines(self, names: Sequence[str]) -> str:
        import json

        path = self._path(".json")
        with io.open(path, "w", encoding="utf-8") as file:
            json.dump(list(map(str, names)), file)
        return path

    def value(self, value: Any) -> str:
        if isinstance(value, (int, float, str, os.PathLike)):
            return os.fspath(value) if isinstance(value, os.PathLike) else str(value)
        path = self._path(".npy")
        numpy.save(path, value.detach().cpu().numpy() if hasattr(value, "detach") else numpy.asarray(value))
        return path


@dataclass(frozen=True)
class Prediction:
    """A class with what the network thinks of it; of a number that is no class, ``probability`` is ``None``."""

    index: int
    label: Optional[str]
    probability: Optional[float]
    value: float

    @classmethod
    def _of(cls, found: dict) -> "Prediction":
        value = found.get("logit", found.get("value"))
        return cls(found["index"], found.get("label") or found.get("side"), found.get("probability"), float(value))

    def __str__(self) -> str:
        share = "" if self.probability is None else f" {100 * self.probability:.1f} %"
        return f"{self.label or self.index}{share}"


@dataclass(frozen=True)
class Layer:
    """A named point of a network; ``gradient_norm`` is known where a picture was shown."""

    name: str
    operator: str
    shape: Tuple[int, ...]
    suitability: str
    gradient_norm: Optional[float] = None


class Model:
    """A network, opened; made by :func:`limn.open`."""

    def __init__(self, arguments: List[str], kept: Any) -> None:
        self._arguments, self._kept = arguments, kept
        # Where the process has its folder now is where relative paths begin when it is opened again.
        self._folder = os.getcwd()
        self._generation = -1
        self._open()

    def _open(self) -> int:
        """The number of the network in the process, which is opened again where that is a new one."""
        if not process.holds(self._generation):
            found, _ = process.call("open", arguments=self._arguments, folder=self._folder)
            self._generation, self._number = process.generation, found["number"]
            self.title: str = found["title"]
            self.input_shape: Tuple[int, ...] = tuple(found["input"])
            self.output_shape: Tuple[int, ...] = tuple(found["output"])
            self.names: Optional[List[str]] = found.get("names")
            self.preprocessing: Optional[str] = found.get("preprocessing")
            self.layer: Optional[str] = found.get("layer")
            self.notes: List[str] = found["notes"]
        return self._number

    def __repr__(self) -> str:
        shape = " × ".join(map(str, self.input_shape))
        return f"<limn.Model {self.title}, input {shape}, {self.output_shape[0]} outputs>"

    def predict(self, image: Any, *, top: int = 5, region: Optional[str] = None) -> List[Prediction]:
        """What the network takes a picture for, the most probable first.

        image: a path, a PIL image, an array of bytes ``[height, width, 3]``, or numbers in the network's own shape.
        """
        frames: List[bytes] = []
        found, _ = process.call("predict", frames, model=self._open(), images=_inputs.request([image], frames), top=top,
                                arguments=options(region=region))
        return [Prediction._of(each) for each in found["predictions"]]

    def layers(self, image: Any = None, *, target: Union[str, int, None] = None) -> List[Layer]:
        """The layers in evaluation order; with a picture, with the norm of the score's gradient at each."""
        frames: List[bytes] = []
        found, _ = process.call(
            "layers", frames, model=self._open(), images=_inputs.request([] if image is None else [image], frames),
            arguments=options(target=target))
        return [Layer(each["name"], each["operator"], tuple(each["shape"]), each["suitability"], each.get("gradientNorm"))
                for each in found["layers"]]

    def explain(
        self, image: Any, methods: Union[str, Sequence[str], None] = None,
        target: Union[str, int, Sequence[Union[str, int]], None] = None, *, expected: Union[str, int, None] = None,
        score: Optional[str] = None, region: Optional[str] = None, similar_to: Any = None, layer: Optional[str] = None,
        randomize: Union[str, List[str], None] = None, check: bool = False,
    ) -> Union[Explanation, Explanations]:
        """Explains a picture, or a list of them, for a target by some methods.

        image: as for :meth:`predict`; a list of such gives a list.
        methods: expressions, ``"grad-cam * guided-backprop"``; without them eight that differ and suit the network.
        target: a class by name or number, a difference ``"tabby - tiger cat"``, ``"top:3"``; a list gives a list;
            without it the prediction. expected: the class that was expected.
        check: whether maps depend on the class and the weights, as ``--check`` has it.

        Returns an :class:`Explanation`, or for lists, or a target that names several, :class:`Explanations`.
        """
        images, is_list = _inputs.listed(image)
        frames: List[bytes] = []
        pictures = _inputs.request(images, frames)
        reference = None if similar_to is None else _inputs.request([similar_to], frames)[0]
        text = methods if methods is None or isinstance(methods, str) else ", ".join(methods)
        targets = list(target) if isinstance(target, (list, tuple)) else None if target is None else [target]
        arguments = options(
            target=targets, expected=expected, score=score, region=region, methods=text, layer=layer,
            similar_to=None if reference is None else reference["name"], check=check,
            randomize=[randomize] if isinstance(randomize, str) else randomize)

        def ask() -> Tuple[dict, List[memoryview], int]:
            body, values = process.call(
                "explain", frames, model=self._open(), images=pictures, reference=reference, arguments=arguments)
            return body, values, process.generation

        call = _call(self, images, text, targets)
        found = Explanations._made(self, ask, call)
        is_list = is_list or isinstance(target, (list, tuple)) or len(found) != 1
        return found if is_list else found[0]


def _call(model: Model, images: List[Any], methods: Optional[str], targets: Optional[list]) -> str:
    """The call as pages tell it."""
    names = [repr(os.fspath(each)) if isinstance(each, (str, os.PathLike)) else "image" for each in images]
    words = [names[0] if len(names) == 1 else f"[{', '.join(names)}]"]
    words += [] if methods is None else [f"methods={methods!r}"]
    words += [] if targets is None else [f"target={targets[0] if len(targets) == 1 else targets!r}"
                                         if not isinstance(targets[0], str) or len(targets) > 1 else f"target={targets[0]!r}"]
    return f"limn.open({model.title!r}).explain({', '.join(words)})"


@dataclass(frozen=True)
class Name:
    """Something that can be asked for by name."""

    identifier: str
    title: str
    summary: str
    citation: str


def methods() -> List[Name]:
    """The methods there are."""
    return [Name(**each) for each in process.call("methods")[0]["methods"]]


def metrics() -> List[Name]:
    """The metrics there are."""
    return [Name(**each) for each in process.call("methods")[0]["metrics"]]
