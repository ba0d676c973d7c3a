"""What methods made of pictures."""

from __future__ import annotations

import html
import os
from typing import Any, Callable, Dict, Iterator, List, Optional, Tuple, Union

import numpy

from ._errors import Error, in_python
from ._process import options, process

Asking = Callable[[], Tuple[dict, List[memoryview], int]]


class Attribution:
    """What one method made of a picture and a target."""

    def __init__(self, explanation: "Explanation", index: int, found: dict, values: Optional[numpy.ndarray]) -> None:
        self._explanation, self._index, self._values = explanation, index, values
        self.method: str = found["method"]
        self.title: str = found["title"]
        self.error: Optional[str] = None if found.get("error") is None else in_python(found["error"])
        self.status: Optional[str] = found.get("status")
        self.hint: Optional[str] = found.get("hint")
        self.layer: Optional[str] = found.get("layer")
        self.remarks: List[str] = found.get("remarks") or []
        self.range: Optional[Tuple[float, float]] = tuple(map(float, found["range"])) if "range" in found else None
        checks = found.get("sanity")
        self.other_class: Optional[float] = checks[0] if checks else None
        self.random_weights: Optional[float] = checks[1] if checks else None

    @property
    def values(self) -> numpy.ndarray:
        """float32, signed and unscaled: ``[height, width]`` on the layer's grid, or of pixels in the input's shape.

        Raises :class:`limn.Error` with the reason where the method does not apply.
        """
        if self._values is None:
            raise Error(self.error or "there is no attribution", 65)
        return self._values

    def __array__(self, dtype: Any = None, copy: Optional[bool] = None) -> numpy.ndarray:
        return self.values if dtype is None else self.values.astype(dtype)

    def overlay(self, colormap: str = "viridis", opacity: float = 0.5, pixels: Optional[str] = None) -> numpy.ndarray:
        """uint8 ``[height, width, 3]``: the attribution in color over the photograph, at its own size."""
        self.values
        found, frames = process.call(
            "overlay", results=[self._explanation._current()], entry=self._index,
            arguments=options(colormap=colormap, opacity=opacity, pixels=pixels))
        return numpy.frombuffer(frames[0], numpy.uint8).reshape(found["height"], found["width"], 3)

    def __repr__(self) -> str:
        if self._values is None:
            return f"<limn.Attribution {self.method}: {self.error}>"
        return f"<limn.Attribution {self.method} {list(self._values.shape)}, {self.range[0]:.3g} … {self.range[1]:.3g}>"


