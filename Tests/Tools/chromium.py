"""A headless Chromium driven over two pipes (the DevTools protocol), with nothing but Python's own library."""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile


class Chromium:
    """A browser of its own profile, without a network, ended with the block that opened it.

    `served` is the one address, of this computer, that pages may ask; `options` are further ones of the program.
    """

    def __init__(self, width=1280, height=900, dark=False, served=None, options=()):
        program = next(filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])), None)
        if program is None:
            raise SystemExit("there is no Chromium: apt-get install chromium")
        self._profile, self._served = tempfile.TemporaryDirectory(), served
        to_child, self._write = os.pipe()
        self._read, from_child = os.pipe()

        def connect():
            # Chromium reads commands on descriptor 3 and answers on 4.
            os.dup2(to_child, 100)
            os.dup2(from_child, 101)
            os.dup2(100, 3)
            os.dup2(101, 4)
            os.set_inheritable(3, True)
            os.set_inheritable(4, True)

        self._process = subprocess.Popen(
            [program, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--remote-debugging-pipe",
             "--force-color-profile=srgb", f"--host-resolver-rules=MAP * ~NOTFOUND{', EXCLUDE 127.0.0.1' if served else ''}",
             "--disable-dev-shm-usage", *options,
             f"--user-data-dir={self._profile.name}", f"--window-size={width},{height}", "about:blank"],
            preexec_fn=connect, close_fds=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_child)
        os.close(from_child)
        self._number, self._rest, self.problems = 0, b"", []
        target = self._send("Target.createTarget", {"url": "about:blank"})["targetId"]
        self._session = self._send("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
        for domain in ["Page", "Runtime", "Log", "Network"]:
            self.send(f"{domain}.enable")
        self.resize(width, height)
        self.dark(dark)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            self._send("Browser.close")
        except OSError:
            pass
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._profile.cleanup()

    def send(self, method, parameters=None):
        """Asks the page; returns its answer."""
        return self._send(method, parameters, self._session)

    def _send(self, method, parameters=None, session=None):
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters or {}}
        if session:
            message["sessionId"] = session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self._write, data):]
        while True:
            answer = self._receive()
            self._notice(answer)
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return answer["result"]

    def _receive(self):
        while b"\0" not in self._rest:
            more = os.read(self._read, 1 << 20)
            if not more:
                raise OSError("Chromium has ended")
            self._rest += more
        message, self._rest = self._rest.split(b"\0", 1)
        return json.loads(message)

    def _notice(self, event):
        """Keeps what the page complains of, and what it asks a network for."""
        details = event.get("params", {})
        if event.get("method") == "Runtime.exceptionThrown":
            thrown = details["exceptionDetails"]
            self.problems.append(thrown.get("exception", {}).get("description") or thrown["text"])
        if event.get("method") == "Log.entryAdded" and details["entry"]["level"] == "error":
            self.problems.append(details["entry"]["text"])
        if event.get("method") == "Network.requestWillBeSent":
            address = details["request"]["url"]
            if not address.startswith(("file:", "data:", "blob:", "about:", self._served or "file:")):
                self.problems.append(f"asked the network for {address}")

    def resize(self, width, height, scale=1):
        self.send("Emulation.setDeviceMetricsOverride",
                  {"width": width, "height": height, "deviceScaleFactor": scale, "mobile": False})

    def dark(self, is_dark):
        self.send("Emulation.setEmulatedMedia",
                  {"features": [{"name": "prefers-color-scheme", "value": "dark" if is_dark else "light"}]})

    def open(self, path):
        """Opens a file, or an address that is served, and waits until its program has run."""
        address = path if str(path).startswith("http:") else pathlib.Path(path).resolve().as_uri()
        self.send("Page.navigate", {"url": address})
        self.run("""new Promise((done, fail) => {
          const start = Date.now();
          (function wait() {
            if (globalThis.limn) return done();
            if (Date.now() - start > 20000) return fail(new Error("the page's program has not run"));
            setTimeout(wait, 20);
          })();
        })""")

    def run(self, expression):
        """The value of an expression, awaited."""
        answer = self.send("Runtime.evaluate",
                           {"expression": expression, "awaitPromise": True, "returnByValue": True})
        if "exceptionDetails" in answer:
            thrown = answer["exceptionDetails"]
            raise RuntimeError(thrown.get("exception", {}).get("description") or thrown["text"])
        return answer["result"].get("value")

    def press(self, key, kind="keyDown", text=None):
        self.send("Input.dispatchKeyEvent", {"type": kind, "key": key, **({"text": text} if text else {})})

    def mouse(self, kind, x, y, **more):
        self.send("Input.dispatchMouseEvent", {"type": kind, "x": x, "y": y, **more})

    def screenshot(self, path, whole=True):
        import base64

        options = {"format": "png"}
        if whole:
            height = self.run("document.documentElement.scrollHeight")
            width = self.run("innerWidth")
            self.resize(width, min(int(height) + 1, 12000))
        data = self.send("Page.captureScreenshot", options)["data"]
        pathlib.Path(path).write_bytes(base64.b64decode(data))
