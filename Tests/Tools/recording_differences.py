"""How two recordings of record.py differ."""

import collections
import json
import pathlib
import re
import struct
import sys
import zlib

import numpy as np

TOLERANCE = 1e-6
SHOWN = 12  # how many differences of a kind are printed

Difference = collections.namedtuple("Difference", "size text")


def difference_of_arrays(a, b):
    """How far apart two files of arrays are, by the largest magnitude of the first."""
    a, b = np.load(a), np.load(b)
    if a.shape != b.shape or a.dtype != b.dtype:
        return Difference(np.inf, f"{a.dtype} {a.shape} → {b.dtype} {b.shape}")
    a, b = a.astype(np.float64), b.astype(np.float64)
    if not np.array_equal(np.isfinite(a), np.isfinite(b)):
        return Difference(np.inf, "finite in other places")
    finite = np.isfinite(a)
    apart, largest = np.abs(a - b)[finite].max(initial=0), np.abs(a[finite]).max(initial=0)
    size = apart / largest if largest > 0 else (np.inf if apart > 0 else 0)
    return Difference(size, f"{size:.1e} of {largest:.3g}")


def pixels(path):
    """A PNG file's samples, [height, width, channels]."""
    try:
        from PIL import Image
        return np.asarray(Image.open(path))
    except ImportError:
        return decoded_png(path)


def decoded_png(path):
    """Pixels of a PNG file of 8 bits without palette and interlacing, which is what Limn writes."""
    data, position, compressed = path.read_bytes(), 8, b""
    while position < len(data):
        length, kind = struct.unpack(">I4s", data[position:position + 8])
        chunk = data[position + 8:position + 8 + length]
        if kind == b"IHDR":
            width, height, depth, color, _, _, interlaced = struct.unpack(">IIBBBBB", chunk)
        if kind == b"IDAT":
            compressed += chunk
        position += 12 + length
    if depth != 8 or color == 3 or interlaced:
        sys.exit(f"{path}: install Pillow, which reads all kinds of PNG")
    channels = {0: 1, 2: 3, 4: 2, 6: 4}[color]
    stride, lines = width * channels, zlib.decompress(compressed)
    above, rows = bytearray(stride), []
    for row in range(height):
        start = row * (stride + 1)
        above = unfiltered(lines[start], bytearray(lines[start + 1:start + 1 + stride]), above, channels)
        rows.append(np.frombuffer(above, np.uint8))
    return np.stack(rows).reshape(height, width, channels)


def unfiltered(kind, line, above, step):
    """A PNG file's line without its filter: PNG specification, section 9.2."""
    if kind == 2:
        return bytearray((np.frombuffer(line, np.uint8) + np.frombuffer(above, np.uint8)).tobytes())
    for i in range(len(line) if kind else 0):
        left, upper, corner = (line[i - step], above[i], above[i - step]) if i >= step else (0, above[i], 0)
        if kind == 1:
            predicted = left
        elif kind == 3:
            predicted = (left + upper) // 2
        else:
            # Paeth's: whichever is nearest to left + upper − corner; of two as near, the first in this order.
            to_left, to_upper, to_corner = abs(upper - corner), abs(left - corner), abs(left + upper - 2 * corner)
            predicted = corner
            if to_left <= to_upper and to_left <= to_corner:
                predicted = left
            elif to_upper <= to_corner:
                predicted = upper
        line[i] = (line[i] + predicted) & 255
    return line


def difference_of_pictures(a, b):
    if a.suffix != ".png":
        return difference_of_texts(a, b)
    a, b = pixels(a), pixels(b)
    if a.shape != b.shape:
        return Difference(np.inf, f"{a.shape[1]} × {a.shape[0]} → {b.shape[1]} × {b.shape[0]}")
    apart = np.abs(a.astype(int) - b.astype(int)).reshape(*a.shape[:2], -1).max(axis=2)
    count = np.count_nonzero(apart)
    return Difference(int(apart.max()) / 255, f"{count} of {apart.size} pixels, by up to {apart.max()} levels")


def difference_of_texts(a, b):
    a, b = (path.read_text(errors="replace").splitlines() for path in (a, b))
    count = sum(x != y for x, y in zip(a, b)) + abs(len(a) - len(b))
    first = next(((x, y) for x, y in zip(a, b) if x != y), ("", ""))
    return Difference(np.inf, f"{count} lines; the first: {shortened(first[0])} → {shortened(first[1])}")


def leaves(value, path=""):
    """A JSON value's numbers, texts and empty lists with the paths to them; times and versions left out."""
    if isinstance(value, dict) and value:
        for key, part in value.items():
            if key not in ("timings", "versions"):
                yield from leaves(part, f"{path}.{key}" if path else key)
    elif isinstance(value, list) and value:
        for index, part in enumerate(value):
            yield from leaves(part, f"{path}[{index}]")
    else:
        yield path, value


