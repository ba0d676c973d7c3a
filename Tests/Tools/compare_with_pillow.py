#!/usr/bin/env python3
"""Compare how Limn and Pillow read the odd images of the test data.

First let the tests store what they read, then compare:

    mkdir dump
    LIMN_TEST_DATA=DATA LIMN_IMAGE_DUMP=$PWD/dump swift test -c release --filter Odd
    python3 Tests/Tools/compare_with_pillow.py DATA dump
"""

import pathlib
import sys

import numpy
from PIL import Image, ImageOps

TOLERANCE = 2


def reference(path):
    """What Pillow shows: upright, over white, 8 bits."""
    image = Image.open(path)
    image.load()
    image = ImageOps.exif_transpose(image)
    if image.mode.startswith("I;16"):
        # Pillow clips 16-bit grey levels at 255 and compares transparency with the result; the high byte is meant.
        grey = numpy.array(image)
        transparent = image.info.get("transparency")
        levels = numpy.where(grey == transparent, 255, grey >> 8) if transparent is not None else grey >> 8
        return Image.fromarray(levels.astype(numpy.uint8)).convert("RGB")
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, (255, 255, 255, 255)), image)
    return image.convert("RGB")


def difference(ours, theirs):
    if ours.size != theirs.size:
        return f"{ours.size} instead of {theirs.size}"
    worst = numpy.abs(numpy.array(ours).astype(int) - numpy.array(theirs).astype(int)).max()
    return f"{worst} levels apart" if worst > TOLERANCE else None


def main(data, dump):
    wrong = count = 0
    for kind in ("pngsuite", "exif", "jpeg", "corrupt"):
        for path in sorted((pathlib.Path(data) / "zoo/odd-images" / kind).glob("*.[pj][np]g")):
            stored = pathlib.Path(dump) / f"{kind}_{path.name}.png"
            try:
                theirs = reference(path)
            except Exception as error:
                if stored.exists():
                    wrong += 1
                    print(f"{path.name}: read, but Pillow refuses it ({error})")
                continue
            if not stored.exists():
                print(f"{path.name}: refused, though Pillow reads it")
                continue
            count += 1
            ours = Image.open(stored)
            half = Image.open(stored.with_suffix(".half.png"))
            resized = ours.resize((ours.width // 2 + 1, ours.height // 3 + 1), Image.BILINEAR)
            for label, problem in (("", difference(ours, theirs)), (" reduced", difference(half, resized))):
                if problem:
                    wrong += 1
                    print(f"{path.name}{label}: {problem}")
    print(f"{count} pictures compared, {wrong} differ")
    return 0 if count and not wrong else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
