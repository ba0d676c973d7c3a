"""Pictures in all the forms people have them in."""

from __future__ import annotations

import os
from typing import Any, List, Tuple

import numpy


def request(images: List[Any], frames: List[bytes]) -> List[dict]:
    """Pictures as messages name them; what lies in memory is added to ``frames``."""
    return [_request(image, frames, f"image {index + 1}" if len(images) > 1 else "image") for index, image in enumerate(images)]


def _request(image: Any, frames: List[bytes], name: str) -> dict:
    if isinstance(image, (str, os.PathLike)):
        return {"name": os.fspath(image)}
    if hasattr(image, "convert") and hasattr(image, "getbands"):
        name, array = getattr(image, "filename", "") or name, _upright(image)
    elif hasattr(image, "detach"):
        array = image.detach().cpu().numpy()
    else:
        array = numpy.asarray(image)
    array = _photograph(array) if array.dtype == numpy.uint8 else _numbers(array, name)
    frames.append(array.tobytes())
    return {"name": os.fspath(name), "frame": len(frames) - 1, "shape": list(array.shape)}


def _photograph(array: numpy.ndarray) -> numpy.ndarray:
    """Bytes as ``[height, width, 3]``: gray ones three times, those with an opacity over white, channels last."""
    if array.ndim == 4 and array.shape[0] == 1:
        array = array[0]
    if array.ndim == 3 and array.shape[2] not in (1, 3, 4) and array.shape[0] in (1, 3, 4):
        array = numpy.moveaxis(array, 0, 2)
    if array.ndim == 2:
        array = array[:, :, None]
    if array.ndim != 3 or array.shape[2] not in (1, 3, 4):
        raise TypeError(f"an image of bytes is [height, width, 3], not {list(array.shape)}")
    if array.shape[2] == 4:
        opacity = array[:, :, 3:].astype(numpy.uint16)
        array = ((array[:, :, :3] * opacity + 255 * (255 - opacity) + 127) // 255).astype(numpy.uint8)
    return numpy.ascontiguousarray(numpy.repeat(array, 3, axis=2) if array.shape[2] == 1 else array)


def _numbers(array: numpy.ndarray, name: str) -> numpy.ndarray:
    """Numbers in the network's own shape, used as they are."""
    if array.dtype.kind not in "fiub":
        raise TypeError(f"{name} is no image: give a path, a PIL image, an array or a tensor")
    return numpy.ascontiguousarray(array, dtype="<f4")


def _upright(image: Any) -> numpy.ndarray:
    """A PIL image as bytes, turned as its EXIF orientation says, transparency over white."""
    from PIL import ImageOps

    image = ImageOps.exif_transpose(image)
    has_opacity = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
    return numpy.asarray(image.convert("RGBA" if has_opacity else "RGB"))


def listed(images: Any) -> Tuple[List[Any], bool]:
    """The pictures of an argument, and whether it was a list of them."""
    return (list(images), True) if isinstance(images, (list, tuple)) else ([images], False)
