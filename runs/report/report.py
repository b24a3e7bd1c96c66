"""A report on a scenario as one HTML file: a brief, sections with figures, assumptions, and how to reproduce it."""

from __future__ import annotations

import json
import re
import shlex
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from article10.model.arguments import check_distinct, whole
from article10.model.checked import checked
from article10.model.edition import Edition
from article10.model.randomness import Sampler
from article10.model.scenario import Scenario
from article10.model.scenario_file import read_scenario, shipped
from article10.model.setup import Setup
from article10.model.stacked_draws import SharedDraws
from article10.runs.analyses.comparison.compare import compare
from article10.runs.analyses.comparison.compare_result import Comparison
from article10.runs.analyses.influence.influence_result import Influence
from article10.runs.analyses.paired import Progress, check_comparable, outcomes_ahead
from article10.runs.analyses.registry import ANALYSES
from article10.runs.analyses.result import AnalysisResult
from article10.runs.batches.kept_runs import step_kept
from article10.runs.ensemble.dataset import dataset
from article10.runs.ensemble.provenance import provenance
from article10.runs.ensemble.recorder import Recorder, with_run_variables
from article10.runs.ensemble.result import EnsembleResult
from article10.runs.output.files import moved_into_place, remove_abandoned
from article10.runs.output.path import PAGES, check_suffix
from article10.runs.output.toml_value import toml_value
from article10.runs.report.brief_text import BOTTOM_LINE, brief_text
from article10.runs.report.past import badges
from article10.runs.report.plausible import PlausibleRanges, plausible_ranges
from article10.runs.report.sections import Section, sections
from article10.runs.statistics.intervals import TooFewRunsWarning


@dataclass(frozen=True)
class Report:
    """A report on one scenario.

    Attributes:
        result: the ensemble.
        analyses: results of the analyses whose registration gives them a section in a report, by name.
        plausible: how far the main numbers move over plausible parameters.
        asked: the scenarios and their changes as arguments of the command that reproduces the report; empty if a
            scenario was given as a value that no command can name.
        against: the scenario beside another one, in paired runs; None for a report on one scenario.
    """

    result: EnsembleResult
    analyses: Mapping[str, AnalysisResult]
    plausible: PlausibleRanges
    asked: str
    against: Comparison | None = None

    @property
    def influence(self) -> Influence:
        """Russia's influence, which the brief states."""
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
        from markupsafe import Markup

        room = resources.files("article10.runs.report")
        page, style = (room.joinpath(name).read_text("utf-8") for name in ("page.html", "page.css"))
        environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
        environment.filters["minus"] = with_minus
        s, made, brief = self.scenario, provenance(), brief_text(self)
        libraries = ", ".join(f"{name} {version}" for name, version in json.loads(made["libraries"]).items())
        shown = self.sections()
        return environment.from_string(page).render(
            style=Markup(style),
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
            badges=badges(),
            bottom_line=brief.pop(BOTTOM_LINE),
            brief=brief,
            sections=shown,
            appendix=[table for section in shown for table in section.tables if table.in_appendix],
            command=self.command(),
            scenario_json=s.model_dump_json(indent=1),
        )

    def sections(self) -> list[Section]:
        """The sections of the page below the brief."""
        return sections(self)

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


@checked
def report(
    scenario: str | Path | Scenario = "baseline",
    runs: int = 2000,
    seed: int = 0,
    *,
    against: str | Path | Scenario | None = None,
    changes: Mapping[str, Any] | None = None,
    edition: str | Path | Edition | None = None,
    progress: Progress | None = None,
) -> Report:
    """A report on a scenario.

    Args:
        scenario: name of a shipped scenario, path of a TOML file, or a scenario.
        runs: number of runs of the ensemble and of each variant in the analyses, so that all parts agree.
        seed: seed of all random streams.
        against: another scenario, to be set beside it in paired runs.
        changes: changes to the scenario, and to the other one, by full key.
        edition: name or folder of the edition to stand on; by default the one that the scenario names, or the newest.
        progress: called with the number of runs done and the number of all runs, part by part.

    Raises:
        ScenarioError: a scenario is invalid.
        ValueError: ``runs`` or ``seed`` is invalid, or the two scenarios have one name or differ in time or in members.
    """
    runs, seed = whole("runs", runs, 1), whole("seed", seed)
    chosen = read_scenario(scenario, changes, edition=edition)
    other = None if against is None else read_scenario(against, changes, edition=edition)
    if other is not None:
        check_distinct("scenario and against", [chosen.name, other.name])
        check_comparable({each.name: each for each in (chosen, other)})
    asked = _words(scenario, changes or {}, chosen.edition)
    if other is not None and asked:
        beside = _name(against)
        asked = f"{asked} {shlex.join(['--against', beside])}" if beside else ""
    outcomes = outcomes_ahead(chosen)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TooFewRunsWarning)  # the page says which effects were not detected
        offered = {"outcome": outcomes[0], "progress": progress}
        found = {
            each.name: each.ask(chosen, offered, runs=runs, seed=seed) for each in ANALYSES.values() if each.section
        }
        compared = None if other is None else compare(chosen, [other], runs, seed, progress=progress)
    over = plausible_ranges(chosen, outcomes, found["influence"].lever, runs, seed, progress)
    return Report(_ensemble(chosen, runs, seed, progress), found, over, asked, compared)


def _ensemble(scenario: Scenario, runs: int, seed: int, progress: Progress | None) -> EnsembleResult:
    """The runs of ``article10.simulate``, kept like those of the analyses."""
    setup = Setup.of(scenario)
    recorder = Recorder(setup, runs, with_run_variables(("stance",)))
    draws = SharedDraws(Sampler(setup.streams, seed, once=True))
    step_kept([(setup, recorder)], draws, range(runs), seed, progress=progress)
    return EnsembleResult(dataset(setup, recorder, seed, 0))


def _words(scenario: str | Path | Scenario, changes: Mapping[str, Any], edition: str) -> str:
    """Scenario and changes as arguments of a command; none where no command can name the scenario."""
    name = _name(scenario)
    words = [name, "--edition", edition]
    for key, value in changes.items():
        words += ["--set", f"{key}={toml_value(value)}"] if key != "edition" else []
    return shlex.join(words) if name else ""


def _name(scenario: str | Path | Scenario | None) -> str:
    """What a command calls a scenario; nothing if it differs from the shipped one of its name."""
    if not isinstance(scenario, Scenario):
        return str(scenario)
    known = shipped(scenario.edition)
    is_shipped = scenario.name in known and scenario == read_scenario(scenario.name, edition=scenario.edition)
    return scenario.name if is_shipped else ""


def with_minus(text: object) -> str:
    """Text with true minus signs before numbers, as print has them.

    >>> with_minus("-15.8 [-18.2, +0.1] by 2036-12-01")
    '−15.8 [−18.2, +0.1] by 2036-12-01'
    """
    return re.sub(r"(?<![\w-])-(?=\d)", "−", str(text))
