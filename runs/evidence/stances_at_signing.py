"""Stances of members on the day on which a protocol is signed, coded by a rule from what was known on that day.

A member that signs a protocol supports it, unless something is recorded that was in the way and is not settled:

| what is recorded | stance | spread |
|---|---|---|
| no dispute with a candidate, or one that an agreement in force has settled | 0.6 | 0.1 |
| an open dispute that the member has not held against accession | 0.0 | 0.2 |
| accession held up by the member, and let pass on terms that are still to be met | -0.3 | 0.2 |
| ties of its government with Russia of at least 0.7, on the scale of the table of governments | at most 0.0 | 0.2 |

A dispute counts as settled from the day on which the agreement that ends it is in force. The values are those of the
scale of stances: code 2 is 0.6, code 0 is 0.0 and code -1 is -0.3.
"""

from __future__ import annotations

import datetime as dt
from types import MappingProxyType

from article10.model.scenario import MemberOverride

SUPPORTS, ACQUIESCES, HOLDS_OUT = 0.6, 0.0, -0.3
"""Stances that the rule gives."""

CERTAIN, UNCERTAIN = 0.1, 0.2
"""Spreads of a stance: of a member that supports, and of any other."""

STANCES = MappingProxyType({"none": SUPPORTS, "settled": SUPPORTS, "open": ACQUIESCES, "on_terms": HOLDS_OUT})
"""Stance by what is recorded of a member's dispute with a candidate."""

CLOSE_TIES = 0.7
"""Ties with Russia from which a government acquiesces at most: from there it shares Russia's view or deals with it over
the heads of its allies."""


def stance_at_signing(
    dispute: str, ties: float = 0.0, settled: dt.date | None = None, signed: dt.date | None = None
) -> MemberOverride:
    """The stance of a member at signing, and its spread.

    Args:
        dispute: a key of ``STANCES``.
        ties: ties of the member's government with Russia, in [0, 1].
        settled: day on which an agreement that ends the dispute came into force, if one did.
        signed: day of signature; a dispute settled on a later day counts as it is recorded.

    Raises:
        ValueError: ``dispute`` or ``ties`` has another value.

    >>> stance_at_signing("open").stance
    0.0
    >>> stance_at_signing("open", settled=dt.date(2030, 6, 1), signed=dt.date(2031, 2, 1)).stance
    0.6
    """
    if dispute not in STANCES:
        raise ValueError(f"dispute = {dispute!r}: expected one of {', '.join(STANCES)}")
    if not 0.0 <= ties <= 1.0:
        raise ValueError(f"ties = {ties}: expected a number from 0 to 1")
    if settled is not None and signed is not None and settled <= signed:
        dispute = "settled"
    stance = min(STANCES[dispute], ACQUIESCES if ties >= CLOSE_TIES else SUPPORTS)
    return MemberOverride(stance=stance, stance_spread=CERTAIN if stance == SUPPORTS else UNCERTAIN)
