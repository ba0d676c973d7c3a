"""PyTorch's modules, exported behind the scenes."""

from __future__ import annotations

import os
import tempfile
import warnings
from typing import Any, Dict, Tuple, Union

from ._errors import Error


class Exported:
    """A module as an ONNX file in a temporary folder, which is gone when this is.

    The module is left as it was. What timm says of a network's input (``default_cfg``) is followed.
    """

    def __init__(self, module: Any, size: Union[int, Tuple[int, int], None]) -> None:
        import torch

        if not isinstance(module, torch.nn.Module):
            raise TypeError(f"a model is a file's path or a torch.nn.Module, not {type(module).__name__}")
        settings = getattr(module, "pretrained_cfg", None) or getattr(module, "default_cfg", None) or {}
        settings = settings if isinstance(settings, dict) else vars(settings)
        channels, height, width = settings.get("input_size") or (_channels(module), 224, 224)
        if size is not None:
            height, width = size if isinstance(size, tuple) else (size, size)
        self.preparation: Dict[str, Any] = {
            name: tuple(settings[name]) for name in ("mean", "std") if settings.get(name) is not None}
        self._folder = tempfile.TemporaryDirectory(prefix="limn-")
        self.path = os.path.join(self._folder.name, f"{type(module).__name__}.onnx")
        first = next(module.parameters(), torch.zeros(1))
        example = torch.zeros(1, channels, height, width, dtype=torch.float32, device=first.device)
        was_training = [each for each in module.modules() if each.training]
        module.eval()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                settings = {"opset_version": 17, "input_names": ["input"], "output_names": ["logits"]}
                try:
                    torch.onnx.export(module, (example,), self.path, dynamo=False, **settings)
                except TypeError:
                    # Before version 2.5 there was but one way.
                    torch.onnx.export(module, (example,), self.path, **settings)
        except Exception as error:
            reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
            raise Error(f"{type(module).__name__} cannot be exported by torch.onnx.export: {reason}", 65) from error
        finally:
            for each in was_training:
                each.training = True


def _channels(module: Any) -> int:
    """How many channels the first convolution takes."""
    import torch

    for each in module.modules():
        if isinstance(each, torch.nn.Conv2d):
            return each.in_channels
    return 3
