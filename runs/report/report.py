"""A report on a scenario: headline, pictures, what drives it, assumptions, how to reproduce; one HTML file."""

from __future__ import annotations

import base64
import io
import json
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes

from article10.model.scenario import Scenario
from article10.model.scenario_file import read_scenario
from article10.runs.analyses.answer import PERCENT, Shown
from article10.runs.analyses.evidence import TooFewRunsWarning
from article10.runs.analyses.influence import Influence, influence
from article10.runs.analyses.influence_ranking import InfluenceRanking, rank_influence
from article10.runs.analyses.worlds import Progress
from article10.runs.ensemble import simulate
from article10.runs.figures_style import house_style
from article10.runs.provenance import provenance
from article10.runs.report.assumptions import changed_parameters, coded_stances, parameter_sources
from article10.runs.result import EnsembleResult
from article10.runs.summary import Summary, summarise

FIGURE_DPI = 160
FIGURE_WIDTH = 5.6
"""Inches: at this width the words of a figure can be read on a phone."""


@dataclass(frozen=True)
class Picture:
    """A figure of the page."""

    image: str
    alt: str
    caption: str


@dataclass(frozen=True)
class TableOnPage:
    """A table of the page: its first ``labels`` columns are words."""

    title: str
    columns: list[str]
    rows: list[list[str]]
    labels: int
    folded: bool = False


@dataclass(frozen=True)
class Section:
    """A section of the page."""

    anchor: str
    title: str
    sentences: list[str]
    figures: list[Picture]
    tables: list[TableOnPage]


@dataclass(frozen=True)
class Card:
    """A headline figure: a number, what it is, its interval."""

    value: str
    label: str
    interval: str


@dataclass(frozen=True)
class Report:
    """A report on one scenario.

    Attributes:
        result: the ensemble.
        influence: Russia's.
        ranking: of levers.
        asked: the scenario as it was named, for the command that reproduces the report.
    """

    result: EnsembleResult
    influence: Influence
    ranking: InfluenceRanking
    asked: str

    @property
    def scenario(self) -> Scenario:
        """That it is about."""
        return self.result.scenario

    def html(self) -> str:
        """The page: pictures, style and text in one; nothing is fetched."""
        from jinja2 import Environment, StrictUndefined

        text = resources.files("article10.runs.report").joinpath("page.html").read_text("utf-8")
        template = Environment(autoescape=True, undefined=StrictUndefined).from_string(text)
        s, made = self.scenario, provenance()
        libraries = ", ".join(f"{name} {version}" for name, version in json.loads(made["libraries"]).items())
        return template.render(
            title=f"Will {s.candidate.name} be admitted? {s.title or s.name}",
            description=" ".join(s.description.split()),
            start=s.start,
            horizon=s.horizon,
            runs=f"{self.result.runs:,}",
            seed=self.result.seed,
            version=made["article10_version"],
            commit=made["git_commit"],
            created=made["created"][:10],
            libraries=libraries,
            machine=made["machine"],
            headline=self.headline(),
            sections=self.sections(),
            command=self.command(),
            scenario_json=s.model_dump_json(indent=1),
        )

    def save(self, path: str | Path) -> Path:
        """Write the page; the file appears only when it is whole.

        Args:
            path: of the file; its folder must exist.

        Raises:
            OSError: it cannot be written.
        """
        path = Path(path)
        unfinished = path.with_name(f".{path.name}.unfinished")
        try:
            unfinished.write_text(self.html(), "utf-8")
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)
        return path

    def command(self) -> str:
        """The command that makes this report again."""
        runs, seed = self.result.runs, self.result.seed
        return f"pip install 'article10[analysis]'\narticle10 report {self.asked} --runs {runs} --seed {seed}"

    # --- what is on it ------------------------------------------------------------------------------------------------

    def headline(self) -> list[Card]:
        """The numbers that a reader takes away."""
        summary = summarise(self.result)
        last = summary.milestones.iloc[-1]
        cards = [
            Card(f"{last[name]:.0%}", f"{name} by {summary.milestones.index[-1]:%B %Y}", _between(last, name))
            for name in ("invitation", "accession")
        ]
        d = self.influence.total["invitation"]
        told = f"{100 * d.mean:+.0f} points" if d.is_told else "not told"
        own, everyone = summary.formal_weight
        cards.append(Card(f"{own} of {everyone}", "ballots that Russia has", "its formal weight, under every rule"))
        interval = f"95% interval {100 * d.low:+.0f} to {100 * d.high:+.0f}, same worlds without it"
        cards.append(Card(told, "what Russia's pressure does to the invitation", interval))
        if len(summary.holdouts):
            first = summary.holdouts.iloc[0]
            share = f"objects at {first['own_stance']:.0%} of councils, more than any other"
            cards.append(Card(str(first["name"]), "objects most, by its own stance", share))
        ever = summary.shelved[0]
        cards.append(
            Card(f"{ever:.0%}", "of worlds in which the bid is ever shelved", "by the candidate itself; no veto")
        )
        return cards

    def sections(self) -> list[Section]:
        """When, who, what drives it, Russia, assumptions."""
        summary, plot, roster = summarise(self.result), self.result.plot, self.scenario.members()
        heaviest = roster.iso3[int(roster.influence_weight.argmax())]
        return [
            Section(
                "when",
                "When, if at all",
                self._when(summary),
                [
                    _drawn(plot.accession, "Cumulative probability of each stage"),
                    _drawn(lambda: plot.fan(heaviest), "Stance of the heaviest member"),
                ],
                [_on_page(_milestones(summary), folded=True)],
            ),
            Section(
                "who",
                "Who decides: the members",
                self._who(summary),
                [
                    _drawn(plot.map, "Median stance at the horizon on a map of Europe"),
                    _drawn(lambda: plot.holdouts(10), "Who objects, and why"),
                ],
                [_on_page(_objections(summary), folded=True)],
            ),
            Section(
                "russia",
                "Who has no say, and what it moves: Russia",
                self.influence.sentences(),
                [_drawn(draw, f"Informal influence: {name}") for name, draw in self.influence.figures().items()],
                [_on_page(table, folded=True) for table in self.influence.tables().values()],
            ),
            Section(
                "drivers",
                "What drives it",
                self.ranking.sentences(),
                [_drawn(self.ranking.figures()["ranking"], "What each lever does to the probability of an invitation")],
                [_on_page(table, folded=True) for table in self.ranking.tables().values()],
            ),
            Section(
                "assumptions",
                "Assumptions and their sources",
                [
                    "Stances are coded from public positions; nineteen members' codes rest on general knowledge: each "
                    "run draws them with a spread.",
                    "Most weights are assumptions with a plausible range; what no data identify, such as whether "
                    "guarantees replace membership or lead to it, is to be swept, not believed.",
                    "Nothing here has been tuned to this question.",
                ],
                [],
                [
                    _on_page(changed_parameters(self.scenario), labels=4),
                    _on_page(coded_stances(self.scenario), folded=True),
                    _on_page(parameter_sources(self.scenario), labels=5, folded=True),
                ],
            ),
        ]

    def _when(self, summary: Summary) -> list[str]:
        rows = summary.milestones
        said = [
            f"{name.capitalize()} by {day:%B %Y}: {row[name]:.1%} of runs, 95% interval "
            f"{row[f'{name}_low']:.1%} to {row[f'{name}_high']:.1%}."
            for day, row in [(rows.index[k], rows.iloc[k]) for k in (min(5, len(rows) - 1), len(rows) - 1)]
            for name in ("invitation", "accession")
        ]
        return [*dict.fromkeys(said), f"The war is hot for {summary.war_years:.1f} years on average."]

    def _who(self, summary: Summary) -> list[str]:
        if not len(summary.holdouts):
            return ["No council had the question before it: the bid was decided before the start."]
        top = summary.holdouts.head(4)
        parts = ", ".join(f"{row['name']} {row['own_stance']:.0%}" for _, row in top.iterrows())
        war = summary.holdouts["war"].max()
        return [
            f"Share of councils at which a member objects by its own stance: {parts}.",
            "While the war is hot, members that hold that a state at war cannot be admitted object for that reason, at "
            f"up to {war:.0%} of councils.",
            "Decisions are by consensus: one objection blocks."
            if self.scenario.accession.rule == "consensus"
            else f"A what-if: decisions are by {self.scenario.accession.rule.replace('_', ' ')}.",
        ]


