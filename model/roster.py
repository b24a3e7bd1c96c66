"""The members and their fixed attributes, computed from the tables of an edition.

The formulas are in `roster_formulas.py`; `docs/roster.md` explains each column and its limits.
The candidate and the external power are never members of the roster.
"""

from collections.abc import Callable
from dataclasses import InitVar, dataclass, fields, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from article10.agents.nearest import near, nearest
from article10.agents.short_error import ArgumentError, UnknownNameError, shown
from article10.model import roster_formulas as formulas
from article10.model.checked import checked
from article10.model.coded import (
    LONGEST_STANDING,
    STANCE_PER_CODE,
    alternative,
    mean_code,
    stance_spread,
    standing_days,
)
from article10.model.country_names import all_names, code_of
from article10.model.edition import Edition, read_edition

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

BOUNDS: dict[str, tuple[float, float]] = {
    "stance": (-1.0, 1.0),
    "stance_spread": (0.0, 1.0),
    "government_ties": (0.0, 1.0),
    "war_bar": (0.0, 1.0),
    "caution": (0.0, 1.0),
    "exposure": (0.0, 1.0),
    "structural_susceptibility": (0.0, 1.0),
    "defence_spending": (0.0, 20.0),
    "ratification_speed": (0.0, 1000.0),
    "alternative_stance": (-1.0, 1.0),
    "alternative_ties": (0.0, 1.0),
    "alternative_spread": (0.0, 1.0),
    "alternative_probability": (0.0, 1.0),
    "standing_days": (0.0, float(LONGEST_STANDING)),
    "opportunism": (0.0, 100.0),
}

PROSPECTS = (
    "alternative_stance",
    "alternative_ties",
    "alternative_spread",
    "alternative_probability",
    "can_fall",
    "standing_days",
    "opportunism",
)
"""Columns on who may govern next and on holding out, which are printed as a table of their own."""


