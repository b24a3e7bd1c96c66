"""A brief: what a report finds, on one page and in plain words, as Markdown or HTML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

from article10.model.checked import checked
from article10.model.edition import Edition, read_edition
from article10.model.scenario import Scenario, all_declarations
from article10.runs.analyses.influence.ranking import InfluenceRanking
from article10.runs.analyses.paired import Progress
from article10.runs.analyses.result import listed
from article10.runs.ensemble.summary import milestones
from article10.runs.output.files import moved_into_place, remove_abandoned
from article10.runs.output.folder import PAGE_HEAD
from article10.runs.output.path import PAGES, check_suffix
from article10.runs.report.frequencies import direction, frequency
from article10.runs.report.headline import objections_by_member
from article10.runs.report.report import Report, report
from article10.runs.statistics.forms import SIZE_IN_POINTS
from article10.runs.statistics.intervals import UNDETECTED, excludes_zero, interval

TEXTS = (".md", *PAGES)
"""Endings of the names of files that a brief can be written to."""

MOST = 3
"""Members and levers named."""

TERMS = {
    "Run": "one simulated course of events; the share of runs in which something happens is its probability here.",
    "Invitation": "the council decides, with nobody objecting, to invite the candidate to talks on accession.",
    "Accession": "every member has ratified the protocol, and the candidate is a member.",
    "Objects": "a member says no in the council; it may do so by its own stance, or because the candidate is at war.",
    "Percentage points": "the difference of two probabilities: from 20% to 23% is a rise of 3 percentage points.",
}
"""Words that a reader needs, each explained in one sentence."""

STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem;color:#222}"
    "h1{font-size:1.5rem}h2{font-size:1.1rem;margin:1.2rem 0 .2rem}ul{margin:.2rem 0;padding-left:1.2rem}"
    "@page{size:A4;margin:16mm}@media print{body{font-size:10pt;line-height:1.35;margin:0;max-width:none}}"
)


@dataclass(frozen=True)
class Brief:
    """A brief on one scenario.

    Attributes:
        report: the report that it is made of.
    """

    report: Report

    @property
    def scenario(self) -> Scenario:
        """The scenario of the brief."""
        return self.report.scenario

    @property
    def title(self) -> str:
        """The question."""
        return f"Will {self.scenario.candidate.name} be admitted?"

    @property
    def subtitle(self) -> str:
        """The scenario in one line."""
        return self.scenario.title or self.scenario.name

    def sections(self) -> dict[str, list[str]]:
        """Sentences by heading, from the bottom line to the terms; none says more than its interval supports."""
        return {
            "The bottom line": self._bottom_line(),
            "Who decides": self._who_decides(),
            "Who does not": self._who_does_not(),
            "What would change it most": self._what_would_change_it(),
            "How far to trust it": self._how_far(),
            "Terms": [f"{term}: {meaning}" for term, meaning in TERMS.items()],
        }

    def markdown(self) -> str:
        """The brief as Markdown."""
        lines = [f"# {self.title}", "", f"*{self.subtitle}*", ""]
        for heading, said in self.sections().items():
            body = said if heading == "The bottom line" else [f"- {sentence}" for sentence in said]
            lines += [f"## {heading}", "", *([" ".join(body)] if heading == "The bottom line" else body), ""]
        return "\n".join(lines)

    def html(self) -> str:
        """The brief as one page that loads nothing from a network and prints on one sheet."""
        parts = [f"<h1>{escape(self.title)}</h1><p>{escape(self.subtitle)}</p>"]
        for heading, said in self.sections().items():
            items = "".join(f"<li>{escape(sentence)}</li>" for sentence in said)
            text = f"<p>{escape(' '.join(said))}</p>" if heading == "The bottom line" else f"<ul>{items}</ul>"
            parts.append(f"<h2>{escape(heading)}</h2>{text}")
        head = f'<meta charset="utf-8">{PAGE_HEAD}<title>{escape(self.title)}</title><style>{STYLE}</style>'
        return f'<!doctype html><html lang="en"><head>{head}</head><body>{"".join(parts)}</body></html>\n'

    @checked
    def save(self, path: str | Path) -> Path:
        """Write the brief; the file appears only when it is complete.

        Args:
            path: path of the file, ``.md`` or ``.html``; its folder must exist.

        Raises:
            OSError: the file cannot be written.
            ValueError: the name has another ending.
        """
        path = Path(path)
        check_suffix(path, TEXTS)
        remove_abandoned(path)
        text = f"<!-- {PAGE_HEAD} -->\n{self.markdown()}" if path.suffix.lower() == ".md" else self.html()
        with moved_into_place(path) as beside:
            beside.write_text(text, "utf-8")
        return path

    # --- sentences ----------------------------------------------------------------------------------------------------

    def _bottom_line(self) -> list[str]:
        rows, name = milestones(self.report.result), self.scenario.candidate.name
        last, day = rows.iloc[-1], f"{rows.index[-1]:%B %Y}"
        member = f"{name} is a member by {day} in {frequency(last['accession'])} ({_percent(last, 'accession')})"
        if "invitation" not in self.report.influence.outcomes:
            return [f"{member}."]
        invited = f"{frequency(last['invitation'])} ({_percent(last, 'invitation')})"
        return [f"{member}.", f"It is invited by then in {invited}."]

    def _who_decides(self) -> list[str]:
        s, rows = self.scenario, objections_by_member(self.report.result)
        members = len(s.members())
        rule = "by consensus: one objection blocks" if s.accession.rule == "consensus" else "by a what-if rule"
        said = [f"The {members} members decide, {rule}."]
        if rows.empty:
            return [*said, "No council had the question before it."]
        top = listed(
            f"{row['name']} ({interval(row, 'own_stance', '{:.0%}')})" for _, row in rows.head(MOST).iterrows()
        )
        said.append(f"By their own stance, these object at the largest share of councils: {top}.")
        war = rows.nlargest(1, "war").iloc[0]
        if war["war"] > 0:
            share = interval(war, "war", "{:.0%}")
            said.append(f"Because of the war, {war['name']} objects at {share} of councils, and no member more often.")
        shelved = frequency(float(self.report.result.outcomes_by_member["ever_shelved"].mean()))
        said.append(f"{s.candidate.name} itself gives up its bid, at least for a time, in {shelved}.")
        return said

    def _who_does_not(self) -> list[str]:
        found = self.report.influence
        own, everyone = found.formal_weight
        outcome, label = found.outcomes[0], found.lever.label
        d = found.total[outcome]
        if d.excludes_zero:
            size = interval(_absolute(d.row("difference")), "difference", SIZE_IN_POINTS)
            change = f"{direction(d.mean)} the probability of {outcome} by {size}"
        else:
            change = f"has an effect on {outcome} that is {UNDETECTED}"
        power = read_edition(self.scenario.edition).external_power.name
        said = f"{label[0].upper()}{label[1:]} {change}, in paired runs with and without it."
        return [f"{power} has {own} of {everyone} ballots.", said]

    def _what_would_change_it(self) -> list[str]:
        ranking = self.report.analyses.get("rank_influence")
        if not isinstance(ranking, InfluenceRanking):
            return ["This was not computed."]
        detected = ranking.levers[excludes_zero(ranking.levers, "difference")]
        if detected.empty:
            return [
                f"No lever has an effect on {ranking.outcome} that {ranking.runs:,} runs can distinguish from zero."
            ]
        said = []
        for _, row in detected.head(MOST).iterrows():
            without = "falls" if row["difference"] > 0 else "rises"
            size = interval(_absolute(row), "difference", SIZE_IN_POINTS)
            said.append(f"Without {row['label']}, the probability of {ranking.outcome} {without} by {size}.")
        return said

    def _how_far(self) -> list[str]:
        edition, declared = read_edition(self.scenario.edition), list(all_declarations(self.scenario))
        assumed = sum("assum" in d.meta.source.lower() for d in declared)
        result = self.report.result
        return [
            f"{result.runs:,} runs, seed {result.seed}. Brackets are 95% confidence intervals: simulation uncertainty "
            "only; they do not say how sure the model is of the world.",
            f"The tables are those of {_day(edition.date)}, with evidence up to "
            f"{_day(edition.file.last_day_of_evidence)}. Of {len(declared)} parameters, {assumed} are assumed, at "
            "least in their size.",
            "How the model did on the past, where it lost, and which statements survive other parameters: the pages on "
            "the track record, hindcasts and robustness, and on limits, in the documentation.",
        ]


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _percent(row: pd.Series[Any], name: str) -> str:
    return interval(row, name, "{:.0%}")


def _absolute(row: Mapping[str, Any] | pd.Series[Any]) -> dict[str, float]:
    """The size of a difference with its interval, turned so that it is positive."""
    value, low, high = (float(row[f"difference{end}"]) for end in ("", "_low", "_high"))
    return {
        "difference": abs(value),
        "difference_low": min(abs(low), abs(high)),
        "difference_high": max(abs(low), abs(high)),
    }


@checked
def brief(
    scenario: str | Path | Scenario = "baseline",
    runs: int = 2000,
    seed: int = 0,
    *,
    changes: Mapping[str, Any] | None = None,
    edition: str | Path | Edition | None = None,
    progress: Progress | None = None,
) -> Brief:
    """A brief on a scenario: one page in plain words, made of the results of a report.

    Args:
        scenario: name of a shipped scenario, path of a TOML file, or a scenario.
        runs: number of runs of the ensemble and of each variant in the analyses.
        seed: seed of all random streams.
        changes: changes to the scenario, by full key.
        edition: name or folder of the edition to stand on; by default the one that the scenario names, or the newest.
        progress: called with the number of runs done and the number of all runs, part by part.

    Raises:
        ScenarioError: the scenario is invalid.
        ValueError: ``runs`` or ``seed`` is invalid.
    """
    return Brief(report(scenario, runs, seed, changes=changes, edition=edition, progress=progress))
