"""Forms of the fit of ratifications that were tried, each scored on rounds that were left out, beside the baselines.

Members are always willing here, so that a form is scored without a run of the model: stances move few days of calm
rounds, and the forms differ in nothing that stances touch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from article10.agents.arrays import FloatArray
from article10.runs.evidence.hindcast import FOR_EACH, drawn_speeds
from article10.runs.evidence.ratification_baselines import NO_CHANGE, SPEEDS, baselines, willing_days
from article10.runs.evidence.ratification_fit import USED, Form, fit_ratification
from article10.runs.evidence.ratification_times import Timing, bounded, is_urgent
from article10.runs.evidence.rounds import Round, others
from article10.runs.statistics import scores

FORMS = (
    USED,
    Form("exponential times", shapes="exponential"),
    Form("one shape for all rounds", shapes="common"),
    Form("recess counts fully", timing=Timing(recess_calm=1.0)),
    Form("recess counts 0.6 in calm rounds", timing=Timing(recess_calm=0.6)),
    Form("recess counts 0.3 in urgent rounds too", timing=Timing(recess_urgent=0.3)),
    Form("entry into force not used", timing=Timing(in_force=False, last=False)),
    Form("entry into force as a bound alone", timing=Timing(last=False)),
    Form("spread of paces 0.1", pace_spread=0.1),
    Form("spread of paces 0.15", pace_spread=0.15),
    Form("spread of paces 0.15, of speeds 0.5", pace_spread=0.15, speed_spread=0.5),
    Form("spread of paces 0.2", pace_spread=0.2),
    Form("spread of paces 0.4", pace_spread=0.4),
    Form("spread of speeds 0.2", speed_spread=0.2),
    Form("spread of speeds 0.5", speed_spread=0.5),
)
"""Forms that were scored; the spreads are medians of their priors."""

LEVEL = 0.9
"""Level of the interval whose coverage is stated."""


def score_forms(forms: Sequence[Form], rounds: Sequence[Round], runs: int, draws: int, seed: int = 0) -> pd.DataFrame:
    """Mean scores of each baseline and form over rounds, each forecast from rounds signed on other days.

    Args:
        forms: forms of the fit.
        rounds: the rounds; of those signed on one day only the first is scored.
        runs: number of runs of each forecast.
        draws: number of draws of speeds and pace.
        seed: seed of the fits and forecasts.

    Returns:
        One row for each forecast: ``crps`` (days) and ``log`` over all rounds, ``crps_calm``, ``log_calm`` and
        ``accession_calm`` (CRPS of the day of accession, days) over calm rounds, and the share of members' days
        ``in_90`` within the 90% interval, of those that can be judged.
    """
    distinct = list({each.signed: each for each in reversed(rounds)}.values())
    samples: dict[str, dict[str, FloatArray]] = {}
    for this in distinct:
        known = [bounded(each) for each in others(this, rounds)]
        rng = np.random.default_rng(seed)
        nobody = np.full((runs, len(this.setup.roster)), np.inf)
        found = {n: d for n, d in baselines(this, known, nobody, runs, rng).items() if n not in (NO_CHANGE, SPEEDS)}
        found |= {form.name: _forecast(form, this, rounds, runs, draws, seed) for form in forms}
        for name, days in found.items():
            samples.setdefault(name, {})[this.name] = days
    return pd.DataFrame({name: _mean_scores(distinct, by_round) for name, by_round in samples.items()}).T


def _forecast(form: Form, this: Round, rounds: Sequence[Round], runs: int, draws: int, seed: int) -> FloatArray:
    """Days of members that are always willing, (run, member of the roster)."""
    fit = fit_ratification(others(this, rounds), draws=FOR_EACH * draws, seed=seed, form=form)
    rng = np.random.default_rng(seed)
    speed, shape = drawn_speeds(fit, this, False, rng)
    return willing_days(this, speed, shape, form.timing.recess_weight(this), runs, rng)


def _mean_scores(rounds: Sequence[Round], days: Mapping[str, FloatArray]) -> dict[str, float]:
    rows = pd.DataFrame([round_scores(this, days[this.name]) for this in rounds])
    calm = rows[[not is_urgent(this) for this in rounds]]
    return {
        "crps_calm": calm["crps"].mean(),
        "crps": rows["crps"].mean(),
        "log_calm": calm["log"].mean(),
        "log": rows["log"].mean(),
        "accession_calm": calm["accession"].mean(),
        "in_90": rows["held"].sum() / rows["judged"].sum(),
    }


def round_scores(this: Round, days: FloatArray) -> dict[str, float]:
    """Scores of a forecast of one round.

    Args:
        this: the round.
        days: days from signature, (run, member of the roster).
    """
    horizon, codes = this.horizon, this.setup.roster.iso3
    uncut = days[:, [codes.index(code) for code in this.members]]
    low, high = np.minimum(this.low, horizon), np.minimum(this.high, horizon)

    def cut(samples: FloatArray) -> FloatArray:
        return np.minimum(samples, horizon)

    held = scores.covered(cut(uncut), low, high, LEVEL)
    last = cut(days.max(axis=1))[:, None]
    return {
        "crps": float(scores.interval_crps(cut(uncut), low, high).mean()),
        "log": float(scores.log_score(uncut, low, high, horizon, this.scenario.step_days).mean()),
        "accession": float(scores.crps(last, np.array([min(this.accession, horizon)]))[0]),
        "held": float(np.nansum(held)),
        "judged": float(np.isfinite(held).sum()),
    }
