"""Which map to believe: methods judged by metrics."""

from __future__ import annotations

import os
from typing import Any, Dict, List, Optional, Sequence, Union

from . import _inputs
from ._models import Model
from ._process import options, process
from ._results import framed


class Evaluation:
    """What metrics say of methods over some pictures."""

    def __init__(self, found: dict, generation: int, call: str, again: Any) -> None:
        self._number, self._generation, self._call, self._again = found["number"], generation, call, again
        self.report: dict = found["report"]
        self.refused: List[str] = found["refused"]

    @property
    def means(self) -> Dict[str, Dict[str, Optional[float]]]:
        """For each metric the mean of each method over the photographs; ``None`` where it is not defined."""
        return {metric["expression"]: {each["method"]: each.get("mean") for each in metric["standings"]}
                for metric in self.report["metrics"]}

    @property
    def verdicts(self) -> Dict[str, str]:
        """What the photographs tell, a sentence for each metric."""
        return {metric["expression"]: metric["verdict"] for metric in self.report["metrics"]}

    def _current(self) -> int:
        if not process.holds(self._generation):
            fresh = self._again()
            self._number, self._generation = fresh._number, fresh._generation
        return self._number

    def save(self, path: Any) -> None:
        """Writes a file whose ending says as what: .html to operate, .csv or .json for every number, .png, .pdf, …"""
        process.call("save", results=[self._current()], path=os.fspath(path), call=self._call)

    def html(self) -> str:
        """The page to operate, as one self-contained file."""
        return bytes(process.call("render", results=[self._current()], path="page.html", call=self._call)[1][0]).decode()

    def _repr_html_(self) -> str:
        return framed(self.html())

    def _repr_png_(self) -> bytes:
        return bytes(process.call("render", results=[self._current()], path="plots.png", call=self._call)[1][0])

    def __repr__(self) -> str:
        return "<limn.Evaluation\n" + "\n".join(f"  {name}: {verdict}" for name, verdict in self.verdicts.items()) + ">"


def evaluate(
    model: Model, images: Any, methods: Union[str, Sequence[str], None] = None,
    metrics: Union[str, Sequence[str], None] = None, *, masks: Any = None,
    target: Union[str, int, Sequence[Union[str, int]], None] = None,
) -> Evaluation:
    """Judges methods by metrics over pictures.

    images: one or a list, as for :meth:`Model.explain`. masks: where objects are, a folder or a JSON file.
    """
    pictures, _ = _inputs.listed(images)
    frames: List[bytes] = []
    request = _inputs.request(pictures, frames)
    joined = [each if each is None or isinstance(each, str) else ", ".join(each) for each in (methods, metrics)]
    targets = list(target) if isinstance(target, (list, tuple)) else None if target is None else [target]
    found, _ = process.call(
        "evaluate", frames, model=model._open(), images=request,
        arguments=options(methods=joined[0], metrics=joined[1], masks=masks, target=targets))
    call = f"limn.evaluate(limn.open({model.title!r}), {len(pictures)} images)"
    return Evaluation(found, process.generation, call, lambda: evaluate(model, images, methods, metrics, masks=masks, target=target))
