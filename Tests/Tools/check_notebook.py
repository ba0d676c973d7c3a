"""Executes the notebook of Documentation/Examples as a reader would, and makes sure that it shows what it speaks of.

    LIMN_COMMAND=.build/release/limn PYTHONPATH=Sources/Python python3 Tests/Tools/check_notebook.py

Needs nbclient and ipykernel.
"""

import pathlib
import sys
import tempfile

import nbformat
from nbclient import NotebookClient

path = pathlib.Path(__file__).resolve().parents[2] / "Documentation" / "Examples" / "limn.ipynb"
notebook = nbformat.read(path, as_version=4)
with tempfile.TemporaryDirectory() as folder:
    NotebookClient(notebook, timeout=600, kernel_name="python3", resources={"metadata": {"path": folder}}).execute()
    saved = (pathlib.Path(folder) / "report.html").read_text()
outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
pages = [output for output in outputs if "<iframe" in "".join(output.get("data", {}).get("text/html", ""))]
sheets = [output for output in outputs if "image/png" in output.get("data", {})]
said = "".join(output.get("text", "") for output in outputs)
good = len(pages) == 2 and len(sheets) == 2 and "grad-kam" in said and saved.startswith("<!doctype html>")
print(f"{len(notebook.cells)} cells, {len(pages)} pages, {len(sheets)} pictures")
sys.exit(0 if good else "the notebook does not show what it should")
