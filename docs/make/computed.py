"""What was computed already: pages and parts of pages, each under the fingerprint of all that its numbers rest on.

A page is up to date if it was computed under its present fingerprint, and if its tables and pictures are still what was
written then. What is kept lies in ``results/evidence/`` of the checkout, which is no part of the repository; removing
that folder makes everything be computed again.
"""

from __future__ import annotations

import ast
import hashlib
import json
import pickle
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import TypeVar

from article10.model.edition import read_edition
from article10.model.shipped import editions
from article10.runs.batches.fingerprint import digest, fingerprint
from article10.runs.output.files import write_whole
from generated import BLOCK

T = TypeVar("T")

MAKE = Path(__file__).parent

ROOT = MAKE.parents[1]

FOLDER = ROOT / "results" / "evidence"
"""Where it is kept."""

DATA = ("model/data", "model/scenarios", "runs/analyses/claims")
"""Folders with files that are read by names that no parser of code can find."""

OWN = "article10."


@cache
def fingerprint_of(script: Path) -> str:
    """A digest of all that the numbers of a page rest on: code, its arguments in the script, data and libraries.

    Comments, docstrings and sentences of the code are left out, as in the fingerprint of a batch. Within a process it
    stays what it was at first, so that a page is noted under the code that it was computed with.

    Args:
        script: the file that computes the page.
    """
    trees = list(_scripts(script))
    modules = sorted({name for tree in trees for name in _imported(tree) if name.startswith(OWN)})
    parts = [fingerprint((), *modules), digest(trees, {}), _data(), [_file(path) for path in _named_files(trees)]]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _scripts(script: Path) -> Iterator[ast.Module]:
    """The syntax trees of a script and of the scripts beside it that it imports."""
    pending, seen = [script], set()
    while pending:
        path = pending.pop()
        seen.add(path)
        yield (tree := ast.parse(path.read_text("utf-8")))
        beside = {path.with_name(f"{name}.py") for name in _imported(tree)}
        pending += sorted(one for one in beside - seen - set(pending) if one.exists())


def _imported(tree: ast.Module) -> Iterator[str]:
    """Names of the modules from which a script imports, wherever it does."""
    return (node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module)


def _named_files(trees: Iterable[ast.Module]) -> list[Path]:
    """Files of the checkout that scripts name by their path."""
    texts = {node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    paths = {text for text in texts if isinstance(text, str) and re.fullmatch(r"[\w.-]+(/[\w.-]+)+", text)}
    return sorted(ROOT / path for path in paths if (ROOT / path).is_file())


@cache
def _data() -> list[str]:
    tables = [f"{name} {read_edition(name).digest}" for name in editions()]
    paths = sorted(path for folder in DATA for path in (ROOT / folder).rglob("*") if path.suffix in (".csv", ".toml"))
    return [*tables, *map(_file, paths)]


def _file(path: Path) -> str:
    return f"{path.relative_to(ROOT)} {_digest_of(path.read_bytes())}"


def _digest_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


# --- pages ----------------------------------------------------------------------------------------------------------


def is_up_to_date(script: Path, page: Path, folder: Path = FOLDER) -> bool:
    """Whether a page was computed by its script as it is now, and has not been changed since."""
    mark = _mark(script, folder)
    return mark.exists() and json.loads(mark.read_bytes()) == _state(script, page)


def note_computed(script: Path, page: Path, folder: Path = FOLDER) -> None:
    """Note that a page has just been computed."""
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(_mark(script, folder), json.dumps(_state(script, page)).encode())


def _mark(script: Path, folder: Path) -> Path:
    return folder / f"{script.stem}.json"


def _state(script: Path, page: Path) -> dict[str, str]:
    text = page.read_text("utf-8")
    pictures = (page.parent / name for name in re.findall(r"!\[[^\]]*\]\(([^)]+\.png)\)", text))
    shown = {path.name: _digest_of(path.read_bytes()) for path in pictures if path.exists()}
    tables = "".join(found.group(3) for found in BLOCK.finditer(text))
    return {"fingerprint": fingerprint_of(script), "tables": _digest_of(tables.encode()), **shown}


# --- parts of pages -------------------------------------------------------------------------------------------------


def computed_once(script: str, part: str, compute: Callable[[], T], folder: Path = FOLDER) -> T:
    """A part of a page, computed unless it was computed before under the same fingerprint.

    Args:
        script: path of the script that computes the page: its ``__file__``.
        part: name of the part, which holds all arguments that are not in the script.
        compute: computes the part; what it returns can be pickled.
        folder: where parts are kept.
    """
    kept = part_folder(script, folder) / f"{part}.pickle"
    if kept.exists():
        return pickle.loads(kept.read_bytes())
    found = compute()
    write_whole(kept, pickle.dumps(found))
    return found


def part_folder(script: str, folder: Path = FOLDER) -> Path:
    """The folder of the parts of a page under its present fingerprint; it is created if it does not exist."""
    path = Path(script)
    own = folder / path.stem / fingerprint_of(path)[:16]
    own.mkdir(parents=True, exist_ok=True)
    return own
