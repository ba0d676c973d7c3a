"""Operates `limn serve` in a real Chromium, and tries to break into it and to overload it.

    Tests/Tools/check_serve.py [--limn .build/release/limn] [--model NET] [--fps 20] [--network-share 0.7] [--shots DIR]

Needs Debian's chromium and no package of Python's. The camera is a file of frames that the script makes. On a network that is
named, the camera must reach --fps with --network-share of the time in the network; without, the numbers are told only.
"""

import argparse
import concurrent.futures
import http.client
import io
import json
import os
import pathlib
import pickle
import re
import socket
import struct
import subprocess
import sys
import tempfile
import time
import zipfile
import zlib

from accessibility import check_access
from chromium import Chromium
from failures import Failures

CONTROLS = """
  globalThis.control = name => document.querySelector(`[data-control="${name}"]`);
  globalThis.until = (holds, what, most = 60000) => new Promise((done, fail) => {
    const start = performance.now();
    (function look() {
      let found; try { found = holds(); } catch { found = false; }
      if (found) return done(performance.now() - start);
      if (performance.now() - start > most) return fail(new Error(`not within ${most} ms: ${what}`));
      setTimeout(look, 10);
    })();
  });
  globalThis.idle = () => until(() => !limn.bench.working, "the form is idle");
  globalThis.pixels = canvas => canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  globalThis.sum = canvas => pixels(canvas).reduce((sum, value, i) => (sum * 31 + value) >>> 0, 7);
  0
"""


