"""What a hindcast of stances gives: forecasts beside baselines, scores, skill, cases, who moved, and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, final

import numpy as np
import pandas as pd

from article10.agents.arrays import FloatArray
from article10.model.roster_formulas import STANCE_PER_CODE
from article10.model.scenario import Scenario
from article10.runs.analyses.result import AnalysisResult, listed
from article10.runs.ensemble.result import EnsembleResult
from article10.runs.evidence.stance_forecasts import (
    ANCHORED,
    AT_ONCE,
    BASELINES,
    DEAD_BAND,
    DIRECTIONS,
    INERT,
    KNOWN,
    NO_CHANGE,
    direction,
    forecasts,
)
from article10.runs.evidence.stance_positions import Position
from article10.runs.output.table import ResultTable
from article10.runs.statistics.forms import NUMBER, PERCENT, SIGNED
from article10.runs.statistics.scores import Skill, concordance, crps, skill
from article10.runs.stories.explain import explain_ensemble

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@final
@dataclass(frozen=True, repr=False)
class StanceHindcast(AnalysisResult):
    """How well stances of 2022-25 are told from the start.

    Attributes:
        scenario: of variant A.
        runs: number of runs of each variant.
        seed: seed of all random streams.
        results: by variant, with the stance at every step.
        first: each scored member's first position, by which it starts.
        cases: the later positions, one a case, by member and date.
    """

    scenario: Scenario
    runs: int
    seed: int
    results: Mapping[str, EnsembleResult]
    first: Mapping[str, Position]
    cases: tuple[Position, ...]

    @property
    def question(self) -> str:
        """The question that the analysis answers."""
        return f"Who moved which way on Ukraine's membership from {self.scenario.start}, and would the model have told?"

    # --- forecasts -------------------------------------------------------------------------------------------------

    @property
    def members(self) -> tuple[str, ...]:
        """The members scored."""
        return tuple(dict.fromkeys(case.member for case in self.cases))

    @cached_property
    def observed(self) -> FloatArray:
        """Coded stance of each case, (case,)."""
        return np.array([case.code for case in self.cases]) * STANCE_PER_CODE

    @cached_property
    def coded_start(self) -> FloatArray:
        """Coded stance of each case's member at its start, (case,)."""
        return np.array([self.first[case.member].code for case in self.cases]) * STANCE_PER_CODE

    @cached_property
    def samples(self) -> dict[str, FloatArray]:
        """By forecast, the stance of each case in each run, (run, case)."""
        return forecasts(self.results, self.first, self.cases)

    # --- scores ----------------------------------------------------------------------------------------------------

    def scores(self, chosen: Sequence[int] = ()) -> pd.DataFrame:
        """One row a forecast: CRPS and mean absolute error in stance, hit rate of direction, concordance of changes.

        Args:
            chosen: places of the cases to score; by default all.
        """
        keep = list(chosen) or list(range(len(self.cases)))
        moved = (self.observed - self.coded_start)[keep]
        rows = {}
        for name, samples in self.samples.items():
            change = self.change(name)[keep]
            hits = [direction(told) == direction(was) for told, was in zip(change, moved, strict=True)]
            rows[name] = {
                "crps": float(crps(samples, self.observed)[keep].mean()),
                "absolute_error": float(self._error(samples)[keep].mean()),
                "direction": float(np.mean(hits)),
                "concordance": self._order(change, moved, keep),
            }
        return pd.DataFrame(rows).T.rename_axis("forecast")

    def _error(self, samples: FloatArray) -> FloatArray:
        error: FloatArray = np.abs(samples.mean(axis=0) - self.observed)
        return error

    def change(self, name: str) -> FloatArray:
        """Mean change of stance since the start that a forecast tells of each case, (case,)."""
        change: FloatArray = self.samples[name].mean(axis=0) - self.samples[NO_CHANGE].mean(axis=0)
        return change

    def _order(self, change: FloatArray, moved: FloatArray, keep: Sequence[int]) -> float:
        """Share of pairs of members, each at its last case, whose changes are in the order observed."""
        at = list({self.cases[k].member: place for place, k in enumerate(keep)}.values())
        return concordance(np.round(change[at], 6)[None], moved[at], moved[at] + DEAD_BAND)

    def skills(self, chosen: Sequence[int] = ()) -> pd.DataFrame:
        """Skill of each forecast over each baseline, with 95% bootstrap intervals.

        In CRPS members are drawn; in ``crps_by_occasion``, more cautiously, the occasions of first positions: what
        several members said together to begin with is no independent evidence of each. In absolute error members.

        Args:
            chosen: places of the cases to score; by default all.
        """
        rows = []
        for baseline in BASELINES:
            for name in (*self.results, ANCHORED):
                by = {
                    "crps": self.skill_of(name, baseline, chosen=chosen),
                    "crps_by_occasion": self.skill_of(name, baseline, by_occasion=True, chosen=chosen),
                    "absolute_error": self.skill_of(name, baseline, of=self._error, chosen=chosen),
                }
                ends = {f"{k}{end}": getattr(s, end[1:]) for k, s in by.items() for end in ("_low", "_high")}
                rows.append({"forecast": name, "over": baseline, **{k: s.value for k, s in by.items()}, **ends})
        return pd.DataFrame(rows).set_index(["forecast", "over"])

    def skill_of(
        self,
        name: str,
        baseline: str,
        *,
        of: Callable[[FloatArray], FloatArray] | None = None,
        by_occasion: bool = False,
        chosen: Sequence[int] = (),
    ) -> Skill:
        """Skill of one forecast over another.

        Args:
            name: of the forecast.
            baseline: of the other.
            of: from samples (run, case) to scores (case,); by default the CRPS.
            by_occasion: whether the bootstrap draws dates of first positions rather than members.
            chosen: places of the cases to score; by default all.
        """
        keep = list(chosen) or list(range(len(self.cases)))
        score = of or partial(crps, observed=self.observed)
        members = [self.cases[k].member for k in keep]
        clusters = [str(self.first[code].day) for code in members] if by_occasion else members
        scored, before = score(self.samples[name])[keep], score(self.samples[baseline])[keep]
        return skill(scored, before, clusters=clusters, seed=self.seed)

    @property
    def by_deciding_office(self) -> list[int]:
        """Places of the cases whose member starts by a position of the office that decides, too."""
        return [k for k, case in enumerate(self.cases) if self.first[case.member].decides]

    # --- what is shown ---------------------------------------------------------------------------------------------

    def by_case(self, variant: str = KNOWN) -> pd.DataFrame:
        """One row a case: the coded stance, and the forecast of a variant with the middle 90% of its runs."""
        samples = self.samples[variant]
        low, high = np.quantile(samples, [0.05, 0.95], axis=0)
        mean, scored, change = samples.mean(axis=0), crps(samples, self.observed), self.change(variant)
        before = crps(self.samples[NO_CHANGE], self.observed)
        return pd.DataFrame(
            [
                {
                    "member": case.member,
                    "date": case.day,
                    "start": self.coded_start[k],
                    "observed": self.observed[k],
                    "moved": direction(self.observed[k] - self.coded_start[k]),
                    "forecast": mean[k],
                    "forecast_low": low[k],
                    "forecast_high": high[k],
                    "told": direction(change[k]),
                    "crps": scored[k],
                    "crps_no_change": before[k],
                }
                for k, case in enumerate(self.cases)
            ]
        ).set_index("member")

    def movers(self) -> pd.DataFrame:
        """By the way that members moved, at their last case: the mean change observed and in each variant."""
        last = {case.member: k for k, case in enumerate(self.cases)}
        moved = self.observed - self.coded_start
        rows = {}
        for way in DIRECTIONS:
            at = [k for k in last.values() if direction(moved[k]) == way]
            if at:
                rows[way] = {
                    "members": ", ".join(self.cases[k].member for k in at),
                    "observed": float(moved[at].mean()),
                    **{name: float(self.change(name)[at].mean()) for name in self.results},
                }
        return pd.DataFrame(rows).T.rename_axis("moved")

    def why(self, member: str, variant: str = KNOWN) -> pd.DataFrame:
        """What each mechanism did to a member from the start to its last case: exact, the mean over runs.

        Args:
            member: its code.
            variant: of the runs.
        """
        last = max(case.day for case in self.cases if case.member == member)
        return explain_ensemble(self.results[variant], member, end=last)

    def sentences(self) -> list[str]:
        """What was found, against no change first."""
        said = []
        for name in (*self.results, ANCHORED):
            found, careful = self.skill_of(name, NO_CHANGE), self.skill_of(name, NO_CHANGE, by_occasion=True)
            said.append(
                f"{name}: {_verdict(found)} no change, skill in CRPS {_interval(found)} over {found.cases} cases of "
                f"{len(self.members)} members; {_verdict(careful)} it when those that first spoke together are one "
                f"witness, [{careful.low:+.2f}, {careful.high:+.2f}]."
            )
        at_once = self.skill_of(KNOWN, AT_ONCE)
        said.append(f"{KNOWN}: {_verdict(at_once)} the same governments taken at once, {_interval(at_once)}.")
        few = self.by_deciding_office
        if 0 < len(few) < len(self.cases):
            found = self.skill_of(KNOWN, NO_CHANGE, chosen=few)
            codes = listed(dict.fromkeys(self.cases[k].member for k in few))
            said.append(
                f"{KNOWN}, where the deciding office spoke first too ({codes}): {_verdict(found)} no change, "
                f"{_interval(found)}."
            )
        pressure = self.skill_of(KNOWN, INERT)
        said.append(f"Russian pressure: B {_verdict(pressure)} C, {_interval(pressure)}.")
        table = self.scores()
        hits = ", ".join(f"{name} {share:.0%}" for name, share in zip(self.samples, table["direction"], strict=True))
        said.append(f"Direction told (down, stays, up by more than {DEAD_BAND:g}): {hits}.")
        order = ", ".join(
            f"{name} {value:.2f}" for name, value in zip(self.results, table["concordance"], strict=False)
        )
        said.append(f"Pairs of members put in the order of their moves (chance 0.50): {order}.")
        cases = self.by_case()
        wrong = cases[cases["moved"] != cases["detected"]]
        said.append(f"With governments known, the direction is missed for {listed(dict.fromkeys(wrong.index))}.")
        return said

    def tables(self) -> dict[str, ResultTable]:
        """Scores, skill, every case, movers and stayers."""
        forms = {"crps": "{:.3f}", "absolute_error": "{:.3f}", "direction": PERCENT, "concordance": NUMBER}
        by_skill = dict.fromkeys(("crps", "crps_by_occasion", "absolute_error"), SIGNED)
        by_case = dict.fromkeys(("start", "observed", "forecast"), SIGNED)
        by_case |= dict.fromkeys(("crps", "crps_no_change"), "{:.3f}")
        in_crps = ["crps", "crps_low", "crps_high"]
        skills = self.skills(self.by_deciding_office) if self.by_deciding_office else self.skills().head(0)
        return {
            "scores": ResultTable("Scores", self.scores(), forms),
            "skill": ResultTable("Skill: 1 - score / baseline", self.skills(), by_skill),
            "cases": ResultTable(f"Every later position, {KNOWN}", self.by_case(), by_case, most=40),
            "movers": ResultTable(
                "Movers and stayers", self.movers(), dict.fromkeys(("observed", *self.results), SIGNED)
            ),
            "deciding_office": ResultTable(
                "Skill where the deciding office spoke first too", skills[in_crps], by_skill
            ),
        }

    def figures(self) -> dict[str, Callable[[], Axes]]:
        """Every scored member's fan with its positions."""
        from article10.runs.evidence.stance_dynamics_figures import small_multiples

        return {"members": partial(small_multiples, self)}


def _verdict(found: Skill) -> str:
    if not found.detected:
        return "cannot be told from"
    return "beats" if found.low > 0 else "is beaten by"


def _interval(found: Skill) -> str:
    return f"{found.value:+.2f} [{found.low:+.2f}, {found.high:+.2f}]"
