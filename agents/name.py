"""Names that users give: what they may hold, and how they are written as names of files.

A name becomes a folder, a variable of NetCDF and Zarr, a label of a figure and a cell of a table. What one of these
cannot hold is refused when the scenario is read, before anything runs.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated

from pydantic import AfterValidator

LONGEST = 200
"""Bytes that a name may take as the name of a file; with what is added to it, file systems hold 255."""

CONTROL = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Unicode's categories of characters that steer a terminal, break a line, or are half of another character."""

NEVER_FIRST = "=+-@._"
"""What makes a spreadsheet compute a cell, a command read an option, a folder hide, and a legend leave a name out."""

RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
"""Names that Windows keeps for devices."""

UNSAFE = re.compile(r'[%:*?"<>|/\\\[\]{}]|\A[.~-]|[. ]\Z')
"""What a file system, or a library that reads patterns and addresses, takes for more than a letter of a name."""


def check_line(text: str) -> str:
    """A line of text as it is, if it is one.

    Raises:
        ValueError: the text has a line break or another control character.
    """
    if wrong := _control(text, allowed=""):
        raise ValueError(f"expected one line of text without control characters; it holds {wrong}")
    return text


def check_prose(text: str) -> str:
    """Text of several lines as it is.

    Raises:
        ValueError: the text has a control character other than a line break or a tab.
    """
    if wrong := _control(text, allowed="\n\r\t"):
        raise ValueError(f"expected text without control characters; it holds {wrong}")
    return text


def check_label(text: str) -> str:
    """A name as it is, if figures, tables and terminals show it as it was written.

    Raises:
        ValueError: the name is empty or too long, has spaces at its ends or control characters, or begins with what a
            spreadsheet or a command takes for an instruction.
    """
    check_line(text)
    if not text or text != text.strip():
        raise ValueError("expected a name that is not empty and has no spaces at its ends")
    if text[0] in NEVER_FIRST:
        raise ValueError(f"expected a name that does not begin with any of {' '.join(NEVER_FIRST)}")
    if (size := len(file_name(text).encode())) > LONGEST:
        raise ValueError(f"expected a name of at most {LONGEST} bytes; it takes {size}")
    return text


def check_name(text: str) -> str:
    """A name as it is, if it can also be that of a variable in a file.

    Raises:
        ValueError: the name is not a label, or has a slash, which separates folders and groups.
    """
    if "/" in text or "\\" in text:
        raise ValueError("expected a name without / and \\, which separate folders")
    return check_label(text)


def file_name(name: str) -> str:
    """A name as one of a file, on every system and for every library; names that differ give files that differ.

    What is safe stays as it is; the rest is written as in the address of a page.

    >>> file_name("Türkiye holds out"), file_name("NATO::2026"), file_name("nul")
    ('Türkiye holds out', 'NATO%3A%3A2026', '%6Eul')
    """
    quoted = UNSAFE.sub(_quoted, name)
    return f"%{ord(quoted[0]):X}{quoted[1:]}" if RESERVED.fullmatch(quoted) else quoted


def same_file(name: str) -> str:
    """What names have in common that some systems keep in one file: those that differ by case or composition alone."""
    return unicodedata.normalize("NFC", name).casefold()


def visible(text: str) -> str:
    r"""A message for a terminal: control characters that it quotes are shown, not obeyed; lines stay.

    >>> visible("a\x1b[31mb")
    'a\\x1b[31mb'
    """
    return "".join(repr(c)[1:-1] if c != "\n" and unicodedata.category(c) in CONTROL else c for c in text)


def _quoted(letter: re.Match[str]) -> str:
    return f"%{ord(letter[0]):02X}"


def _control(text: str, allowed: str) -> str:
    """The first control character, as its code point; empty if there is none."""
    found = (c for c in text if unicodedata.category(c) in CONTROL and c not in allowed)
    return next((f"U+{ord(c):04X}" for c in found), "")


Line = Annotated[str, AfterValidator(check_line)]
Prose = Annotated[str, AfterValidator(check_prose)]
Label = Annotated[str, AfterValidator(check_label)]
Name = Annotated[str, AfterValidator(check_name)]
