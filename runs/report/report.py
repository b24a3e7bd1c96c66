"""A report on a scenario as one HTML file: headline, pictures, influences, assumptions, and how to reproduce it."""

from __future__ import annotations

import json
import shlex
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from article10.model.accession_rule import Milestone
from article10.model.arguments import whole
from article10.model.checked import checked
from article10.model.edition import Edition
from article10.model.randomness import Sampler
from article10.model.scenario import Scenario
from article10.model.scenario_file import read_scenario, shipped
from article10.model.setup import Setup
from article10.model.stacked_draws import SharedDraws
from article10.runs.analyses.influence.influence_result import Influence
from article10.runs.analyses.paired import Progress, outcomes_ahead
from article10.runs.analyses.registry import ANALYSES
from article10.runs.analyses.result import AnalysisResult, listed
from article10.runs.batches.kept_runs import step_kept
from article10.runs.ensemble.dataset import dataset
from article10.runs.ensemble.provenance import provenance
from article10.runs.ensemble.recorder import Recorder, with_run_variables
from article10.runs.ensemble.result import EnsembleResult
from article10.runs.ensemble.summary import milestones
from article10.runs.output.files import moved_into_place, remove_abandoned
from article10.runs.output.path import PAGES, check_suffix
from article10.runs.output.table import ResultTable
from article10.runs.output.toml_value import toml_value
from article10.runs.report.assumptions import changed_parameters, coded_stances, grounds_of_stances, parameter_sources
from article10.runs.report.headline import headline, objections_by_member, objections_shown
from article10.runs.report.pictures import Picture, drawn
from article10.runs.statistics.forms import PERCENT
from article10.runs.statistics.intervals import TooFewRunsWarning, interval, mean_over_runs


@dataclass(frozen=True)
class TableOnPage:
    """A table of the page; its first ``labels`` columns are text."""

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
class Report:
    """A report on one scenario.

    Attributes:
        result: the ensemble.
        analyses: results of the analyses whose registration gives them a section in a report, by name.
        asked: the scenario and its changes as arguments of the command that reproduces the report; empty if the
            scenario was given as a value that no command can name.
    """

    result: EnsembleResult
    analyses: Mapping[str, AnalysisResult]
    asked: str

    @property
    def influence(self) -> Influence:
        """Russia's influence, which the headline states."""
        found = self.analyses["influence"]
        assert isinstance(found, Influence)
        return found

    @property
    def scenario(self) -> Scenario:
        """The scenario of the report."""
        return self.result.scenario

    def html(self) -> str:
        """The page: pictures, style and text in one file, which loads nothing from a network."""
        from jinja2 import Environment, StrictUndefined

        text = resources.files("article10.runs.report").joinpath("page.html").read_text("utf-8")
        template = Environment(autoescape=True, undefined=StrictUndefined).from_string(text)
        s, made = self.scenario, provenance()
        libraries = ", ".join(f"{name} {version}" for name, version in json.loads(made["libraries"]).items())
        return template.render(
            question=f"Will {s.candidate.name} be admitted?",
            title=s.title or s.name,
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
            headline=headline(self.result, self.influence),
            sections=self.sections(),
            command=self.command(),
            scenario_json=s.model_dump_json(indent=1),
        )

    @checked
    def save(self, path: str | Path) -> Path:
        """Write the page; the file appears only when it is complete.

        Args:
            path: path of the file; its folder must exist.

        Raises:
            OSError: the file cannot be written.
            ValueError: the name does not end in ``.html``.
        """
        path = Path(path)
        check_suffix(path, PAGES)
        remove_abandoned(path)
        with moved_into_place(path) as beside:
            beside.write_text(self.html(), "utf-8")
        return path

    def command(self) -> str:
        """The command that reproduces this report."""
        if not self.asked:
            return "# The scenario was given as a value in Python; it is printed in full below."
        runs, seed = self.result.runs, self.result.seed
        return f"pip install -e '.[analysis]'\narticle10 report {self.asked} --runs {runs} --seed {seed}"

    # --- sections -----------------------------------------------------------------------------------------------------

    def sections(self) -> list[Section]:
        """The sections: dates, members, influences, Russia, assumptions."""
        plot, roster, runs = self.result.plot, self.scenario.members(), self.result.runs
        heaviest = int(roster.influence_weight.argmax())
        return [
            Section(
                "when",
                "When, if at all",
                self._when(),
                [
                    drawn(plot.accession, runs, "Probability of each stage by the date"),
                    drawn(
                        lambda: plot.fan(roster.iso3[heaviest]),
                        runs,
                        f"Stance of {roster.names[heaviest]}, heaviest member",
                    ),
                ],
                [_on_page(_milestones(self.result), folded=True)],
            ),
            self._who(),
            *(
                Section(
                    name,
                    ANALYSES[name].section,
                    found.sentences(),
                    [drawn(draw, found.runs) for draw in found.figures().values()],
                    [_on_page(table, folded=True) for table in found.tables().values()],
                )
                for name, found in self.analyses.items()
            ),
            Section(
                "assumptions",
                "Assumptions and their sources",
                [
                    grounds_of_stances(self.scenario),
                    "Most weights are assumptions with a plausible range; what no data identify, such as whether "
                    "guarantees replace membership or lead to it, should be varied rather than trusted.",
                ],
                [],
                [
                    _on_page(changed_parameters(self.scenario), labels=4),
                    _on_page(coded_stances(self.scenario), folded=True),
                    _on_page(parameter_sources(self.scenario), labels=5, folded=True),
                ],
            ),
        ]

    def _when(self) -> list[str]:
        rows = milestones(self.result)
        said = [
            f"{name.capitalize()} by {rows.index[k]:%B %Y}: {interval(rows.iloc[k], name, PERCENT)} of runs."
            for k in dict.fromkeys((min(5, len(rows) - 1), len(rows) - 1))
            for name in self.influence.outcomes
        ]
        war = mean_over_runs(self.result.outcomes_by_member["war_years"].to_numpy(float), "years")
        return [
            *said,
            f"The war is hot for {interval(war, 'years', '{:.1f}')} years on average. In brackets: 95% intervals.",
        ]

    def _who(self) -> Section:
        anchor, title, runs, plot = "who", "Who decides: the members", self.result.runs, self.result.plot
        europe = [drawn(plot.map, runs, "Median stance at the horizon on a map of Europe")] if plot.has_map else []
        rows = objections_by_member(self.result)
        if rows.empty:
            said = ["No council had the question before it: the bid was decided before the start."]
            return Section(anchor, title, said, europe, [])
        top = listed(f"{row['name']} {interval(row, 'own_stance', '{:.0%}')}" for _, row in rows.head(4).iterrows())
        war, rule = rows.nlargest(1, "war").iloc[0], self.scenario.accession.rule
        said = [f"Share of councils at which a member objects by its own stance: {top}."]
        if war["war"] > 0:
            said.append(
                "While the war is hot, members that hold that a state at war cannot be admitted object for that "
                f"reason, at up to {interval(war, 'war', '{:.0%}')} of councils ({war['name']})."
            )
        what_if = f"A what-if: decisions are by {rule.replace('_', ' ')}."
        said.append("Decisions are by consensus: one objection blocks." if rule == "consensus" else what_if)
        objecting = drawn(lambda: plot.holdouts(10), runs, "Who objects, and why")
        return Section(anchor, title, said, [*europe, objecting], [_on_page(objections_shown(rows), folded=True)])