class Server:
    """A server of its own, ended with the block that started it."""

    def __init__(self, limn, *options):
        self._process = subprocess.Popen([limn, "serve", "--port", "0", *options], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        line = self._process.stdout.readline()
        self.address = re.search(r"http://\S+", line).group()
        self.port = int(re.search(r":(\d+)/", self.address).group(1))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        # As service managers end it; an interrupt is ignored by what a script has put in the background.
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()

    @property
    def is_alive(self):
        return self._process.poll() is None

    @property
    def megabytes(self):
        return int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{self._process.pid}/status").read_text()).group(1)) // 1024

    def ask(self, method, path, body=None, **fields):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        try:
            headers = {name.replace("_", "-"): value for name, value in fields.items()}
            if isinstance(body, (dict, list)):
                body, headers = json.dumps(body), {"Content-Type": "application/json", **headers}
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def sends(self, data, wait=5):
        """What comes back for bytes as they are."""
        with socket.create_connection(("127.0.0.1", self.port), 5) as connection:
            connection.settimeout(wait)
            back = b""
            try:
                connection.sendall(data)
                while more := connection.recv(65536):
                    back += more
            except OSError:
                pass
            return back


def png(width, height, color):
    rows = b"".join(b"\0" + b"".join(bytes(color(x, y)) for x in range(width)) for y in range(height))
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def film(path, width=320, height=240, frames=30):
    """A bright square that walks over a gray ramp, as an uncompressed film."""
    with open(path, "wb") as file:
        file.write(f"YUV4MPEG2 W{width} H{height} F30:1 Ip A1:1 C420jpeg\n".encode())
        for number in range(frames):
            luma = bytearray(bytes(40 + x * 120 // width for x in range(width)) * height)
            left = number * (width - 80) // frames
            for y in range(80, 160):
                luma[y * width + left: y * width + left + 80] = b"\xeb" * 80
            file.write(b"FRAME\n" + luma + bytes([110]) * (width * height // 4) + bytes([150]) * (width * height // 4))


def kept_networks():
    """The folders in which servers keep networks that were sent to them."""
    return set(pathlib.Path(tempfile.gettempdir()).glob("limn-serve-*"))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--limn", default=".build/release/limn")
    parser.add_argument("--model")
    parser.add_argument("--fps", type=float, default=20)
    parser.add_argument("--network-share", type=float, default=0.7)
    parser.add_argument("--shots", help="a folder for screenshots at three widths, light and dark")
    given = parser.parse_args()
    failures, limn = Failures(), str(pathlib.Path(given.limn).resolve())
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        film(folder / "camera.y4m")
        (folder / "photo.png").write_bytes(png(160, 120, lambda x, y: (x, 200 - y, 60 + (x // 20 + y // 20) % 2 * 120)))
        make_photographs(folder)
        # Those of a server that was killed stay.
        others = kept_networks()
        with Server(limn, "--photos", str(folder / "holiday"), "--accept-models") as server:
            check_page(failures, server, folder)
            check_folder(failures, server, folder)
            check_sent_network(failures, server, folder, pathlib.Path(__file__).parents[2] / "Sources/DemoNetwork/Embedded/demo-network.onnx")
            check_boxes(failures, server, folder)
            check_camera(failures, server, folder, None, None)
            check_safety(failures, server)
            check_load(failures, server)
            failures.expect(server.is_alive, "the server is still there")
            if given.shots:
                take_shots(server, folder, pathlib.Path(given.shots))
        failures.expect(kept_networks() <= others, "networks that were sent are gone with the server")
        check_token(failures, limn)
        if given.model:
            with Server(limn, "--model", given.model) as server:
                status, answer = server.ask("GET", "/api/networks")
                failures.expect(status == 200 and str(pathlib.Path(given.model).parent) not in answer.decode(), "a network goes by its file's name alone")
                check_camera(failures, server, folder, given.fps, given.network_share)
                check_depth_time(failures, server, folder)
    sys.exit(f"{len(failures)} checks fail" if failures else 0)


def choose_file(browser, path):
    document = browser.send("DOM.getDocument")["root"]["nodeId"]
    node = browser.send("DOM.querySelector", {"nodeId": document, "selector": '[data-control="file"]'})["nodeId"]
    browser.send("DOM.setFileInputFiles", {"files": [str(path)], "nodeId": node})


def opened(server, folder, **more):
    return Chromium(served=server.address, options=[
        "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={folder}/camera.y4m"], **more)


def check_page(failures, server, folder):
    with opened(server, folder) as browser:
        browser.open(server.address)
        browser.run(CONTROLS)
        choose_file(browser, folder / "photo.png")
        browser.run("until(() => limn.bench.picture && limn.depth.view, 'the photograph is shown')")
        failures.expect(browser.run("document.querySelectorAll('.found .chip').length") == 5, "a photograph is sent and predicted")
        found = browser.run("""(async () => {
          control("methods").value = "grad-cam, gradient, grad-cam * guided-backprop";
          control("explain").click();
          await until(() => limn.bench.content, "explanations");
          await limn.bench.content.paintAll(true);
          const views = limn.bench.content.views.filter(view => view.panel);
          return { count: views.length, painted: views.every(view => new Set(pixels(view.canvas)).size > 8), cited: document.querySelectorAll(".citations li").length };
        })()""")
        failures.expect(found == {"count": 3, "painted": True, "cited": found["cited"]} and found["cited"] >= 3, f"three methods are painted and cited {found}")
        check_depth(failures, browser)
        check_expression(failures, browser)
        check_cancellation(failures, browser, server)
        saved = browser.run("""(async () => {
          const saved = [], make = URL.createObjectURL;
          URL.createObjectURL = blob => { saved.push([blob.type, blob.size]); return make.call(URL, blob); };
          for (const ending of ["html", "png", "json", "npz"]) { document.querySelector(`[data-save="${ending}"]`).click(); await until(() => saved.length && !limn.bench.working, ending); }
          URL.createObjectURL = make;
          return saved;
        })()""")
        failures.expect(len(saved) == 4 and all(size > 500 for _, size in saved), f"pages, sheets, reports and arrays are saved {saved}")
        check_access(failures, browser, "button, select, input, summary, [role=img]", "h1, h2, p, .label, a, .chip, summary, .quiet, .tick")
        # A question that cannot be read is answered with a status, which the browser writes down.
        problems = [each for each in browser.problems if "400 (Bad Request)" not in each]
        failures.expect(not problems, f"the page complains of nothing and asks nobody else: {problems}")


def make_photographs(folder):
    """Thirty photographs, one in a folder within, one that is none, and a link to another outside."""
    (folder / "holiday" / "beach").mkdir(parents=True)
    for number in range(29):
        color = (40 + 7 * number, 200 - 5 * number, 90)
        (folder / "holiday" / f"picture {number}.png").write_bytes(png(120, 90, lambda x, y: color if (x - 60) ** 2 + (y - 45) ** 2 < 900 else (230, 230, 225)))
    (folder / "holiday" / "beach" / "sea & sand.png").write_bytes(png(90, 120, lambda x, y: (30, 90 + y, 200)))
    (folder / "holiday" / "broken.jpg").write_bytes(b"no picture")
    (folder / "secret.png").write_bytes(png(8, 8, lambda x, y: (0, 0, 0)))
    (folder / "holiday" / "link.png").symlink_to(folder / "secret.png")


def check_folder(failures, server, folder):
    with opened(server, folder) as browser:
        browser.open(server.address)
        browser.run(CONTROLS)
        found = browser.run("""(async () => {
          const click = name => document.querySelector(`[data-tab="${name}"]`).click();
          const cards = () => [...document.querySelectorAll(".photo")], ready = () => until(() => limn.folder.isReady, "the folder");
          click("folder"); await ready();
          const first = cards().map(card => card.querySelector(".sees").textContent), place = control("place").textContent;
          const shown = cards().filter(card => { const image = card.querySelector("img"); return image?.complete && image.naturalWidth > 0; }).length;
          const refused = document.querySelectorAll(".photo.refused").length;
          control("next").click(); await until(() => control("place").textContent.startsWith("25"), "the second page"); await ready();
          const second = cards().length;
          control("find").value = "sea"; control("find").dispatchEvent(new Event("change")); await until(() => cards().length === 1, "one photograph"); await ready();
          cards()[0].click();
          await until(() => limn.bench.picture?.name === "beach/sea & sand.png" && limn.depth.view && !limn.depth.isAsking, "the photograph");
          const isThere = !document.querySelector(".bench").classList.contains("away");
          return { first: first.length, says: first.filter(text => /%/.test(text)).length, place, shown, refused, second, isThere, image: limn.bench.image };
        })()""")
        failures.expect(found["first"] == 24 and found["says"] + found["refused"] == 24 and found["refused"] == 1 and found["place"] == "1–24 of 31",
                        f"a folder's photographs are shown with what the network sees {found}")
        failures.expect(found["shown"] >= 12 and found["second"] == 7 and found["isThere"] and found["image"] == "folder:holiday/beach/sea & sand.png",
                        "its pages can be turned and searched, and a click explains a photograph")
        problems = [each for each in browser.problems if not re.search("42[02]|404", each)]
        failures.expect(not problems, f"the folder complains of nothing {problems}")
    answers = b"".join(server.ask("GET", path)[1] for path in ["/api/folders", "/api/folders/holiday?count=200", "/api/thumbnail?image=folder:holiday/broken.jpg"])
    failures.expect(str(folder).encode() not in answers, "nobody learns where a folder lies")
    for name in ["../secret.png", "link.png", "%2e%2e%2fsecret.png", "beach/../../secret.png", "/etc/passwd", "..%5csecret.png"]:
        failures.expect(server.ask("GET", f"/api/thumbnail?image=folder:holiday/{name}")[0] == 404, f"{name} is not to be had")


def check_sent_network(failures, server, folder, network):
    with opened(server, folder) as browser:
        browser.open(server.address)
        browser.run(CONTROLS)
        choose_file(browser, network)
        found = browser.run("""(async () => {
          await until(() => control("network").value === "demo-network.onnx", "the network"); await idle();
          const layers = limn.bench.description.layers.length;
          return { names: limn.bench.networks.map(each => each.name), layers, problem: document.querySelector(".problem").textContent };
        })()""")
        failures.expect(found["names"] == ["demo", "demo-detector", "demo-network.onnx"] and found["layers"] > 3 and not found["problem"], f"a network that is dropped is opened and chosen {found}")
        choose_file(browser, folder / "photo.png")
        browser.run("until(() => limn.bench.picture && limn.depth.view && !limn.depth.isAsking, 'a photograph on it')")
        (folder / "evil.onnx").write_bytes(b"\x7fELF" + b"\0" * 4000)
        choose_file(browser, folder / "evil.onnx")
        said = browser.run("until(() => !document.querySelector('.problem').hidden, 'a problem').then(() => document.querySelector('.problem').textContent)")
        failures.expect("'evil.onnx'" in said and "limn-serve" not in said and len(json.loads(server.ask("GET", "/api/networks")[1])) == 3, f"what is no network is refused in a sentence: {said}")
    mark, before = folder / "was-run", server.megabytes
    for name, data, words in [("evil.pth", pickled_call(f"touch {mark}"), "evil.pth"), ("bomb.keras", zip_bomb(), "600000000 bytes")]:
        code, answer = server.ask("POST", f"/api/networks?name={name}", data)
        failures.expect(code == 422 and words in answer.decode() and server.is_alive and server.megabytes < before + 100, f"{name} is refused: {answer.decode()}")
    failures.expect(not mark.exists(), "a pickle that calls a program calls none")
    for name in ["plugin.so", "..%2F..%2Fa.so", "net.limn.json"]:
        failures.expect(server.ask("POST", f"/api/networks?name={name}", b"\x7fELF")[0] == 415, f"{name} is not taken")


def pickled_call(command):
    """A checkpoint whose pickle calls a program where Python reads it."""
    class Call:
        def __reduce__(self):
            return os.system, (command,)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("archive/data.pkl", pickle.dumps({"a.weight": Call()}, 2))
        archive.writestr("archive/version", "3")
    return packed.getvalue()


def zip_bomb():
    """A Keras file of less than a megabyte whose configuration has 600."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("metadata.json", "{}")
        with archive.open("config.json", "w") as config:
            for _ in range(600):
                config.write(b" " * 1_000_000)
        archive.writestr("model.weights.h5", b"")
    return packed.getvalue()


def check_boxes(failures, server, folder):
    with opened(server, folder) as browser:
        browser.open(server.address)
        browser.run(CONTROLS)
        found = browser.run("""(async () => {
          control("network").value = "demo-detector"; control("network").dispatchEvent(new Event("change")); await until(() => limn.bench.description?.name === "demo-detector", "the detector"); await idle();
          await limn.bench.choose("scene:fish-and-sailboat"); await until(() => document.querySelectorAll(".drop .box").length > 1 && limn.depth.view, "boxes");
          const boxes = [...document.querySelectorAll(".drop .box")], image = document.querySelector(".drop img").getBoundingClientRect();
          const inside = boxes.every(box => { const r = box.getBoundingClientRect(); return r.left > image.left - 4 && r.right < image.right + 4 && r.top > image.top - 4 && r.bottom < image.bottom + 4 && r.width > 5; });
          const second = boxes.find(box => box.dataset.box === "2"), name = second.title; control("methods").value = "grad-cam"; second.click();
          await until(() => limn.bench.content, "explanations"); await idle(); await limn.bench.content.paintAll(true);
          const row = limn.bench.content.page.rows[0], marked = document.querySelectorAll(".results .panel:not(.original) .box.asked").length;
          return { count: boxes.length, inside, name, title: row.title, number: row.box.number, marked, pressed: document.querySelector('.drop .box[aria-pressed="true"]').dataset.box,
            all: document.querySelectorAll(".results .original .box").length, listed: document.querySelectorAll(".results .ranking li").length, current: document.querySelectorAll(".results .ranking .target").length };
        })()""")
        failures.expect(found["count"] > 1 and found["inside"] and found["number"] == 2 and found["pressed"] == "2" and found["name"].split()[1] in found["title"],
                        f"a click on a box of the picture explains it {found}")
        failures.expect(found["marked"] == 1 and found["all"] == found["count"] == found["listed"] and found["current"] == 1, "the report shows all boxes, and the target's on every panel")
        failures.expect(not browser.problems, f"boxes complain of nothing {browser.problems}")


def check_depth(failures, browser):
    found = browser.run("""(async () => {
      const slider = control("depth"), seen = new Map(), count = Number(slider.max) + 1;
      let asked = 0; const given = globalThis.fetch;
      globalThis.fetch = (...all) => { if (String(all[0]).includes("api/map")) asked++; return given(...all); };
      for (let i = 0; i < count; i++) {
        slider.value = i; slider.dispatchEvent(new Event("input", { bubbles: true }));
        await until(() => limn.depth.place.dataset.layer === limn.depth.layer.name && !limn.depth.isAsking, "a layer");
        seen.set(limn.depth.layer.name, sum(limn.depth.view.canvas));
      }
      const slow = asked;
      // Dragged faster than anything can answer: the last position is what is shown, and few questions are asked.
      for (let i = 0; i < 200; i++) { slider.value = i % count; slider.dispatchEvent(new Event("input", { bubbles: true })); if (i % 10 === 0) await new Promise(done => setTimeout(done, 5)); }
      slider.value = 2; slider.dispatchEvent(new Event("input", { bubbles: true }));
      await until(() => limn.depth.place.dataset.layer === limn.depth.layer.name && !limn.depth.isAsking, "the last layer");
      globalThis.fetch = given;
      return { count, different: new Set(seen.values()).size, slow, fast: asked - slow, last: limn.depth.place.dataset.layer === limn.depth.layers[2].name };
    })()""")
    failures.expect(found["different"] == found["count"] and found["count"] > 3, f"the slider shows another map on each layer {found}")
    failures.expect(found["last"] and found["fast"] < 190, f"while it is dragged it answers, and ends where it was left: {found['fast']} questions for 201 positions")


def check_depth_time(failures, server, folder):
    with opened(server, folder) as browser:
        browser.open(server.address)
        browser.run(CONTROLS)
        choose_file(browser, folder / "photo.png")
        found = browser.run("""(async () => {
          await until(() => limn.depth.view && !limn.depth.isAsking, "the photograph");
          const slider = control("depth"), times = [];
          for (let i = Number(slider.max); i >= 0; i -= Math.ceil(slider.max / 12)) {
            const start = performance.now(); slider.value = i; slider.dispatchEvent(new Event("input", { bubbles: true }));
            await until(() => limn.depth.place.dataset.layer === limn.depth.layer.name && !limn.depth.isAsking, "a layer");
            times.push(performance.now() - start);
          }
          return { median: times.sort((a, b) => a - b)[times.length >> 1], most: times.at(-1), layers: Number(slider.max) + 1 };
        })()""")
        failures.expect(found["median"] < 1000, f"the slider over {found['layers']} layers answers within {found['median']:.0f} ms, at most {found['most']:.0f}")


def check_expression(failures, browser):
    told = browser.run("""(async () => {
      control("methods").value = "grad-cam, grad-kam"; control("explain").click();
      await until(() => !document.querySelector(".problem").hidden, "a problem"); await idle();
      const place = document.querySelector(".problem"), text = place.textContent, role = place.getAttribute("role");
      control("methods").value = ""; return { text, role };
    })()""")
    lines = told["text"].splitlines()
    caret = next((line for line in lines if "^" in line), "")
    failures.expect(told["role"] == "alert" and caret.index("^") == lines[lines.index(caret) - 1].index("grad-kam") if caret else False,
                    f"a method that is none is pointed at: {lines}")


def check_cancellation(failures, browser, server):
    load = lambda: json.loads(server.ask("GET", "/api/status")[1])["running"]
    start = """(async () => {
      control("methods").value = "rise(masks=100000)"; control("explain").click();
      await until(() => document.querySelector(".progress progress").hasAttribute("value"), "progress");
      return document.querySelector(".progress span").textContent;
    })()"""
    words = browser.run(start)
    failures.expect(re.fullmatch(r"\d+ of 100000 passes", words) is not None and load() == 1, f"progress is told: {words}")
    browser.run('control("cancel").click(); idle()')
    failures.expect(ended(load), "a click ends the work on the server")
    browser.run(start)
    browser.send("Page.navigate", {"url": "about:blank"})
    failures.expect(ended(load), "leaving the page ends it, too")
    browser.open(server.address)
    browser.run(CONTROLS)
    browser.run("""(async () => { await idle(); limn.bench.choose("scene:house"); await until(() => limn.depth.view, "a scene");
      control("methods").value = "grad-cam"; control("explain").click(); await until(() => limn.bench.content, "explanations"); await idle(); })()""")


def ended(load, most=10):
    start = time.time()
    while load() and time.time() - start < most:
        time.sleep(0.05)
    return time.time() - start < most


def check_camera(failures, server, folder, least, share):
    with opened(server, folder, width=900, height=700) as browser:
        browser.open(server.address)
        browser.run(CONTROLS)
        found = browser.run("""(async () => {
          document.querySelector('[data-tab="camera"]').click();
          control("camera").click();
          await until(() => limn.camera.painted > 5, "frames");
          const canvas = document.querySelector(".camera-views canvas"), first = sum(canvas);
          const begun = limn.camera.painted, start = performance.now(), shares = [], rates = [];
          while (performance.now() - start < 8000) { await new Promise(done => setTimeout(done, 250)); shares.push(limn.camera.networkShare); rates.push(limn.camera.framesPerSecond); }
          const middle = list => list.filter(Number.isFinite).sort((a, b) => a - b)[list.length >> 1];
          const frames = middle(rates.slice(8)), part = middle(shares.slice(8));
          control("pin").click();
          const pinned = control("camera-target").value; await new Promise(done => setTimeout(done, 600));
          control("camera-methods").value = "grad-cam, layer-cam"; await until(() => document.querySelectorAll(".camera-views canvas").length === 2, "two methods");
          const says = document.querySelector(".says").textContent, words = control("rate").textContent, moved = sum(canvas) !== first;
          control("camera").click();
          await new Promise(done => setTimeout(done, 500));
          const last = limn.camera.painted; await new Promise(done => setTimeout(done, 500));
          return { frames, part, pinned, says, words, moved, stopped: limn.camera.painted === last, problem: document.querySelector(".camera .problem").textContent };
        })()""")
        reached = least is None or found["frames"] >= least
        failures.expect(reached and found["moved"], f"the camera is explained {found['frames']:.1f} times a second{f', of {least} asked for' if least else ''} ({found['words']})")
        failures.expect(share is None or found["part"] >= share, f"{100 * found['part']:.0f} % of the time is the network's{f', of {100 * share:.0f} asked for' if share else ''}")
        failures.expect(found["pinned"] != "" and found["pinned"].split(",")[0][:4] in found["says"] and found["stopped"] and not found["problem"],
                        f"a class can be pinned ({found['pinned']}), two methods seen at once, and the camera stopped {found['problem']}")


def check_safety(failures, server):
    status = lambda *all, **fields: server.ask(*all, **fields)[0]
    failures.expect(status("GET", "/", Host="evil.example") == 403, "a name that was made to point here is refused")
    failures.expect(status("POST", "/api/photographs", b"x", Origin="http://evil.example", Content_Type="text/plain") == 403, "a page of another site may not send")
    failures.expect(status("GET", "/api/networks", Sec_Fetch_Site="cross-site") == 403, "nor read")
    failures.expect(status("GET", "/page/..%2f..%2f..%2fetc%2fpasswd") == 404 and status("GET", "//etc/passwd") == 404, "there are no files to be had")
    failures.expect(b"413" in server.sends(b"POST /api/photographs HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n\r\n"), "a body that is too large is refused before it is sent")
    failures.expect(b"431" in server.sends(b"GET / HTTP/1.1\r\nX: " + b"a" * 3_000_000), "a head without end is cut off")
    failures.expect(b"411" in server.sends(b"POST /api/explain HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"), "chunks are refused")
    before = server.megabytes
    start, slow = time.time(), server.sends(b"GET / HT", wait=30)
    failures.expect(b"408" in slow and time.time() - start < 20, f"a client that dawdles is sent away after {time.time() - start:.0f} s")
    # A picture whose file says that it is enormous.
    bomb = bytearray(png(4, 4, lambda x, y: (0, 0, 0)))
    bomb[16:24] = struct.pack(">II", 60_000, 60_000)
    bomb[29:33] = struct.pack(">I", zlib.crc32(bytes(bomb[12:29])))
    code, answer = server.ask("POST", "/api/photographs", bytes(bomb))
    failures.expect(code == 422 and server.megabytes < before + 200, f"a picture that says it has 3.6 gigapixels is refused: {answer.decode()}")
    for junk in [b"", b"\0" * 5000, b"GIF89a", b"\xff\xd8\xff\xe0" + b"\xff" * 4000, b"<svg onload=alert(1)>"]:
        code, _ = server.ask("POST", "/api/photographs", junk)
        failures.expect(code in (400, 422), f"{junk[:12]!r} … is no picture: {code}")
    # A small file of 48 megapixels, which may be sent: one at a time is decoded, however many come.
    flat = png_of_one_color(8000, 6000)
    with concurrent.futures.ThreadPoolExecutor(16) as clients:
        codes = list(clients.map(lambda _: server.ask("POST", "/api/photographs", flat)[0], range(16)))
    failures.expect(codes == [201] * 16 and server.megabytes < before + 900, f"sixteen pictures of 48 megapixels from {len(flat) // 1000} kB each take {server.megabytes} MB")
    failures.expect(b"HTTP/1.1 200" in server.sends(b"GET /api/status HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n", wait=2),
                    "an upgrade to another protocol is not made")
    many = server.sends(b"GET /api/status HTTP/1.1\r\nHost: localhost\r\n\r\n" * 500, wait=3)
    failures.expect(many.count(b"HTTP/1.1 200") == 500, "five hundred requests behind each other are answered in turn")
    check_unread(failures, server)
    deep = "(" * 1900 + ")" * 1900
    failures.expect(status("POST", "/api/explain", {"image": "scene:house", "methods": deep}) == 400, "1900 parentheses are refused")
    failures.expect(status("POST", "/api/explain", b"[" * 60_000, Content_Type="application/json") == 400, "60000 brackets are no question")
    code, answer = server.ask("POST", "/api/explain", {"image": "scene:house", "region": "/etc/passwd"})
    failures.expect(code == 400, "a region is no file of the computer")


def png_of_one_color(width, height):
    """A picture whose rows are all zeros, made without holding it."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    packer, packed = zlib.compressobj(9), b""
    for _ in range(height):
        packed += packer.compress(b"\0" * (3 * width + 1))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) + chunk(b"IDAT", packed + packer.flush()) + chunk(b"IEND", b"")


def check_unread(failures, server):
    """Clients that ask for streams and large answers and never read them hold nobody up."""
    question = json.dumps({"image": "scene:house", "methods": "rise(masks=3000), gradient", "format": "page"}).encode()
    head = f"POST /api/explain HTTP/1.1\r\nHost: localhost\r\nAccept: application/x-ndjson\r\nContent-Type: application/json\r\nContent-Length: {len(question)}\r\n\r\n".encode()
    held = []
    for _ in range(8):
        each = socket.socket()
        each.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        each.connect(("127.0.0.1", server.port))
        each.sendall(head + question)
        held.append(each)
    start = time.time()
    code = server.ask("POST", "/api/map", {"image": "scene:house"})[0]
    failures.expect(code == 200 and time.time() - start < 20, f"eight streams that nobody reads hold nobody up ({time.time() - start:.1f} s)")
    for each in held:
        each.close()
    failures.expect(ended(lambda: json.loads(server.ask("GET", "/api/status")[1])["running"], 20), "and end with their connections")


def check_load(failures, server):
    question = {"image": "scene:house", "methods": "grad-cam, gradient"}

    def one(number):
        return server.ask("POST", "/api/map" if number % 2 else "/api/explain", question)[0]

    with concurrent.futures.ThreadPoolExecutor(100) as clients:
        before = None
        for round_ in range(3):
            start = time.time()
            found = list(clients.map(one, range(100)))
            failures.expect(found == [200] * 100, f"a hundred requests at once are answered in {time.time() - start:.1f} s, {server.megabytes} MB")
            before = before or server.megabytes
        failures.expect(server.megabytes < before + 60, f"memory is flat: {before} MB after the first hundred, {server.megabytes} after the third")
    held = [socket.create_connection(("127.0.0.1", server.port), 5) for _ in range(330)]
    code = None
    try:
        code = server.ask("GET", "/api/status")[0]
    except OSError:
        pass
    for each in held:
        each.close()
    failures.expect(code in (429, 503, None) and server.is_alive, f"too many connections are refused ({code})")
    time.sleep(1)
    failures.expect(server.ask("GET", "/api/status")[0] == 200, "and others are taken once those are gone")


def check_token(failures, limn):
    with Server(limn, "--host", "0.0.0.0") as server:
        token = server.address.rstrip("/").rsplit("/", 1)[1]
        failures.expect(server.ask("GET", "/")[0] == 403 and server.ask("GET", "/api/networks")[0] == 403, "open to others, nothing is told without the token")
        failures.expect(server.ask("GET", f"/{token}/")[0] == 200 and server.ask("GET", f"/{token[:-1]}/")[0] == 403, "and all with it")
        failures.expect(server.ask("GET", f"/{token}/api/networks", Host="evil.example")[0] == 403, "but under no foreign name")
        with Chromium(served=f"http://127.0.0.1:{server.port}/") as browser:
            browser.open(f"http://127.0.0.1:{server.port}/{token}/")
            failures.expect(browser.run("limn.bench.description.name") == "demo" and not browser.problems, f"the page works behind it {browser.problems}")


def take_shots(server, folder, shots):
    shots.mkdir(parents=True, exist_ok=True)
    for width in [400, 900, 1440]:
        for is_dark in [False, True]:
            with opened(server, folder, width=width, height=900, dark=is_dark) as browser:
                browser.open(server.address)
                browser.run(CONTROLS)
                theme = "dark" if is_dark else "light"
                browser.screenshot(shots / f"serve-{width}-{theme}-empty.png")
                browser.run("""(async () => { limn.bench.choose("scene:house"); await until(() => limn.depth.view && !limn.depth.isAsking, "a scene");
                  control("explain").click(); await until(() => limn.bench.content, "explanations"); await idle(); await limn.bench.content.paintAll(true); scrollTo(0, 0); })()""")
                browser.screenshot(shots / f"serve-{width}-{theme}.png")
                browser.run("""(async () => { document.querySelector('[data-tab="folder"]').click(); await until(() => limn.folder.isReady, "the folder"); })()""")
                browser.screenshot(shots / f"serve-{width}-{theme}-folder.png")
                browser.run("""(async () => { document.querySelector('[data-tab="photograph"]').click(); control("network").value = "demo-detector"; control("network").dispatchEvent(new Event("change"));
                  await until(() => limn.bench.description?.name === "demo-detector", "the detector"); await idle(); await limn.bench.choose("scene:fish-and-sailboat");
                  await until(() => document.querySelectorAll(".drop .box").length > 1, "boxes"); document.querySelector('.drop .box[data-box="2"]').click();
                  await until(() => limn.bench.content?.page.rows[0].box, "explanations"); await idle(); await limn.bench.content.paintAll(true); scrollTo(0, 0); })()""")
                browser.screenshot(shots / f"serve-{width}-{theme}-boxes.png")
                browser.run("""(async () => { document.querySelector('[data-tab="camera"]').click(); control("camera-methods").value = "grad-cam, hires-cam";
                  control("camera").click(); await until(() => limn.camera.networkShare > 0, "frames"); })()""")
                browser.screenshot(shots / f"serve-{width}-{theme}-camera.png")


if __name__ == "__main__":
    main()
