"""Operates the pages that limn writes in a real Chromium and holds every pixel against the library's own drawings.

    Tests/Tools/check_page.py [--limn .build/release/limn] [--model NET --photo PHOTO --options '--preset tf'] [--shots DIR]

Needs Debian's chromium and no package of Python's. Without a network the demo's scenes are explained, whose pictures the
page holds exactly: then every pixel must be the library's. Photographs are compressed with loss, so that colors over them
may differ as far as the photograph itself does.
"""

import argparse
import base64
import json
import pathlib
import shlex
import struct
import subprocess
import sys
import tempfile

from accessibility import check_access
from chromium import Chromium
from failures import Failures

METHODS = "grad-cam,cam,gradient,guided-backprop,integrated-gradients,smooth(gradient,samples=3),occlusion,rise(masks=40),eigen-cam"
LOOKS = [
    ("as it opens", [], ""),
    ("other colors", ["--colormap", "inferno", "--opacity", "0.8"], "choose('colours', 'inferno'); slide('opacity', 80)"),
    ("the map alone", ["--colormap", "turbo", "--opacity", "1"], "choose('colours', 'turbo'); slide('opacity', 100)"),
    ("the photograph alone", ["--opacity", "0"], "choose('colours', 'viridis'); slide('opacity', 0)"),
    ("signs", ["--colormap", "diverging", "--opacity", "0.6"], "press('signed'); slide('opacity', 60)"),
    ("signed pixels", ["--pixels", "signed", "--opacity", "0.5"],
     "press('evidence'); slide('opacity', 50); choose('pixel methods', 'signs')"),
]

