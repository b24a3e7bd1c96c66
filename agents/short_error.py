"""Errors of this package: messages of at most a few hundred characters, without a traceback in notebooks."""

from __future__ import annotations

import datetime as dt
import re
import reprlib
from collections.abc import Sequence
from math import log10

LONGEST_VALUE, LONGEST_LINE, LONGEST_MESSAGE = 60, 400, 600
"""Characters of a value that a message quotes, of one of its lines, and of a list of mistakes."""

ADDRESS = re.compile(r" at 0x[0-9a-f]+")
"""Where an object lies in memory, which says nothing to anybody."""

LONGEST_NUMBER = 40
"""Digits of a whole number that are written out."""


class ShortInNotebooks(Exception):  # noqa: N818 - each error that it is mixed into has the suffix
    """Mixin for errors: IPython shows only the message; scripts and logs keep the whole traceback."""

    def __init__(self, message: str) -> None:
        """Keep the message, its long lines shortened in the middle: both ends say where, and what was expected."""
        super().__init__("\n".join(shortened(line, LONGEST_LINE) for line in message.split("\n")))

    def _render_traceback_(self) -> list[str]:
        """Lines that IPython shows in place of a traceback."""
        return [f"{type(self).__name__}: {self}"]


class ScenarioError(ShortInNotebooks, ValueError):
    """A scenario cannot be built; the message names the place, the key, the value and what was expected."""


class ArgumentError(ShortInNotebooks, ValueError):
    """A function was given what it cannot use; the message names the argument, the value and what was expected."""


class UnknownNameError(ShortInNotebooks, KeyError, ValueError):
    """There is nothing of that name or number; the message says what there is."""

    def __str__(self) -> str:
        """The message as it is: a ``KeyError`` would show it in quotes."""
        return str(self.args[0])


class _Quoted(reprlib.Repr):
    """Python's ``repr``, cut off in depth and length: of a number of a million digits, of lists within lists."""

    def __init__(self) -> None:
        super().__init__()
        self.maxlevel, self.maxstring, self.maxother = 3, LONGEST_VALUE, LONGEST_VALUE

    def repr_int(self, x: int, level: int) -> str:
        """Digits, or how many there are."""
        digits = int(x.bit_length() * log10(2)) + 1
        return repr(x) if digits <= LONGEST_NUMBER else f"a whole number of about {digits:,} digits"

    def repr_date(self, x: dt.date, level: int) -> str:
        """As a scenario file writes it."""
        return x.isoformat()

    repr_datetime = repr_time = repr_date


_quoted = _Quoted()


def shown(value: object) -> str:
    """A value as a message quotes it, in at most ``LONGEST_VALUE`` characters.

    >>> shown("soon"), shown([1, [2, [3, [4]]]]), shown(10**5000)
    ("'soon'", '[1, [2, [...]]]', 'a whole number of about 5,001 digits')
    """
    return shortened(" ".join(ADDRESS.sub("", _quoted.repr(value)).split()), LONGEST_VALUE)


def named(key: object) -> str:
    """A key as a message names it: as it stands, or quoted where it is long or cannot be printed."""
    text = str(key)
    return text if text.isprintable() and len(text) <= LONGEST_VALUE else shown(text)


def shortened(text: str, longest: int) -> str:
    """Text without its middle, where it is too long.

    >>> shortened("from the beginning to the end", 20)
    'from the be… the end'
    """
    if len(text) <= longest:
        return text
    end = (longest - 1) // 3 + 2
    return f"{text[: longest - 1 - end]}…{text[-end:]}"


def listed_mistakes(mistakes: Sequence[str]) -> str:
    """Mistakes as one message, a line each: those that fit into ``LONGEST_MESSAGE``, and how many more there are."""
    lines = [shortened(mistake, LONGEST_LINE) for mistake in mistakes]
    fit = 1
    while fit < len(lines) and sum(map(len, lines[: fit + 1])) <= LONGEST_MESSAGE:
        fit += 1
    more = [f"and {len(lines) - fit} more"] if fit < len(lines) else []
    return "\n".join([*lines[:fit], *more])
