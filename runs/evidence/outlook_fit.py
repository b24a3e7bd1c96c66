"""The outlook of an edition, fitted on the model's own runs until actors' expectations and what comes of them agree.

Runs of every scenario of the edition, with parameters drawn from their plausible ranges, look ahead by an outlook; what
became of them gives the next one. Each round moves part of the way, and all rounds share their draws, so that the
rounds end where an outlook reproduces itself (a fixed point).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np

from article10.agents.arrays import FloatArray
from article10.agents.outlook import OUTLOOK_YEARS, TERMS, WAR_TERMS, Outlook, logistic
from article10.model.accession_rule import MEMBER
from article10.model.edition import Edition, read_edition
from article10.model.randomness import Sampler
from article10.model.scenario import Scenario
from article10.model.scenario_file import read_scenario
from article10.model.setup import Setup, stacked_setups
from article10.model.shipped import edition_scenarios
from article10.model.stacked_draws import SharedDraws
from article10.model.world import World
from article10.runs.ensemble.stepping import step_stacks
from article10.runs.evidence.perturbations import parameters
from article10.runs.output.progress import Progress

SEED = 20261129
"""Seed of the fit: its runs share no draw with those that users compare."""

SHAPES = ("russia.review_weeks", "bargaining.agenda_weeks")
"""Parameters that keep their value, so that the points of a scenario can be stepped side by side."""

SOURCE = "fitted on the model's own runs: article10 edition outlook"
"""What the table says of where it comes from."""

WEEKS_APART = 26
"""Weeks between two moments at which a run is looked at."""

RIDGE = 1.0
"""Precision of a normal prior on each coefficient of a fit: without it, what was hardly seen might decide."""


@dataclass(frozen=True)
class Round:
    """One round of the fit.

    Attributes:
        outlook: with which actors looked ahead.
        fitted: what came of it.
        moved: root mean square, over all moments seen, of the difference that both make to the chance of accession.
        largest: the largest such difference.
        skill: share by which the fitted outlook's Brier score is below that of the mean share that acceded.
        seen: what was seen, the values of ``TERMS``, (moment, term).
    """

    outlook: Outlook
    fitted: Outlook
    moved: float
    largest: float
    skill: float
    seen: FloatArray

    @property
    def moments(self) -> int:
        """Number of moments."""
        return len(self.seen)

    def distance(self, other: Outlook) -> float:
        """Root mean square, over all moments, of the difference between the fitted chance and that of an outlook."""
        between = _chances(self.seen, self.fitted) - _chances(self.seen, other)
        return float(np.sqrt((between**2).mean()))


def fit(
    edition: str | Path | Edition | None = None,
    *,
    points: int = 12,
    runs: int = 8,
    seed: int = SEED,
    start: Outlook | None = None,
    scenarios: Sequence[str] | None = None,
    damping: float = 0.6,
    tolerance: float = 0.004,
    most_rounds: int = 30,
    each: Callable[[Round], None] | None = None,
    progress: Progress | None = None,
) -> list[Round]:
    """Fit the outlook of an edition, round by round; the last round's ``fitted`` is the result.

    Args:
        edition: name or folder; by default the newest.
        points: points of the plausible parameters for each scenario of the edition.
        runs: runs of each point.
        seed: of the points and of all random streams.
        start: outlook of the first round; by default zeros.
        scenarios: names of scenarios of the edition; by default all.
        damping: share of the way from the present outlook to the fitted one that a round goes.
        tolerance: the rounds end when the chance of accession moves by less than this (root mean square).
        most_rounds: they end after this many at the latest.
        each: is given each round when it is done.
        progress: called with the number of sets of runs done and the largest number that there may be.
    """
    setups = list(_setups(read_edition(edition), scenarios, points, seed))
    outlook = start or Outlook((0.0,) * len(TERMS), (0.0,) * len(WAR_TERMS))
    rounds: list[Round] = []
    while len(rounds) < most_rounds:
        parts = []
        for setup in setups:
            parts.append(_simulated(setup, outlook, runs, seed))
            if progress is not None:
                progress(len(rounds) * len(setups) + len(parts), most_rounds * len(setups))
        moments = _Moments.joined(parts)
        rounds.append(_round(outlook, moments))
        if each is not None:
            each(rounds[-1])
        if rounds[-1].moved < tolerance:
            break
        outlook = _between(outlook, rounds[-1].fitted, damping)
    return rounds


def write_outlook(outlook: Outlook, path: Path) -> None:
    """Write an outlook as the table of an edition."""
    hot_war = {term: f"{value:.4f}" for term, value in zip(WAR_TERMS, outlook.hot_war, strict=True)}
    accession = zip(TERMS, outlook.accession, strict=True)
    rows = (f"{term},{value:.4f},{hot_war.get(term, '')},{SOURCE}" for term, value in accession)
    path.write_text("\n".join(("term,accession,hot_war,source", *rows, "")), "utf-8")


def _setups(edition: Edition, scenarios: Sequence[str] | None, points: int, seed: int) -> Iterator[Setup]:
    """A stack of points for each scenario of the edition, over a span of twice the outlook's years."""
    for name in edition_scenarios(edition.name) if scenarios is None else scenarios:
        base = _longer(read_scenario(name, edition=edition.name))
        drawn = [point.scenario for point in parameters(base, points, seed, kept=SHAPES)]
        yield from (setup for _, setup in stacked_setups(drawn))