def field(path):
    """A path without the positions in lists: `predictions[].logit`."""
    return re.sub(r"\[\d+\]", "[]", path)


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def difference_of_json(a, b, findings):
    """The largest difference of two numbers of a field, by the largest magnitude in it. Others become findings."""
    a, b = (dict(leaves(json.loads(path.read_text()))) for path in (a, b))
    largest = collections.defaultdict(float)
    for path, value in a.items():
        if is_number(value):
            largest[field(path)] = max(largest[field(path)], abs(value))
    fields = {field(path) for path in a}, {field(path) for path in b}
    for name in fields[0] ^ fields[1]:
        findings[f"field {name} only in {'A' if name in fields[0] else 'B'}"] += 1
    worst = Difference(0, "other texts or fields")
    for path in a.keys() | b.keys():
        if field(path) not in fields[0] & fields[1]:
            continue
        if path not in a or path not in b:
            findings[f"{field(path)}: a list is longer in {'A' if path in a else 'B'}"] += 1
        elif is_number(a[path]) and is_number(b[path]):
            apart = abs(a[path] - b[path])
            size = apart / largest[field(path)] if largest[field(path)] > 0 else (np.inf if apart > 0 else 0)
            if size > worst.size:
                worst = Difference(size, f"{path}: {a[path]} → {b[path]}")
        elif a[path] != b[path]:
            findings[f"{field(path)}: {shortened(a[path])} → {shortened(b[path])}"] += 1
    return worst


def shortened(value):
    text = str(value)
    return text if len(text) <= 160 else text[:157] + "…"


def difference_of_messages(a, b):
    """How often a run ended or spoke otherwise, or was another."""
    findings = collections.Counter()
    for path in a.keys() & b.keys():
        before, after = a[path], b[path]
        if before["arguments"] != after["arguments"]:
            findings[f"ran as {' '.join(before['arguments'])} → {' '.join(after['arguments'])}"] += 1
        said = [shortened(run["messages"] or "nothing") for run in (before, after)]
        if before["status"] != after["status"]:
            findings[f"status {before['status']} → {after['status']}: {said[0]} → {said[1]}"] += 1
        elif before["messages"] != after["messages"]:
            findings[f"{said[0]} → {said[1]}"] += 1
    return findings


KINDS = {".npy": "arrays", ".png": "pictures", ".svg": "pictures", ".json": "JSON", ".txt": "texts"}
MEASURES = {"arrays": difference_of_arrays, "pictures": difference_of_pictures, "texts": difference_of_texts}


def show(title, lines):
    if lines:
        print(title)
        for line in lines[:SHOWN]:
            print("  " + line)
        if len(lines) > SHOWN:
            print(f"  … and {len(lines) - SHOWN} more")
        print()


def compare(arguments):
    a, b = pathlib.Path(arguments.a), pathlib.Path(arguments.b)
    for folder in (a, b):
        if not (folder / "messages.json").exists():
            sys.exit(f"{folder} is no recording: there is no messages.json in it")
    messages = [json.loads((folder / "messages.json").read_text()) for folder in (a, b)]
    before, after = ({path for path in said if (folder / path).exists()} for folder, said in zip((a, b), messages))
    table = {kind: collections.Counter() for kind in KINDS.values()}
    worst, listed = collections.defaultdict(float), collections.defaultdict(list)
    findings, wrong = collections.Counter(), False

    for path in sorted(before | after):
        kind = KINDS[pathlib.Path(path).suffix]
        counts = table[kind]
        if path not in before or path not in after:
            side = "gone" if path in before else "new"
            counts[side] += 1
            listed[f"{kind}, {side}:"].append(path)
            wrong |= side == "gone" and kind != "texts"
            continue
        counts["files"] += 1
        if (a / path).read_bytes() == (b / path).read_bytes():
            counts["identical"] += 1
            continue
        if kind == "JSON":
            here = collections.Counter()
            difference = difference_of_json(a / path, b / path, here)
            findings += here
            if difference.size == 0 and not here:  # but for times and versions
                counts["identical"] += 1
                continue
        else:
            difference = MEASURES[kind](a / path, b / path)
        within = difference.size == 0 if kind == "pictures" else difference.size <= TOLERANCE
        counts["within" if within else "different"] += 1
        worst[kind] = max(worst[kind], difference.size)
        wrong |= not within and kind != "texts"
        if not within:
            listed[f"{kind}, different:"].append(f"{path}: {difference.text}")

    for title, lines in listed.items():
        show(title, lines)
    show("JSON, other differences (files or places):", [f"{count} × {text}" for text, count in findings.most_common()])
    said = difference_of_messages(*messages)
    show("messages, different (runs):", [f"{count} × {text}" for text, count in said.most_common()])
    row = "{:10}{:>7}{:>11}{:>8}{:>11}{:>6}{:>6}  {}"
    print(row.format("", "files", "identical", "≤ 1e-6", "different", "gone", "new", "largest difference"))
    for kind, counts in table.items():
        numbers = [counts[name] for name in ("files", "identical", "within", "different", "gone", "new")]
        print(row.format(kind, *numbers, f"{worst[kind]:.1e}" if worst[kind] > 0 else ""))
    sys.exit(1 if wrong else 0)
