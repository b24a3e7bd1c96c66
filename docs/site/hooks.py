"""Hooks for MkDocs: navigation by kind of page, notebooks as the tutorial, the reference, and links out of the folder.

Pages that are added to ``docs/`` appear in the navigation by themselves.
"""

from __future__ import annotations

import ast
import base64
import posixpath
import re
from collections.abc import Iterator
from fnmatch import fnmatch
from html import escape
from pathlib import Path
from typing import Any

import nbformat
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).parent.parent.parent

SECTIONS: dict[str, tuple[str, ...]] = {
    "Documentation": ("README.md", "glossary.md"),
    "Tutorial": ("tutorial/*.md",),
    "How-to guides": (
        "scenarios.md",
        "editions.md",
        "events.md",
        "batches.md",
        "branches.md",
        "csv.md",
        "dashboard.md",
        "analyses/*.md",
    ),
    "Reference": ("reference/*.md", "parameters.md", "roster.md"),
    "Explanation": ("odd.md", "limits.md", "evidence/*.md"),
    "Decisions": ("decisions/README.md", "decisions/*.md"),
    "Gallery": ("gallery.md",),
}
"""Sections of the navigation and the pages of each; a pattern that matches no page is left out."""

ELSEWHERE = "More"
"""Section for pages that no other section names."""

CSS = """.md-grid { max-width: 76rem; }
.md-typeset table:not([class]) :is(th, td) { min-width: 0; padding: 0.6em 0.45em; }
.md-typeset td code { white-space: nowrap; }
.md-typeset td:nth-child(n+5):nth-child(-n+7):nth-last-child(-n+2) { min-width: 7.5rem; overflow-wrap: anywhere; }
.output { overflow-x: auto; font-size: 0.64rem; }
.output table { border-collapse: collapse; }
.output th, .output td { padding: 0.15rem 0.6rem; text-align: left; }
.output pre { white-space: pre-wrap; padding: 0.5rem 0.8rem; background: var(--md-code-bg-color); }
"""
"""Style that keeps names in tables on one line, and gives the two last columns of parameters enough width to read."""


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the tutorial, the reference and the style, and lay out the navigation."""
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        add_notebook(files, config, path)
    for name, content in reference_pages().items():
        files.append(File.generated(config, f"reference/{name}.md", content=content))
    files.append(File.generated(config, "wide.css", content=CSS))
    config.nav = navigation([file.src_uri for file in files.documentation_pages()])
    return files


def navigation(pages: list[str]) -> list[Any]:
    """Navigation of these pages, as MkDocs expects it."""
    left = sorted(pages)
    sections: list[Any] = []
    for title, patterns in SECTIONS.items():
        found = list(dict.fromkeys(page for pattern in patterns for page in left if fnmatch(page, pattern)))
        left = [page for page in left if page not in found]
        if found:
            sections.append({title: found[0]} if len(found) == 1 else {title: found})
    return [*sections, {ELSEWHERE: left}] if left else sections


# --- the tutorial ---------------------------------------------------------------------------------------------------


def add_notebook(files: Files, config: MkDocsConfig, path: Path) -> None:
    """Add a notebook as a page, with its stored outputs; pictures become files beside the page."""
    parts = []
    for number, cell in enumerate(nbformat.read(path, as_version=4).cells):  # type: ignore[no-untyped-call]
        if cell.cell_type == "markdown":
            parts.append(cell.source)
            continue
        parts.append(f"```python\n{cell.source}\n```")
        for place, output in enumerate(cell.get("outputs", ())):
            shown, picture = output_of(output, f"{path.stem}_{number}_{place}.png")
            parts.append(shown)
            if picture is not None:
                name = f"tutorial/{path.stem}_{number}_{place}.png"
                files.append(File.generated(config, name, content=picture))
    files.append(File.generated(config, f"tutorial/{path.stem}.md", content="\n\n".join(parts)))


def output_of(output: Any, name: str) -> tuple[str, bytes | None]:  # noqa: ANN401 - a notebook's output
    """Markdown or HTML of an output, and the bytes of the picture that it shows, if any."""
    data = output.get("data", {})
    if "image/png" in data:
        return f"![what the code above draws]({name})", base64.b64decode(data["image/png"])
    if "text/html" in data:
        kept = re.sub(r"<style.*?</style>", "", str(data["text/html"]), flags=re.S)
        joined = " ".join(line.strip() for line in kept.splitlines() if line.strip())
        return f'<div class="output">{joined}</div>', None
    text = re.sub(r"\x1b\[[0-9;]*m", "", str(data.get("text/plain", output.get("text", ""))))
    return f'<div class="output"><pre>{escape(text.rstrip())}</pre></div>' if text.strip() else "", None


# --- the reference --------------------------------------------------------------------------------------------------


def public_names() -> Iterator[tuple[str, str]]:
    """Yield every public name and its module, as ``article10/__init__.pyi`` states them."""
    tree = ast.parse((ROOT / "article10" / "__init__.pyi").read_text("utf-8"))
    listed = next(
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__"
    )
    origin = {
        alias.name: f"article10.{node.module}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    for name in listed:
        yield name, origin[name]


def reference_pages() -> dict[str, str]:
    """Pages of the reference, indexed by name."""
    pages = {
        "model": "# Model\n\nScenarios, events, the accession rule, the world.\n",
        "runs": "# Runs\n\nEnsembles, results, batches, the panel of sliders.\n",
        "analyses": "# Analyses\n\nEach answers one question with sentences, tables with intervals, and figures.\n",
    }
    for name, module in sorted(public_names(), key=lambda found: (found[0].isupper(), found[0].lower())):
        page = "analyses" if ".analyses" in module or ".report" in module else "runs" if ".runs." in module else "model"
        pages[page] += f"\n::: {module}.{name}\n    options:\n      heading: article10.{name}\n"
    return pages


# --- links ----------------------------------------------------------------------------------------------------------


def on_page_markdown(markdown: str, page: Page, files: Files, **_: object) -> str:
    """Point links to notebooks at the tutorial, and turn other links out of ``docs/`` into plain text."""
    folder = posixpath.dirname(page.file.src_uri)

    def inside(match: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(folder, match["target"]))
        if not target.startswith("../"):
            return match[0]
        if target.startswith("../notebooks"):
            found = f"tutorial/{posixpath.basename(target).removesuffix('.ipynb')}.md"
            if files.get_file_from_path(found) is None:
                found = min(file.src_uri for file in files if file.src_uri.startswith("tutorial/"))
            return f"[{match['text']}]({posixpath.relpath(found, folder or '.')})"
        return match["text"]

    return re.sub(r"\[(?P<text>[^\]]+)\]\((?P<target>\.\./[^)#\s]+)[^)]*\)", inside, markdown)
