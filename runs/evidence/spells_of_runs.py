"""How long members hold out in runs of the whole model: lengths of spells with and without a forcing event."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from article10.agents.arrays import FloatArray
from article10.model.accession_rule import ASPIRANT
from article10.model.randomness import Sampler
from article10.model.scenario import Scenario
from article10.model.setup import Setup
from article10.model.world import World
from article10.runs.ensemble.stepping import chunk_size, chunks, step_chunk

YIELDED = "yielded"
"""How a spell ended, if by the member's consent; any other ending is censored."""

FIVE_YEARS = 5 * 365.25


@dataclass(frozen=True)
class _Ended:
    """Spells that ended in one step, in arrays with one entry each."""

    row: npt.NDArray[np.intp]
    member: npt.NDArray[np.intp]
    days: FloatArray
    forced: FloatArray
    yielded: npt.NDArray[np.bool_]


class _Spells:
    """Follows every spell: days within reach, days of them under a forcing event, and how it ended."""

    def __init__(self, setup: Setup, runs: int) -> None:
        self._shape = runs, len(setup.roster)
        self._between = setup.sounding_steps * setup.scenario.step_days
        self.ended: list[_Ended] = []

    def before(self, world: World, rows: slice) -> None:
        """Nothing is open on the first day."""
        shape = world.members.stance.shape
        self._days, self._forced = np.zeros(shape), np.zeros(shape)
        self._follow(world)

    def after_step(self, world: World, rows: slice, stance_before: FloatArray) -> None:
        """Count the days of open spells that have aged, and note those that have ended."""
        b, m = world.bargain, world.members
        aged = (b.age != self._age) & (self._spell | (b.quarter != self._quarter))
        by_event = (b.forced_until >= world.step - 1) & (world.accession.stage == ASPIRANT)
        self._days += aged * self._between
        self._forced += (aged & by_event[:, None]) * self._between
        yields = m.consent & ~self._consent
        over = ~b.spell & (self._days > 0.0) & (self._spell | yields)
        row, member = over.nonzero()
        if row.size:
            self._note(rows.start + row, row, member, yields[row, member])
        if world.step == world.setup.n_steps:
            row, member = (self._days > 0.0).nonzero()
            self._note(rows.start + row, row, member, np.zeros(len(row), dtype=bool))
        self._follow(world)

    def _note(
        self,
        run: npt.NDArray[np.intp],
        row: npt.NDArray[np.intp],
        member: npt.NDArray[np.intp],
        yielded: npt.NDArray[np.bool_],
    ) -> None:
        days, forced = self._days[row, member], self._forced[row, member]
        self.ended.append(_Ended(run, member, days, forced, yielded))
        self._days[row, member] = self._forced[row, member] = 0.0

    def _follow(self, world: World) -> None:
        b, m = world.bargain, world.members
        self._age, self._spell, self._quarter = b.age.copy(), b.spell.copy(), b.quarter.copy()
        self._consent = m.consent.copy()


def spells_of_runs(
    scenario: Scenario, runs: int, seed: int, progress: Callable[[int, int], None] | None = None
) -> pd.DataFrame:
    """Every spell in some runs of a scenario, one row each.

    Args:
        scenario: the scenario.
        runs: number of runs.
        seed: seed of all random streams.
        progress: called with the number of runs done and the total.

    Returns:
        A table with the columns run, member, ``days`` (in which the decision was within reach), ``forced`` (those of
        them under a forcing event) and ``yielded``: whether it ended by consent. A spell that a new government, a
        shelved bid, a stance that has risen or the horizon cut short did not.
    """
    setup = Setup.of(scenario)
    kept, sampler = _Spells(setup, runs), Sampler(setup.streams, seed, once=True)
    for rows in chunks(runs, chunk_size(setup)):
        step_chunk(setup, sampler.draw(range(rows.start, rows.stop)), kept, rows)
        if progress is not None:
            progress(rows.stop, runs)
    columns = {name: np.concatenate([getattr(each, name) for each in kept.ended]) for name in _Ended.__annotations__}
    codes = np.array(setup.roster.iso3)
    table = pd.DataFrame({**columns, "member": codes[columns["member"]]}).rename(columns={"row": "run"})
    return table.sort_values(["run", "member"], ignore_index=True, kind="stable")


def survival(days: FloatArray, yielded: npt.NDArray[np.bool_], at: float) -> float:
    """Share of spells that outlast some days, censored ones allowed for (Kaplan & Meier 1958).

    Args:
        days: length of each spell, or how long it was observed.
        yielded: whether it ended by consent.
        at: days.
    """
    lengths, ends = np.unique(days[yielded & (days <= at)], return_counts=True)
    at_risk = (days[:, None] >= lengths).sum(axis=0)
    return float(np.prod(1.0 - ends / at_risk))


def median_days(days: FloatArray, yielded: npt.NDArray[np.bool_]) -> float:
    """The length that half of the spells outlast, in days, censored ones allowed for; infinite if more always do."""
    for length in np.unique(days[yielded]):
        if survival(days, yielded, float(length)) <= 0.5:
            return float(length)
    return float("inf")


def lengths(table: pd.DataFrame) -> pd.DataFrame:
    """Lengths of spells, those that were mostly under a forcing event apart from the others.

    Args:
        table: from ``spells_of_runs``.

    Returns:
        Indexed by what hung over the spells: their number, how many yielded, the median in days, and the share that
        outlasts five years.
    """
    forced = (table["forced"] > 0.5 * table["days"]).to_numpy()
    rows = {}
    for name, chosen in (("mostly a forcing event", forced), ("mostly none", ~forced)):
        days, yielded = table["days"].to_numpy()[chosen], table[YIELDED].to_numpy()[chosen]
        rows[name] = {
            "spells": int(chosen.sum()),
            YIELDED: int(yielded.sum()),
            "median_days": median_days(days, yielded),
            "outlast_five_years": survival(days, yielded, FIVE_YEARS),
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("over the spell hung")
