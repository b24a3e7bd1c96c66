"""Result of a hindcast of stances: forecasts and baselines, scores, skill, cases, and causes of change."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, ClassVar, final

import numpy as np
import pandas as pd

from article10.agents.arrays import FloatArray
from article10.model.coded import STANCE_PER_CODE
from article10.model.scenario import Scenario
from article10.runs.analyses.result import AnalysisResult
from article10.runs.ensemble.result import EnsembleResult
from article10.runs.evidence.stance_dynamics_sentences import sentences_of_2026, sentences_until_2025
from article10.runs.evidence.stance_forecasts import (
    ANCHORED,
    BASELINES,
    DEAD_BAND,
    DIRECTIONS,
    KNOWN,
    NO_CHANGE,
    direction,
    forecasts,
)
from article10.runs.evidence.stance_positions import CODED_ON, Position
from article10.runs.output.table import ResultTable
from article10.runs.statistics.forms import NUMBER, PERCENT, SIGNED
from article10.runs.statistics.scores import Skill, concordance, crps, skill
from article10.runs.stories.explain import explain_ensemble

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@final
@dataclass(frozen=True, repr=False)
class StanceHindcast(AnalysisResult):
    """How well the model predicts the stances of 2022-26 from their start.

    Attributes:
        scenario: scenario of variant A.
        runs: number of runs of each variant.
        seed: seed of all random streams.
        results: result of each variant, with the stance at every step.
        first: first position of each member scored, which sets its initial stance.
        cases: the later positions, ordered by member and date.
    """

    scenario: Scenario
    runs: int
    seed: int
    results: Mapping[str, EnsembleResult]
    first: Mapping[str, Position]
    cases: tuple[Position, ...]

    covers: ClassVar[str] = (
        "95% confidence intervals over the members scored, or over occasions; not how sure the model is of the world."
    )

    @property
    def question(self) -> str:
        """The question that the analysis answers."""
        return f"How did members move on Ukraine's membership from {self.scenario.start}; does the model predict it?"

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
        """Stance of each case in each run by forecast, (run, case)."""
        return forecasts(self.results, self.first, self.cases)

    # --- scores ----------------------------------------------------------------------------------------------------

    def scores(self, chosen: Sequence[int] = ()) -> pd.DataFrame:
        """One row per forecast: CRPS and mean absolute error, share of directions right, concordance of changes.

        Args:
            chosen: indices of the cases to score; by default all.
        """
        keep = list(chosen) or list(range(len(self.cases)))
        moved = (self.observed - self.coded_start)[keep]
        rows = {}
        for name, samples in self.samples.items():
            change = self.change(name)[keep]
            hits = [direction(forecast) == direction(was) for forecast, was in zip(change, moved, strict=True)]
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
        """Mean change of stance since the start that a forecast predicts for each case, (case,)."""
        change: FloatArray = self.samples[name].mean(axis=0) - self.samples[NO_CHANGE].mean(axis=0)
        return change

    def _order(self, change: FloatArray, moved: FloatArray, keep: Sequence[int]) -> float:
        """Share of pairs of members, each at its last case, whose changes are in the observed order."""
        at = list({self.cases[k].member: place for place, k in enumerate(keep)}.values())
        return concordance(np.round(change[at], 6)[None], moved[at], moved[at] + DEAD_BAND)

    def skills(self, chosen: Sequence[int] = ()) -> pd.DataFrame:
        """Skill of each forecast over each baseline, with 95% bootstrap intervals.

        For ``crps`` and ``absolute_error`` the bootstrap resamples members. For ``crps_by_occasion`` it resamples the
        occasions of first positions, which is more cautious: what several members first said together is not
        independent evidence about each.

        Args:
            chosen: indices of the cases to score; by default all.
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
            name: name of the forecast.
            baseline: name of the forecast that it is compared with.
            of: function from samples (run, case) to scores (case,); by default the CRPS.
            by_occasion: whether the bootstrap resamples dates of first positions rather than members.
            chosen: indices of the cases to score; by default all.
        """
        keep = list(chosen) or list(range(len(self.cases)))
        score = of or partial(crps, observed=self.observed)
        members = [self.cases[k].member for k in keep]
        clusters = [str(self.first[code].day) for code in members] if by_occasion else members
        scored, before = score(self.samples[name])[keep], score(self.samples[baseline])[keep]
        return skill(scored, before, clusters=clusters, seed=self.seed)

    @property
    def until_2025(self) -> list[int]:
        """Indices of the cases up to the day for which the edition of the scenario is coded."""
        return [k for k, case in enumerate(self.cases) if case.day <= CODED_ON]

    @property
    def of_2026(self) -> list[int]:
        """Indices of the cases after that day, which set nothing."""
        return [k for k, case in enumerate(self.cases) if case.day > CODED_ON]

    @property
    def by_deciding_office(self) -> list[int]:
        """Indices of the cases up to 2025 whose member's first position is also by the deciding office."""
        return [k for k in self.until_2025 if self.first[self.cases[k].member].decides]

    # --- tables and sentences --------------------------------------------------------------------------------------

    def by_case(self, variant: str = KNOWN) -> pd.DataFrame:
        """One row per case: the coded stance, and the forecast of a variant with the central 90% of its runs."""
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
                    "predicted": direction(change[k]),
                    "crps": scored[k],
                    "crps_no_change": before[k],
                }
                for k, case in enumerate(self.cases)
            ]
        ).set_index("member")

    def movers(self) -> pd.DataFrame:
        """Mean change observed and in each variant at members' last cases, indexed by the direction observed."""
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
        """Contribution of each mechanism to a member's change up to its last case: exact, mean over runs.

        Args:
            member: code of the member.
            variant: name of the variant.
        """
        code = self.results[variant].scenario.members().code(member)
        last = max(case.day for case in self.cases if case.member == code)
        return explain_ensemble(self.results[variant], code, end=last)

    def sentences(self) -> list[str]:
        """Skill over each baseline, no change first; then directions and order; then the same of 2026."""
        return [*sentences_until_2025(self), *sentences_of_2026(self)]

    def tables(self) -> dict[str, ResultTable]:
        """Scores, skill, cases, movers and stayers, and skill by the deciding office."""
        forms = {"crps": "{:.3f}", "absolute_error": "{:.3f}", "direction": PERCENT, "concordance": NUMBER}
        by_skill = dict.fromkeys(("crps", "crps_by_occasion", "absolute_error"), SIGNED)
        by_case = dict.fromkeys(("start", "observed", "forecast"), SIGNED)
        by_case |= dict.fromkeys(("crps", "crps_no_change"), "{:.3f}")
        in_crps = ["crps", "crps_low", "crps_high"]
        skills = self.skills(self.by_deciding_office) if self.by_deciding_office else self.skills().head(0)
        past, recent = self.until_2025, self.of_2026
        scores_2026 = self.scores(recent) if recent else self.scores().head(0)
        skills_2026 = self.skills(recent) if recent else self.skills().head(0)
        return {
            "scores": ResultTable("Scores (lower CRPS and error are better)", self.scores(past), forms),
            "skill": ResultTable("Skill: 1 - score / score of the baseline", self.skills(past), by_skill),
            "scores_2026": ResultTable("Scores in 2026", scores_2026, forms),
            "skill_2026": ResultTable("Skill in 2026", skills_2026, by_skill),
            "cases": ResultTable(f"Each later position and its forecast ({KNOWN})", self.by_case(), by_case, most=40),
            "movers": ResultTable(
                "Mean change of members by the direction observed",
                self.movers(),
                dict.fromkeys(("observed", *self.results), SIGNED),
            ),
            "deciding_office": ResultTable(
                "Skill for members whose deciding office also spoke first", skills[in_crps], by_skill
            ),
        }

    def figures(self) -> dict[str, Callable[[], Axes]]:
        """The forecast of each member scored, with its positions."""
        from article10.runs.evidence.stance_dynamics_figures import small_multiples

        return {"members": partial(small_multiples, self)}
