"""The valid name that a wrong one was meant to be."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from article10.agents.short_error import LONGEST_VALUE

ALIKE = 0.66
"""Share of letters in common from which two names are near: of three letters, two."""

SHORTEST_START = 4
"""Letters from which the beginning of a name stands for it."""

FEW = 40
"""Names that a message can list."""


def near(name: object, known: Iterable[str]) -> str | None:
    """The name that is really near to a wrong one, whatever its case; None if none is.

    >>> near("Hungry", ["Hungary", "Latvia"]), near("martians", ["Hungary", "Latvia"])
    ('Hungary', None)
    """
    asked = str(name).casefold()
    by_letters = {one.casefold(): one for one in known}
    close = difflib.get_close_matches(asked, by_letters, n=1, cutoff=ALIKE)
    begun = [one for one in by_letters if len(asked) >= SHORTEST_START and one.startswith(asked)]
    found = [*close, *begun]
    return by_letters[found[0]] if found else None


def nearest(name: object, known: Iterable[str]) -> str:
    """The nearest valid name, or all of them if they are few, as the end of a message."""
    names = list(known)
    if len(str(name)) > LONGEST_VALUE:
        return ""
    if (meant := near(name, names)) is not None:
        return f"; did you mean {meant!r}?"
    return f"; valid: {', '.join(names)}" if 0 < len(names) <= FEW else ""
