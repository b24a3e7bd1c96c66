"""Figures as pictures of a page: the page has their words, so that they can be read at any width."""

from __future__ import annotations

import base64
import io
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from article10.runs.figures.style import as_written, house_style

DPI = 200

WIDTH = 4.8
"""Inches: at this width the words that stay in a figure can be read on a phone."""

LONGEST = 22
"""Characters of a label beside an axis: longer ones are broken, for they would take the room of the figure."""


@dataclass(frozen=True)
class Picture:
    """A figure of the page.

    Attributes:
        image: PNG, in base64.
        title: above it, and for those who cannot see it.
        note: below it: the number of runs, and what lines and colours are.
    """

    image: str
    title: str
    note: str


def drawn(draw: Callable[[], Axes], runs: int, title: str = "") -> Picture:
    """Draw a figure for the page, its title and its note of the runs taken out as words.

    Args:
        draw: gives the Axes, on a figure of its own.
        runs: that its note begins with.
        title: in place of its own.
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
        figure.set_size_inches(WIDTH, figure.get_figheight())
        figure.savefig(page, format="png", dpi=DPI, bbox_inches="tight", pad_inches=0.05)
    image = base64.b64encode(page.getvalue()).decode()
    note = "; ".join(text.get_text() for text in notes)
    return Picture(image, title or as_written(own), as_written(note))
