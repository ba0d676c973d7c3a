"""The process that does the work, and the messages to and from it."""

from __future__ import annotations

import atexit
import json
import os
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
from typing import Any, Iterable, List, Optional, Sequence, Tuple

from ._errors import CrashedError, Error


def executable() -> str:
    """The program: the one that ``LIMN_COMMAND`` names, the one that came with this package, or one on the path."""
    own = os.path.join(os.path.dirname(__file__), "bin", "limn")
    for path in [os.environ.get("LIMN_COMMAND"), own, shutil.which("limn")]:
        if path and os.access(path, os.X_OK):
            return path
    raise Error("the program limn is not there: install the wheel of this package, or name it in LIMN_COMMAND", 66)


class Process:
    """A ``limn pipe`` that is started when it is first needed, and anew where it has ended.

    Calls are made one after the other, from whichever thread. A child made by ``fork`` has a process of its own.
    """

    def __init__(self) -> None:
        self._forget()
        atexit.register(self.close)
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._leave)

    def _forget(self) -> None:
        self._lock = threading.RLock()
        self._popen: Optional[subprocess.Popen] = None
        self._released: List[int] = []
        self._number = 0
        self.generation = getattr(self, "generation", 0)

    def _leave(self) -> None:
        """In a forked child: lets go of the parent's process, which must not outlive its parent for our sake."""
        popen = self._popen
        self._forget()
        if popen is not None:
            popen.stdin.close()
            popen.stdout.close()
            # Neither waited for nor ended when it is collected.
            popen.returncode = 0

    def close(self) -> None:
        """Ends the process; the next call starts another."""
        popen, self._popen = self._popen, None
        if popen is None:
            return
        try:
            popen.stdin.close()
        except OSError:
            pass
        try:
            popen.wait(2)
        except subprocess.TimeoutExpired:
            popen.kill()
            popen.wait()

    def _start(self) -> None:
        if self._popen is not None and self._popen.poll() is None:
            return
        self._errors = tempfile.TemporaryFile()
        # In a session of its own: an interrupt from the keyboard is ours to handle.
        popen = subprocess.Popen(
            [executable(), "pipe"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors,
            start_new_session=True, bufsize=0)
        self._popen, self._replies = popen, queue.SimpleQueue()
        self._released.clear()
        self.generation += 1
        threading.Thread(target=_read, args=(popen.stdout, self._replies), name="limn", daemon=True).start()

    def holds(self, generation: int) -> bool:
        """Whether what was opened and made in this generation of the process is still there."""
        return generation == self.generation and self._popen is not None and self._popen.poll() is None

    def release(self, numbers: Iterable[int], generation: int) -> None:
        """Lets go of results, with the next call: this may be called while another one is under way."""
        if generation == self.generation:
            self._released.extend(numbers)

    def call(self, action: str, frames: Sequence[bytes] = (), **fields: Any) -> Tuple[Any, List[memoryview]]:
        """Asks for something.

        Returns the answer and the bytes that belong to it. Raises :class:`Error` with the sentence that says why not.
        """
        with self._lock:
            self._start()
            if self._released and action != "release":
                numbers, self._released = self._released, []
                self.call("release", results=numbers)
            self._number += 1
            number = self._number
            self._send({"id": number, "action": action, "folder": os.getcwd(), "frames": [len(each) for each in frames],
                        **{key: value for key, value in fields.items() if value is not None}}, frames)
            body, found = self._receive(number)
        if isinstance(body, dict) and "problem" in body:
            raise Error(body["problem"], body["status"])
        return body, found

    def _send(self, message: dict, frames: Sequence[bytes]) -> None:
        text = json.dumps(message).encode()
        try:
            for part in [len(text).to_bytes(4, "little") + text, *frames]:
                view = memoryview(part).cast("B")
                while view:
                    view = view[self._popen.stdin.write(view):]
        except OSError:
            self._crashed()
        except BaseException:
            # Half a message is none that anybody could read on from.
            self._kill()
            raise

    def _receive(self, number: int) -> Tuple[Any, List[memoryview]]:
        try:
            while True:
                reply = self._replies.get()
                if reply is None:
                    self._crashed()
                if reply[0]["id"] == number:
                    return reply[0]["body"], reply[1]
        except KeyboardInterrupt:
            self._interrupt(number)
            raise

    def _interrupt(self, number: int) -> None:
        """Asks the process to leave off, and ends it where it does not within a second or two."""
        try:
            self._send({"id": 0, "action": "cancel", "entry": number}, ())
            while True:
                reply = self._replies.get(timeout=2)
                if reply is None or reply[0]["id"] == number:
                    return
        except (queue.Empty, Error):
            self._kill()

    def _kill(self) -> None:
        popen, self._popen = self._popen, None
        if popen is not None:
            popen.kill()
            popen.wait()

    def _crashed(self) -> None:
        popen, self._popen = self._popen, None
        status = popen.wait()
        self._errors.seek(0)
        lines = self._errors.read().decode(errors="replace").strip().splitlines()
        # What it noted of earlier calls is no reason.
        lines = [line for line in lines if not line.startswith("limn: note:")]
        how = f"by signal {-status}" if status < 0 else f"with status {status}"
        raise CrashedError(f"the limn process has ended {how}; the next call starts another" + (f": {lines[-1]}" if lines else ""))


def _read(stream: Any, replies: "queue.SimpleQueue") -> None:
    """Puts every answer into the queue, and ``None`` at the end."""
    def exactly(count: int) -> Optional[memoryview]:
        buffer = bytearray(count)
        view, got = memoryview(buffer), 0
        while got < count:
            more = stream.readinto(view[got:])
            if not more:
                return None
            got += more
        return view

    try:
        while True:
            head = exactly(4)
            if head is None:
                break
            text = exactly(int.from_bytes(head, "little"))
            if text is None:
                break
            message = json.loads(bytes(text))
            frames = [exactly(count) for count in message["frames"]]
            if any(frame is None for frame in frames):
                break
            replies.put((message, frames))
    except (OSError, ValueError):
        pass
    replies.put(None)


process = Process()


def options(**settings: Any) -> List[str]:
    """Keyword arguments as the command takes them: ``similar_to="a.jpg"`` is ``--similar-to=a.jpg``."""
    found: List[str] = []
    for name, value in settings.items():
        option = "--" + name.replace("_", "-")
        if value is None or value is False:
            continue
        if value is True:
            found.append(option)
        elif isinstance(value, list):
            found += [f"{option}={each}" for each in value]
        elif isinstance(value, tuple):
            found.append(f"{option}=" + ",".join(str(each) for each in value))
        else:
            found.append(f"{option}={os.fspath(value) if isinstance(value, os.PathLike) else value}")
    return found
