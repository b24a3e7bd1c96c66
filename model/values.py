"""What the runs of a stack go by: parameters and constants, each a number or one value a run.

A **stack** is one scenario or several that differ in numbers only, stepped side by side on the run axis. A rule takes
a parameter as a number or as an array and never asks which. Who calls the rule chooses the shape: ``by_run`` for rules
of ``(run,)`` arrays, ``by_member`` for those of ``(run, member)`` arrays, where a parameter that differs has the shape
``(run, 1)``.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from article10.agents.article5 import Article5Parameters
from article10.agents.bargaining import BargainingParameters
from article10.agents.bounded_confidence import is_bounded
from article10.agents.candidate import CandidateParameters, GuaranteeParameters
from article10.agents.governments import ElectionParameters
from article10.agents.instruments import InstrumentParameters
from article10.agents.member_parameters import (
    SpendingParameters,
    StanceParameters,
    ThreatParameters,
    TrustParameters,
)
from article10.agents.parameter import declarations
from article10.agents.plans import PlanParameters
from article10.agents.russia import RussiaParameters
from article10.agents.secretary_general import SecretaryGeneralParameters
from article10.agents.war import WarParameters
from article10.model.accession_rule import AccessionParameters, RatificationParameters
from article10.model.constants import Constants
from article10.model.roster import Roster
from article10.model.scenario import Scenario

PlaceArray = npt.NDArray[np.intp]
"""For each run, the place of its scenario in the stack."""


@dataclass(frozen=True)
class Values:
    """The groups of parameters of a scenario, and what follows from them; each value a number or an array over runs.

    The types are those of one scenario; a value that differs between runs is an array in place of the number.
    """

    stance: StanceParameters
    threat: ThreatParameters
    elections: ElectionParameters
    spending: SpendingParameters
    trust: TrustParameters
    russia: RussiaParameters
    instruments: InstrumentParameters
    war: WarParameters
    candidate: CandidateParameters
    plans: PlanParameters
    guarantees: GuaranteeParameters
    article5: Article5Parameters
    secretary_general: SecretaryGeneralParameters
    bargaining: BargainingParameters
    accession: AccessionParameters
    ratification: RatificationParameters
    constants: Constants


GROUPS = tuple(name for name in Values.__dataclass_fields__ if name != "constants")


class Stack:
    """The scenarios of a stack, value by value.

    Attributes:
        scenarios: one, or several that differ in numbers only (``stack_key``).
    """

    def __init__(self, scenarios: Sequence[Scenario], roster: Roster, mechanisms: Collection[str]) -> None:
        """Collect the values.

        Args:
            scenarios: of the stack.
            roster: theirs.
            mechanisms: names of those that are on.
        """
        self.scenarios = tuple(scenarios)
        constants = [Constants(scenario, roster, mechanisms) for scenario in scenarios]
        of_group = {name: [getattr(scenario, name) for scenario in scenarios] for name in GROUPS}
        self._columns = {name: _Columns(held) for name, held in [*of_group.items(), ("constants", constants)]}

    @cached_property
    def alone(self) -> Values:
        """The values of the first scenario: all that a stack of one holds."""
        return Values(**{name: columns.of[0] for name, columns in self._columns.items()})

    def at(self, place: PlaceArray) -> Values:
        """The values of some runs.

        Args:
            place: of each run's scenario in the stack, (run,), or (run, 1) for rules of members.
        """
        if len(self.scenarios) == 1:
            return self.alone
        return Values(**{name: cast(Any, _Gathered(columns, place)) for name, columns in self._columns.items()})


class _Columns:
    """A group of each scenario of a stack, and for each of its values one array over scenarios where they differ."""

    def __init__(self, of: Sequence[Any]) -> None:
        self.of = of
        self._known: dict[str, Any] = {}

    def __getitem__(self, name: str) -> tuple[Any, bool]:
        """A value, and whether it is an array over scenarios rather than the same in all."""
        if name not in self._known:
            values = np.asarray([getattr(group, name) for group in self.of])
            first = values[:1].tobytes()
            differs = values.tobytes() != first * len(values)  # bit by bit: 0.0 and -0.0 are two numbers
            self._known[name] = (values, True) if differs else (getattr(self.of[0], name), False)
        return cast("tuple[Any, bool]", self._known[name])


class _Gathered:
    """A group whose values are gathered, when they are first asked for, for the runs at some places of a stack."""

    def __init__(self, columns: _Columns, place: PlaceArray) -> None:
        self._columns, self._place = columns, place

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - any value of the group
        value, differs = self._columns[name]
        gathered = value[self._place] if differs else value
        self.__dict__[name] = gathered
        return gathered


# --- what can stand side by side ----------------------------------------------------------------------------------

SHAPES_OR_CHOOSES = tuple(
    (name, d.key.partition(".")[2])
    for name in GROUPS
    for d in declarations(name, getattr(Scenario(), name))
    if not d.stacks
)
"""Parameters in which scenarios of one stack are alike: names, switches, and numbers that shape arrays."""


def stack_key(scenario: Scenario) -> tuple[Any, ...]:
    """What scenarios of one stack have in common: everything but numbers that shape no array and choose no branch.

    Scenarios with equal keys have the same calendar, roster, events and streams, and take the same branches.
    """
    alike = tuple(getattr(getattr(scenario, group), name) for group, name in SHAPES_OR_CHOOSES)
    time = (scenario.start, scenario.horizon, scenario.step_days)
    members = (scenario.without, scenario.roster, scenario.ballots)
    return (*time, *alike, is_bounded(scenario.stance), dict(scenario.mechanisms), members, scenario.events)


def stacks(scenarios: Sequence[Scenario]) -> list[list[int]]:
    """Places of scenarios that can be stepped side by side, each group and the groups in the order given."""
    groups: list[tuple[tuple[Any, ...], list[int]]] = []
    for place, scenario in enumerate(scenarios):
        key = stack_key(scenario)
        for known, places in groups:
            if known == key:
                places.append(place)
                break
        else:
            groups.append((key, [place]))
    return [places for _, places in groups]
