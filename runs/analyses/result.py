"""The result of every analysis: sentences, tables with intervals, figures, and provenance to reproduce it."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from rich.console import Group, RenderableType
from rich.markup import escape as escape_markup
from rich.padding import Padding

from article10.model.edition import read_edition
from article10.model.scenario import Scenario
from article10.runs.ensemble.provenance import provenance
from article10.runs.output.path import check_figures
from article10.runs.output.table import FittedTable, ResultTable
from article10.runs.statistics.intervals import SIMULATION_ONLY, Undetected, counted

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class AnalysisResult(ABC):
    """The result of an analysis, which answers one question.

    Attributes:
        scenario: the scenario analysed.
        runs: number of runs of each variant.
        seed: seed of all random streams.
    """

    scenario: Scenario
    runs: int
    seed: int

    covers: ClassVar[str] = SIMULATION_ONLY
    """What the intervals cover, in one sentence."""

    @property
    @abstractmethod
    def question(self) -> str:
        """The question, in one line."""

    def asked(self) -> dict[str, Any]:
        """The arguments of the analysis other than scenario, runs and seed, by name, for the provenance."""
        return {}

    @abstractmethod
    def sentences(self) -> list[str]:
        """The findings, the headline first; effects that the runs cannot distinguish from zero are reported as such."""

    def undetected(self) -> list[str]:
        """The sentences about effects that the runs cannot distinguish from zero, with the number of runs needed."""
        return [text for text in self.sentences() if isinstance(text, Undetected)]

    @abstractmethod
    def tables(self) -> dict[str, ResultTable]:
        """The tables by a short name, the most important first."""

    @abstractmethod
    def figures(self) -> dict[str, Callable[[], Axes]]:
        """The figures by a short name, the most important first; each call draws a new figure."""

    def __repr__(self) -> str:
        """The question and the headline."""
        return f"{type(self).__name__}({self.question} {counted(self.runs)} each. {self.sentences()[0]})"

    def _repr_html_(self) -> str:
        lines = [f"{counted(self.runs)} each.", *self.sentences(), self.covers]
        said = "".join(f"<li>{escape(text)}</li>" for text in lines)
        shown = "".join(table.html() for table in self.tables().values() if table.is_shown)
        return f"<h3>{escape(self.question)}</h3><ul>{said}</ul>{shown}"

    def rendered(self) -> RenderableType:
        """For a terminal: question, sentences, tables."""
        parts: list[RenderableType] = [f"[bold]{escape_markup(self.question)}[/bold]  ·  {counted(self.runs)} each", ""]
        parts += [Padding(f"• {escape_markup(text)}", (0, 0, 0, 0)) for text in [*self.sentences(), self.covers]]
        return Group(*parts, *(FittedTable(table) for table in self.tables().values() if table.is_shown))

    def save(self, folder: Path, figures: str = "png") -> list[Path]:
        """Write sentences, tables as CSV, figures, and provenance into a folder.

        Args:
            folder: the folder, which is created if it does not exist.
            figures: format of the figures: png, svg or pdf.

        Raises:
            ArgumentError: there is no such format.
            OSError: the folder cannot be written to.
        """
        from article10.runs.figures.style import save_figure

        check_figures(figures)
        folder.mkdir(parents=True, exist_ok=True)
        said = folder / "answer.txt"
        lines = [self.question, f"{counted(self.runs)} each.", "", *self.sentences(), self.covers, ""]
        said.write_text("\n".join(lines), "utf-8")
        asked = folder / "provenance.json"
        asked.write_text(json.dumps(self.provenance(), indent=1, default=str), "utf-8")
        paths = [said, asked]
        for name, table in self.tables().items():
            paths.append(folder / f"{name}.csv")
            table.frame.to_csv(paths[-1])
        for name, draw in self.figures().items():
            paths.append(save_figure(draw, folder / f"{name}.{figures}"))
        return paths

    def provenance(self) -> dict[str, Any]:
        """Everything needed to reproduce the result."""
        scenario = json.loads(self.scenario.model_dump_json())
        edition = read_edition(self.scenario.edition)
        tables = {"edition": edition.name, "edition_digest": edition.digest}
        asked = {"question": self.question, "runs": self.runs, "seed": self.seed, "asked": self.asked()}
        return {**asked, **provenance(), **tables, "scenario": scenario}


def listed(words: Iterable[str]) -> str:
    """A list of words as part of a sentence.

    >>> listed(["Hungary", "Slovakia", "Italy"])
    'Hungary, Slovakia and Italy'
    """
    *first, last = list(words) or ["nobody"]
    return f"{', '.join(first)} and {last}" if first else last
