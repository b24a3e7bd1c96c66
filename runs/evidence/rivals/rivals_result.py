"""The result of the rivals: sentences, tables and figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import pandas as pd

from article10.model.roster import Roster
from article10.model.scenario import Scenario
from article10.runs.analyses.result import AnalysisResult, listed
from article10.runs.evidence.rivals.forecasters import (
    ADMITS_FROM,
    CHALLENGE_DRAWS,
    CHALLENGES,
    COMPROMISE,
    EVERYBODY,
    SIMULATION,
)
from article10.runs.evidence.rivals.past import CHANCE, LOWEST, mean_scores
from article10.runs.output.table import ResultTable
from article10.runs.statistics.forms import NUMBER, PERCENT, SIGNED
from article10.runs.statistics.intervals import interval

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WHOLE, BRIER = "{:.0%}", "{:.3f}"

SETTLED = 0.01
"""A last round that moves the outcome by no more has settled it."""


@dataclass(frozen=True, repr=False)
class Rivals(AnalysisResult):
    """What the standard models of collective decisions say, beside the simulation.

    Attributes:
        scenario: the scenario analysed.
        runs: number of runs of the simulation and of draws of the stances.
        seed: seed of all random streams.
        salience: rule of how much each member cares.
        forecasts: by forecaster: position of the outcome (or of the pivotal member) at the codes, with 95% of draws;
            whether that admits; share of draws, or of runs, that admit, with its 95% interval.
        core: by rule, at the codes: members that must agree, the core, the pivotal members, the furthest policy that
            beats the status quo, and whether membership does.
        saliences: by rule of salience, at the codes: positions of the outcomes of the two models that use it, and the
            mean Brier score of the compromise on the known cases.
        choices: by reading of the model of challenges, at the codes: weighted median and mean of the last positions,
            and by how much the last round moved the median.
        cases: by case that is known and forecaster: probability of admission, what happened, Brier score.
        named: by forecaster and round: mean share of draws in which those that ratified last are among the two named.
    """

    scenario: Scenario
    runs: int
    seed: int
    salience: str
    forecasts: pd.DataFrame
    core: pd.DataFrame
    saliences: pd.DataFrame
    choices: pd.DataFrame
    cases: pd.DataFrame
    named: pd.DataFrame

    covers: ClassVar[str] = (
        "Intervals of positions: 95% of draws of the stances around their codes. Intervals of shares: 95%, simulation "
        "uncertainty only. Neither says how sure a model is of the world."
    )

    @property
    def question(self) -> str:
        """The question that the analysis answers."""
        return f"What would the standard models of collective decisions say? ({self.scenario.name})"

    def asked(self) -> dict[str, Any]:
        """The rule of salience, and whether known cases are scored."""
        return {"salience": self.salience, "past": not self.cases.empty}

    @property
    def roster(self) -> Roster:
        """The members that decide."""
        return self.scenario.members()

    @property
    def is_settled(self) -> bool:
        """Whether the last round of challenges leaves the outcome where it was, in the reading that is used."""
        return bool(abs(self.choices["last_move"].iloc[0]) <= SETTLED)

    @property
    def scores(self) -> pd.DataFrame:
        """By forecaster: how it did on the known cases; see ``mean_scores``."""
        return mean_scores(self.cases) if len(self.cases) else pd.DataFrame()

    def sentences(self) -> list[str]:
        """What the models say, why they differ, what they leave open, and how they did on known cases."""
        said = [self._headline(), self._compromise(), self._pivots(), self._challenges(), self._limits()]
        return said if self.cases.empty else [*said, *self._scored(), self._holdouts()]

    def _headline(self) -> str:
        rows = self.forecasts.drop(index=[EVERYBODY, SIMULATION])
        sides = {
            word: [f"{name} ({row['position']:+.2f})" for name, row in rows.iterrows() if row["at_codes"] == side]
            for word, side in (("admit", 1.0), ("refuse", 0.0))
        }
        start, end = self.scenario.start, self.scenario.horizon
        simulated = interval(self.forecasts.loc[SIMULATION], "admitted", PERCENT)
        return (
            f"At the coded stances of {start:%-d %B %Y}, on a scale from {-1:+d} (outside) to {1:+d} (member), "
            f"models that admit {self.scenario.candidate.name}: {listed(sides['admit'])}; that refuse: "
            f"{listed(sides['refuse'])}. The simulation admits by {end:%-d %B %Y} in {simulated} of runs."
        )

    def _compromise(self) -> str:
        words = [f"{value:+.2f} with salience by {rule}" for rule, value in self.saliences[COMPROMISE].items()]
        text = f"The compromise depends on who is taken to care: {listed(words)}"
        text = text.replace("by equal", "equal for all")
        sides = set(self.saliences[COMPROMISE] >= ADMITS_FROM)
        return text + ("." if len(sides) == 1 else "; its sign is that of an assumption.")

    def _pivots(self) -> str:
        words = []
        for rule, row in self.core.iterrows():
            who = f"{_few(str(row['pivotal_members']).split())} at {row['pivot']:+.2f}"
            far = f"membership fails, and what can pass reaches {row['furthest']:+.2f}"
            outcome = "membership passes" if row["membership_beats_it"] else far
            words.append(f"under {rule} ({row['must_agree']} must agree) {who}: {outcome}")
        return f"Pivotal at the codes: {'; '.join(words)}."

    def _challenges(self) -> str:
        ends = self.choices["median"]
        above, on_it = int((ends > -ADMITS_FROM).sum()), int((ends.abs() <= -ADMITS_FROM).sum())
        restless = int((self.choices["last_move"].abs() > SETTLED).sum())
        end = f"{self.forecasts['position'].loc[CHALLENGES]:+.2f}{'' if self.is_settled else ' without having settled'}"
        return (
            f"Challenges end at {end}. Over {len(ends)} readings of what descriptions of that model leave open they "
            f"end at {ends.min():+.2f} to {ends.max():+.2f}: {above} above the line from which the outcome is "
            f"admission, {on_it} on it, {len(ends) - above - on_it} below; in {restless} the last round still moves it."
        )

    def _limits(self) -> str:
        text = (
            "None of these models has a date, an election or an outside power, and only unanimity has a veto: median, "
            "mean and challenges outvote whoever objects."
        )
        p, roster = self.scenario.accession, self.roster
        barring = int((roster.war_bar > p.war_bar).sum())
        if p.candidate_at_war and barring:
            text += (
                f" None counts the war: {barring} of {len(roster)} members hold that a state at war cannot be "
                "admitted, and object in the simulation while the war is hot."
            )
        return text

    def _scored(self) -> list[str]:
        scores, n = self.scores, len(self.cases.groupby("case"))
        mine = scores.loc[SIMULATION]
        better, worse = (
            [
                f"{name} {row['brier']:.2f}"
                for name, row in scores.iterrows()
                if sign * (mine["brier"] - row["brier"]) > 0
            ]
            for sign in (1, -1)
        )
        refused = int((~self.cases["was_admitted"].groupby("case").first().astype(bool)).sum())
        return [
            f"On {n} known cases ({n - refused} rounds with a signed protocol, all admitted, and {refused} bid that "
            f"was not), the simulation is on the right side in {mine['right']:.0f}, with a mean Brier score of "
            f"{mine['brier']:.2f}. Better: {listed(better)}. Worse: {listed(worse)}.",
            "These scores rank nobody: only one case was not admitted, and every round on record had already got as "
            f'far as a protocol that all had signed. Saying "everybody" is right in '
            f"{scores['right'].loc[EVERYBODY]:.0f} of {n}.",
        ]

    def _holdouts(self) -> str:
        words = [
            f"{case}: lowest stances {row[LOWEST]:.0%}, simulation {row[SIMULATION]:.0%}, chance {row[CHANCE]:.0%}"
            for case, row in self.named.T.iterrows()
        ]
        return (
            f"Who ratifies among the last two, share named: {'; '.join(words)}. Both rest on the same codes; what the "
            "simulation adds to them is time."
        )

    def tables(self) -> dict[str, ResultTable]:
        """Forecasts, core, saliences, readings, cases, scores, members named."""
        found = {
            "forecasts": ResultTable(
                f"Position of the outcome, and share of draws that admit (challenges: the first {CHALLENGE_DRAWS})",
                self.forecasts.drop(columns="at_codes"),
                {"position": SIGNED, "admitted": WHOLE},
            ),
            "core": ResultTable(
                "The core and the pivotal members, at the codes",
                self.core,
                dict.fromkeys(("core_low", "core_high", "pivot", "furthest"), SIGNED),
            ),
            "saliences": ResultTable(
                "Outcomes by rule of salience, at the codes; Brier score of the compromise on known cases",
                self.saliences,
                {COMPROMISE: SIGNED, CHALLENGES: SIGNED, "compromise_brier": BRIER},
            ),
            "choices": ResultTable(
                "Challenges by reading, at the codes",
                self.choices,
                dict.fromkeys(("median", "mean", "last_move"), SIGNED),
                0,
            ),
        }
        if not self.cases.empty:
            forms = dict.fromkeys(("brier_admitted", "brier_not_admitted", "brier"), BRIER)
            found["scores"] = ResultTable(
                "Known cases: right side of one half, mean Brier scores (0 is best, 0.25 a coin)",
                self.scores,
                {"right": "{:.0f}", "cases": "{:.0f}", **forms},
            )
            found["cases"] = ResultTable(
                "Known cases: probability of admission", self.cases, {"admitted": WHOLE, "brier": NUMBER}, 0
            )
            found["named"] = ResultTable(
                "Last two to ratify: mean share of draws in which they are named",
                self.named,
                dict.fromkeys(map(str, self.named.columns), WHOLE),
            )
        return found

    def figures(self) -> dict[str, Callable[[], Axes]]:
        """Forecasts on the scale of stances; probabilities of known cases."""
        from article10.runs.evidence.rivals import figures as draw

        found: dict[str, Callable[[], Axes]] = {"forecasts": lambda: draw.forecasts(self)}
        return found if self.cases.empty else {**found, "cases": lambda: draw.cases(self)}


def _few(codes: Sequence[str], most: int = 4) -> str:
    """Codes of members, or their number if there are many."""
    return listed(codes) if len(codes) <= most else f"{len(codes)} members"
