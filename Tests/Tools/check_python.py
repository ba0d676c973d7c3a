"""Tries the Python module on the demo network: values, pictures, errors, threads, forks, interrupts, crashes, time.

    LIMN_COMMAND=.build/release/limn PYTHONPATH=Sources/Python python3 Tests/Tools/check_python.py [--model NET --photo PHOTO]

Or, in an environment where the wheel is installed, without either variable. Needs NumPy; Pillow and PyTorch are tried where
they are installed.
"""

import argparse
import json
import multiprocessing
import os
import pathlib
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time

import numpy

import limn
from limn._process import executable, process

failures = []


def expect(holds, what):
    print(("ok    " if holds else "FAILS ") + what, flush=True)
    if not holds:
        failures.append(what)


def refused(call):
    try:
        call()
    except limn.Error as error:
        return error
    return None


def values(model, folder):
    """The numbers are the command's."""
    e = model.explain("house", methods=["grad-cam", "gradient", "grad-cam * guided-backprop"])
    for method, name in [("grad-cam", "a.npy"), ("gradient", "b.npy"), ("grad-cam * guided-backprop", "c.npy")]:
        subprocess.run([executable(), "explain", "house", "--method", method, "-o", str(folder / name)], check=True, capture_output=True)
        expect(numpy.array_equal(e[method].values, numpy.load(folder / name)), f"{method} has the command's values, {e[method].values.shape}")
    expect(e["Grad-CAM"].method == "grad-cam" and e[0].range[0] <= e[0].range[1], "attributions go by title and number, too")
    expect(not e["grad-cam"].values.flags.writeable or e["grad-cam"].values.base is not None, "values are not copied")
    overlay = e["grad-cam"].overlay("inferno", 0.7)
    subprocess.run([executable(), "explain", "house", "--colormap", "inferno", "--opacity", "0.7", "-o", str(folder / "o.png")], check=True, capture_output=True)
    expect(overlay.dtype == numpy.uint8 and overlay.ndim == 3, f"an overlay is bytes {overlay.shape}")
    try:
        from PIL import Image

        expect(numpy.array_equal(overlay, numpy.asarray(Image.open(folder / "o.png"))), "an overlay is the command's")
    except ImportError:
        pass
    expect(e.predictions[0].label == model.predict("house")[0].label, f"predictions: {e.predictions[0]}")
    expect(len(model.layers()) > 3 and model.layers("house")[0].gradient_norm is not None, "layers with their norms")
    return e


def pictures(model, folder):
    """One picture in every form gives one map."""
    rng = numpy.random.default_rng(0)
    pixels = rng.integers(0, 255, (90, 120, 3), dtype=numpy.uint8)
    one = model.explain(pixels, "grad-cam")[0].values
    expect(numpy.array_equal(one, model.explain(numpy.moveaxis(pixels, 2, 0), "grad-cam")[0].values), "bytes with their channels first")
    opaque = numpy.concatenate([pixels, numpy.full((90, 120, 1), 255, numpy.uint8)], axis=2)
    expect(numpy.array_equal(one, model.explain(opaque, "grad-cam")[0].values), "bytes with an opacity")
    (folder / "p.ppm").write_bytes(b"P6 120 90 255\n" + pixels.tobytes())
    expect(numpy.array_equal(one, model.explain(folder / "p.ppm", "grad-cam")[0].values), "a path")
    expect(numpy.array_equal(one, model.explain(pixels.astype(numpy.int64), "grad-cam")[0].values), "whole numbers of any type")
    expect(not one.flags.writeable, "values are read-only")
    try:
        model.explain(pixels.astype(numpy.int64) * 300, "grad-cam")
        expect(False, "whole numbers beyond 255 are refused")
    except TypeError:
        pass
    own = rng.standard_normal(model.input_shape, dtype=numpy.float32)
    expect(model.explain(own, "gradient")[0].values.shape == tuple(model.input_shape), "numbers in the network's own shape")
    try:
        from PIL import Image

        expect(numpy.array_equal(one, model.explain(Image.fromarray(pixels), "grad-cam")[0].values), "a PIL image")
        fine = pixels[:, :, 0].astype(numpy.uint16) * 257
        Image.fromarray(fine).save(folder / "fine.png")
        gray = model.explain(pixels[:, :, 0], "grad-cam")[0].values
        expect(numpy.array_equal(gray, model.explain(Image.open(folder / "fine.png"), "grad-cam")[0].values), "a PIL image of 16 bits")
    except ImportError:
        print("      Pillow is not installed")
    many = model.explain([pixels, pixels], "grad-cam", target=["top:2"])
    expect(isinstance(many, limn.Explanations) and len(many) == 4 and numpy.array_equal(many[0][0].values, one), "lists give lists")


