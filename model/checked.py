"""What the arguments of public functions have to be, by their names: a wrong one is refused before anything is done."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import wraps
from numbers import Real
from typing import ParamSpec, TypeVar

import numpy as np
import pandas as pd

from article10.agents.parameter import Parameters
from article10.agents.short_error import ArgumentError, shown
from article10.model.arguments import check_functions, check_names, whole
from article10.model.days import as_day

P = ParamSpec("P")
R = TypeVar("R")
Check = Callable[[str, object], object]


def checked(function: Callable[P, R]) -> Callable[P, R]:
    """A function whose arguments are checked by ``CHECKS`` before it is called.

    A default is always taken, and a switch wherever the default is one.

    Args:
        function: a function whose arguments have the package's usual names.
    """
    signature = inspect.signature(function)
    named = {name: (CHECKS[name], p.default) for name, p in signature.parameters.items() if name in CHECKS}

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        given = signature.bind(*args, **kwargs).arguments
        for name, (check, default) in named.items():
            value = given.get(name, default)
            if value is not default and not isinstance(value, bool) & isinstance(default, bool):
                check(name, value)
        return function(*args, **kwargs)

    return call


def check_arguments(**given: object) -> None:
    """Refuse the first of some values that is not what ``CHECKS`` says of its name; None is left out.

    Raises:
        ValueError: the message names it.
    """
    for name, value in given.items():
        if value is not None:
            CHECKS[name](name, value)


def refuse(name: str, value: object, wanted: str) -> ArgumentError:
    """The error that says what was expected in place of a value."""
    return ArgumentError(f"{name} = {shown(value)}: expected {wanted}")


# --- one of a kind --------------------------------------------------------------------------------------------------


def a_path(name: str, value: object) -> None:
    """Refuse what is not the path of a file or folder."""
    if not isinstance(value, str | os.PathLike) or "\0" in os.fspath(value) or not os.fspath(value):
        raise refuse(name, value, "the path of a file or folder")


def a_scenario(name: str, value: object) -> None:
    """Refuse what is neither a scenario nor its name or path."""
    from article10.model.scenario import Scenario  # which has methods that are checked

    if not isinstance(value, Scenario):
        if not isinstance(value, str | os.PathLike):
            raise refuse(name, value, "a scenario, the name of a shipped one, or the path of a TOML file")
        a_path(name, value)


def an_edition(name: str, value: object) -> None:
    """Refuse what is neither an edition nor its name or folder."""
    from article10.model.edition import Edition

    if not isinstance(value, Edition):
        if not isinstance(value, str | os.PathLike):
            raise refuse(name, value, "the name of an edition that comes with the package, or the path of its folder")
        a_path(name, value)


def a_design(name: str, value: object) -> None:
    """Refuse what is neither a design nor the path of one."""
    if not isinstance(value, Parameters):
        if not isinstance(value, str | os.PathLike):
            raise refuse(name, value, "a Design, or the path of its TOML file")
        a_path(name, value)


def a_table(name: str, value: object) -> None:
    """Refuse what is not a table of pandas."""
    if not isinstance(value, pd.DataFrame):
        raise refuse(name, value, "a pandas.DataFrame")


def changes(name: str, value: object) -> None:
    """Refuse what does not hold values by key."""
    if not isinstance(value, Mapping):
        raise refuse(name, value, 'values by key, such as {"stance.peer_rate": 0.6}')


def a_word(name: str, value: object) -> None:
    """Refuse what is not text."""
    if not isinstance(value, str) or not value:
        raise refuse(name, value, "a word")


def a_day(name: str, value: object) -> None:
    """Refuse what is not a date."""
    try:
        as_day(value)
    except ValueError as error:
        raise ArgumentError(f"{name} = {shown(value)}: {error}") from None


def a_number(name: str, value: object) -> None:
    """Refuse what is not a finite number."""
    if isinstance(value, bool) or not isinstance(value, Real) or not np.isfinite(float(value)):
        raise refuse(name, value, "a finite number")


def a_switch(name: str, value: object) -> None:
    """Refuse what is neither true nor false."""
    if not isinstance(value, bool | np.bool_):
        raise refuse(name, value, "True or False")


def axes(name: str, value: object) -> None:
    """Refuse what cannot be drawn on."""
    from matplotlib.axes import Axes  # only once something is drawn

    if not isinstance(value, Axes):
        raise refuse(name, value, "matplotlib Axes, such as plt.gca()")


def a_listener(name: str, value: object) -> None:
    """Refuse what cannot be called with how far the work is."""
    if not callable(value) and value is not None:
        raise refuse(name, value, "a function that is called with the number of runs done and of all")


# --- several of a kind ----------------------------------------------------------------------------------------------


def words(name: str, value: object) -> None:
    """Refuse what is not a list of words; it may be empty."""
    check_names(name, value)
    if not isinstance(value, Iterable) or not all(isinstance(one, str) for one in value):
        raise refuse(name, value, "a list of names")


def some_words(name: str, value: object) -> None:
    """Refuse what is not a list of words with at least one in it."""
    words(name, value)
    list_of(name, value, "names")


def a_word_or_words(name: str, value: object) -> None:
    """Refuse what is neither a word nor a list of them."""
    a_word(name, value) if isinstance(value, str) else some_words(name, value)


def a_word_or_function(name: str, value: object) -> None:
    """Refuse what is neither a word nor a function; who takes no function says so itself."""
    if not callable(value):
        a_word(name, value)


def numbers(name: str, value: object) -> None:
    """Refuse what is not a list of finite numbers."""
    for one in list_of(name, value, "numbers"):
        a_number(name, one)


def shares(name: str, value: object) -> None:
    """Refuse what is not a list of numbers from 0 to 1."""
    numbers(name, value)
    held = np.asarray(value, np.float64)
    if ((held < 0) | (held > 1)).any():
        raise refuse(name, value, "numbers from 0 to 1")


def whole_numbers(name: str, value: object) -> None:
    """Refuse what is not a list of whole numbers from 0."""
    for one in list_of(name, value, "whole numbers"):
        at_least(0)(name, one)


def some_levers(name: str, value: object) -> None:
    """Refuse what is not a list of levers with at least one in it."""
    list_of(name, value, "levers")


def list_of(name: str, value: object, what: str) -> Sequence[object]:
    """The things in a list with something in it.

    Raises:
        ArgumentError: the value is not a list, or is empty.
    """
    held = None if isinstance(value, str | bytes | Mapping) or not isinstance(value, Iterable) else list(value)
    if not held:
        raise refuse(name, value, f"a list of {what} with at least one in it")
    return held


def at_least(least: int) -> Check:
    """A check of whole numbers, NumPy's among them."""
    return lambda name, value: whole(name, value, least)


