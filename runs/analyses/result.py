"""What every analysis gives: sentences, tables with intervals, figures, and what it takes to reproduce it."""

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

from article10.model.scenario import Scenario
from article10.runs.ensemble.provenance import provenance
from article10.runs.output.table import FittedTable, ResultTable
from article10.runs.statistics.intervals import SIMULATION_ONLY, Undetected, counted

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class AnalysisResult(ABC):
    """The answer to one question, with how it was found.

    Attributes:
        scenario: that it was asked of.
        runs: of each variant.
        seed: of all random streams.
    """

    scenario: Scenario
    runs: int
    seed: int

    covers: ClassVar[str] = SIMULATION_ONLY
    """What its intervals cover, in one sentence."""

    @property
    @abstractmethod
    def question(self) -> str:
        """What was asked, in one line."""

    def asked(self) -> dict[str, Any]:
        """What was asked beside scenario, runs and seed, by the names of arguments; provenance has it."""
        return {}

    @abstractmethod
    def sentences(self) -> list[str]:
        """What was found, the headline first; what the runs do not support is said to be so, not stated."""

    def undetected(self) -> list[str]:
        """The sentences about effects that the runs cannot distinguish from zero, with the runs that would do."""
        return [text for text in self.sentences() if isinstance(text, Undetected)]

    @abstractmethod
    def tables(self) -> dict[str, ResultTable]:
        """Its tables by a short name, the most telling first."""

    @abstractmethod
    def figures(self) -> dict[str, Callable[[], Axes]]:
        """Its figures by a short name, the most telling first; each call draws one on a figure of its own."""

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

    def save(self, folder: Path) -> list[Path]:
        """Write sentences, tables as CSV, figures as PNG, and provenance into a folder.

        Args:
            folder: made if it does not exist.

        Raises:
            OSError: it cannot be written.
        """
        from article10.runs.figures.style import save_figure

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
            paths.append(save_figure(draw, folder / f"{name}.png"))
        return paths

    def provenance(self) -> dict[str, Any]:
        """What it takes to reproduce the answer."""
        scenario = json.loads(self.scenario.model_dump_json())
        asked = {"question": self.question, "runs": self.runs, "seed": self.seed, "asked": self.asked()}
        return {**asked, **provenance(), "scenario": scenario}


def listed(words: Iterable[str]) -> str:
    """Words as a sentence lists them.

    >>> listed(["Hungary", "Slovakia", "Italy"])
    'Hungary, Slovakia and Italy'
    """
    *first, last = list(words) or ["nobody"]
    return f"{', '.join(first)} and {last}" if first else last
