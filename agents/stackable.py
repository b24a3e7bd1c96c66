"""Functions and events that can be stepped with the values of several scenarios side by side."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T", bound=Callable[..., Any])


def stackable(rule: T) -> T:
    """Mark a strategy, a mechanism or a kind of event as one that takes each parameter as a number or as an array.

    Scenarios that differ in numbers are stepped side by side on the run axis, where ``world.by_run.stance.peer_rate``
    is a number or has the shape ``(run,)``, and ``world.by_member.stance.peer_rate`` a number or ``(run, 1)``. What is
    not marked is stepped one scenario at a time, where every parameter is a number: to mark a rule saves time in
    sweeps and changes no result. A kind of event is marked itself; a subclass of it is not.

    Args:
        rule: the function or the class.

    Returns:
        The same, marked.
    """
    rule.is_stackable = True  # type: ignore[attr-defined]
    return rule


def is_stackable(rule: object) -> bool:
    """Whether a rule itself, rather than a class that it derives from, has been marked."""
    return bool(vars(rule).get("is_stackable", False)) if hasattr(rule, "__dict__") else False