CHECKS: Mapping[str, Check] = {
    **dict.fromkeys(("seed", "first_run", "run", "point"), at_least(0)),
    **dict.fromkeys(("runs", "chunk", "most", "n", "draws", "workers", "iterations"), at_least(1)),
    "n_points": at_least(0),
    **dict.fromkeys(("runs_at_a_point", "waves", "compared"), at_least(1)),
    **dict.fromkeys(("scenario", "source"), a_scenario),
    **dict.fromkeys(("path", "out", "folder", "observed", "outcomes", "questions"), a_path),
    **dict.fromkeys(("start", "end", "when", "until", "learn_until", "given", "accession"), a_day),
    **dict.fromkeys(("milestone", "key", "query", "cluster", "power", "iso3", "salience"), a_word),
    **dict.fromkeys(("by_channel", "force", "pace_known", "retry_failed", "past", "known_events"), a_switch),
    **dict.fromkeys(("record", "varied", "collect"), words),
    **dict.fromkeys(("members", "figures", "rules", "strategies"), some_words),
    **dict.fromkeys(("levels", "substitutions", "efforts"), numbers),
    **dict.fromkeys(("threshold", "level"), a_number),
    **dict.fromkeys(("probabilities", "deterrence"), shares),
    "ax": axes,
    "changes": changes,
    "design": a_design,
    "edition": an_edition,
    "frame": a_table,
    "levers": some_levers,
    "mechanisms": lambda _, value: check_functions(None, value),
    "member": a_word_or_words,
    "outcome": a_word_or_function,
    "points": whole_numbers,
    "progress": a_listener,
    "strategy": lambda _, value: check_functions(value, None),
}
"""What an argument of each name has to be; all functions of the package mean the same by a name."""
