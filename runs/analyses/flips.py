"""Worlds whose outcome flips between two variants, and through whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from article10.agents.member_state import NEVER, NO_BALLOT, REASON_STANCE
from article10.model.accession_rule import OBJECT
from article10.runs.analyses.worlds import reached
from article10.runs.result import EnsembleResult

SHELVED = "the candidate, which has shelved its bid"
NOT_READY = "the candidate, which is not ready"
LATER = "a later invitation"
"""Through whom an outcome is prevented, beside members."""

BY_STANCE, BY_WAR, BY_RATIFICATION = "stance", "war", "ratification"
SHELVED_BEFORE, SHELVED_AFTER = "no ballot", "after the invitation"
NOT_READY_YET, TIME = "readiness", "stages take time"
"""How an outcome is prevented."""


def flips(
    present: EnsembleResult, absent: EnsembleResult, outcomes: Sequence[str]
) -> tuple[pd.DataFrame, Mapping[str, int], Mapping[str, int]]:
    """Worlds that reach an outcome in one variant only.

    A world in which the outcome is reached only in ``absent`` is prevented. An invitation is prevented through the
    members that object in ``present`` at the council which invites in ``absent``, and do not object there; or through
    the candidate, if its bid is shelved then or, though nobody objects, it is not ready. An accession is prevented
    likewise, or where an invitation precedes it in both, through the members that ratify in ``absent`` alone. Several
    members share a world.

    Args:
        present: with the lever.
        absent: the same worlds without.
        outcomes: ``invitation`` or ``accession``.

    Returns:
        A table of whom outcomes are prevented through (columns outcome, through, by, worlds, share), and by outcome
        how many worlds are prevented and how many are brought about.
    """
    rows, prevented, brought = [], {}, {}
    names = dict(zip(present.data["member"].to_numpy(), present.data["member_name"].to_numpy(), strict=True))
    for outcome in outcomes:
        a, b = reached(present, outcome), reached(absent, outcome)
        prevented[outcome], brought[outcome] = int((b & ~a).sum()), int((a & ~b).sum())
        worlds: defaultdict[tuple[str, str], float] = defaultdict(float)
        for run in np.flatnonzero(b & ~a):
            for place, share in _through(present, absent, int(run)).items():
                worlds[place] += share
        for (who, how), count in sorted(worlds.items(), key=lambda item: -item[1]):
            name, share = str(names.get(who, who)), count / prevented[outcome]
            rows.append({"outcome": outcome, "through": name, "by": how, "worlds": count, "share": share})
    columns = ["outcome", "through", "by", "worlds", "share"]
    return pd.DataFrame(rows, columns=columns), prevented, brought


def _through(present: EnsembleResult, absent: EnsembleResult, run: int) -> dict[tuple[str, str], float]:
    if not reached(present, "invitation")[run] and reached(absent, "invitation")[run]:
        return _at_the_council(present, absent, run)
    return _at_ratification(present, absent, run)


def _at_the_council(present: EnsembleResult, absent: EnsembleResult, run: int) -> dict[tuple[str, str], float]:
    council = int(np.flatnonzero(absent.data["invited"].to_numpy()[run])[-1])
    here, there = (r.data["ballot"].to_numpy()[run, council] for r in (present, absent))
    if (here == NO_BALLOT).all():
        return {(SHELVED, SHELVED_BEFORE): 1.0}
    objects = np.flatnonzero((here == OBJECT) & (there != OBJECT))
    if not objects.size:
        objects = np.flatnonzero(here == OBJECT)
    if not objects.size:
        return {(NOT_READY, NOT_READY_YET): 1.0}
    reasons = present.data["reason"].to_numpy()[run, council]
    codes = present.data["member"].to_numpy()
    by = [BY_STANCE if reasons[i] & REASON_STANCE else BY_WAR for i in objects]
    return {(str(codes[i]), why): 1 / len(objects) for i, why in zip(objects, by, strict=True)}


def _at_ratification(present: EnsembleResult, absent: EnsembleResult, run: int) -> dict[tuple[str, str], float]:
    here, there = (r.data["ratified_step"].to_numpy()[run] for r in (present, absent))
    if present.outcomes_by_member["outcome"].iloc[run] == "shelved":
        return {(SHELVED, SHELVED_AFTER): 1.0}
    missing = np.flatnonzero((here == NEVER) & (there != NEVER))
    if not missing.size or len(missing) == len(here):
        return {(LATER, TIME): 1.0}
    codes = present.data["member"].to_numpy()
    return {(str(codes[i]), BY_RATIFICATION): 1 / len(missing) for i in missing}