@dataclass(frozen=True, eq=False)
class Roster:
    """Member states and their fixed attributes; every array has one entry per member and is read-only."""

    iso3: tuple[str, ...]  # in alphabetical order, always
    names: tuple[str, ...]
    influence_weight: FloatArray  # sums to 1
    affinity: FloatArray  # (member, member) in [0, 1], symmetric, zero diagonal
    exposure: FloatArray  # to the external power, in [0, 1]
    structural_susceptibility: FloatArray  # to its pressure, whoever governs, in [0, 1]
    government_ties: FloatArray  # closeness of the initial government to it, in [0, 1]
    caution: FloatArray  # fear of entrapment, in [0, 1]
    stance: FloatArray  # in [-1, 1]
    stance_spread: FloatArray  # standard deviation of the stance around its code
    war_bar: FloatArray  # how firmly it holds that a state at war cannot be admitted, in [0, 1]
    defence_spending: FloatArray  # % of GDP
    ratification_speed: FloatArray  # per year, at the urgency of the 2022 round
    borders_russia: BoolArray  # whether it has a land border with the external power
    alternative_stance: FloatArray  # of the main alternative government, in [-1, 1]
    alternative_ties: FloatArray  # closeness of that government to the external power, in [0, 1]
    alternative_spread: FloatArray  # standard deviation of its stance around its code, in units of stance
    alternative_probability: FloatArray  # that the next election brings it to power, in [0, 1]
    can_fall: BoolArray  # whether a government can fall between elections
    standing_days: FloatArray  # for which the present government has publicly objected; 0 if no day is known
    opportunism: FloatArray  # rate of beginning holdouts, as a multiple of an average member's
    outsiders: InitVar[frozenset[str]] = frozenset()  # names, in small letters, of states that are not members

    def __post_init__(self, outsiders: frozenset[str]) -> None:
        """Check order, shapes and bounds, and keep read-only copies of the arrays."""
        object.__setattr__(self, "outsiders", outsiders)
        if not self.iso3 or self.iso3 != tuple(sorted(set(self.iso3))):
            raise ValueError(f"Roster.iso3 must name members in order and without repeats; got {self.iso3}")
        for field in fields(self)[2:]:
            values = np.array(getattr(self, field.name))
            expected = (len(self), len(self)) if field.name == "affinity" else (len(self),)
            if values.shape != expected:
                raise ValueError(f"Roster.{field.name} has shape {values.shape}; expected {expected}")
            values.setflags(write=False)
            object.__setattr__(self, field.name, values)
        for attribute in BOUNDS:
            for iso3, value in zip(self.iso3, getattr(self, attribute), strict=True):
                _check_bounds(iso3, attribute, value)

    def __reduce__(self) -> tuple[type["Roster"], tuple[object, ...]]:
        """Rebuild on unpickling, so that arrays are read-only in worker processes too."""
        return Roster, (*(getattr(self, field.name) for field in fields(self)), self._outsiders)

    @property
    def _outsiders(self) -> frozenset[str]:
        found: frozenset[str] = vars(self)["outsiders"]
        return found

    def __len__(self) -> int:
        """Return the number of members."""
        return len(self.iso3)

    @property
    def name_of(self) -> dict[str, str]:
        """Names of the members by code."""
        return dict(zip(self.iso3, self.names, strict=True))

    def index(self, iso3: str) -> int:
        """Return the position of a member, given by its code or its name in English, on the member axis.

        Raises:
            KeyError: no member is called so; the message names the nearest one.
        """
        return self.iso3.index(iso3 if iso3 in self.iso3 else self.code(iso3))

    def find(self, iso3: object) -> str | None:
        """Return the code of a member, given by its code or its name in English; None if no member is called so."""
        return code_of(iso3, self.name_of)

    def code(self, iso3: str) -> str:
        """Return the code of a member, given by its code or its name in English.

        Raises:
            KeyError: no member is called so; the message names the nearest one.
        """
        code = self.find(iso3)
        if code is None:
            raise UnknownNameError(f"{shown(iso3)} is not a member of the roster of {len(self)}{self.hint(iso3)}")
        return code

    def hint(self, iso3: object) -> str:
        """Return the end of a message about a member that does not exist: the nearest one, or why there is none."""
        if str(iso3).casefold() in self._outsiders:
            return ": it is outside the alliance and has no ballot"
        codes = all_names(self.name_of)
        meant = near(iso3, codes)
        if meant is None:
            return "; expected a code or name such as 'HUN' or 'Hungary'"
        return f"; did you mean {codes[meant]!r} ({self.name_of[codes[meant]]})?"

    def without(self, *iso3: str) -> "Roster":
        """Return the roster without some members; the influence weights of the others are rescaled to sum to 1.

        Raises:
            KeyError: a code is not that of a member.
            ValueError: no member would be left.
        """
        dropped = {self.index(code) for code in iso3}
        kept = [position for position in range(len(self)) if position not in dropped]
        if not kept:
            raise ValueError(f"Roster.without: no member is left of {len(self)}")
        values = {field.name: getattr(self, field.name)[kept] for field in fields(self)[2:]}
        values["affinity"] = self.affinity[np.ix_(kept, kept)]
        values["influence_weight"] = values["influence_weight"] / values["influence_weight"].sum()
        return Roster(
            tuple(self.iso3[k] for k in kept), tuple(self.names[k] for k in kept), **values, outsiders=self._outsiders
        )

    def with_values(self, iso3: str, **values: float) -> "Roster":
        """Return the roster with some attributes of one member replaced.

        Raises:
            ValueError: an attribute cannot be replaced, or its value is out of bounds.
        """
        position = self.index(iso3)
        iso3 = self.iso3[position]
        changed: dict[str, Any] = {}
        for attribute, value in values.items():
            if attribute not in BOUNDS:
                raise ArgumentError(f"{iso3}.{attribute}: cannot be overridden{nearest(attribute, BOUNDS)}")
            _check_bounds(iso3, attribute, value)
            changed[attribute] = getattr(self, attribute).copy()
            changed[attribute][position] = value
        return replace(self, **changed)

    def without_alternatives(self) -> "Roster":
        """Return the roster with main alternatives that think as the present governments, as nothing else is known.

        For scenarios that state every stance themselves, such as those of past rounds: the edition's alternatives are
        of another time, or of another candidate.
        """
        return replace(
            self,
            alternative_stance=self.stance,
            alternative_ties=self.government_ties,
            standing_days=np.zeros(len(self)),
        )


