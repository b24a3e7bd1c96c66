"""Values that a design gives to parameters: as a parameter takes them, or refused in one line before anything runs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any

import numpy as np
from pydantic import BeforeValidator, ConfigDict, TypeAdapter, ValidationError

from article10.agents.nearest import nearest
from article10.agents.parameter import Declaration
from article10.agents.plain_values import plain
from article10.agents.refusal import objection
from article10.agents.short_error import named, shown
from article10.model.days import as_day
from article10.model.scenario import Scenario, ScenarioError, all_declarations, parameter_groups

Value = bool | int | float | str
"""Value of a parameter at a point."""

OTHER_KEYS = ("horizon", "step_days")
"""What can be varied beside the declared parameters."""


def as_value(given: object) -> Value:
    """As JSON holds it: NumPy's scalars as Python's, dates as words.

    Raises:
        ValueError: it is of no type that a parameter has.
    """
    value = plain(given)
    if isinstance(value, dt.date | np.datetime64):
        return as_day(value).isoformat()
    if not isinstance(value, bool | int | float | str):
        raise ValueError("expected a number, a word, a date, true or false")
    return value


Cell = Annotated[Any, BeforeValidator(as_value)]
"""A value as a user writes it."""


@dataclass(frozen=True)
class _Key:
    """How a key takes its values: the validation of its declaration, and its value in the baseline."""

    adapter: TypeAdapter[Any]
    default: Any


@cache
def known_keys() -> dict[str, Declaration]:
    """The declared parameters by full key."""
    return {declared.key: declared for declared in all_declarations()}


@cache
def _key(key: str) -> _Key:
    group, _, name = key.rpartition(".")
    owner = parameter_groups()[group] if group else Scenario()
    annotation: Any = type(owner).model_fields[name].rebuild_annotation()
    strict = ConfigDict(strict=True, allow_inf_nan=False)
    return _Key(TypeAdapter(annotation, config=strict), getattr(owner, name))


def kind_of(key: str) -> type:
    """The type of a parameter's value: ``bool``, ``int``, ``float``, or another."""
    return type(_key(key).default)


def check_key(place: str, key: str, known: Collection[str] = ()) -> None:
    """Refuse a key that no parameter has.

    Args:
        place: where it stands.
        key: as it is given.
        known: valid keys, by default all that a design can vary.

    Raises:
        ScenarioError: with the nearest that there is.
    """
    valid = [*(known or (*known_keys(), *OTHER_KEYS))]
    if key not in valid:
        raise ScenarioError(f"{place}.{named(key)}: no such parameter{nearest(str(key), valid)}")


def check_values(place: str, key: str, values: Iterable[Value]) -> None:
    """Refuse what the parameter's declaration would not take.

    Raises:
        ScenarioError: with the first such value and what was expected.
    """
    adapter, declared = _key(key).adapter, known_keys().get(key)
    choices = declared.choices if declared else ()
    for value in values:
        try:
            adapter.validate_python(value)
        except ValidationError as error:
            raise ScenarioError(f"{place}.{key} = {shown(value)}: {objection(error.errors()[0])}") from None
        if choices and value not in choices:
            raise ScenarioError(f"{place}.{key} = {shown(value)}: expected one of {', '.join(choices)}")


def fitted(key: str, value: Value) -> Value:
    """A cell of a table as its parameter takes it: such a table holds whole numbers as real ones.

    Raises:
        ValueError: it is of no type that a parameter has.

    >>> fitted("russia.review_weeks", 8.6), fitted("stance.peer_rate", 1.0), fitted("candidate.may_shelve", np.True_)
    (9, 1.0, True)
    """
    try:
        given = as_value(value)
    except ValueError as error:
        raise ValueError(f"{key} = {shown(value)}: {error}") from None
    whole = kind_of(key) is int and isinstance(given, float) and np.isfinite(given)
    return round(given) if whole else given  # type: ignore[arg-type]


def value_in(scenario: Scenario, key: str) -> Value:
    """The value that a parameter has in a scenario.

    >>> value_in(Scenario(horizon="2035-12-01"), "horizon"), value_in(Scenario(), "russia.review_weeks")
    ('2035-12-01', 13)
    """
    *group, name = key.split(".")
    return as_value(getattr(getattr(scenario, group[0]) if group else scenario, name))
