"""Run notebooks from top to bottom and store their outputs, small: ``python notebooks/execute.py [NAME ...]``."""

from __future__ import annotations

import base64
import io
import sys
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from PIL import Image

FOLDER = Path(__file__).parent

WIDGET = "application/vnd.jupyter.widget-view+json"
"""Live views, of which the picture beside them is kept: they name a model that is gone with the kernel."""


def execute(path: Path) -> None:
    """Run a notebook and write it back with what it shows."""
    notebook: Any = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": FOLDER}}).execute()
    notebook.metadata.pop("widgets", None)
    notebook.metadata["language_info"] = {"name": "python"}
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if "outputs" in cell:
            cell.outputs = [output for output in cell.outputs if not is_only_live(output)]
        for output in cell.get("outputs", ()):
            output.get("data", {}).pop(WIDGET, None)
            if "image/png" in output.get("data", {}):
                output.data["image/png"] = smaller(output.data["image/png"])
    nbformat.write(notebook, path)


def is_only_live(output: Any) -> bool:
    """Whether an output is a page of widgets without a picture, or a script for one: stored, it would be dead."""
    data = output.get("data", {})
    return "application/javascript" in data or (WIDGET in data and "image/png" not in data)


def smaller(picture: str) -> str:
    """A PNG with a palette of 128 colours, as base64: figures need no more, and code hosts load it faster."""
    page = io.BytesIO()
    with Image.open(io.BytesIO(base64.b64decode(picture))) as opened:
        opened.convert("RGB").quantize(128, dither=Image.Dither.NONE).save(page, format="png", optimize=True)
    return base64.b64encode(page.getvalue()).decode()


if __name__ == "__main__":
    for name in sys.argv[1:] or sorted(path.stem for path in FOLDER.glob("*.ipynb")):
        execute(FOLDER / f"{name}.ipynb")
