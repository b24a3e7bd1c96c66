"""Worlds whose outcome flips between two variants, and through whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from article10.agents.member_state import NEVER, NO_BALLOT, REASON_STANCE
from article10.model.accession_rule import OBJECT
from article10.runs.analyses.paired import reached
from article10.runs.ensemble.result import EnsembleResult

SHELVED = "the candidate, which has shelved its bid"
NOT_READY = "the candidate, which is not ready"
LATER = "a later invitation"
"""Through whom an outcome fails to come, beside members."""

BY_STANCE, BY_WAR, BY_RATIFICATION = "stance", "war", "ratification"
SHELVED_BEFORE, SHELVED_AFTER = "no ballot", "after the invitation"
NOT_READY_YET, TIME = "readiness", "stages take time"
"""How an outcome fails to come."""

PREVENTED, BROUGHT = "prevented", "brought about"
"""Directions of a flip: with the lever the outcome does not come, or comes only with it."""


def flips(
    present: EnsembleResult, absent: EnsembleResult, outcomes: Sequence[str]
) -> tuple[pd.DataFrame, Mapping[str, int], Mapping[str, int]]:
    """Worlds that reach an outcome in one variant only.

    A world in which the outcome is reached only in ``absent`` is prevented, one in which it is reached only in
    ``present`` is brought about. An invitation is prevented through the members that object in ``present`` at the
    council which invites in ``absent``, and do not object there; or through the candidate, if its bid is shelved then
    or, though nobody objects, it is not ready. An accession is prevented likewise, or where an invitation precedes it
    in both, through the members that ratify in ``absent`` alone. Several members share a world. What is brought about
    is traced the same way with the variants exchanged: through those that stand in the way without the lever.

    Args:
        present: with the lever.
        absent: the same worlds without.
        outcomes: ``invitation`` or ``accession``.

    Returns:
        A table of whom outcomes flip through (columns outcome, direction, through, by, worlds, share), and by outcome
        how many worlds are prevented and how many are brought about.
    """
    rows, prevented, brought = [], {}, {}
    names = dict(zip(present.data["member"].to_numpy(), present.data["member_name"].to_numpy(), strict=True))
    for outcome in outcomes:
        a, b = reached(present, outcome), reached(absent, outcome)
        prevented[outcome], brought[outcome] = int((b & ~a).sum()), int((a & ~b).sum())
        for direction, flipped, fails, comes in (
            (PREVENTED, b & ~a, present, absent),
            (BROUGHT, a & ~b, absent, present),
        ):
            worlds: defaultdict[tuple[str, str], float] = defaultdict(float)
            for run in np.flatnonzero(flipped):
                for place, share in _through(fails, comes, int(run)).items():
                    worlds[place] += share
            for (who, how), count in sorted(worlds.items(), key=lambda item: -item[1]):
                name, share = str(names.get(who, who)), count / int(flipped.sum())
                rows.append((outcome, direction, name, how, count, share))
    columns = ["outcome", "direction", "through", "by", "worlds", "share"]
    return pd.DataFrame(rows, columns=columns), prevented, brought


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
        return {(NOT_READY, NOT_READY_YET): 1.0}
    reasons = fails.data["reason"].to_numpy()[run, council]
    codes = fails.data["member"].to_numpy()
    by = [BY_STANCE if reasons[i] & REASON_STANCE else BY_WAR for i in objects]
    return {(str(codes[i]), why): 1 / len(objects) for i, why in zip(objects, by, strict=True)}


def _at_ratification(fails: EnsembleResult, comes: EnsembleResult, run: int) -> dict[tuple[str, str], float]:
    here, there = (r.data["ratified_step"].to_numpy()[run] for r in (fails, comes))
    if fails.outcomes_by_member["outcome"].iloc[run] == "shelved":
        return {(SHELVED, SHELVED_AFTER): 1.0}
    missing = np.flatnonzero((here == NEVER) & (there != NEVER))
    if not missing.size or len(missing) == len(here):
        return {(LATER, TIME): 1.0}
    codes = fails.data["member"].to_numpy()
    return {(str(codes[i]), BY_RATIFICATION): 1 / len(missing) for i in missing}
