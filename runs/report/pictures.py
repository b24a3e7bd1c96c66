"""Figures as pictures on a page: titles and notes are text of the page, so that they can be read at any width."""

from __future__ import annotations

import base64
import io
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from article10.runs.figures.style import UNDATED, as_written, house_style

WIDTH = 4.8
"""Width in inches: at this width the words that remain in a figure can be read on a phone."""

LANDSCAPE, WIDE = 1.5, 1.4
"""Width by height beyond which a figure is in landscape, and that of such a figure on the page; a taller one, whose
height depends on its number of rows, keeps its height."""

LONGEST = 22
"""Characters in a line of an axis label: longer labels are wrapped, because they would leave the figure too narrow."""


@dataclass(frozen=True)
class Picture:
    """A figure of the page.

    Attributes:
        image: SVG, in base64: crisp on every screen and in print.
        title: text above the figure, and for screen readers.
        note: text below the figure: the number of runs, and the meaning of lines and colours.
    """

    image: str
    title: str
    note: str


def drawn(draw: Callable[[], Axes], runs: int, title: str = "") -> Picture:
    """Draw a figure for the page; its title and its note become text of the page.

    Args:
        draw: returns the Axes, on a new figure.
        runs: number of runs with which the note begins.
        title: title in place of the figure's own.
    """
    page = io.BytesIO()
    with house_style():
        ax = draw()
        notes = [text for text in ax.texts if text.get_text().startswith(f"{runs:,} run")]
        for text in notes:
            text.remove()
        own = ax.get_title(loc="left")
        ax.set_title("", loc="left")
        labels = [text.get_text() for text in ax.get_yticklabels()]
        if any(len(label) > LONGEST for label in labels):
            ax.set_yticks(ax.get_yticks(), [textwrap.fill(label, LONGEST) for label in labels])
        if isinstance(ax.xaxis.get_major_locator(), MaxNLocator):
            ax.locator_params(axis="x", nbins=5)
        figure: Any = ax.get_figure()
        width, height = figure.get_size_inches()
        figure.set_size_inches(WIDTH, WIDTH / WIDE if width > LANDSCAPE * height else height)
        figure.savefig(page, format="svg", metadata=UNDATED[".svg"], bbox_inches="tight", pad_inches=0.05)
    image = base64.b64encode(page.getvalue()).decode()
    note = "; ".join(" ".join(text.get_text().split()) for text in notes)
    return Picture(image, title or as_written(own), as_written(note))
