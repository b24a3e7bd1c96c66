"""Coded judgements of an edition: the mean of all readings of a code, how sure it is, and since when it stands."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable

from article10.model.edition import Edition
from article10.model.tables import Row, day_of

STANCE_PER_CODE = 0.3  # the hesitant (-1) object, but stand within reach of the objection line (decision 0006)
SPREAD_SOURCED = 0.06  # half a code (0.15) is 2.5 sd: about 1 in 80 such codes would be coded otherwise
SPREAD_GENERAL = 0.12  # half a code is 1.3 sd: about 1 in 5 of the codes on general knowledge
SPREAD_UNHEARD = 0.3  # a government not yet heard: the widest spread of a main alternative, alternatives.csv
CHANGE_A_YEAR = 0.12  # sd of the change of a stance over a year without evidence: stance.shock
LONGEST_STANDING = 20_000  # days: an objection cannot be older than some 55 years

SOURCED = ("sourced statements", "found statements")
"""What the status of a code says if it rests on statements that were read."""

UNHEARD = ("stale", "result not found")
"""What the status of a code says if the government in office is not the one that was coded."""

FIRST_READING = {"stance_code": "membership_stance", "government_ties": "governments", "war_bar": "governments"}
"""The table with the first reading of each code."""

FURTHER_COLUMN = {"stance_code": "stance_code", "government_ties": "ties", "war_bar": "war_bar"}
"""The column of each code in the tables of further readings."""


def readings(iso3: str, code: str, edition: Edition) -> list[float]:
    """Every reading of one code of a member: that of the main table, and those of the tables that the edition names.

    Args:
        iso3: code of the member.
        code: ``stance_code``, from -2 to 2; ``government_ties`` or ``war_bar``, from 0 to 1.
        edition: the edition.
    """
    first = float(_row(iso3, edition.table(FIRST_READING[code]))[code])
    column = FURTHER_COLUMN[code]
    return [first, *(float(_row(iso3, edition.table(name))[column]) for name in edition.file.readings)]


def mean_code(iso3: str, code: str, edition: Edition) -> float:
    """The mean of all readings of one code of a member; see ``readings``."""
    return statistics.fmean(readings(iso3, code, edition))


def stance_spread(iso3: str, edition: Edition) -> float:
    """Standard deviation of a member's stance around its code, in units of stance.

    The greater of the standard deviation of the readings, and that of one code: ``sqrt(s**2 + 0.12**2 * years)``, s
    0.06 if it rests on sourced statements, 0.12 if on general knowledge and 0.3 if the government in office has not
    been heard; years from the code's last evidence (column ``last_evidence``, if there is one) to the edition's date.
    """
    row = _row(iso3, edition.table("membership_stance"))
    since = row.get("last_evidence")
    years = (edition.date - day_of(since)).days / 365.25 if since else 0.0
    one = math.hypot(spread_of_status(row["status"]), CHANGE_A_YEAR * math.sqrt(years))
    codes = readings(iso3, "stance_code", edition)
    return max(one, STANCE_PER_CODE * statistics.stdev(codes)) if len(codes) > 1 else one


def spread_of_status(status: str) -> float:
    """Standard deviation of a fresh coded stance, by what its status says it rests on."""
    if any(word in status for word in UNHEARD):
        return SPREAD_UNHEARD
    return SPREAD_SOURCED if any(word in status for word in SOURCED) else SPREAD_GENERAL


def alternative(iso3: str, column: str, edition: Edition) -> float:
    """A value of a member's main alternative government, from ``alternatives.csv``.

    Args:
        iso3: code of the member.
        column: ``stance_code``, from -2 to 2; ``government_ties`` or ``probability``, from 0 to 1; ``spread``, in
            codes; ``falls_between``, 0 or 1.
        edition: the edition.
    """
    return float(_row(iso3, edition.table("alternatives"))[column])


def standing_days(iso3: str, edition: Edition) -> float:
    """Days for which the present government has publicly objected, to the edition's date; 0 if no day is known.

    From the column ``standing_since`` of ``membership_stance.csv``, if there is one. It is the first statement that
    the tables have, so that the objection may be older.
    """
    since = _row(iso3, edition.table("membership_stance")).get("standing_since")
    return float((edition.date - day_of(since)).days) if since else 0.0


def _row(iso3: str, table: Iterable[Row]) -> Row:
    return next(row for row in table if row["iso3"] == iso3)
