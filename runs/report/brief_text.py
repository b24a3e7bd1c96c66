"""The text of a brief, which also opens the report: sentences made of a report's results by templates.

Every number of runs or councils stands with its 95% confidence interval, and beside it, where the report has it, the
range over plausible parameters. No sentence says more than its interval supports.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd

from article10.model.edition import read_edition
from article10.model.scenario import all_declarations
from article10.runs.analyses.influence.ranking import InfluenceRanking
from article10.runs.analyses.result import listed
from article10.runs.ensemble.summary import milestones
from article10.runs.report.frequencies import direction, frequency
from article10.runs.report.headline import objections_by_member
from article10.runs.report.past import hindcast_sentence, track_record_sentence
from article10.runs.report.plausible import SHELVED
from article10.runs.statistics.forms import PERCENT, SIZE_IN_POINTS
from article10.runs.statistics.intervals import SIMULATION_ONLY, UNDETECTED, excludes_zero, interval, share

if TYPE_CHECKING:
    from article10.runs.report.report import Report

BOTTOM_LINE = "The bottom line"

MOST = 3
"""Members and levers named."""

OVER = "over plausible parameters"

TERMS = {
    "Run": "one simulated course of events; the share of runs in which something happens is its probability here.",
    "Invitation": "the council decides, with nobody objecting, to invite the candidate to talks on accession.",
    "Accession": "every member has ratified the protocol, and the candidate is a member.",
    "Objects": "a member says no in the council; it may do so by its own stance, or because the candidate is at war.",
    "Percentage points": "the difference of two probabilities: from 20% to 23% is a rise of 3 percentage points.",
}
"""Words that a reader needs, each explained in one sentence."""


def brief_text(report: Report) -> dict[str, list[str]]:
    """Sentences by heading, from the bottom line to the terms."""
    return {
        BOTTOM_LINE: _bottom_line(report),
        "Who decides": _who_decides(report),
        "Who does not": _who_does_not(report),
        "What would change it most": _what_would_change_it(report),
        "How far to trust it": _how_far(report),
        "Terms": [f"{term}: {meaning}" for term, meaning in TERMS.items()],
    }


def _bottom_line(report: Report) -> list[str]:
    rows, name = milestones(report.result), report.scenario.candidate.name
    last, day = rows.iloc[-1], f"{rows.index[-1]:%B %Y}"
    said = [f"{name} is a member by {day} in {_frequency(report, last, 'accession')}."]
    if "invitation" in report.influence.outcomes:
        said.append(f"It is invited by then in {_frequency(report, last, 'invitation')}.")
    return said


def _frequency(report: Report, row: Any, outcome: str) -> str:  # noqa: ANN401 - a row of a table
    """A share of runs as a natural frequency, with its interval and its range over plausible parameters."""
    over = report.plausible.of_share(outcome)
    return f"{frequency(float(row[outcome]))} ({interval(row, outcome, PERCENT)}; {over} {OVER})"


def _who_decides(report: Report) -> list[str]:
    s, rows = report.scenario, objections_by_member(report.result)
    rule = "by consensus: one objection blocks" if s.accession.rule == "consensus" else "by a what-if rule"
    said = [f"The {len(s.members())} members decide, {rule}."]
    if rows.empty:
        return [*said, "No council had the question before it."]
    top = listed(f"{row['name']} ({interval(row, 'own_stance', '{:.0%}')})" for _, row in rows.head(MOST).iterrows())
    said.append(f"By their own stance, these object at the largest share of councils: {top}.")
    war = rows.nlargest(1, "war").iloc[0]
    if war["war"] > 0:
        at = interval(war, "war", "{:.0%}")
        said.append(f"Because of the war, {war['name']} objects at {at} of councils, and no member more often.")
    shelved = share(report.result.outcomes_by_member[SHELVED].to_numpy(bool), SHELVED)
    said.append(
        f"{s.candidate.name} itself gives up its bid, at least for a time, in {_frequency(report, shelved, SHELVED)}."
    )
    return said


def _who_does_not(report: Report) -> list[str]:
    found = report.influence
    own, everyone = found.formal_weight
    outcome, label = found.outcomes[0], found.lever.label
    d = found.total[outcome]
    if d.excludes_zero:
        size = interval(absolute(d.row("difference")), "difference", SIZE_IN_POINTS)
        change = f"{direction(d.mean)} the probability of {outcome} by {size}"
    else:
        change = f"has an effect on {outcome} that is {UNDETECTED}"
    power = read_edition(report.scenario.edition).external_power.name
    over = report.plausible.of_effect(outcome)
    return [
        f"{power} has {own} of {everyone} ballots.",
        f"{label[0].upper()}{label[1:]} {change}, in paired runs with and without it; {OVER}, the change is {over}.",
    ]


def _what_would_change_it(report: Report) -> list[str]:
    ranking = report.analyses.get("rank_influence")
    if not isinstance(ranking, InfluenceRanking):
        return ["This was not computed."]
    detected = ranking.levers[excludes_zero(ranking.levers, "difference")]
    if detected.empty:
        return [f"No lever has an effect on {ranking.outcome} that {ranking.runs:,} runs can distinguish from zero."]
    said = []
    for _, row in detected.head(MOST).iterrows():
        without = "falls" if row["difference"] > 0 else "rises"
        size = interval(absolute(row), "difference", SIZE_IN_POINTS)
        said.append(f"Without {row['label']}, the probability of {ranking.outcome} {without} by {size}.")
    return said


def _how_far(report: Report) -> list[str]:
    edition, declared = read_edition(report.scenario.edition), list(all_declarations(report.scenario))
    assumed = sum("assum" in d.meta.source.lower() for d in declared)
    return [
        f"{report.result.runs:,} runs, seed {report.result.seed}. Square brackets hold {SIMULATION_ONLY}",
        report.plausible.explained(),
        f"The tables are those of {_day(edition.date)}, with evidence up to "
        f"{_day(edition.file.last_day_of_evidence)}. Of {len(declared)} parameters, {assumed} are assumed, at least in "
        "their size.",
        track_record_sentence(),
        hindcast_sentence(),
        "Where it lost, and which statements survive other parameters: the pages on the track record, hindcasts, "
        "robustness and limits, in the documentation.",
    ]


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def absolute(row: Mapping[str, Any] | pd.Series[Any]) -> dict[str, float]:
    """The size of a difference with its interval, turned so that it is positive."""
    value, low, high = (float(row[f"difference{end}"]) for end in ("", "_low", "_high"))
    return {
        "difference": abs(value),
        "difference_low": min(abs(low), abs(high)),
        "difference_high": max(abs(low), abs(high)),
    }