@checked
def report(
    scenario: str | Path | Scenario = "baseline",
    runs: int = 2000,
    seed: int = 0,
    *,
    changes: Mapping[str, Any] | None = None,
    edition: str | Path | Edition | None = None,
    progress: Progress | None = None,
) -> Report:
    """A report on a scenario.

    Args:
        scenario: name of a shipped scenario, path of a TOML file, or a scenario.
        runs: number of runs of the ensemble and of each variant in the analyses, so that all parts agree.
        seed: seed of all random streams.
        changes: changes to the scenario, by full key.
        edition: name or folder of the edition to stand on; by default the one that the scenario names, or the newest.
        progress: called with the number of runs done and the number of all runs, part by part.

    Raises:
        ScenarioError: the scenario is invalid.
        ValueError: ``runs`` or ``seed`` is invalid.
    """
    runs, seed = whole("runs", runs, 1), whole("seed", seed)
    chosen = read_scenario(scenario, changes, edition=edition)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TooFewRunsWarning)  # the page says which effects were not detected
        offered = {"outcome": outcomes_ahead(chosen)[0], "progress": progress}
        found = {
            each.name: each.ask(chosen, offered, runs=runs, seed=seed) for each in ANALYSES.values() if each.section
        }
    return Report(_ensemble(chosen, runs, seed, progress), found, _words(scenario, changes or {}, chosen.edition))


def _ensemble(scenario: Scenario, runs: int, seed: int, progress: Progress | None) -> EnsembleResult:
    """The runs of ``article10.simulate``, kept like those of the analyses."""
    setup = Setup.of(scenario)
    recorder = Recorder(setup, runs, with_run_variables(("stance",)))
    draws = SharedDraws(Sampler(setup.streams, seed, once=True))
    step_kept([(setup, recorder)], draws, range(runs), seed, progress=progress)
    return EnsembleResult(dataset(setup, recorder, seed, 0))


def _words(scenario: str | Path | Scenario, changes: Mapping[str, Any], edition: str) -> str:
    """Scenario and changes as arguments of a command; none if a scenario differs from the shipped one of its name."""
    if isinstance(scenario, Scenario):
        known = shipped(scenario.edition)
        if scenario.name not in known or scenario != read_scenario(scenario.name, edition=scenario.edition):
            return ""
        scenario = scenario.name
    words = [str(scenario), "--edition", edition]
    for key, value in changes.items():
        words += ["--set", f"{key}={toml_value(value)}"] if key != "edition" else []
    return shlex.join(words)


# --- parts of the page ----------------------------------------------------------------------------------------------


def _milestones(result: EnsembleResult) -> ResultTable:
    rows = milestones(result)
    return ResultTable("Probability by the end of the year", rows, dict.fromkeys(Milestone, PERCENT))


def _on_page(shown: ResultTable, labels: int | None = None, folded: bool = False) -> TableOnPage:
    cells = shown.cells()
    words = shown.frame.index.nlevels if labels is None else labels
    return TableOnPage(shown.title, [str(c).replace("_", " ") for c in cells], cells.to_numpy().tolist(), words, folded)
