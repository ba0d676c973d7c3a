#!/usr/bin/env python3
"""Records what a build of Limn computes, and compares two recordings: a change of code should change no number.

    python3 Tests/Tools/record.py record .build/release/limn before [--data $LIMN_TEST_DATA] [--network FILE…]
    python3 Tests/Tools/record.py compare before after

Recorded are, for the networks of the test data and the demo network: the arrays of every method and of combinations on
two inputs, predictions and layers on three, reports, sheets and figures, and what the command says besides. `--network`
adds further files. Expensive methods run with cheap settings: on two cores it takes under four minutes. A method that
does not apply is recorded by its message.

`compare` exits with 1 where an array, or a number in JSON, differs by more than 1e-6 of the largest magnitude (of the
array; of the numbers in the same field), where a picture differs, and where an array, a picture or JSON is gone. What
else differs is listed; times and versions are passed over. Needs numpy; Pillow, where it is installed, reads pictures
faster.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

from recorded_runs import Run, networks, runs_of_network, runs_of_options, runs_of_pictures
from recording_differences import compare

PROCESSES = 2
LIMIT = 120  # seconds for one run


class Recorder:
    def __init__(self, binary, folder, data):
        self.binary, self.folder, self.data = os.path.abspath(binary), pathlib.Path(folder), pathlib.Path(data)
        self.messages = {}
        self.home = tempfile.TemporaryDirectory()
        # No alias and no plugin of the user's.
        own = {"XDG_CONFIG_HOME": self.home.name, "XDG_DATA_HOME": self.home.name, "LIMN_PLUGIN_PATH": ""}
        self.environment = os.environ | own

    def run(self, run):
        """Performs a run and returns what it printed, or nothing where it failed."""
        path = self.folder / run.path
        path.parent.mkdir(parents=True, exist_ok=True)
        arguments = run.arguments + ([] if run.printed else ["-o", str(path.resolve())])
        try:
            # In the data's folder, so that reports name files in the same way wherever the data lie.
            done = subprocess.run([self.binary, *arguments], cwd=self.data, env=self.environment,
                                  stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=LIMIT)
            status, said = done.returncode, done.stderr.strip()
        except subprocess.TimeoutExpired:
            status, said = None, f"took longer than {LIMIT} seconds"
        self.messages[run.path] = {"arguments": run.arguments, "status": status, "messages": said}
        if status != 0:
            return None
        if run.printed:
            path.write_text(done.stdout)
        return done.stdout

    def run_all(self, runs):
        with concurrent.futures.ThreadPoolExecutor(PROCESSES) as pool:
            return list(pool.map(self.run, runs))

    def finish(self):
        text = json.dumps(self.messages, indent=1, sort_keys=True, ensure_ascii=False)
        (self.folder / "messages.json").write_text(text)


def methods_of(listed):
    return [m["identifier"] for m in json.loads(listed) if m["kind"] == "method"]


def record(arguments):
    begin = time.monotonic()
    folder, data = pathlib.Path(arguments.folder), pathlib.Path(arguments.data).resolve()
    if not os.access(arguments.binary, os.X_OK):
        sys.exit(f"{arguments.binary} is no program: name a build's limn, such as .build/release/limn")
    if folder.exists():
        if any(folder.iterdir()) and not (folder / "messages.json").exists():
            sys.exit(f"{folder} is not empty and no recording: name another folder")
        shutil.rmtree(folder)
    recorder = Recorder(arguments.binary, folder, data)
    listed = recorder.run(Run("methods.json", ["methods", "--json"], True))
    if listed is None:
        sys.exit(f"{arguments.binary} does not run: {recorder.messages['methods.json']['messages']}")
    recorder.run(Run("networks.json", ["networks", "--json"], True))
    methods = methods_of(listed)
    if arguments.methods_of:
        former = methods_of((pathlib.Path(arguments.methods_of) / "methods.json").read_text())
        methods = [method for method in methods if method in former]

    begins = tuple(arguments.only) or ""
    known = [network for network in networks(data, arguments.network) if network[0].startswith(begins)]
    lists = recorder.run_all(
        Run(f"{name}/layers.json", ["layers", *options, "--json"], True) for name, options, _ in known)
    for (name, options, images), text in zip(known, lists):
        recorder.run_all(runs_of_network(name, options, images, methods, json.loads(text) if text else None))
        print(f"{time.monotonic() - begin:6.1f} s  {name}", flush=True)
    others = [*runs_of_pictures(methods), *runs_of_options(methods)]
    recorder.run_all(run for run in others if run.path.startswith(begins))
    recorder.finish()
    failed = sum(m["status"] != 0 for m in recorder.messages.values())
    print(f"{time.monotonic() - begin:6.1f} s: {len(recorder.messages)} runs, {failed} without a result, in {folder}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    recording = commands.add_parser("record", help="record what a build computes")
    recording.add_argument("binary", help="the build's limn, its library beside it")
    recording.add_argument("folder", help="where the recording goes; an older one there is replaced")
    recording.add_argument("--data", default=os.environ.get("LIMN_TEST_DATA"), help="the test data; $LIMN_TEST_DATA")
    recording.add_argument("--network", action="append", default=[], metavar="FILE",
                           help="a further network; repeatable")
    recording.add_argument("--only", action="append", default=[], metavar="PATH",
                           help="only what begins so in the recording, as zoo/mobilenet, further or sheets; repeatable")
    recording.add_argument("--methods-of", metavar="RECORDING",
                           help="only the methods that an earlier recording has, which is much sooner done")
    recording.set_defaults(do=record)
    comparing = commands.add_parser("compare", help="compare two recordings")
    comparing.add_argument("a", help="the recording from before")
    comparing.add_argument("b", help="the recording from after")
    comparing.set_defaults(do=compare)
    arguments = parser.parse_args()
    if arguments.do is record and not arguments.data:
        parser.error("name the test data: --data FOLDER, or LIMN_TEST_DATA")
    arguments.do(arguments)


if __name__ == "__main__":
    main()
