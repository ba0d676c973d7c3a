"""Changes checkpoints at random and opens them: none may crash Limn, hang it, or take more memory than the file and 50 MB.

Usage: python fuzz_checkpoints.py LIMN [COUNT [SEED]]   (needs torch)

Files that fail are kept in the folder that is named at the end.
"""

import argparse
import collections
import io
import os
import pickle
import random
import resource
import struct
import subprocess
import sys
import tempfile

MEGABYTE = 1 << 20


def saved(value, **settings):
    import torch

    buffer = io.BytesIO()
    torch.save(value, buffer, **settings)
    return buffer.getvalue()


def corpus():
    import torch

    torch.manual_seed(0)
    layers = torch.nn.Sequential(
        collections.OrderedDict(conv=torch.nn.Conv2d(3, 4, 3), norm=torch.nn.BatchNorm2d(4), fc=torch.nn.Linear(4, 5)))
    state = layers.state_dict()
    training = {"epoch": 3, "state_dict": state, "args": argparse.Namespace(lr=0.1), "best": torch.tensor(0.5)}
    for value in (state, training, layers):
        for protocol in (2, 4, 5):
            yield saved(value, pickle_protocol=protocol)
            yield saved(value, pickle_protocol=protocol, _use_new_zipfile_serialization=False)


class Call:
    """Pickled as a call of `function` with `arguments`."""

    def __init__(self, function, *arguments):
        self.call = (function, arguments)

    def __reduce__(self):
        return self.call


def hostile():
    """Files made to harm: calls, and little that stands for much."""
    marker = os.path.join(tempfile.gettempdir(), "limn-fuzz-was-here")
    for function, arguments in ((os.system, (f"touch {marker}",)), (eval, (f"open({marker!r}, 'w')",)), (exec, ("1/0",))):
        yield saved({"state_dict": Call(function, *arguments)})
        yield pickle.dumps(Call(function, *arguments))
    yield b"\x80\x02" + b"]" * 20_000_000 + b"."
    yield b"\x80\x02" + b"(" * 20_000_000 + b"."
    yield b"\x80\x02N" + b"2" * 20_000_000 + b"."
    yield b"\x80\x02" + b"".join(b"Nr" + struct.pack("<I", i) for i in range(3_000_000)) + b"."
    yield b"\x80\x02)" + b"2\x86" * 5_000_000 + b"."
    yield b"\x80\x02X\xff\xff\xff\xff."
    yield b"\x80\x04\x8d" + b"\xff" * 8 + b"."
    yield b"\x80\x02\x8b\xff\xff\xff\x7f."
    yield b"\x80\x02" + b"c" + b"a" * 30_000_000 + b"\nb\n."
    deep = b"\x80\x02N" + b"\x85" * 2_000_000 + b"."
    yield deep


def changed(data, draw):
    data = bytearray(data)
    for _ in range(draw.choice((1, 1, 2, 4, 16))):
        place, kind = draw.randrange(len(data)), draw.randrange(5)
        if kind == 0:
            data[place] = draw.randrange(256)
        elif kind == 1:
            data[place] ^= 1 << draw.randrange(8)
        elif kind == 2:
            data[place : place + draw.randrange(1, 9)] = b""
        elif kind == 3:
            other = draw.randrange(len(data))
            data[place:place] = data[other : other + draw.randrange(1, 33)]
        else:
            data[place : place + 8] = draw.choice((b"\xff" * 8, b"\0" * 8, b"\x7f" + b"\xff" * 7, b"\x80" + b"\0" * 7))
        if not data:
            return b"\0"
    return bytes(data[: draw.randrange(1, len(data) + 1)] if draw.random() < 0.1 else data)


def problem(command, path, size, usual):
    pid = subprocess.Popen([command, "layers", "--model", path], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(pid.pid, 0)
    pid.returncode = 0
    if os.WIFSIGNALED(status):
        return f"signal {os.WTERMSIG(status)}"
    if usage.ru_utime + usage.ru_stime > 20:
        return "more than 20 seconds of the processor"
    if usage.ru_maxrss * 1024 > usual + size + 50 * MEGABYTE:
        return f"{usage.ru_maxrss // 1024} MB of memory for a file of {size // MEGABYTE} MB"
    return None


def write(folder):
    """The corpus, by a process of its own: what measures memory must be small, since children inherit its peak."""
    for kind, files in (("sound", corpus()), ("hostile", hostile())):
        for number, data in enumerate(files):
            with open(os.path.join(folder, f"{kind}-{number}"), "wb") as file:
                file.write(data)


def main(command, count=1000, seed=0):
    draw, folder = random.Random(seed), tempfile.mkdtemp(prefix="limn-fuzz-")
    subprocess.run([sys.executable, __file__, "--write", folder], check=True)
    files = [open(os.path.join(folder, name), "rb").read() for name in sorted(os.listdir(folder)) if name[0] == "s"]
    subprocess.run([command, "layers"], stdout=subprocess.DEVNULL, check=True)
    usual = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    bad = 0
    cases = sorted(os.listdir(folder)) + [f"changed-{i}" for i in range(count)]
    for name in cases:
        path = os.path.join(folder, name)
        if name.startswith("changed"):
            with open(path, "wb") as file:
                file.write(changed(draw.choice(files), draw))
        found = problem(command, path, os.path.getsize(path), usual)
        if found:
            bad += 1
            print(f"{path}: {found}")
        else:
            os.remove(path)
    if os.path.exists(os.path.join(tempfile.gettempdir(), "limn-fuzz-was-here")):
        bad += 1
        print("a file's code was run")
    print(f"{len(cases)} files, {bad} problems; kept in {folder}")
    return 1 if bad else 0


if __name__ == "__main__":
    if sys.argv[1] == "--write":
        write(sys.argv[2])
    else:
        sys.exit(main(sys.argv[1], *map(int, sys.argv[2:])))
