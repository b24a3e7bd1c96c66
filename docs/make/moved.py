"""What moved on a page: the numbers of its tables and sentences that differ from those published, old and new."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from pathlib import Path

from generated import BLOCK

NUMBER = re.compile(r"(?<![\w.-])[-+−]?\d[\d,]*(?:\.\d+)?%?(?![\w-])")
"""A number as pages show it, with its sign and its percent; parts of names and dates are none."""

MOST = 12
"""Rows that are listed for each page; how many more there are is said."""

LONGEST = 60
"""Characters of a row's name."""


@dataclass(frozen=True)
class Move:
    """What changed in one row of a table, or in one sentence.

    Attributes:
        block: name of the table.
        row: the row in words: its first cell that is no number, or the beginning of the sentence.
        numbers: old and new values of the numbers that changed; empty if the words changed.
        old: the whole row as published; empty if the row is new.
        new: the whole row now; empty if the row is gone.
    """

    block: str
    row: str
    numbers: tuple[tuple[str, str], ...]
    old: str = ""
    new: str = ""


def published(path: Path) -> str:
    """A page as it was last committed; where there is no history, as it is on disk; empty if it is new."""
    at = ["git", "-C", str(path.parent), "show", f"HEAD:./{path.name}"]
    try:
        shown = subprocess.run(at, capture_output=True, check=False)
    except OSError:  # there is no git
        return path.read_text("utf-8") if path.exists() else ""
    if shown.returncode == 0:
        return shown.stdout.decode("utf-8")
    inside = subprocess.run(["git", "-C", str(path.parent), "rev-parse"], capture_output=True, check=False)
    return "" if inside.returncode == 0 or not path.exists() else path.read_text("utf-8")


def moves(old: str, new: str) -> list[Move]:
    """What moved between two versions of a page, table by table.

    Rows are matched by their words, so that a row that only moved up or down, or that was added, shifts no other.

    Args:
        old: the page as published.
        new: the page now.
    """
    before, after = _blocks(old), _blocks(new)
    return [move for name in after for move in _in_block(name, before.get(name, []), after[name])]


def _blocks(page: str) -> dict[str, list[str]]:
    return {found.group(2): found.group(3).strip().splitlines() for found in BLOCK.finditer(page)}


def _in_block(name: str, old: Sequence[str], new: Sequence[str]) -> Iterator[Move]:
    matcher = SequenceMatcher(None, [_words(line) for line in old], [_words(line) for line in new], autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        for x, y in zip_longest(old[a:b], new[c:d], fillvalue=""):
            if x != y:
                yield _numbers(name, x, y) if tag == "equal" else Move(name, _row(y or x), (), x, y)


def _words(line: str) -> str:
    return NUMBER.sub("#", line)


def _numbers(name: str, old: str, new: str) -> Move:
    pairs = zip(NUMBER.findall(old), NUMBER.findall(new), strict=True)
    return Move(name, _row(new), tuple((x, y) for x, y in pairs if x != y), old, new)


def _row(line: str) -> str:
    cells = [cell.strip() for cell in line.strip("|- ").split("|")]
    named = [cell for cell in cells if NUMBER.sub("", cell).strip("[]±%, –")]
    text = named[0] if named else line
    text = NUMBER.sub("…", text)
    return text if len(text) <= LONGEST else f"{text[:LONGEST].rstrip()}…"


def in_words(page: str, found: Sequence[Move]) -> list[str]:
    """What moved on a page, as lines to print: old → new.

    Args:
        page: name of the page.
        found: what moved.
    """
    if not found:
        return [f"{page}: nothing moved."]
    numbers = sum(len(move.numbers) for move in found)
    reworded = sum(not move.numbers for move in found)
    lines = [f"{page}: numbers that moved: {numbers}; rows and sentences that are new, gone or reworded: {reworded}."]
    for move in found[:MOST]:
        if move.numbers:
            said = "; ".join(f"{old} → {new}" for old, new in move.numbers)
        else:
            said = f"{_cut(move.old) or '(new)'} → {_cut(move.new) or '(gone)'}"
        lines.append(f"  {move.block} · {move.row}: {said}")
    more = len(found) - MOST
    return [*lines, f"  and {more} more: git diff"] if more > 0 else lines


def _cut(line: str) -> str:
    return line if len(line) <= 2 * LONGEST else f"{line[: 2 * LONGEST].rstrip()}…"
