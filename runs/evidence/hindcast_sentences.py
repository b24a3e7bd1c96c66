"""The findings of a hindcast in sentences, with what its data do not support."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from article10.runs.analyses.result import listed
from article10.runs.evidence.hindcast_answer import BRIER_DAYS, HOLDOUTS, LEVELS, MODEL

if TYPE_CHECKING:
    from article10.runs.evidence.hindcast_answer import Hindcast

FEW = 4
"""Largest number of members that a sentence names; more are counted."""

LEARNED = 0.2
"""Share by which the data must narrow the spread of a hyperparameter for it to count as learned from them."""


def sentences(found: Hindcast) -> list[str]:
    """Skill over each baseline first; then calibration, order, holdouts, accession, and data used for the pace."""
    said = [_headline(found), *(_skill_over(found, baseline) for baseline in found.baselines)]
    said += [*_on_members(found), _on_intervals(found)]
    order = found.scored["concordance"].to_dict()[MODEL]
    if np.isfinite(order):
        said.append(f"Order: {order:.0%} of the pairs of members ratified in the order forecast (chance 50%).")
    if len(found.round.members) > HOLDOUTS:
        said.append(_on_holdouts(found))
    said += [_on_accession(found), _on_pace(found)]
    if found.varied:
        said.append(f"Parameters drawn from their plausible ranges: {listed(found.varied)}.")
    kinds = sorted(set(found.round.milestones))
    if len(kinds) > 1 or "instrument_deposited" in kinds:
        said.append(
            f"The dates are of different acts ({listed(k.replace('_', ' ') for k in kinds)}), weeks or months apart. "
            "The pace of the round absorbs the difference; order is compared only between members with the same act."
        )
    return said


def _headline(found: Hindcast) -> str:
    count = int(found.judged.sum())
    judged = listed(found.by_member[MODEL].index) if count <= FEW else f"{count} members"
    crps = found.scored["crps"].to_dict()
    best = min(found.baselines, key=crps.__getitem__)
    row = found.skills.loc[best]
    if row["crps_low"] <= 0 <= row["crps_high"]:
        verdict = "the difference is not distinguishable from zero"
    else:
        better = "better" if row["crps_low"] > 0 else "worse"
        verdict = (
            f"the model does {better} for these members, who share one pace; this does not generalise to other rounds"
        )
    return (
        f"Days to ratification of {judged}: mean CRPS {crps[MODEL]:.0f} days; best baseline ({best}) {crps[best]:.0f}; "
        f"{verdict}."
    )


def _skill_over(found: Hindcast, baseline: str) -> str:
    row = found.skills.loc[baseline]
    brier = f", Brier {row['brier']:+.0%}" if np.isfinite(row["brier"]) else ""
    return (
        f"Skill over {baseline}: CRPS {row['crps']:+.0%} [{row['crps_low']:+.0%}, {row['crps_high']:+.0%}], "
        f"log {row['log']:+.0%}{brier}."
    )


def _on_members(found: Hindcast) -> list[str]:
    said = []
    missing = found.round.not_observed
    if missing:
        named = listed(missing) if len(missing) <= FEW else f"{len(missing)} members"
        said.append(
            f"Not scored: {named} of the {len(found.round.setup.roster)} on the roster, for whom the table has no date "
            "or bounds; if they are holdouts, the scores are too favourable."
        )
    table = found.by_member[MODEL]
    of, counts = len(table), {day: table[name].count() for day in BRIER_DAYS if (name := f"brier_{day}") in table}
    fewer = {day: count for day, count in counts.items() if count < of}
    if fewer:
        counted = listed(f"{count} by day {day}" for day, count in fewer.items())
        said.append(
            f"For some members bounds do not show who had ratified by a day: Brier scores use {counted} of {of}."
        )
    return said


def _on_intervals(found: Hindcast) -> str:
    covered = (f"{found.coverage_text(level)} in the {level:.0%} interval" for level in LEVELS)
    return f"Calibration, dates observed within the forecast intervals: {listed(covered)}."


def _on_holdouts(found: Hindcast) -> str:
    shown = found.holdouts()
    expected = listed(f"{code} ({share:.0%})" for code, share in shown["share"].head(3).items())
    if not found.last_known:
        return f"Last to ratify: forecast {expected}; the dates do not show who it was."
    was = listed(f"{code} ({row['share']:.0%})" for code, row in shown[shown["was_last"]].iterrows())
    chance = HOLDOUTS / len(shown)
    return f"Last two to ratify: forecast {expected}; observed {was}, compared with a chance of {chance:.0%} each."


def _on_accession(found: Hindcast) -> str:
    row = found.completion.to_dict("index")[MODEL]
    forecast = f"forecast median day {found.days_text(row)}"
    seen = f"observed day {row['observed']:.0f}" if np.isfinite(row["observed"]) else "observed day not known"
    never = f"; no accession by the horizon in {row['not_by_horizon']:.0%} of runs" if row["not_by_horizon"] else ""
    return f"Accession: {forecast}, {seen}{never}."


def _on_pace(found: Hindcast) -> str:
    learned = found.fit.identified()["learned"]
    rounds = len(found.fit.log_pace.columns)
    drawn = f"the fit has {found.fit.effective_draws:,.0f} effective draws"
    if found.pace_known:
        return f"Pace: fitted to {rounds} rounds, including members of this round that supported at signing; {drawn}."
    urgency = "they show" if learned["urgency"] > LEARNED else "they do not show"
    later = sum(day > found.round.signed.isoformat() for day in found.fit.log_pace.columns)
    hindsight = f" ({later} of them later, so this forecast could not have been made then)" if later else ""
    return f"Pace: fitted to {rounds} other rounds{hindsight}; {urgency} how threat changes it; {drawn}."
