"""Hindcast: simulate a round of accession from the day of signature, and score it against the recorded dates.

The fit does not use the round that it forecasts: institutional speeds and the pace of the round come from rounds
signed on other days, earlier or later, unless ``pace_known`` is set. Which members hold out, and for how long, results
from stances coded at signing and from the dynamics, whose parameters were partly set from the holdouts of 2022
(``SIZED_ON_HOLDOUTS``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from article10.agents.arrays import FloatArray
from article10.model.arguments import whole
from article10.model.checked import checked
from article10.model.edition import Edition
from article10.model.scenario import MemberOverride, Scenario
from article10.runs.batches.ranges import Space
from article10.runs.ensemble.machine import check_memory
from article10.runs.ensemble.simulate import simulate
from article10.runs.evidence.hindcast_answer import MODEL, Hindcast
from article10.runs.evidence.ratification_baselines import baselines, willing_days
from article10.runs.evidence.ratification_fit import RatificationFit, fit_ratification
from article10.runs.evidence.ratification_times import bounded, is_urgent
from article10.runs.evidence.rounds import Round, others, read_round, shipped_rounds
from article10.runs.output.progress import Progress

FASTEST = 1000.0
"""Largest institutional speed per year on a roster; a larger one changes nothing within a day."""

SIZED_ON_HOLDOUTS = ("bargaining.scale", "bargaining.shape", "bargaining.forcing_effect", "bargaining.stakes_effect")
"""Parameters estimated from a casebook of 98 holdouts in which Hungary's and Türkiye's delays on Finland and Sweden are
four. With their default values those delays are not wholly unseen; draw them from their ranges to see what does not
depend on it."""

BYTES_OF_A_DRAW = 32 * 8
"""Bytes of one number per member: the least memory that a run, or a draw of the fit, takes."""

FOR_EACH = 50
"""Number of draws from the fit for each that is simulated. The simulated ones lie at even steps of the pace, which
matters most; as many random draws would leave the score of an unusual round known to a third at best."""


@checked
def hindcast(
    scenario: str | Path | Scenario,
    observed: str | Path | None = None,
    *,
    accession: dt.date | str | None = None,
    fit_with: Sequence[str | Path] = (),
    pace_known: bool = False,
    varied: Sequence[str] = (),
    edition: str | Path | Edition | None = None,
    runs: int = 2000,
    draws: int = 40,
    seed: int = 0,
    progress: Progress | None = None,
) -> Hindcast:
    """Forecast a round of accession from stances at signing and from other rounds, and score the forecast.

    Args:
        scenario: scenario of the round (name, path or scenario), which starts at the signing of the protocol, with
            stances coded from what was known then; or the folder of a round (see
            ``article10.runs.evidence.round_folders``).
        observed: a CSV file in the format of ``accession_ratifications.csv``; by default that table.
        accession: the day of accession, if ``observed`` is given and the day is known.
        fit_with: folders of rounds to which the forecast is fitted, beside those of the package.
        pace_known: whether the fit uses the dates of this round's members coded as supporters at signing; only the
            other members are then scored, which tests what stances and bargaining imply given the pace.
        varied: keys of parameters to draw from their plausible ranges, in place of the scenario's values.
        edition: name or folder of the edition on which the round stands; by default the one that it names.
        runs: total number of runs, divided evenly among the draws.
        draws: number of draws of speeds and pace from the fit, so that the forecast includes its uncertainty.
        seed: seed of all random streams.
        progress: called with the number of runs done and the total.

    Raises:
        ScenarioError: the scenario is invalid.
        ValueError: the table, ``runs``, ``draws`` or ``seed`` is invalid; ``pace_known`` is set though all members
            supported at signing; or a parameter in ``varied`` has no plausible range.
    """
    runs, draws, seed = whole("runs", runs, 1), whole("draws", draws, 1), whole("seed", seed)
    draws = min(draws, runs)
    check_memory(f"{runs:,} runs and {draws:,} draws", (runs + FOR_EACH * draws) * BYTES_OF_A_DRAW)
    changes = _drawn(varied, draws, seed)
    this = read_round(scenario, observed, accession, edition=edition)
    added = [read_round(folder) for folder in fit_with]
    for known_too in added:
        if known_too.signed == this.signed:
            raise ValueError(f"fit_with: {known_too.name} was signed on the same day as the round to forecast")
    known = others(this, [*shipped_rounds(), *added])
    if pace_known and this.supported_at_signing.all():
        raise ValueError(f"pace_known: all members observed of {this.name} supported at signing; none is left to score")
    own = [replace(this, in_force=np.nan)] if pace_known else []  # the last day is that of a member to be scored
    fit = fit_ratification([*known, *own], draws=FOR_EACH * draws, seed=seed)
    rng = np.random.default_rng(seed)
    speed, shape = drawn_speeds(fit, this, pace_known, rng)
    recess = fit.form.timing.recess_weight(this)
    clocks = [_clock(this.scenario, row, k, recess) for row, k in zip(speed, shape, strict=True)]
    days, acceded = _simulated(this, clocks, changes, runs, seed, rng, progress)
    alone = willing_days(this, speed, shape, recess, runs, rng)
    compared = baselines(this, [bounded(each) for each in known], alone, runs, rng)
    return Hindcast(
        scenario=this.scenario,
        runs=runs,
        seed=seed,
        round=this,
        fit=fit,
        pace_known=pace_known,
        varied=tuple(varied),
        days={MODEL: days, **compared},
        accession={MODEL: acceded, **{name: samples.max(axis=1) for name, samples in compared.items()}},
    )


def drawn_speeds(
    fit: RatificationFit, this: Round, pace_known: bool, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """Speeds per year, (draw, member of the roster), and Weibull shapes, (draw,), at even steps of the pace.

    Args:
        fit: a fit with ``FOR_EACH`` draws for each that is returned.
        this: the round to forecast.
        pace_known: whether the fit used the round, and so knows its pace.
        rng: generator of the pace, and of the speeds of members that are in no other round.
    """
    pace = fit.pace_of(this.signed) if pace_known else fit.pace_at(this.threat, rng)
    speed = pace[:, None] * np.stack([fit.speed_of(code, rng) for code in this.setup.roster.iso3], axis=1)
    kept = np.argsort(pace)[FOR_EACH // 2 :: FOR_EACH]
    return np.minimum(speed[kept], FASTEST), fit.shape_of(is_urgent(this))[kept]


def _drawn(keys: Sequence[str], draws: int, seed: int) -> list[dict[str, int | float]]:
    """Parameter values of each draw, uniform over their plausible ranges (a Latin hypercube)."""
    from scipy.stats import qmc

    if not keys:
        return [{}] * draws
    space = Space.of(keys, "varied")
    places = qmc.LatinHypercube(len(space.keys), rng=np.random.default_rng([seed, 1])).random(draws)
    return [space.changes(row) for row in space.values(places)]


def _simulated(
    this: Round,
    clocks: Sequence[Scenario],
    changes: Sequence[Mapping[str, float]],
    runs: int,
    seed: int,
    rng: np.random.Generator,
    progress: Progress | None,
) -> tuple[FloatArray, FloatArray]:
    """Days of ratification, (run, member), and of accession, (run,), with one ensemble for each clock."""
    step = this.scenario.step_days
    ends = np.linspace(0, runs, len(clocks) + 1).round().astype(int)
    ratified, acceded = [], []
    for clock, changed, first, end in zip(clocks, changes, ends[:-1], ends[1:], strict=True):
        result = simulate(clock.with_(dict(changed)), int(end - first), seed, first_run=int(first), record=())
        ratified.append(result.data["ratified_step"].to_numpy())
        acceded.append(result.data["accession_step"].to_numpy())
        if progress is not None:
            progress(int(end), runs)
    by_member, by_run = np.concatenate(ratified), np.concatenate(acceded)
    within = rng.random(by_member.shape)  # the day within a step is not simulated
    days = np.where(by_member < 0, np.inf, (by_member - within) * step)
    return days, np.where(by_run < 0, np.inf, (by_run - 0.5) * step)


def _clock(scenario: Scenario, speed: FloatArray, shape: float, recess_weight: float) -> Scenario:
    """The scenario with the members' speeds, (member,), the Weibull shape and the weight of recess set."""
    for_all = scenario.roster.get("all", MemberOverride())
    codes = scenario.members().iso3
    roster = {
        code: scenario.roster.get(code, for_all).with_(ratification_speed=float(own))
        for code, own in zip(codes, speed, strict=True)
    }
    fitted = {"urgency": 1.0, "shape": float(shape), "recess_weight": recess_weight}
    return scenario.with_({f"ratification.{name}": value for name, value in fitted.items()}, roster=roster)