def files(model, e, folder):
    for name, start in [("r.html", b"<!doctype html>"), ("s.png", b"\x89PNG"), ("s.pdf", b"%PDF"), ("r.json", b"["), ("m.npz", b"PK")]:
        e.save(folder / name)
        expect((folder / name).read_bytes().startswith(start), f"save({name!r})")
    e.save(str(folder / "bundle") + "/")
    expect(json.loads((folder / "bundle" / "manifest.json").read_text())["entries"][0]["method"] == "grad-cam", "a folder")
    expect("srcdoc=" in e._repr_html_() and e._repr_png_().startswith(b"\x89PNG"), "it shows itself in a notebook")
    found = limn.evaluate(model, ["house", "butterfly-and-cup"], "grad-cam, random", "insertion(steps=5)")
    found.save(folder / "v.csv")
    expect(found.means["insertion(steps=5)"]["grad-cam"] is not None and "<iframe" in found._repr_html_(), f"an evaluation: {found.verdicts}")


def errors(model):
    e = model.explain("house", ["grad-cam", "cam(layer=nosuch)"])
    expect(e[1].error is not None and refused(lambda: e[1].values).status == 65, f"a method that does not apply: {e[1].error}")
    for call, status in [(lambda: limn.open("nosuch.onnx"), 66), (lambda: model.explain("house", "grad-kam"), 64),
                         (lambda: model.explain("nosuch.jpg"), 66), (lambda: model.explain("house", target="unicorn"), 64),
                         (lambda: limn.open(__file__), 65), (lambda: model.explain("house", layer="nosuch", methods="grad-cam")[0].values, 65)]:
        error = refused(call)
        expect(error is not None and error.status in (64, 65, 66), f"refused with {error.status if error else None}: {error}")
    said = subprocess.run([executable(), "explain", "house", "--method", "grad-kam"], capture_output=True, text=True).stderr
    expect(str(refused(lambda: model.explain("house", "grad-kam"))).splitlines()[-1] in said, "in the command's own words")
    expect("--" not in str(refused(lambda: model.explain("nosuch.jpg", similar_to="x"))), "with keywords for options")


