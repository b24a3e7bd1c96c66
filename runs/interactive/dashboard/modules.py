"""The page's own scripts, and Vega-Lite with all it needs, as the text of modules: nothing is asked of a network."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from importlib import resources
from pathlib import Path

WEB = Path(str(resources.files("article10.runs.interactive.dashboard").joinpath("web")))
"""Folder of the page, its style and its scripts."""

VEGA = "vega.js"
"""Name under which the scripts import Vega-Lite."""

BUNDLE = "import sys, vl_convert; sys.stdout.write(vl_convert.javascript_bundle('export { vegaEmbed };'))"

LOADER = """
const sources = %s, addresses = {};
const addressed = (text) => text.replace(/from "\\.\\/([\\w.]+)"/g, (_, name) => `from "${address(name)}"`);
const blob = (text) => new Blob([text], { type: "text/javascript" });
const address = (name) => (addresses[name] ??= URL.createObjectURL(blob(addressed(sources[name]))));
const { default: widget } = await import(address("widget.js"));
export default widget;
"""
"""A module that holds all others: it gives each an address of its own, after those that it imports."""


@cache
def vega() -> str:
    """Vega-Embed, Vega-Lite and Vega as one module.

    It is put together in a process of its own: that takes 90 MB, which the dashboard would not get back.
    """
    made = subprocess.run([sys.executable, "-c", BUNDLE], capture_output=True, encoding="utf-8", check=True)
    return made.stdout


def widget() -> str:
    """The dashboard for a notebook, as one module without imports."""
    sources = {path.name: path.read_text("utf-8") for path in sorted(WEB.glob("*.js")) if path.name != "main.js"}
    return LOADER % json.dumps({**sources, VEGA: vega()})


def style() -> str:
    """The page's style."""
    return (WEB / "style.css").read_text("utf-8")