class Explanation:
    """A picture explained for one target: ``e["grad-cam"]``, ``e[0]`` and ``for attribution in e``."""

    def __init__(self, group: "Explanations", place: int) -> None:
        self._group, self._place = group, place
        found, frames = group._found[place], group._frames
        self.image: str = found["image"]
        self.title: str = found["title"]
        self.target: Union[str, int] = found.get("label") or found.get("index", found["expression"])
        self.index: Optional[int] = found.get("index")
        self.probability: Optional[float] = found.get("probability")
        self.score: float = float(found["score"])
        self.notes: List[str] = found["notes"]
        self._predictions = found["predictions"]
        self.attributions: List[Attribution] = []
        for index, entry in enumerate(found["entries"]):
            values = None
            if "frame" in entry:
                values = numpy.frombuffer(frames[entry["frame"]], "<f4").reshape(entry["shape"])
                values.flags.writeable = False
            self.attributions.append(Attribution(self, index, entry, values))

    @property
    def predictions(self) -> List[Any]:
        """The five classes ranked first, as :class:`limn.Prediction`."""
        from ._models import Prediction

        return [Prediction._of(each) for each in self._predictions]

    def _current(self) -> int:
        return self._group._numbers()[self._place]

    @property
    def _alone(self) -> "Explanations":
        return Explanations._part(self._group, [self._place])

    def keys(self) -> List[str]:
        """The methods' expressions."""
        return [attribution.method for attribution in self.attributions]

    def __getitem__(self, method: Union[str, int]) -> Attribution:
        if isinstance(method, int):
            return self.attributions[method]
        wanted = _plain(method)
        for attribution in self.attributions:
            if wanted in (_plain(attribution.method), _plain(attribution.title)):
                return attribution
        begun = [each for each in self.attributions if _plain(each.method).split("(")[0] == wanted]
        if len(begun) == 1:
            return begun[0]
        raise KeyError(f"{method!r} is none of {', '.join(self.keys())}")

    def __iter__(self) -> Iterator[Attribution]:
        return iter(self.attributions)

    def __len__(self) -> int:
        return len(self.attributions)

    def __contains__(self, method: object) -> bool:
        return isinstance(method, str) and any(_plain(method) == _plain(each) for each in self.keys())

    def save(self, path: Any, **style: Any) -> None:
        """Writes a file whose ending says as what: .html to operate, .png, .jpg, .pdf or .svg the sheet, .json the
        reports, .npz the values; a folder takes all of them. ``colormap``, ``opacity`` and ``pixels`` say how it is drawn.
        """
        self._alone.save(path, **style)

    def html(self, **style: Any) -> str:
        """The page to operate, as one self-contained file."""
        return self._alone.html(**style)

    def _repr_html_(self) -> str:
        return self._alone._repr_html_()

    def _repr_png_(self) -> bytes:
        return self._alone._repr_png_()

    def __repr__(self) -> str:
        return f"<limn.Explanation of {self.image}: {self.title}; {', '.join(self.keys())}>"


def _plain(text: str) -> str:
    return "".join(text.lower().split())


class Explanations(List[Explanation]):
    """Several explanations, a list that shows itself as one sheet."""

    @classmethod
    def _made(cls, model: Any, ask: Asking, call: str) -> "Explanations":
        made = cls()
        made._model, made._ask, made._call, made._places = model, ask, call, None
        made._take()
        made.extend(Explanation(made, place) for place in range(len(made._found)))
        return made

    @classmethod
    def _part(cls, group: "Explanations", places: List[int]) -> "Explanations":
        part = cls()
        part._group, part._places, part._call = group, places, group._call
        return part

    def _take(self) -> None:
        body, self._frames, self._generation = self._ask()
        self._found: List[dict] = body["results"]

    def _numbers(self) -> List[int]:
        """The numbers of the results in the process, which are made again where that is a new one."""
        if self._places is not None:
            numbers = self._group._numbers()
            return [numbers[place] for place in self._places]
        if not process.holds(self._generation):
            self._take()
        return [found["number"] for found in self._found]

    def __del__(self) -> None:
        if getattr(self, "_places", ()) is None and hasattr(self, "_found"):
            process.release([found["number"] for found in self._found], self._generation)

    def _rendered(self, ending: str, style: Dict[str, Any]) -> bytes:
        _, frames = process.call(
            "render", results=self._numbers(), path="." + ending if "." not in ending else ending, call=self._call,
            arguments=options(**style))
        return bytes(frames[0])

    def save(self, path: Any, **style: Any) -> None:
        """As :meth:`Explanation.save`."""
        process.call("save", results=self._numbers(), path=os.fspath(path), call=self._call, arguments=options(**style))

    def html(self, **style: Any) -> str:
        """The page to operate, as one self-contained file."""
        return self._rendered("page.html", style).decode()

    def _repr_html_(self) -> str:
        return framed(self.html())

    def _repr_png_(self) -> bytes:
        return self._rendered("sheet.png", {})

    def __repr__(self) -> str:
        return f"[{', '.join(map(repr, self))}]"


def framed(page: str) -> str:
    """A page inside of another, which it cannot touch."""
    return ('<iframe title="Limn" sandbox="allow-scripts allow-popups allow-downloads" style="width:100%;height:760px;border:0" '
            f'srcdoc="{html.escape(page)}"></iframe>')
