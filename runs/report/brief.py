"""A brief: what a report finds, on one page and in plain words, as Markdown or HTML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from article10.model.checked import checked
from article10.model.edition import Edition
from article10.model.scenario import Scenario
from article10.runs.analyses.paired import Progress
from article10.runs.output.files import moved_into_place, remove_abandoned
from article10.runs.output.folder import PAGE_HEAD
from article10.runs.output.path import PAGES, check_suffix
from article10.runs.report.brief_text import BOTTOM_LINE, brief_text
from article10.runs.report.report import Report, report, with_minus

TEXTS = (".md", *PAGES)
"""Endings of the names of files that a brief can be written to."""

STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem;color:#222}"
    "h1{font-size:1.5rem}h2{font-size:1.1rem;margin:1.2rem 0 .2rem}ul{margin:.2rem 0;padding-left:1.2rem}"
    "@page{size:A4;margin:15mm}@media print{html{font-size:9.5pt}"
    "body{font-size:1rem;line-height:1.35;margin:0;padding:0;max-width:none}h2{margin:.7rem 0 .1rem}p{margin:.3rem 0}}"
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
        return brief_text(self.report)

    def markdown(self) -> str:
        """The brief as Markdown."""
        lines = [f"# {self.title}", "", f"*{self.subtitle}*", ""]
        for heading, said in self.sections().items():
            body = said if heading == BOTTOM_LINE else [f"- {sentence}" for sentence in said]
            lines += [f"## {heading}", "", *([" ".join(body)] if heading == BOTTOM_LINE else body), ""]
        return "\n".join(lines)

    def html(self) -> str:
        """The brief as one page that loads nothing from a network and prints on one sheet."""
        parts = [f"<h1>{escape(self.title)}</h1><p>{escape(self.subtitle)}</p>"]
        for heading, said in self.sections().items():
            sentences = [escape(with_minus(sentence)) for sentence in said]
            items = "".join(f"<li>{sentence}</li>" for sentence in sentences)
            text = f"<p>{' '.join(sentences)}</p>" if heading == BOTTOM_LINE else f"<ul>{items}</ul>"
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
