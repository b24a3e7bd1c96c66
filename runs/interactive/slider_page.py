"""A page with one slider that works without Python: the picture at each of its positions was drawn beforehand."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

import numpy as np

from article10.agents.parameter import Declaration
from article10.runs.interactive.figure import ComparisonFigure
from article10.runs.interactive.positions import Positions, Value, position_of
from article10.runs.interactive.state import InteractiveState
from article10.runs.output.files import write_whole

COLOURS = 128
"""Colours of a picture: figures need no more, and the page holds several."""

MOVE = (
    "const box = this.closest('.article10-slider');"
    "box.querySelectorAll('figure').forEach((each, k) => { each.hidden = k !== Number(this.value); });"
    "const said = box.dataset.values.split('|')[Number(this.value)];"
    "box.querySelector('output').textContent = said; this.setAttribute('aria-valuetext', said);"
)
"""What the page does when its slider is moved."""


@dataclass(frozen=True)
class SliderPage:
    """A slider for one parameter, and the picture and the effect at each of its positions.

    Attributes:
        key: full key of the parameter.
        description: what it is.
        values: its values, in the order of the positions.
        pictures: by position, the content of a PNG file.
        effects: by position, the effect on accession in a sentence.
        start: the position at which the slider stands at first.
    """

    key: str
    description: str
    values: tuple[Value, ...]
    pictures: tuple[bytes, ...] = field(repr=False)
    effects: tuple[str, ...]
    start: int

    def html(self) -> str:
        """The slider and its pictures, to be put into a page; without scripts the first picture is seen."""
        said = [str(value) for value in self.values]
        figures = "".join(
            f"<figure{'' if place == self.start else ' hidden'} style='margin:.5em 0'>"
            f"<img alt='{escape(effect)}' style='max-width:100%;height:auto' "
            f"src='data:image/png;base64,{base64.b64encode(picture).decode()}'>"
            f"<figcaption>{escape(effect)}</figcaption></figure>"
            for place, (picture, effect) in enumerate(zip(self.pictures, self.effects, strict=True))
        )
        return (
            f"<div class='article10-slider' style='font-family:sans-serif' data-values='{escape('|'.join(said))}'>"
            f"<label>{escape(self.description)} <code>{escape(self.key)}</code> "
            f"<input type='range' min='0' max='{len(said) - 1}' step='1' value='{self.start}' "
            f"aria-valuetext='{escape(said[self.start])}' oninput=\"{escape(MOVE)}\"></label> "
            f"<output>{escape(said[self.start])}</output>{figures}</div>"
        )

    def save(self, path: str | Path) -> Path:
        """Write a page that loads nothing from a network.

        Args:
            path: path of the file; one that exists is replaced.

        Returns:
            The path.
        """
        head = f"<meta charset='utf-8'><meta name='viewport' content='width=device-width'><title>{escape(self.key)}"
        page = f"<!doctype html><html lang='en'><head>{head}</title></head><body>{self.html()}</body></html>\n"
        write_whole(Path(path), page.encode())
        return Path(path)

    def _repr_html_(self) -> str:
        return self.html()


def slider_page(state: InteractiveState, declared: Declaration, positions: int) -> SliderPage:
    """Simulate the runs of a state with a parameter at each of several values, and draw each beside those as given.

    Args:
        state: the scenario, its changes and its runs.
        declared: declaration of the parameter.
        positions: number of values of a parameter that is a number, beside the scenario's own.
    """
    own = state.changes.get(declared.key, position_of(declared, declared.default))
    values = _values(declared, own, positions)
    figure, pictures, effects = ComparisonFigure(state.given), [], []
    for value in values:
        now = state.at(declared, value)
        figure.show(now)
        pictures.append(_smaller(figure.png()))
        effects.append(state.headline(now))
    return SliderPage(
        declared.key, declared.description, tuple(values), tuple(pictures), tuple(effects), values.index(own)
    )


def _values(declared: Declaration, own: Value, positions: int) -> list[Value]:
    if declared.choices:
        return list(declared.choices)
    if isinstance(declared.default, bool):
        return [False, True]
    grid = Positions.of(declared)
    spread = np.linspace(grid.low, grid.high, positions)
    apart = (grid.high - grid.low) / (positions - 1)
    ends = (grid.low, grid.high)
    others = (grid.exact(round(value / grid.step) * grid.step) for value in spread.tolist())
    return sorted({value for value in others if value in ends or abs(value - float(own)) > apart / 2} | {own})


def _smaller(picture: bytes) -> bytes:
    from PIL import Image

    page = io.BytesIO()
    with Image.open(io.BytesIO(picture)) as opened:
        opened.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(page, format="png", optimize=True)
    return page.getvalue()
