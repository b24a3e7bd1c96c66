"""The fingerprint of a batch: the code, data tables and libraries that its numbers depend on.

A batch is resumed only by code with its fingerprint. The fingerprint leaves out what changes no number: comments,
docstrings, annotations, imports, sentences in messages, and the module in which a definition stands. A batch can
therefore be resumed after code has been documented, reworded or moved. Scenarios are compared by themselves.
"""

from __future__ import annotations

import ast
import hashlib
import inspect
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib import import_module, metadata
from typing import Any

from article10.model.edition import ABOUT_SOURCES, read_edition
from article10.model.tables import read_table
from article10.runs.ensemble.provenance import version

ROOTS = ("article10.runs.batches.plan", "article10.runs.batches.task")
"""Modules that perform a batch. Its numbers depend on them and on what they import when they are loaded.

What a function imports only when it is called, such as figures and HTML, changes no number.
"""

MESSAGES = frozenset(
    {
        "article10.agents.nearest",
        "article10.agents.refusal",
        "article10.agents.short_error",
        "article10.model.checked",
        "article10.model.extras",
        "article10.runs.batches.error",
    }
)
"""Modules that only word errors, and therefore change no number either."""

SENTENCE = 4
"""Number of words from which a text is taken for a message; a shorter one may be a key of a data table."""

WITHOUT_EFFECT = frozenset({"annotation", "returns", "type_comment", "type_params", "kind", "ctx"})
"""Parts of the syntax tree that change no number."""


def fingerprint(editions: Iterable[str], *more: str) -> dict[str, str]:
    """Versions of article10, NumPy and SciPy (which draws samples), and digests of the code and the data tables.

    The version alone does not distinguish two checkouts, or code that was edited after a commit.

    Args:
        editions: names or folders of the editions on which the scenarios stand.
        more: modules on which the numbers depend, beyond those that perform a batch.
    """
    tables = {name: read_edition(name).digest for name in sorted(set(editions))}
    return {**_of_the_code(*more), **{f"edition {name}": found for name, found in tables.items()}}


@cache
def _of_the_code(*more: str) -> dict[str, str]:
    trees = list(loaded_trees((*ROOTS, *more)).values())
    return {
        "article10_version": version(),
        "code": digest(trees, {name: read_table(name) for name in sorted(tables_read(trees))}),
        "numpy": metadata.version("numpy"),
        "scipy": metadata.version("scipy"),
    }


def loaded_trees(roots: Sequence[str] = ROOTS) -> dict[str, ast.Module]:
    """The syntax trees of some modules and of all that they import when they are loaded, by name of the module."""
    trees: dict[str, ast.Module] = {}
    pending = list(roots)
    while pending:
        name = pending.pop()
        if name not in trees and name not in MESSAGES:
            trees[name] = ast.parse(inspect.getsource(import_module(name)))
            pending += _imported(trees[name])
    return trees


def digest(trees: Iterable[ast.Module], tables: Mapping[str, Iterable[Mapping[str, str]]]) -> str:
    """A digest of code and of data tables, in hexadecimal.

    Args:
        trees: syntax trees of modules; neither their order nor that of the definitions in them matters.
        tables: rows of the data tables, by name of the table.
    """
    parts = [str(statement) for tree in trees for statement in _effective(tree.body)]
    for name, rows in tables.items():
        parts += [f"{name} {_values(row)}" for row in rows]
    return hashlib.sha256("\n".join(sorted(parts)).encode()).hexdigest()


def _imported(tree: ast.Module) -> Iterator[str]:
    """Names of our modules that a module imports when it is loaded."""
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("article10."):
            for alias in node.names:
                submodule = f"{node.module}.{alias.name}"
                yield submodule if submodule in sys.modules else str(node.module)


def tables_read(trees: Iterable[ast.Module]) -> set[str]:
    """Names of the data tables that modules read by a constant name."""
    calls = (node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call))
    read = (call.args[0] for call in calls if isinstance(call.func, ast.Name) and call.func.id == read_table.__name__)
    return {str(name.value) for name in read if isinstance(name, ast.Constant)}


def _values(row: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(column, value) for column, value in row.items() if not column.startswith(ABOUT_SOURCES)]


def _effective(node: Any) -> Any:  # noqa: ANN401 - a node of a syntax tree, a list of them, or a constant
    """The parts of a syntax tree that can change a number, as nested tuples, the same in all versions of Python."""
    match node:
        case list():
            return tuple(_effective(one) for one in node if not _is_without_effect(one))
        case ast.Raise():
            return "raise"
        case ast.JoinedStr(values=parts):
            return "text", *(_effective(part) for part in parts if not _is_prose(part))
        case ast.Constant(value=str(text)) if len(text.split()) >= SENTENCE:
            return "a sentence"
        case ast.AST():
            fields = [(name, value) for name, value in ast.iter_fields(node) if value not in (None, [])]
            return type(node).__name__, *((n, _effective(value)) for n, value in fields if n not in WITHOUT_EFFECT)
    return repr(node)


def _is_prose(part: ast.expr) -> bool:
    """Whether a part of a formatted text is words between values, rather than a value or a part of a key."""
    return isinstance(part, ast.Constant) and " " in str(part.value)


def _is_without_effect(node: Any) -> bool:  # noqa: ANN401 - as above
    match node:
        case ast.Import() | ast.ImportFrom() | ast.Expr(value=ast.Constant()):
            return True
        case ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return True
    return False
