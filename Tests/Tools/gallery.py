#!/usr/bin/env python3
"""Draws Documentation/gallery.jpg: every method that applies, on a scene of the demo network.

    python3 Tests/Tools/gallery.py .build/release/limn

Needs Pillow.
"""
import pathlib, subprocess, sys, tempfile
from PIL import Image

if len(sys.argv) != 2:
    sys.exit(__doc__)
page = pathlib.Path(__file__).parents[2] / "Documentation" / "gallery.jpg"
with tempfile.TemporaryDirectory() as folder:
    sheet = pathlib.Path(folder) / "sheet.png"
    subprocess.run(
        [sys.argv[1], "compare", "fish-and-sailboat", "--target", "fish", "--methods", "all", "-o", sheet], check=True)
    picture = Image.open(sheet).convert("RGB")
    picture.resize((picture.width // 2, picture.height // 2), Image.LANCZOS).save(page, quality=85, optimize=True)
print(page)
