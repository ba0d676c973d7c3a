"""Runs what Documentation/Exporting.md shows: the server's Python, and the browser's page in a headless Chromium.

    check_exporting_page.py LIMN NETWORK.onnx [--screenshot page.png]

The server's function is taken from the page as it stands and held against `limn explain`. The browser's page is operated
as people do, on a picture of its own, but with a runtime in JavaScript's place: what it would give to onnxruntime-web is
computed by onnxruntime here, since PyPI has no package with onnxruntime-web's own. It must prepare the picture as the
recipe says, and draw the map and the ranking that come back.

Needs numpy, onnxruntime and Pillow; Chromium for the second part.
"""

import argparse
import base64
import io
import json
import os
import pathlib
import re
import subprocess
import tempfile

import numpy as np
import onnxruntime
from PIL import Image

import chromium

PROJECT = pathlib.Path(__file__).resolve().parents[2]
RUNTIME = """
globalThis.ort = {
  Tensor: class { constructor(type, data, dims) { Object.assign(this, { type, data, dims }); } },
  InferenceSession: { create: async () => ({
    inputNames: ["INPUT"], outputNames: ["OUTPUT", "limn_map"], inputMetadata: [{ shape: SHAPE }],
    run: (feeds) => new Promise((done) => { globalThis.fed = feeds["INPUT"]; globalThis.reply = done; }),
  }) },
};
"""


def server(limn, network, folder):
    exported = os.path.join(folder, "resnet50+map.onnx")
    subprocess.run([limn, "export", network, "--method", "grad-cam", "-o", exported], check=True, capture_output=True)
    page = (PROJECT / "Documentation/Exporting.md").read_text()
    code = re.search(r"## On a server\n+```python\n(.*?)```", page, re.DOTALL).group(1)
    names, before = {}, os.getcwd()
    os.chdir(folder)
    try:
        exec(code, names)  # pylint: disable=exec-used
    finally:
        os.chdir(before)
    shape = [d if isinstance(d, int) else 2 for d in names["session"].get_inputs()[0].shape]
    images = np.random.default_rng(3).standard_normal(shape).astype(np.float32)
    scores, maps = names["explain"](images)
    assert len(scores) == len(maps) == len(images)
    for index, image in enumerate(images):
        np.save(os.path.join(folder, "image.npy"), image)
        out = os.path.join(folder, "map.npy")
        subprocess.run(
            [limn, "explain", os.path.join(folder, "image.npy"), "--model", network, "--method", "grad-cam", "-o", out],
            check=True, capture_output=True)
        own = np.load(out)
        assert np.abs(own - maps[index]).max() <= 1e-4 * np.abs(own).max(), "the server's map is another one"
    print(f"server: {len(images)} maps of {maps.shape[1:]} are those of limn explain")
    return names["session"]


def picture(height, width):
    """A picture whose middle, as the page crops it, has other colours than its sides."""
    pixels = np.zeros((height, width + 40, 3), np.uint8)
    pixels[:, 20:-20, 0] = np.linspace(0, 255, width)
    pixels[:, 20:-20, 1] = np.linspace(255, 0, height)[:, None]
    pixels[:, 20:-20, 2] = 90
    data = io.BytesIO()
    Image.fromarray(pixels).save(data, "PNG")
    return pixels[:, 20:-20], base64.b64encode(data.getvalue()).decode()


def browser(session, folder, screenshot):
    source, output = session.get_inputs()[0], session.get_outputs()[0]
    shape = [1] + list(source.shape[1:])
    script = os.path.join(folder, "runtime.js")
    pathlib.Path(script).write_text(
        RUNTIME.replace("INPUT", source.name).replace("OUTPUT", output.name).replace("SHAPE", json.dumps(shape)))
    pixels, encoded = picture(*shape[2:])
    page = (PROJECT / "Documentation/Examples/Browser/index.html").as_uri()
    with chromium.Chromium(900, 900) as browser_:
        browser_.send("Page.navigate", {"url": f"{page}?runtime={pathlib.Path(script).as_uri()}"})
        ready = """new Promise((done, fail) => { const start = Date.now(); (function wait() {
          if (CONDITION) return done(true);
          if (Date.now() - start > 10000) return fail(new Error(document.getElementById("status")?.textContent));
          setTimeout(wait, 20); })(); })"""
        browser_.run(ready.replace("CONDITION", "document.getElementById('picture')?.disabled === false"))
        browser_.run(f"""(() => {{
          const bytes = Uint8Array.from(atob("{encoded}"), (c) => c.charCodeAt(0)), given = new DataTransfer();
          given.items.add(new File([bytes], "picture.png", {{ type: "image/png" }}));
          const field = document.getElementById("picture");
          field.files = given.files;
          field.dispatchEvent(new Event("change"));
        }})()""")
        browser_.run(ready.replace("CONDITION", "globalThis.fed"))
        fed = browser_.run("({ data: Array.from(fed.data), dims: fed.dims })")
        image = np.array(fed["data"], np.float32).reshape(fed["dims"])
        mean, deviation = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])
        wanted = ((pixels / 255 - mean) / deviation).transpose(2, 0, 1)[None]
        assert image.shape == wanted.shape and np.abs(image - wanted).max() < 0.02, "the picture is prepared otherwise"
        names = [o.name for o in session.get_outputs()]
        results = dict(zip(names, session.run(None, {source.name: image})))
        answers = {n: {"dims": list(a.shape), "data": a.ravel().tolist()} for n, a in results.items()}
        browser_.run(f"reply({json.dumps(answers)})")
        browser_.run(ready.replace("CONDITION", "document.querySelectorAll('#answer tr').length"))
        rows = browser_.run("Array.from(document.querySelectorAll('#answer tr'), (row) => row.innerText)")
        best = int(np.argmax(results[output.name][0]))
        assert f"class {best}" in rows[0], rows
        alpha = np.array(browser_.run("""(() => { const c = document.getElementById("map");
          return Array.from(c.getContext("2d").getImageData(0, 0, c.width, c.height).data).filter((_, i) => i % 4 === 3); })()"""))
        map_ = results["limn_map"][0]
        opacity = np.minimum(1, 1.5 * np.maximum(0, map_) / max(map_.max(), 1e-30))
        assert np.abs(alpha / 255 - opacity.ravel()).max() < 0.01, "another map is drawn"
        assert not browser_.problems, browser_.problems
        if screenshot:
            browser_.screenshot(screenshot)
    print(f"browser: a picture of {shape[2]} × {shape[3]} is prepared, its map drawn and class {best} ranked first")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("limn")
    parser.add_argument("network")
    parser.add_argument("--screenshot")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        session = server(os.path.abspath(arguments.limn), os.path.abspath(arguments.network), folder)
        browser(session, folder, arguments.screenshot)


if __name__ == "__main__":
    main()
