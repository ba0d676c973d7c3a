#!/usr/bin/env python3
"""Draws Documentation/gallery.jpg, every method that applies on a scene of the demo network, and a small picture for each
method's page, Documentation/Methods/pictures/METHOD.jpg.

    python3 Tests/Tools/gallery.py .build/release/limn [METHOD …]

Names of methods draw their small pictures alone. Needs Pillow.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

from PIL import Image

SCENE = ["fish-and-sailboat", "--target", "fish"]
DETECTOR = ["fish-and-sailboat", "--demo", "detector"]
SIDE = 224


def draw(folder, arguments):
    """What a command draws, or why it draws nothing."""
    sheet = folder / "drawn.png"
    done = subprocess.run([limn, *arguments, "-o", sheet], capture_output=True, text=True)
    return Image.open(sheet).convert("RGB") if done.returncode == 0 else done.stderr.strip()


def small(folder, method):
    picture = draw(folder, ["explain", *SCENE, "--method", method])
    if isinstance(picture, str):
        picture = draw(folder, ["explain", *DETECTOR, "--method", method])
    if isinstance(picture, str):
        print(f"{method}: {picture}")
        return
    picture.thumbnail((SIDE, SIDE), Image.LANCZOS)
    path = documentation / "Methods" / "pictures" / f"{method}.jpg"
    path.parent.mkdir(exist_ok=True)
    picture.save(path, quality=75, optimize=True)


if len(sys.argv) < 2:
    sys.exit(__doc__)
limn = pathlib.Path(sys.argv[1]).absolute()
documentation = pathlib.Path(__file__).parents[2] / "Documentation"
with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    if len(sys.argv) == 2:
        sheet = draw(folder, ["compare", *SCENE, "--methods", "all"])
        path = documentation / "gallery.jpg"
        sheet.resize((sheet.width // 2, sheet.height // 2), Image.LANCZOS).save(path, quality=85, optimize=True)
        print(path)
    listed = subprocess.run([limn, "methods", "--json"], capture_output=True, text=True, check=True)
    for method in sys.argv[2:] or [method["identifier"] for method in json.loads(listed.stdout) if method["kind"] == "method"]:
        small(folder, method)