CONTROLS = """
  globalThis.control = name => document.querySelector(`[data-control="${name}"]`);
  globalThis.slide = (name, value) => { control(name).value = value; control(name).dispatchEvent(new Event("input", { bubbles: true })); };
  globalThis.choose = (name, value) => { control(name).value = value; control(name).dispatchEvent(new Event("change", { bubbles: true })); };
  globalThis.press = mode => document.querySelector(`[data-mode="${mode}"]`).click();
  globalThis.samples = view => view.canvas.getContext("2d").getImageData(0, 0, view.canvas.width, view.canvas.height).data;
  globalThis.panels = () => limn.views.filter(view => view.panel);
  globalThis.pictureOf = async source => {
    const image = new Image(); image.src = source; await image.decode();
    const canvas = document.createElement("canvas"); [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
    const context = canvas.getContext("2d"); context.drawImage(image, 0, 0);
    return context.getImageData(0, 0, canvas.width, canvas.height);
  };
  globalThis.difference = async (view, source) => {
    await view.paint(true);
    const theirs = await pictureOf(source), ours = samples(view);
    if (theirs.width !== view.canvas.width || theirs.height !== view.canvas.height) return { most: 255, mean: 255 };
    let most = 0, sum = 0;
    for (let i = 0; i < ours.length; i++) { const d = Math.abs(ours[i] - theirs.data[i]); sum += d; if (d > most) most = d; }
    return { most, mean: sum / ours.length * 4 / 3 };
  };
  0
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--limn", default=".build/release/limn")
    parser.add_argument("--model")
    parser.add_argument("--photo", nargs="*", default=[])
    parser.add_argument("--options", default="")
    parser.add_argument("--methods", default=METHODS)
    parser.add_argument("--shots", help="a folder for screenshots at three widths, light and dark")
    given = parser.parse_args()
    failures = Failures()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        command = [str(pathlib.Path(given.limn).resolve()), "compare", *given.photo, "--methods", given.methods]
        command += (["--model", given.model] if given.model else []) + shlex.split(given.options)
        for number, (_, options, _) in enumerate(LOOKS):
            subprocess.run(command + options + ["-o", f"{folder}/{number}/"], check=True, capture_output=True)
        page = folder / "0" / "report.html"
        check_file(failures, command, folder)
        with Chromium() as browser:
            check_looks(failures, browser, folder, page, exact=not given.photo)
            check_threshold(failures, browser)
            check_reading(failures, browser, folder)
            check_arrangement(failures, browser)
            check_zoom(failures, browser)
            check_access_and_print(failures, browser)
            failures.expect(not browser.problems, f"the page complains of nothing and asks no network: {browser.problems}")
        if given.shots:
            take_shots(page, pathlib.Path(given.shots))
    sys.exit(f"{len(failures)} checks fail" if failures else 0)


def check_file(failures, command, folder):
    pages = [folder / "a.html", folder / "a.html"]
    written = []
    for path in pages:
        subprocess.run(command + ["-t", "top:2", "-o", str(path)], check=True, capture_output=True)
        written.append(path.read_bytes())
    failures.expect(written[0] == written[1], "the same command writes the same bytes")
    failures.expect(len(written[0]) < 3_000_000, f"two targets by nine methods take {len(written[0]) / 1e6:.2f} MB, less than 3")


def entries(folder):
    return json.loads((folder / "manifest.json").read_text())["entries"]


def check_looks(failures, browser, folder, page, exact):
    browser.open(page)
    browser.run(CONTROLS)
    for number, (name, _, script) in enumerate(LOOKS):
        browser.run(script + "; 0")
        drawn = entries(folder / str(number))
        most, mean, exactly = 0, 0, 0
        index = 0
        for entry in drawn:
            if entry.get("values") is None:
                continue
            view = index
            index += 1
            if entry.get("picture") is None:
                continue
            data = base64.b64encode((folder / str(number) / entry["picture"]).read_bytes()).decode()
            found = browser.run(f"difference(panels()[{view}], 'data:image/png;base64,{data}')")
            if browser.run(f"panels()[{view}].panel.values.step === undefined"):
                exactly = max(exactly, found["most"])
            most, mean = max(most, found["most"]), max(mean, found["mean"])
        # Numbers of pixels are rounded on the page, which may lead to the color beside; of colors, turbo's are 8 apart.
        holds = exactly == 0 and most <= 8 and mean < 0.2 if exact else mean < 3
        failures.expect(holds, f"{name}: {index} panels as the library draws them, those on a layer's grid {exactly} of 255 apart, "
                        f"the rounded ones {most} at most, {mean:.3f} in the mean")


def check_threshold(failures, browser):
    counts = browser.run("""(async () => {
      press("evidence"); choose("colours", "viridis"); slide("opacity", 100);
      const view = panels().find(view => view.panel.kind === "map" && view.panel.evidenceScale > 0), counts = [];
      for (const threshold of [0, 30, 60, 100]) {
        slide("threshold", threshold);
        await view.paint(true);
        const ours = samples(view), photograph = view.picture.samples;
        let same = 0;
        for (let i = 0; i < ours.length; i += 4) if (ours[i] === photograph[i] && ours[i + 1] === photograph[i + 1] && ours[i + 2] === photograph[i + 2]) same++;
        counts.push(same * 4 / ours.length);
      }
      slide("threshold", 0);
      return counts;
    })()""")
    failures.expect(counts == sorted(counts) and counts[0] < 0.2 and counts[2] > counts[0] + 0.1,
                    f"a threshold uncovers the photograph: {[round(count, 2) for count in counts]} of it")


def check_reading(failures, browser, folder):
    """The values read out are those of the arrays."""
    worst, read = 0, 0
    for index, entry in enumerate(one for one in entries(folder / "0") if one.get("values")):
        shape, values = array(folder / "0" / entry["values"])
        found = browser.run(f"""(async () => {{
          const view = panels()[{index}]; await view.load();
          return {{ kind: view.panel.kind, numbers: Array.from(view.panel.numbers), scale: view.panel.signedScale }};
        }})()""")
        if found["kind"] == "pixels":
            if shape[-1] == 3 and shape[0] != 3:
                values = [sum(values[3 * i:3 * i + 3]) for i in range(len(values) // 3)]
            else:
                area = shape[-1] * shape[-2]
                values = [sum(values[i::area]) for i in range(area)]
        if found["scale"] > 0:
            worst = max(worst, max(abs(a - b) for a, b in zip(found["numbers"], values)) / found["scale"])
        read += 1
    failures.expect(read > 0 and worst < 0.005, f"the numbers of {read} panels are the arrays', {100 * worst:.3f} % of full intensity apart")
    words = browser.run("""(async () => {
      const view = panels().find(view => view.panel.kind === "map"); await view.paint(true);
      view.frame.focus(); view.frame.scrollIntoView();
      return view.reading.textContent;
    })()""")
    browser.press("ArrowRight")
    browser.press("ArrowDown")
    moved = browser.run("panels().find(view => view.panel.kind === 'map').reading.textContent")
    failures.expect(moved != words and "cell" in moved, f"arrow keys read pixels out: {moved}")
    browser.press("o")
    shown = browser.run("(async () => { const view = panels()[0]; await view.paint(true); return samples(view).every((s, i) => s === view.picture.samples[i]); })()")
    browser.press("o", "keyUp")
    back = browser.run("(async () => { const view = panels()[0]; await view.paint(true); return samples(view).every((s, i) => s === view.picture.samples[i]); })()")
    failures.expect(shown and not back, "the original is seen while O is held")


def array(path):
    data = path.read_bytes()
    length = struct.unpack("<H", data[8:10])[0]
    header = eval(data[10:10 + length].decode(), {})  # NumPy's own notation, of a file just written.
    count = (len(data) - 10 - length) // 4
    return header["shape"], struct.unpack(f"<{count}f", data[10 + length:])


def check_arrangement(failures, browser):
    found = browser.run("""(() => {
      const chip = [...document.querySelectorAll(".chip")].at(-1), method = chip.dataset.chip;
      const seen = () => [...document.querySelectorAll(".panel")].filter(figure => figure.dataset.method === method && !figure.hidden).length;
      const cited = () => document.querySelectorAll(".citations li").length;
      const before = [seen(), cited(), chip.getAttribute("aria-pressed")];
      chip.click();
      const after = [seen(), cited(), chip.getAttribute("aria-pressed")];
      chip.click();
      choose("order", "name");
      const names = [...document.querySelector(".grid").querySelectorAll(".panel:not(.original) .title")].map(title => title.textContent);
      choose("order", "given");
      return { before, after, back: seen(), sorted: names.every((name, i) => i === 0 || names[i - 1].localeCompare(name, "en") <= 0) };
    })()""")
    failures.expect(found["before"][0] > 0 and found["after"][0] == 0 and found["back"] == found["before"][0]
                    and found["after"][1] < found["before"][1] and found["after"][2] == "false", "a click hides a method, its citation too, and another shows it")
    failures.expect(found["sorted"], "methods stand in the order chosen")


def check_zoom(failures, browser):
    box = browser.run("""(() => { const frame = panels()[0].frame; frame.scrollIntoView({ block: "center" });
      const box = frame.getBoundingClientRect(); return { x: box.x + box.width / 4, y: box.y + box.height / 4 }; })()""")
    browser.mouse("mouseWheel", box["x"], box["y"], deltaX=0, deltaY=-300, modifiers=2)
    found = browser.run("""new Promise(done => setTimeout(() => done({
      scale: limn.lenses[0].scale, same: new Set([...limn.lenses[0].views].map(view => view.canvas.style.transform)).size }), 100))""")
    failures.expect(found["scale"] > 2 and found["same"] == 1, f"all panels of a picture zoom together, to {found['scale']:.1f}")
    browser.run("limn.lenses[0].reset()")


def check_access_and_print(failures, browser):
    check_access(
        failures, browser, "button, select, input, [role=img]",
        "h1, h2, p, .title, .label, .place, .reading, .scale span, li, a, .chip, code")
    pdf = base64.b64decode(browser.send("Page.printToPDF", {"printBackground": False})["data"])
    failures.expect(len(pdf) > 20_000, f"it prints, {len(pdf) // 1000} kB")


def take_shots(page, folder):
    folder.mkdir(parents=True, exist_ok=True)
    for width in [400, 900, 1440]:
        for is_dark in [False, True]:
            with Chromium(width, 900, is_dark) as browser:
                browser.open(page)
                browser.run("limn.paintAll(true).then(() => 0)")
                browser.screenshot(folder / f"page-{width}-{'dark' if is_dark else 'light'}.png")


if __name__ == "__main__":
    main()
