"""Targets of a tuning: values with tolerances, given in Python or in a TOML file, and checked.

A target whose value or date is not known may stand in the list; a tuning leaves it out and says so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from math import inf, isnan
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, ValidationError, model_validator

from article10.agents.nearest import nearest
from article10.agents.parameter import Parameters
from article10.agents.refusal import keys_to, objection
from article10.agents.short_error import listed_mistakes, named, shown
from article10.model.checked import checked
from article10.model.days import Day
from article10.model.roster import Roster
from article10.model.scenario import Scenario, ScenarioError
from article10.model.toml_file import read_toml
from article10.runs.output.toml_value import toml_lines

Positive = Annotated[float, Field(gt=0, description="Standard deviation of the uncertainty about the value.")]


def _unknown_if_nan(value: object) -> object:
    return None if isinstance(value, float) and isnan(value) else value


Unknown = BeforeValidator(_unknown_if_nan)
"""Takes a value that is not a number, as tables have for missing values, for one that is not known."""

ShareValue = Annotated[Annotated[float, Field(ge=0, le=1)] | None, Unknown]


class OneTarget(Parameters):
    """What all kinds of targets share."""

    @property
    def lacks(self) -> str:
        """What is not known of the target, in words; empty if it can be fitted."""
        lacking = [
            word for name, word in LACKING.items() if name in type(self).model_fields and getattr(self, name) is None
        ]
        return " and ".join(lacking)


LACKING: Mapping[str, str] = {"value": "no value", "days": "no value", "date": "no date", "by": "no date"}
"""Fields without which a target is left out, and how a note says so."""


class StanceTarget(OneTarget):
    """The mean stance of a member at a date, over runs.

    Attributes:
        member: the member, by code or name in English.
        date: the date, if it is known; the stance is that of the last step on or before it.
        value: mean stance, -1 to 1, if it is known.
        tolerance: one standard deviation.
    """

    member: str
    date: Day | None = None
    value: Annotated[Annotated[float, Field(ge=-1, le=1)] | None, Unknown] = None
    tolerance: Positive

    @property
    def day(self) -> dt.date:
        """The date of a target that has one."""
        assert self.date is not None
        return self.date

    @property
    def possible(self) -> tuple[float, float]:
        """Smallest and largest possible value."""
        return (-1.0, 1.0)

    @property
    def label(self) -> str:
        """A short name."""
        return f"stance {self.member} {self.date or ''}".rstrip()


class ProbabilityTarget(OneTarget):
    """The share of runs that have reached a milestone by a date.

    Attributes:
        milestone: ``invitation``, ``signature`` or ``accession``; or ``shelved``: the candidate ever shelves its bid.
        by: the date, if it is known.
        value: share of runs, 0 to 1, if it is known.
        tolerance: one standard deviation.
    """

    milestone: Literal["invitation", "signature", "accession", "shelved"]
    by: Day | None = None
    value: ShareValue = None
    tolerance: Positive

    @property
    def day(self) -> dt.date:
        """The date of a target that has one."""
        assert self.by is not None
        return self.by

    @property
    def possible(self) -> tuple[float, float]:
        """Smallest and largest possible value."""
        return (0.0, 1.0)

    @property
    def label(self) -> str:
        """A short name."""
        return self.milestone if self.by is None else f"{self.milestone} by {self.by}"


class RatificationTarget(OneTarget):
    """The median number of days from the signature to a ratification, among runs with a signature.

    Attributes:
        n: ordinal of the ratification, for the n-th; give either this or ``member``.
        member: for the ratification of that member, by code or name in English.
        days: median number of days, if it is known.
        tolerance: one standard deviation, in days.
    """

    n: Annotated[int, Field(ge=1)] | None = None
    member: str | None = None
    days: Annotated[Annotated[float, Field(ge=0)] | None, Unknown] = None
    tolerance: Positive

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.n is None) == (self.member is None):
            raise ValueError("expected either n, for the n-th ratification, or member")
        return self

    @property
    def value(self) -> float | None:
        """The number of days, if it is known."""
        return self.days

    @property
    def possible(self) -> tuple[float, float]:
        """Smallest and largest possible value."""
        return (0.0, inf)

    @property
    def label(self) -> str:
        """A short name."""
        return f"days to ratification {self.member or f'no. {self.n}'}"


class ObjectionTarget(OneTarget):
    """The share of councils at which a member objects.

    Attributes:
        member: the member, by code or name in English.
        reason: ``own_stance``, or ``any`` to count objections because of the war too.
        value: share of councils, 0 to 1, if it is known.
        tolerance: one standard deviation.
    """

    member: str
    reason: Literal["own_stance", "any"] = "own_stance"
    value: ShareValue = None
    tolerance: Positive

    @property
    def possible(self) -> tuple[float, float]:
        """Smallest and largest possible value."""
        return (0.0, 1.0)

    @property
    def label(self) -> str:
        """A short name."""
        return f"objections {self.member}" + (" (any reason)" if self.reason == "any" else "")


Target = StanceTarget | ProbabilityTarget | RatificationTarget | ObjectionTarget


class Targets(Parameters):
    """The targets of a tuning.

    Attributes:
        stance: mean stances of members at dates.
        probability: probabilities of milestones by dates.
        ratification: times of ratifications.
        objection: shares of councils at which members object.

    >>> invited = {"milestone": "invitation", "by": "2030-12-31", "value": 0.2, "tolerance": 0.05}
    >>> [target.label for target in Targets(probability=(invited,))]
    ['invitation by 2030-12-31']
    """

    stance: Annotated[tuple[StanceTarget, ...], Field(strict=False)] = ()
    probability: Annotated[tuple[ProbabilityTarget, ...], Field(strict=False)] = ()
    ratification: Annotated[tuple[RatificationTarget, ...], Field(strict=False)] = ()
    objection: Annotated[tuple[ObjectionTarget, ...], Field(strict=False)] = ()

    @model_validator(mode="after")
    def _some_and_none_twice(self) -> Self:
        if not len(self):
            raise ValueError("no target: expected at least one of stance, probability, ratification, objection")
        labels = [target.label for target in self if not target.lacks]
        for label in labels:
            if labels.count(label) > 1:
                raise ValueError(f"{label}: this target is given twice")
        return self

    def __iter__(self) -> Iterator[Target]:  # type: ignore[override]
        """Each target: stances, probabilities, ratifications, objections."""
        yield from self.stance
        yield from self.probability
        yield from self.ratification
        yield from self.objection

    def __len__(self) -> int:
        """Number of targets."""
        return sum(1 for _ in self)

    @classmethod
    @checked
    def read(cls, path: str | Path) -> Self:
        """Read targets from a TOML file: ``[[stance]]``, ``[[probability]]``, ``[[ratification]]``, ``[[objection]]``.

        Raises:
            ScenarioError: the file is invalid; one message names each place, value, and what was expected.
        """
        try:
            return cls.model_validate(read_toml(path))
        except ValidationError as error:
            raise ScenarioError(listed_mistakes(target_messages(error, str(path)))) from None

    def by_code(self, scenario: Scenario) -> Self:
        """The targets with codes in place of the names of members; who is not on the roster stays as it is.

        Raises:
            ScenarioError: two targets are then the same.
        """
        find = scenario.members().find
        coded = {
            kind: tuple(
                each.with_(member=code) if (code := find(getattr(each, "member", None))) else each
                for each in getattr(self, kind)
            )
            for kind in type(self).model_fields
        }
        return type(self)(**coded)

    def known(self) -> Self:
        """The targets that have a value and a date.

        Raises:
            ScenarioError: no target has.
        """
        complete = {
            kind: tuple(each for each in getattr(self, kind) if not each.lacks) for kind in type(self).model_fields
        }
        if not any(complete.values()):
            raise ScenarioError(f"targets: none can be fitted: {'; '.join(self.unknown())}")
        return type(self)(**complete)

    def unknown(self) -> list[str]:
        """The targets that a tuning leaves out, and what each lacks."""
        return [f"{target.label} ({target.lacks})" for target in self if target.lacks]

    def check(self, scenario: Scenario) -> None:
        """Raise unless a scenario can reach every target.

        Raises:
            ScenarioError: a member is not on the roster, a date lies outside the scenario, or n exceeds the members.
        """
        roster = scenario.members()
        wrong = [text for target in self for text in _unfit(target, scenario, roster)]
        if wrong:
            raise ScenarioError(listed_mistakes(wrong))

    def to_toml(self) -> str:
        """The targets as a TOML file."""
        lines: list[str] = []
        for kind in type(self).model_fields:
            for target in getattr(self, kind):
                given = {key: value for key, value in dict(target).items() if value is not None}
                lines += [*toml_lines(given, f"[[{kind}]]"), ""]
        return "\n".join(lines)


def as_targets(targets: Targets | str | Path) -> Targets:
    """The targets themselves, or those read from a file."""
    return targets if isinstance(targets, Targets) else Targets.read(targets)


def _unfit(target: Target, scenario: Scenario, roster: Roster) -> Iterator[str]:
    member = getattr(target, "member", None)
    if member is not None and roster.find(member) is None:
        yield f"targets: {target.label}: member = {member!r}: not on the roster{roster.hint(member)}"
    day = getattr(target, "date", None) or getattr(target, "by", None)
    end = scenario.horizon + dt.timedelta(days=scenario.step_days)
    if day is not None and not scenario.start < day <= end:
        yield f"targets: {target.label}: expected a date after {scenario.start} and up to {scenario.horizon}"
    n = getattr(target, "n", None)
    if n is not None and n > len(roster):
        yield f"targets: {target.label}: n = {n}: expected at most {len(roster)}, the number of members"


def target_messages(error: ValidationError, origin: str) -> list[str]:
    """The mistakes in the targets, one line each."""
    found = []
    for item in error.errors(include_url=False):
        where = keys_to(item)
        text = objection(item)
        place = ".".join(named(part) if isinstance(part, str) else f"no. {part + 1}" for part in where)
        if item["type"] == "extra_forbidden":
            valid: Any = Targets.model_fields
            if len(where) > 1:
                valid = KINDS[str(where[0])].model_fields
            found.append(f"{origin}: {place}: unknown key{nearest(str(where[-1]), list(valid))}")
        elif item["type"] == "missing":
            found.append(f"{origin}: {place}: missing")
        elif isinstance(item["input"], Mapping):
            found.append(f"{origin}: {place}: {text}" if place else f"{origin}: {text}")
        else:
            found.append(f"{origin}: {place} = {shown(item['input'])}: {text}")
    return found


KINDS: dict[str, type[Parameters]] = {
    "stance": StanceTarget,
    "probability": ProbabilityTarget,
    "ratification": RatificationTarget,
    "objection": ObjectionTarget,
}
"""The class of each table in a file of targets."""