def threads(model):
    expected = model.explain("house", "grad-cam")[0].values
    good = []

    def work():
        for _ in range(5):
            good.append(numpy.array_equal(model.explain("house", "grad-cam")[0].values, expected))

    workers = [threading.Thread(target=work) for _ in range(8)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    expect(len(good) == 40 and all(good), "eight threads")


def _in_child(model, expected, answers):
    answers.put((process._popen is None, numpy.array_equal(model.explain("house", "grad-cam")[0].values, expected), process._popen.pid))


def forks(model):
    expected, own = model.explain("house", "grad-cam")[0].values, process._popen.pid
    context = multiprocessing.get_context("fork")
    answers = context.Queue()
    children = [context.Process(target=_in_child, args=(model, expected, answers)) for _ in range(2)]
    for child in children:
        child.start()
    found = [answers.get(timeout=60) for _ in children]
    for child in children:
        child.join()
    expect(all(fresh and same for fresh, same, _ in found) and len({own, *(pid for _, _, pid in found)}) == 3, "forked children have processes of their own")
    expect(numpy.array_equal(model.explain("house", "grad-cam")[0].values, expected) and process._popen.pid == own, "and leave the parent's alone")


def interrupts(model):
    # Where the script runs in the background, interrupts were ignored from the start.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    expected, own = model.explain("house", "grad-cam")[0].values, process._popen.pid
    threading.Timer(0.5, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
    start = time.time()
    try:
        model.explain("house", "rise(masks=100000)")
        expect(False, "an interrupt ends a call")
    except KeyboardInterrupt:
        expect(time.time() - start < 5, f"an interrupt ends a call, after {time.time() - start:.1f} s")
    expect(numpy.array_equal(model.explain("house", "grad-cam")[0].values, expected) and process._popen.pid == own, "and the process goes on")


def crashes(model, e, folder):
    expected = model.explain("house", "grad-cam")[0].values
    process._popen.kill()
    process._popen.wait()
    expect(numpy.array_equal(model.explain("house", "grad-cam")[0].values, expected), "a process that has died is started again")
    e.save(folder / "again.html")
    expect((folder / "again.html").read_bytes() == (folder / "r.html").read_bytes(), "and earlier results are made again")
    threading.Timer(0.5, lambda: process._popen.kill()).start()
    try:
        model.explain("house", "rise(masks=100000)")
        expect(False, "a crash is told")
    except limn.CrashedError as error:
        expect("signal 9" in str(error), f"a crash is told: {error}")
    expect(numpy.array_equal(model.explain("house", "grad-cam")[0].values, expected), "and the next call works")
    child = subprocess.Popen([sys.executable, "-c", "import limn, time; m = limn.open(); print(limn._process.process._popen.pid, flush=True); time.sleep(60)"],
                             stdout=subprocess.PIPE, text=True)
    pid = int(child.stdout.readline())
    child.kill()
    child.wait()
    time.sleep(1)
    expect(not pathlib.Path(f"/proc/{pid}").exists() or "Z" in pathlib.Path(f"/proc/{pid}/stat").read_text(), "the process ends with an interpreter that is killed")


def modules():
    try:
        import torch
    except ImportError:
        print("      PyTorch is not installed")
        return
    torch.manual_seed(0)
    net = torch.nn.Sequential(
        torch.nn.Conv2d(3, 8, 3, padding=1), torch.nn.ReLU(), torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten(), torch.nn.Linear(8, 5))
    net.train()
    model = limn.open(net, size=32, labels=["a", "b", "c", "d", "e"])
    x = torch.rand(1, 3, 32, 32)
    found = model.explain(x, "gradient", target=2)[0].values
    copy = x.clone().requires_grad_()
    net(copy)[0, 2].backward()
    expect(numpy.allclose(found, copy.grad[0].numpy(), atol=1e-6) and net.training, f"a torch module's gradient, {abs(found - copy.grad[0].numpy()).max():.1e} apart")


def cost(model, image):
    """What a call costs beside what the library takes to explain, of which the process tells."""
    seconds, call = [], process.call

    def heard(action, *frames, **fields):
        answer = call(action, *frames, **fields)
        if action == "explain":
            seconds.append(answer[0]["seconds"])
        return answer

    process.call, differences = heard, []
    try:
        for _ in range(60):
            start = time.perf_counter()
            model.explain(image, "grad-cam")
            differences.append(1000 * (time.perf_counter() - start - seconds[-1]))
    finally:
        process.call = call
    more, library = statistics.median(differences[5:]), 1000 * statistics.median(seconds[5:])
    expect(more < 3, f"explain() takes {more:.2f} ms more than the library, which takes {library:.2f} ms ({model.title})")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model")
    parser.add_argument("--photo")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        model = limn.open()
        expect("limn.Model" in repr(model) and model.names is not None, repr(model))
        e = values(model, folder)
        pictures(model, folder)
        files(model, e, folder)
        errors(model)
        threads(model)
        forks(model)
        interrupts(model)
        crashes(model, e, folder)
        modules()
        cost(model, numpy.full((64, 64, 3), 128, numpy.uint8))
        if given.model:
            cost(limn.open(given.model), numpy.full((480, 640, 3), 128, numpy.uint8))
            print(limn.open(given.model).explain(given.photo or numpy.full((480, 640, 3), 128, numpy.uint8)))
    sys.exit(f"{len(failures)} checks fail" if failures else 0)


if __name__ == "__main__":
    main()
