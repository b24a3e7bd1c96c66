"""What a hindcast says in sentences; of what its data do not support it says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from article10.runs.analyses.result import listed
from article10.runs.evidence.hindcast_answer import BRIER_DAYS, HOLDOUTS, LEVELS, MODEL

if TYPE_CHECKING:
    from article10.runs.evidence.hindcast_answer import Hindcast

FEW = 4
"""Members that are named where they are no more."""

TELLS = 0.2
"""A hyperparameter whose spread the data narrow by less than this share was not learnt from them."""


def sentences(found: Hindcast) -> list[str]:
    """Scores against each baseline first; then calibration, order, holdouts, accession, what was known."""
    said = [_headline(found), *(_skill_over(found, baseline) for baseline in found.baselines)]
    said += [*_on_members(found), _on_intervals(found)]
    order = found.scored["concordance"].to_dict()[MODEL]
    if np.isfinite(order):
        said.append(f"Order: {order:.0%} of the pairs observed came in the order forecast (chance 50%).")
    if len(found.round.members) > HOLDOUTS:
        said.append(_on_holdouts(found))
    said += [_on_accession(found), _on_pace(found)]
    if found.varied:
        said.append(f"Drawn over their plausible ranges: {listed(found.varied)}.")
    kinds = sorted(set(found.round.milestones))
    if len(kinds) > 1 or "instrument_deposited" in kinds:
        said.append(
            f"The dates are of {listed(k.replace('_', ' ') for k in kinds)}: acts weeks or months apart, which the "
            "pace of the round takes up; only like acts are put in order."
        )
    return said


def _headline(found: Hindcast) -> str:
    count = int(found.judged.sum())
    judged = listed(found.by_member[MODEL].index) if count <= FEW else f"{count} members"
    crps = found.scored["crps"].to_dict()
    best = min(found.baselines, key=crps.__getitem__)
    row = found.skills.loc[best]
    if row["crps_low"] <= 0 <= row["crps_high"]:
        verdict = "the difference is not told from zero"
    else:
        better = "better" if row["crps_low"] > 0 else "worse"
        verdict = f"the model does {better} over these members, which share one pace: no claim about other rounds"
    return (
        f"Days of {judged}: mean CRPS {crps[MODEL]:.0f} days, against {crps[best]:.0f} of the best baseline ({best}); "
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
            f"Not scored: {named} of the {len(found.round.setup.roster)} on the roster, of whom the table has no day "
            "or bounds; if they are holdouts, the scores are too good."
        )
    table = found.by_member[MODEL]
    of, counts = len(table), {day: table[name].count() for day in BRIER_DAYS if (name := f"brier_{day}") in table}
    fewer = {day: count for day, count in counts.items() if count < of}
    if fewer:
        told = listed(f"{count} by day {day}" for day, count in fewer.items())
        said.append(f"Bounds leave open who had ratified by a day; of {of} members Brier scores count {told}.")
    return said


def _on_intervals(found: Hindcast) -> str:
    told = (f"{found.told_coverage(level)} days in the {level:.0%} interval" for level in LEVELS)
    return f"Of the days that can be judged the forecast held {listed(told)}."


def _on_holdouts(found: Hindcast) -> str:
    shown = found.holdouts()
    expected = listed(f"{code} ({share:.0%})" for code, share in shown["share"].head(3).items())
    if not found.last_known:
        return f"Last to ratify: expected {expected}; who it was cannot be read from the dates."
    was = listed(f"{code} ({row['share']:.0%})" for code, row in shown[shown["was_last"]].iterrows())
    chance = HOLDOUTS / len(shown)
    return f"Last two to ratify: expected {expected}; it was {was}, where chance gives {chance:.0%} each."


def _on_accession(found: Hindcast) -> str:
    row = found.completion.to_dict("index")[MODEL]
    forecast = f"median day {found.told_days(row)}"
    seen = f"it came on day {row['observed']:.0f}" if np.isfinite(row["observed"]) else "its day is not known"
    never = f"; {row['not_by_horizon']:.0%} of runs do not see it by the horizon" if row["not_by_horizon"] else ""
    return f"Accession: {forecast}, {seen}{never}."


def _on_pace(found: Hindcast) -> str:
    learned = found.fit.identified()["learned"]
    rounds = len(found.fit.log_pace.columns)
    if found.pace_known:
        return f"Pace: fitted to {rounds} rounds, this one's members that supported at signing among them."
    told = "they say something of" if learned["urgency"] > TELLS else "none of them tells anything of"
    later = sum(day > found.round.signed.isoformat() for day in found.fit.log_pace.columns)
    hindsight = f", {later} of them later, so that nobody could have made this forecast then" if later else ""
    return f"Pace: fitted to {rounds} other rounds{hindsight}; {told} what threat does to it."
