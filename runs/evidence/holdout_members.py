"""Who is paid, who holds out how often, and who holds out again: what the casebook says beside the hazard."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from article10.model.tables import Row, read_table
from article10.runs.evidence.holdout_casebook import STAKES, YIELDED
from article10.runs.evidence.holdout_hazard import MIDDLE_STAKES
from article10.runs.evidence.holdout_likelihood import Estimate, binary_likelihood, estimate

FloatArray = npt.NDArray[np.floating[Any]]

SINCE, UNTIL = dt.date(2000, 1, 1), dt.date(2026, 6, 30)
"""Time over which member-years are counted: before it the casebook has three spells, after it no evidence."""

BODIES = {"NATO": ("NATO",), "EU": ("EU", "Eurozone")}
"""Bodies whose member-years are counted, with the names that the casebook has for them."""

DAYS_PER_YEAR = 365.25

LEVEL = (0.05, 0.95)
"""Ends of a 90% interval."""

RESAMPLES = 2000


def fit_payment(rows: Sequence[Row]) -> Estimate:
    """Logistic regression of being paid, given that a member yielded, on the stakes (2 is the constant).

    Spells that are part of another row are left out, and those whose concession is not known. Errors are clustered by
    quarrel.

    Args:
        rows: rows of the casebook.
    """
    kept = [r for r in rows if r["nested"] == "0" and r["outcome"] in YIELDED and r["concession_kind"] != "unknown"]
    paid = np.array([float(row["outcome"] == "yielded_with_concession") for row in kept])
    stakes = np.array([float(row[STAKES]) - MIDDLE_STAKES for row in kept])
    columns = np.column_stack([np.ones(len(kept)), stakes])
    quarrels = [row["quarrel_group"] for row in kept]
    return estimate(binary_likelihood(paid), [columns], ["constant", "stakes"], [0.0, 0.0], quarrels)


def chance(fitted: FloatArray, stakes: FloatArray) -> FloatArray:
    """Chance of payment by the coefficients of ``fit_payment``, (draw, case).

    Args:
        fitted: coefficients, (draw, 2).
        stakes: stakes, (case,).
    """
    logit = fitted[:, :1] + fitted[:, 1:] * (stakes - MIDDLE_STAKES)
    result: FloatArray = 1.0 / (1.0 + np.exp(-logit))
    return result


@dataclass(frozen=True)
class Opportunism:
    """How often members hold out.

    Attributes:
        rate: quarrels per member-year of an average member, by body.
        concentration: parameter κ of the Gamma(κ, κ) distribution of members' multiples of that rate.
        years: member-years by body and member.
        quarrels: quarrels by body and member.
        multiple: for each member, its multiple of the average rate: posterior mean and ends of the 90% interval.
    """

    rate: Mapping[str, float]
    concentration: float
    years: Mapping[str, Mapping[str, float]]
    quarrels: Mapping[str, Mapping[str, int]]
    multiple: Mapping[str, tuple[float, float, float]]


def member_years() -> dict[str, dict[str, float]]:
    """Years of membership between ``SINCE`` and ``UNTIL`` by body and member."""
    found: dict[str, dict[str, float]] = {body: {} for body in BODIES}
    for row in read_table("casebook/memberships"):
        begin = max(dt.date.fromisoformat(row["joined"]), SINCE)
        end = min(dt.date.fromisoformat(row["left"]) if row["left"] else UNTIL, UNTIL)
        found[row["body"]][row["iso3"]] = (end - begin).days / DAYS_PER_YEAR
    return found


def quarrels_of(rows: Sequence[Row], body: str, code: str) -> set[str]:
    """The quarrels in which a member held up a decision of a body, begun between ``SINCE`` and ``UNTIL``."""
    return {
        row["quarrel_group"]
        for row in rows
        if row["body"] in BODIES[body]
        and code in row["holdouts_iso3"].split(";")
        and SINCE.isoformat() <= row["first_earliest"] <= UNTIL.isoformat()
    }


def fit_opportunism(rows: Sequence[Row]) -> Opportunism:
    """Rate of holding out per member-year, partially pooled over members.

    A member's quarrels in a body are Poisson with mean *multiple × rate of the body × member-years*; multiples have a
    Gamma(κ, κ) distribution with mean one. Rates and κ maximise the marginal (negative binomial) likelihood; each
    multiple then has a Gamma distribution with shape κ + quarrels and rate κ + quarrels expected at the average rate.
    Its interval takes rates and κ as known.

    Args:
        rows: rows of the casebook.
    """
    from scipy.optimize import minimize
    from scipy.special import gammaln
    from scipy.stats import gamma

    years = member_years()
    codes = sorted({code for of in years.values() for code in of})
    count = {body: {code: len(quarrels_of(rows, body, code)) for code in of} for body, of in years.items()}
    exposure = np.array([[of.get(code, 0.0) for code in codes] for of in years.values()])
    total = np.array([[of.get(code, 0) for code in codes] for of in count.values()])
    of_member = total.sum(axis=0)

    def loss(theta: FloatArray) -> float:
        rates, concentration = np.exp(theta[:-1]), np.exp(theta[-1])
        expected = rates @ exposure
        terms = gammaln(concentration + of_member) - gammaln(concentration) + concentration * theta[-1]
        terms -= (concentration + of_member) * np.log(concentration + expected)
        return float(-(terms.sum() + (total.sum(axis=1) * theta[:-1]).sum()))

    found = minimize(loss, np.array([*np.log(total.sum(axis=1) / exposure.sum(axis=1)), 0.0]), method="Nelder-Mead")
    rates, concentration = np.exp(found.x[:-1]), float(np.exp(found.x[-1]))
    shape, scale = concentration + of_member, 1.0 / (concentration + rates @ exposure)
    low, high = (gamma.ppf(q, shape, scale=scale) for q in LEVEL)
    posterior = zip(codes, shape * scale, low, high, strict=True)
    multiple = {code: (float(mean), float(bottom), float(top)) for code, mean, bottom, top in posterior}
    return Opportunism(dict(zip(years, rates.tolist(), strict=True)), concentration, years, count, multiple)


@dataclass(frozen=True)
class Reopening:
    """How often a member that yielded holds out again in the same quarrel.

    Attributes:
        yields: occasions on which a member yielded; decisions given up on one day count once.
        opened: those after which it began to hold up another decision of the quarrel.
        held: those after which it held up another decision, begun before or after.
        opened_interval: 90% bootstrap interval of the share opened; quarrels are resampled whole.
        held_interval: the same of the share held.
    """

    yields: int
    opened: int
    held: int
    opened_interval: tuple[float, float]
    held_interval: tuple[float, float]


def find_reopening(rows: Sequence[Row], seed: int = 0) -> Reopening:
    """Count the quarrels in which a member that yielded holds out again; rows that are part of another count too.

    Args:
        rows: rows of the casebook.
        seed: seed of the bootstrap.
    """
    spells = [(row["quarrel_group"], code, row) for row in rows for code in row["holdouts_iso3"].split(";")]
    by_quarrel: dict[str, FloatArray] = {}
    given_up = {(quarrel, code, row["ended_latest"]) for quarrel, code, row in spells if row["outcome"] in YIELDED}
    for quarrel, code, day in sorted(given_up):
        others = [row for q, c, row in spells if (q, c) == (quarrel, code)]
        opened = any(row["first_latest"] >= day for row in others)
        held = opened or any((row["ended_earliest"] or row["censor_date"]) > day for row in others)
        by_quarrel[quarrel] = by_quarrel.get(quarrel, np.zeros(3)) + np.array([1, opened, held])
    counts = np.array(list(by_quarrel.values()))
    drawn = counts[np.random.default_rng(seed).integers(len(counts), size=(RESAMPLES, len(counts)))].sum(axis=1)
    ends = np.quantile(drawn[:, 1:] / drawn[:, :1], LEVEL, axis=0)
    n_yields, n_opened, n_held = (int(n) for n in counts.sum(axis=0))
    (a, b), (c, d) = ends.T.tolist()
    return Reopening(n_yields, n_opened, n_held, (a, b), (c, d))