def _longer(scenario: Scenario) -> Scenario:
    return scenario.with_(horizon=_years_after(scenario.start, 2 * OUTLOOK_YEARS))


def _years_after(day: date, years: int) -> date:
    return day.replace(year=day.year + years)


@dataclass
class _Moments:
    """What was seen at some moments, and what came of it.

    Attributes:
        terms: values of ``TERMS``, (moment, term).
        acceded: whether the candidate acceded within ten years, (moment,).
        hot: share of these ten years in which the war was hot, (moment,).
    """

    terms: FloatArray
    acceded: FloatArray
    hot: FloatArray

    @classmethod
    def joined(cls, parts: list[_Moments]) -> _Moments:
        """All moments of several sets of runs."""
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in ("terms", "acceded", "hot")))


class _Looking:
    """Records what an actor would see twice a year, and what becomes of each run."""

    def __init__(self, setup: Setup, runs: int) -> None:
        """Record so many runs, over all scenarios of the stack."""
        self.apart = max(1, round(WEEKS_APART * 7 / setup.scenario.step_days))
        self.ahead = setup.n_steps // 2
        self.hot = np.zeros((runs, setup.n_steps), dtype=bool)
        self.acceded = np.full(runs, 10 * setup.n_steps)
        self.terms = np.zeros((runs, self.ahead // self.apart, len(TERMS)))
        self.live = np.zeros((runs, self.ahead // self.apart), dtype=bool)

    def before(self, world: World, rows: slice) -> None:
        """Nothing is recorded of the first day."""

    def after_step(self, world: World, rows: slice, stance_before: FloatArray) -> None:
        """Record the war and accession, and twice a year what is seen."""
        step = world.step - 1
        self.hot[rows, step] = world.is_war_hot
        admitted = world.accession.stage == MEMBER
        self.acceded[rows] = np.where(admitted, np.minimum(self.acceded[rows], world.step), self.acceded[rows])
        place, rest = divmod(world.step, self.apart)
        if rest == 0 and place <= self.live.shape[1]:
            self.terms[rows, place - 1] = np.stack(world.prospect().terms(), axis=-1)
            self.live[rows, place - 1] = ~world.candidate.shelved & ~admitted

    def moments(self) -> _Moments:
        """The moments at which a bid was pursued."""
        so_far = np.concatenate([np.zeros((len(self.hot), 1)), self.hot.cumsum(axis=1)], axis=1)
        steps = self.apart * np.arange(1, self.live.shape[1] + 1)
        acceded = (self.acceded[:, None] <= steps + self.ahead).astype(np.float64)
        hot = (so_far[:, steps + self.ahead] - so_far[:, steps]) / self.ahead
        return _Moments(self.terms[self.live], acceded[self.live], hot[self.live])


def _simulated(setup: Setup, outlook: Outlook, runs: int, seed: int) -> _Moments:
    looking = replace(setup, own_outlook=outlook)
    recording = _Looking(looking, runs * len(looking.stacked))
    draws = SharedDraws(Sampler(looking.streams, seed, once=True))
    step_stacks([(looking, recording)], draws, range(runs))
    return recording.moments()


def _round(outlook: Outlook, moments: _Moments) -> Round:
    of_war = moments.terms[:, [TERMS.index(term) for term in WAR_TERMS]]
    fitted = Outlook(_logit(moments.terms, moments.acceded), _logit(of_war, moments.hot))
    before, after = (_chances(moments.terms, one) for one in (outlook, fitted))
    mean = moments.acceded.mean()
    error, plain = ((after - moments.acceded) ** 2).mean(), ((mean - moments.acceded) ** 2).mean()
    return Round(
        outlook,
        fitted,
        moved=float(np.sqrt(((after - before) ** 2).mean())),
        largest=float(np.abs(after - before).max()),
        skill=float(1.0 - error / plain) if plain > 0 else 0.0,
        seen=moments.terms,
    )


def _chances(terms: FloatArray, outlook: Outlook) -> FloatArray:
    return logistic(terms @ np.array(outlook.accession))


def _logit(terms: FloatArray, shares: FloatArray) -> tuple[float, ...]:
    """Coefficients of a logit of shares, by iteratively reweighted least squares with a ridge."""
    found = np.zeros(terms.shape[1])
    for _ in range(50):
        expected = 1.0 / (1.0 + np.exp(-terms @ found))
        weight = expected * (1.0 - expected)
        curvature = (terms * weight[:, None]).T @ terms + RIDGE * np.eye(len(found))
        step = np.linalg.solve(curvature, terms.T @ (shares - expected) - RIDGE * found)
        found = found + step
        if np.abs(step).max() < 1e-9:
            break
    return tuple(float(value) for value in found)


def _between(one: Outlook, other: Outlook, share: float) -> Outlook:
    def mixed(a: tuple[float, ...], b: tuple[float, ...]) -> tuple[float, ...]:
        return tuple(x + share * (y - x) for x, y in zip(a, b, strict=True))

    return Outlook(mixed(one.accession, other.accession), mixed(one.hot_war, other.hot_war))
