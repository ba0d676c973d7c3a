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
        tensor = image.detach().cpu()
        array = (tensor.float() if tensor.is_floating_point() else tensor).numpy()
    else:
        array = numpy.asarray(image)
    array = _photograph(_bytes(array, name)) if array.dtype.kind in "iub" else _numbers(array, name)
    frames.append(array.tobytes())
    return {"name": os.fspath(name), "frame": len(frames) - 1, "shape": list(array.shape)}


def _bytes(array: numpy.ndarray, name: str) -> numpy.ndarray:
    """Whole numbers as samples of 0…255: those of 16 bits are brought to that range, others must lie in it."""
    if array.dtype == numpy.uint8:
        return array
    if array.dtype == numpy.bool_:
        return array.astype(numpy.uint8) * 255
    if array.dtype == numpy.uint16:
        return ((array.astype(numpy.uint32) + 128) // 257).astype(numpy.uint8)
    if array.size and (array.min() < 0 or array.max() > 255):
        raise TypeError(
            f"{name} holds whole numbers from {array.min()} to {array.max()}: give samples of 0 to 255, uint16, or numbers prepared "
            "for the network as floats")
    return array.astype(numpy.uint8)


def _photograph(array: numpy.ndarray) -> numpy.ndarray:
    """Bytes as ``[height, width, 3]``: gray ones three times, those with an opacity over white, channels last."""
    if array.ndim == 4 and array.shape[0] == 1:
        array = array[0]
    if array.ndim == 3 and array.shape[2] not in (1, 3, 4) and array.shape[0] in (1, 3, 4):
        array = numpy.moveaxis(array, 0, 2)
    if array.ndim == 2:
        array = array[:, :, None]
    if array.ndim != 3 or array.shape[2] not in (1, 3, 4):
        several = "; give several images as a list" if array.ndim == 4 else ""
        raise TypeError(f"an image of whole numbers is [height, width, 3], not {list(array.shape)}{several}")
    if array.shape[2] == 4:
        opacity = array[:, :, 3:].astype(numpy.uint16)
        array = ((array[:, :, :3] * opacity + 255 * (255 - opacity) + 127) // 255).astype(numpy.uint8)
    return numpy.ascontiguousarray(numpy.repeat(array, 3, axis=2) if array.shape[2] == 1 else array)


def _numbers(array: numpy.ndarray, name: str) -> numpy.ndarray:
    """Numbers in the network's own shape, used as they are."""
    if array.dtype.kind != "f":
        raise TypeError(f"{name} is no image: give a path, a PIL image, an array or a tensor")
    return numpy.ascontiguousarray(array, dtype="<f4")


def _upright(image: Any) -> numpy.ndarray:
    """A PIL image as bytes, turned as its EXIF orientation says, transparency over white."""
    from PIL import ImageOps

    image = ImageOps.exif_transpose(image)
    if image.mode.startswith("I"):
        # Pillow would cut samples of 16 bits off at 255.
        gray = numpy.asarray(image)
        return gray.astype(numpy.uint16) if gray.size and gray.max() > 255 and 0 <= gray.min() and gray.max() < 65536 else gray
    has_opacity = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
    return numpy.asarray(image.convert("RGBA" if has_opacity else "RGB"))


def listed(images: Any) -> Tuple[List[Any], bool]:
    """The pictures of an argument, and whether it was a list of them."""
    return (list(images), True) if isinstance(images, (list, tuple)) else ([images], False)