@checked
def read_roster(edition: str | Path | Edition | None = None) -> Roster:
    """Return the members of an edition on its date.

    Args:
        edition: name or folder, or an edition; by default the newest.

    Raises:
        EditionError: there is no such edition, or its tables cannot be read.
    """
    return _roster_of(read_edition(edition))


@cache
def _roster_of(edition: Edition) -> Roster:
    members = edition.members

    def column(formula: Callable[[str], float]) -> FloatArray:
        return np.array([formula(code) for code in members], dtype=np.float64)

    return Roster(
        iso3=tuple(members),
        names=tuple(row["name"] for row in members.values()),
        influence_weight=column(formulas.influence_weights(edition).__getitem__),
        affinity=np.array([[formulas.affinity(a, b, edition) for b in members] for a in members]),
        exposure=column(lambda code: formulas.exposure(code, edition)),
        structural_susceptibility=column(lambda code: formulas.structural_susceptibility(code, edition)),
        government_ties=column(lambda code: mean_code(code, "government_ties", edition)),
        caution=column(lambda code: formulas.caution(code, edition)),
        stance=column(lambda code: STANCE_PER_CODE * mean_code(code, "stance_code", edition)),
        stance_spread=column(lambda code: stance_spread(code, edition)),
        war_bar=column(lambda code: mean_code(code, "war_bar", edition)),
        defence_spending=column(lambda code: formulas.defence_spending(code, edition)),
        ratification_speed=column(formulas.ratification_speeds(edition).__getitem__),
        borders_russia=np.array([row["borders_external_power"] == "1" for row in members.values()]),
        alternative_stance=column(lambda code: STANCE_PER_CODE * alternative(code, "stance_code", edition)),
        alternative_ties=column(lambda code: alternative(code, "government_ties", edition)),
        alternative_spread=column(lambda code: STANCE_PER_CODE * alternative(code, "spread", edition)),
        alternative_probability=column(lambda code: alternative(code, "probability", edition)),
        can_fall=np.array([alternative(code, "falls_between", edition) == 1.0 for code in members]),
        standing_days=column(lambda code: standing_days(code, edition)),
        opportunism=column(formulas.opportunism),
        outsiders=edition.outsiders,
    )


def roster_rows(edition: str | Path | Edition | None = None) -> list[dict[str, object]]:
    """Return one dict per member with its attributes, rounded for reading; affinity, a matrix, is left out."""
    roster = read_roster(edition)
    columns = [field.name for field in fields(roster)[2:] if field.name != "affinity"]
    places = {"influence_weight": 4, "ratification_speed": 1, "standing_days": 0}
    rows: list[dict[str, object]] = []
    for i, code in enumerate(roster.iso3):
        values = {column: getattr(roster, column)[i].item() for column in columns}
        rounded = {c: v if isinstance(v, bool) else round(v, places.get(c, 2)) for c, v in values.items()}
        rows.append({"iso3": code, "name": roster.names[i], **rounded})
    return rows


def _check_bounds(iso3: str, attribute: str, value: float) -> None:
    low, high = BOUNDS[attribute]
    number = isinstance(value, int | float | np.number)
    if not number or not low <= value <= high:  # this form of the comparison also refuses not-a-number
        raise ArgumentError(f"{iso3}.{attribute} is {value}; expected a number from {low:g} to {high:g}")
