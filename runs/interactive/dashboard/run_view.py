"""One run as the page plays it: every step of it at once, so that the page can go to any week without asking."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from article10.agents.arrays import FloatArray
from article10.agents.members import NO_BALLOT
from article10.model.accession_rule import STAGES
from article10.model.scenario import Scenario
from article10.model.setup import Setup
from article10.model.world import World
from article10.runs.ensemble.branch import step_again
from article10.runs.ensemble.result import EnsembleResult
from article10.runs.ensemble.simulate import simulate
from article10.runs.figures.waterfall import in_least_height
from article10.runs.stories.explain import VISIBLE, contributions, waterfall
from article10.runs.stories.replay import RECORD, Entry, story

ONE_BY_ONE = 10_000
"""Frequent events are listed one by one, not counted by year, unless there are more of them than this."""

STATES = ("aspiration", "readiness", "guarantee", "war_intensity", "front")
"""Variables by run that the page shows as numbers."""


class _Ballots:
    """Records how every member would ballot before each step, and why: what the model itself would count."""

    def __init__(self, setup: Setup) -> None:
        shape = (setup.n_steps + 1, len(setup.roster))
        self.ballot, self.reason = np.zeros(shape, np.int8), np.zeros(shape, np.int8)
        self.spell = np.zeros(shape, bool)
        self.hot = np.zeros(setup.n_steps + 1, bool)

    def before(self, world: World, rows: slice) -> None:
        """Record the first day."""
        ballots, reasons = world.positions()
        self.ballot[world.step], self.reason[world.step] = ballots[0], reasons[0]
        self.spell[world.step], self.hot[world.step] = world.bargain.spell[0], world.is_war_hot[0]

    def after_step(self, world: World, rows: slice, stance_before: FloatArray) -> None:
        """Record the world after a step."""
        self.before(world, rows)


@dataclass(frozen=True)
class RunShown:
    """One run, re-simulated bit for bit.

    Attributes:
        result: a result of this run alone.
        entries: what happens in it, in order of time.
        ballot: ballot that each member would cast at each step, (step, member).
        reason: the reasons, sums of bits, (step, member).
        spell: whether the objection of each member stands between the alliance and a decision within reach, likewise.
        hot: whether the war is hot at each step, (step,).
    """

    result: EnsembleResult
    entries: list[Entry]
    ballot: np.ndarray
    reason: np.ndarray
    spell: np.ndarray
    hot: np.ndarray

    @classmethod
    def of(cls, scenario: Scenario, seed: int, run: int) -> RunShown:
        """Simulate a run of a scenario."""
        result = simulate(scenario, 1, seed, first_run=run, record=RECORD)
        ballots = _Ballots(Setup.of(scenario))
        step_again(result, ballots)
        return cls(result, story(result, ONE_BY_ONE), ballots.ballot, ballots.reason, ballots.spell, ballots.hot)

    def view(self) -> dict[str, Any]:
        """What the page needs to show any week of the run."""
        data = self.result.data.isel(run=0)
        days = [str(day)[:10] for day in data["step"].to_numpy().astype("datetime64[D]")]
        return {
            "days": days,
            "stance": np.round(data["stance"].to_numpy() * 100).astype(int).tolist(),
            "ballot": self.ballot.tolist(),
            "reason": self.reason.tolist(),
            "stage": [STAGES[int(code)].replace("_", " ") for code in data["stage"].to_numpy()],
            "spells": [[place, *span] for place, held in enumerate(self.spell.T) for span in _stretches(held)],
            "hot": self.hot.astype(int).tolist(),
            "ratified": data["ratified_step"].to_numpy().tolist(),
            **{name: np.round(data[name].to_numpy().astype(float), 3).tolist() for name in STATES},
            "story": [[str(each.day), each.kind, each.text, list(each.members)] for each in self.entries],
            "councils": self._councils(),
        }

    def _councils(self) -> list[list[Any]]:
        """Each council: its day, its kind, and whether the question is put and passes."""
        data = self.result.data.isel(run=0)
        held = (data["ballot"].to_numpy() != NO_BALLOT).any(axis=1)
        columns = (data[name].to_numpy() for name in ("council", "council_kind", "question_put", "invited"))
        return [
            [str(day)[:10], str(kind), bool(put), bool(passes)]
            for day, kind, put, passes, is_held in zip(*columns, held, strict=True)
            if is_held
        ]

    def member_view(self, member: str) -> dict[str, Any]:
        """One member in the run: what moved its stance, its elections, and the payments that it made or took."""
        run = int(self.result.data["run"].to_numpy()[0])
        explained = self.result.explain(member, run)
        bars = in_least_height(waterfall(explained))
        ledger = self.result.ledger
        own = ledger[(ledger["payer"] == member) | (ledger["holdout"] == member)]
        return {
            "member": member,
            "waterfall": [[bar.label, round(bar.bottom, 4), round(bar.height, 4), bar.whole] for bar in bars],
            "years": _by_year(explained),
            "elections": [[str(e.day), e.text] for e in self.entries if e.kind == "election" and member in e.members],
            "payments": [_payment(row) for _, row in own.iterrows()],
        }


def _stretches(held: np.ndarray) -> list[tuple[int, int]]:
    """First step of each stretch in which something holds, and the first step after it."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], held, [False]]).astype(int))).tolist()
    return list(zip(edges[::2], edges[1::2], strict=True))


def _by_year(explained: pd.DataFrame) -> list[list[Any]]:
    """Year, mechanism and what it contributed to the stance in the year, where that can be seen."""
    return [
        [int(str(year)), str(name), round(float(value), 4)]
        for year, row in contributions(explained).iterrows()
        for name, value in row.items()
        if abs(value) > VISIBLE
    ]


def _payment(row: pd.Series[Any]) -> list[Any]:
    return [f"{row['date']:%Y-%m-%d}", row["payer"], row["holdout"], int(row["amount"]), row["kind"]]
