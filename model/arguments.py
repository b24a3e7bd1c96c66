"""What Python users pass, checked before anything is done: numbers, lists of names, functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated

from pydantic import Field

from article10.agents.name import check_label
from article10.agents.plain_values import plain
from article10.agents.short_error import named, shown

BESIDE_MECHANISMS = ("bounds", "start", "end")
"""Columns of what explains a stance, beside one for each mechanism."""

LARGEST = 2**63 - 1
"""Seeds and numbers of runs are stored as 64 bits."""

Seed = Annotated[int, Field(ge=0, le=LARGEST)]
"""The type of a field that holds a seed."""


def whole(name: str, value: object, least: int = 0, most: int = LARGEST) -> int:
    """A whole number within bounds, Python's or NumPy's, as Python's.

    Raises:
        ValueError: the value is not an integer (True is not one either), or is out of bounds.

    >>> whole("runs", 5, least=1)
    5
    """
    number = plain(value)
    if not isinstance(number, int) or isinstance(number, bool) or number < least:
        raise ValueError(f"{name} = {shown(number)}: expected a whole number of at least {least}")
    if number > most:
        raise ValueError(f"{name} = {shown(number)}: expected a whole number of at most {most}")
    return number


def check_distinct(place: str, names: Iterable[object]) -> None:
    """Refuse names of which one is given twice: which of the two is meant?

    Raises:
        ValueError: with the first such name.
    """
    seen = set()
    for name in names:
        if name in seen:
            raise ValueError(f"{place}: {named(name)} is given twice")
        seen.add(name)


def check_names(name: str, value: object) -> None:
    """Refuse a single string where names are expected.

    Raises:
        ValueError: the value is a single string, or not a collection of names.
    """
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise ValueError(f"{name} = {shown(value)}: expected a list of names, such as [{shown(str(value))}]")


def check_functions(strategy: object, mechanisms: object) -> None:
    """Refuse what cannot be called in place of Russia's strategy and the mechanisms.

    Raises:
        ValueError: something cannot.
    """
    if strategy is not None and not callable(strategy):
        raise ValueError(
            f"strategy = {shown(strategy)}: expected a function; one that comes with the model is named by "
            'changes={"russia.strategy": ...}'
        )
    if mechanisms is not None and not isinstance(mechanisms, Mapping):
        raise ValueError(f"mechanisms = {shown(mechanisms)}: expected functions by name, such as article10.MECHANISMS")
    for name, function in (mechanisms or {}).items():
        check_mechanism_name(name)
        if not callable(function):
            raise ValueError(f"mechanisms[{name!r}] = {shown(function)}: expected a function")


def check_mechanism_name(name: object) -> None:
    """Refuse what no result can keep as the name of a mechanism.

    Raises:
        ValueError: the name is not an identifier, or is that of another column.
    """
    if not isinstance(name, str) or name in BESIDE_MECHANISMS:
        taken = ", ".join(BESIDE_MECHANISMS)
        raise ValueError(f"mechanisms[{shown(name)}]: expected a name other than {taken}, which tables have already")
    try:
        check_label(name)
    except ValueError as error:
        raise ValueError(f"mechanisms[{shown(name)}]: {error}") from None