def report(
    scenario: str | Path | Scenario = "baseline",
    runs: int = 2000,
    seed: int = 0,
    *,
    changes: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
) -> Report:
    """A report on a scenario.

    Args:
        scenario: name, path or scenario.
        runs: of the ensemble and of each variant of the influence; the ranking takes half as many.
        seed: of all random streams.
        changes: to the scenario, by full key.
        progress: called with the number of runs done and of all, part by part.

    Raises:
        ScenarioError: the scenario is wrong.
        ValueError: ``runs`` or ``seed`` is.
    """
    chosen = read_scenario(scenario, changes)
    words = "".join(f" --set {key}={value}" for key, value in (changes or {}).items())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TooFewRunsWarning)  # the page says what is not told
        said = influence(chosen, "russia", runs, seed, progress=progress)
    ranking = rank_influence(chosen, runs=max(1, runs // 2), seed=seed, progress=progress)
    result = simulate(chosen, runs, seed)
    name = chosen.name if isinstance(scenario, Scenario) else str(scenario)
    return Report(result, said, ranking, f"{name}{words}")


# --- parts of the page ----------------------------------------------------------------------------------------------


def _between(row: Any, name: str) -> str:  # noqa: ANN401 - a row of a table
    return f"95% interval {row[f'{name}_low']:.0%} to {row[f'{name}_high']:.0%}"


def _milestones(summary: Summary) -> Shown:
    formats = dict.fromkeys(map(str, summary.milestones.columns), PERCENT)
    return Shown("Probability by the end of the year", summary.milestones, formats)


def _objections(summary: Summary) -> Shown:
    formats = {"own_stance": "{:.0%}", "war": "{:.0%}", "any": "{:.0%}", "alone": PERCENT}
    return Shown("Share of councils at which each member objects", summary.holdouts.set_index("name"), formats)


def _on_page(shown: Shown, labels: int | None = None, folded: bool = False) -> TableOnPage:
    cells = shown.cells()
    words = shown.frame.index.nlevels if labels is None else labels
    return TableOnPage(shown.title, [str(c).replace("_", " ") for c in cells], cells.to_numpy().tolist(), words, folded)


def _drawn(draw: Callable[[], Axes], caption: str) -> Picture:
    page = io.BytesIO()
    with house_style():
        figure: Any = draw().get_figure()
        figure.set_size_inches(FIGURE_WIDTH, figure.get_figheight())
        figure.savefig(page, format="png", dpi=FIGURE_DPI, bbox_inches="tight", pad_inches=0.05)
    return Picture(base64.b64encode(page.getvalue()).decode(), caption, caption)
