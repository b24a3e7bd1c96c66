"""What Python users pass, checked before anything is done: numbers, lists of names, functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

MOST = 2**63 - 1
"""Seeds and numbers of runs are stored as 64 bits."""


def check_whole(name: str, value: object, least: int = 0, most: int = MOST) -> None:
    """Refuse what is no whole number within bounds.

    Raises:
        ValueError: it is not.
    """
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        limit = f"of at least {least}" if not isinstance(value, int) or value < least else f"of at most {most}"
        raise ValueError(f"{name} = {value!r}: expected a whole number {limit}")


def check_names(name: str, value: object) -> None:
    """Refuse a single string where names are expected.

    Raises:
        ValueError: it is one, or nothing that holds names.
    """
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise ValueError(f"{name} = {value!r}: expected a list of names, such as [{str(value)!r}]")


def check_functions(strategy: object, mechanisms: object) -> None:
    """Refuse what cannot be called in place of Russia's strategy and the mechanisms.

    Raises:
        ValueError: something cannot.
    """
    if strategy is not None and not callable(strategy):
        raise ValueError(
            f"strategy = {strategy!r}: expected a function; one that comes with the model is named by "
            'changes={"russia.strategy": ...}'
        )
    if mechanisms is not None and not isinstance(mechanisms, Mapping):
        raise ValueError(f"mechanisms = {mechanisms!r}: expected functions by name, such as article10.MECHANISMS")
    for name, function in (mechanisms or {}).items():
        if not callable(function):
            raise ValueError(f"mechanisms[{name!r}] = {function!r}: expected a function")
