"""Paired runs whose outcome differs between two variants, and the members or stages responsible."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from article10.agents.members import NEVER, NO_BALLOT, REASON_HOLD, REASON_STANCE
from article10.model.accession_rule import OBJECT
from article10.runs.analyses.paired import reached
from article10.runs.ensemble.result import EnsembleResult

SHELVED = "the candidate, whose bid is shelved"
NOT_PUT = "the Secretary General, who does not put the question"
LATER = "a later invitation"
"""What stands in the way of an outcome, other than members."""

BY_STANCE, BY_HOLD, BY_WAR, BY_RATIFICATION = "stance", "hold", "war", "ratification"
SHELVED_BEFORE, SHELVED_AFTER = "no ballot", "after the invitation"
NOT_PUT_YET, TIME = "soundings or readiness", "stages take time"
"""How an outcome is blocked."""

BLOCKED, ENABLED = "blocked", "enabled"
"""Effect of the lever on a run: the outcome is reached only without it, or only with it."""


def flips(
    present: EnsembleResult, absent: EnsembleResult, outcomes: Sequence[str]
) -> tuple[pd.DataFrame, Mapping[str, int], Mapping[str, int]]:
    """Paired runs that reach an outcome in one variant only.

    A run that reaches the outcome only in ``absent`` is blocked by the lever; one that reaches it only in ``present``
    is enabled by it. A blocked invitation is attributed to the members that object in ``present`` at the council that
    invites in ``absent``, and do not object there; to the candidate, if its bid is shelved at that time; or,
    where nobody objects, to the Secretary General, who does not put the question (the soundings are not yet clear, or
    the candidate not ready). A blocked accession is attributed in the same way, or, where both variants have an
    invitation, to the members that ratify only in ``absent``. Several members share a run equally. Enabled runs are
    attributed in the same way with the variants exchanged: to those who block the outcome without the lever.

    Args:
        present: result with the lever.
        absent: result of the same runs without it.
        outcomes: milestones to compare: ``invitation``, ``accession``.

    Returns:
        A table of who or what is responsible (columns outcome, direction, through, by, runs, share), and by outcome
        the number of runs blocked and the number enabled.
    """
    rows, blocked, enabled = [], {}, {}
    names = dict(zip(present.data["member"].to_numpy(), present.data["member_name"].to_numpy(), strict=True))
    for outcome in outcomes:
        a, b = reached(present, outcome), reached(absent, outcome)
        blocked[outcome], enabled[outcome] = int((b & ~a).sum()), int((a & ~b).sum())
        for direction, flipped, fails, comes in (
            (BLOCKED, b & ~a, present, absent),
            (ENABLED, a & ~b, absent, present),
        ):
            runs: defaultdict[tuple[str, str], float] = defaultdict(float)
            for run in np.flatnonzero(flipped):
                for place, share in _through(fails, comes, int(run)).items():
                    runs[place] += share
            for (who, how), count in sorted(runs.items(), key=lambda item: -item[1]):
                name, share = str(names.get(who, who)), count / int(flipped.sum())
                rows.append((outcome, direction, name, how, count, share))
    columns = ["outcome", "direction", "through", "by", "runs", "share"]
    return pd.DataFrame(rows, columns=columns), blocked, enabled


def _through(fails: EnsembleResult, comes: EnsembleResult, run: int) -> dict[tuple[str, str], float]:
    if not reached(fails, "invitation")[run] and reached(comes, "invitation")[run]:
        return _at_the_council(fails, comes, run)
    return _at_ratification(fails, comes, run)


def _at_the_council(fails: EnsembleResult, comes: EnsembleResult, run: int) -> dict[tuple[str, str], float]:
    council = int(np.flatnonzero(comes.data["invited"].to_numpy()[run])[-1])
    here, there = (r.data["ballot"].to_numpy()[run, council] for r in (fails, comes))
    if (here == NO_BALLOT).all():
        return {(SHELVED, SHELVED_BEFORE): 1.0}
    objects = np.flatnonzero((here == OBJECT) & (there != OBJECT))
    if not objects.size:
        objects = np.flatnonzero(here == OBJECT)
    if not objects.size:
        return {(NOT_PUT, NOT_PUT_YET): 1.0}
    reasons = fails.data["reason"].to_numpy()[run, council]
    codes = fails.data["member"].to_numpy()
    by = [_how(int(reasons[i])) for i in objects]
    return {(str(codes[i]), why): 1 / len(objects) for i, why in zip(objects, by, strict=True)}


def _how(reason: int) -> str:
    if reason & REASON_STANCE:
        return BY_STANCE
    return BY_HOLD if reason & REASON_HOLD else BY_WAR


def _at_ratification(fails: EnsembleResult, comes: EnsembleResult, run: int) -> dict[tuple[str, str], float]:
    here, there = (r.data["ratified_step"].to_numpy()[run] for r in (fails, comes))
    if fails.outcomes_by_member["outcome"].iloc[run] == "shelved":
        return {(SHELVED, SHELVED_AFTER): 1.0}
    missing = np.flatnonzero((here == NEVER) & (there != NEVER))
    if not missing.size or len(missing) == len(here):
        return {(LATER, TIME): 1.0}
    codes = fails.data["member"].to_numpy()
    return {(str(codes[i]), BY_RATIFICATION): 1 / len(missing) for i in missing}
