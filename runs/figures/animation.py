"""One run as an animated map: stances month by month, with the date, the stage of the bid and the news."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.animation import AbstractMovieWriter, FFMpegWriter, PillowWriter
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from article10.agents.russia import Strategy
from article10.model.accession_rule import STAGES
from article10.model.mechanisms import Mechanism
from article10.runs.ensemble.branch import rerun_any
from article10.runs.figures.map import draw_map, show_member
from article10.runs.figures.style import COLOURS, house_style, literal
from article10.runs.output.folder import new_file
from article10.runs.output.path import MOVIES, check_suffix
from article10.runs.output.progress import Progress
from article10.runs.stories.replay import RECORD, Entry, story

if TYPE_CHECKING:
    from article10.runs.ensemble.result import EnsembleResult

KINDS_SHOWN = ("council", "accession", "war", "election", "event")
"""Kinds of news that are shown, the most important first."""

NEWS_LINES, NEWS_WIDTH = 5, 118
"""Number of lines of news, and of characters in a line."""

DPI = 90


def animate(
    result: EnsembleResult,
    run: int,
    path: str | Path,
    *,
    frames_per_second: float = 6.0,
    strategy: Strategy | None = None,
    mechanisms: Mapping[str, Mechanism] | None = None,
    progress: Progress | None = None,
) -> Path:
    """Write a run as an animated map, one frame per month.

    The run is re-simulated from the provenance of the result, bit for bit. The file appears only when it is complete.

    Args:
        result: result that holds the run.
        run: number of the run.
        path: path that ends in ``.gif``, or in ``.mp4`` where ffmpeg is installed.
        frames_per_second: number of months shown per second.
        strategy: the function that was passed to ``simulate`` as Russia's strategy, if there was one.
        mechanisms: the functions that were passed to ``simulate`` as mechanisms, if there were any.
        progress: called with the number of frames drawn and the number of all frames.

    Returns:
        The path.

    Raises:
        ValueError: the run is not in the result, or the path has another ending.
        FileNotFoundError: ffmpeg is needed and missing, or the folder does not exist.
        OutputError: a file has appeared at the path meanwhile; it is kept, and the message says where the map is.
    """
    path = Path(path)
    writer = _writer(path, frames_per_second)
    rerun_result = rerun_any(result, run, RECORD, strategy=strategy, mechanisms=mechanisms)
    frames = monthly(rerun_result)
    with new_file(path) as unfinished, house_style():
        picture = MovingMap(rerun_result, f"run {run} of {result.scenario.name}, seed {result.seed}")
        with writer.saving(picture.figure, str(unfinished.absolute()), DPI):
            for done, step in enumerate(frames, start=1):
                picture.show(step)
                writer.grab_frame()
                if progress is not None:
                    progress(done, len(frames))
    return path


def _writer(path: Path, frames_per_second: float) -> AbstractMovieWriter:
    check_suffix(path, MOVIES)
    if not path.parent.is_dir():
        raise FileNotFoundError(f"{path}: there is no folder {path.parent}")
    if path.suffix.lower() == ".gif":
        return SteadyGif(fps=frames_per_second)  # type: ignore[arg-type] # fractions of a frame are fine
    if not FFMpegWriter.isAvailable():
        raise FileNotFoundError(f"{path}: an .mp4 needs the program ffmpeg, which is not installed; a .gif does not")
    even = ["-pix_fmt", "yuv420p", "-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2"]  # what players accept
    return FFMpegWriter(fps=frames_per_second, extra_args=even)  # type: ignore[arg-type]


class SteadyGif(PillowWriter):
    """A GIF whose frames share the colours of the first, so that what does not change does not flicker.

    A frame takes one byte per pixel in memory; in the file, parts that have not changed take almost no space.
    """

    _frames: list[Any]

    def grab_frame(self, **options: Any) -> None:  # noqa: ANN401 - matplotlib's
        """Add the figure as it is now as a frame."""
        super().grab_frame(**options)
        frame = self._frames[-1].convert("RGB")
        if len(self._frames) == 1:
            self._palette = frame.quantize(256)
        self._frames[-1] = frame.quantize(palette=self._palette, dither=0)


def monthly(result: EnsembleResult) -> list[int]:
    """The first step of every month, and the last step."""
    days = pd.DatetimeIndex(result.data["step"].to_numpy())
    months = days.year * 12 + days.month
    first = np.flatnonzero(np.diff(months, prepend=-1))
    return sorted({int(step) for step in first} | {len(days) - 1})


def headline(entry: Entry) -> str:
    """An entry of a story, shortened to a line of news."""
    text = entry.text.split(", orientation")[0].split("; the question is not put")[0].rstrip(".")
    return f"{entry.day:%d %b %Y}  {text}"


class MovingMap:
    """The figure, drawn once; each frame changes its colours.

    Attributes:
        figure: the figure.
    """

    def __init__(self, result: EnsembleResult, origin: str) -> None:
        """Draw the map of the first day.

        Args:
            result: result of one run, recorded with ``article10.runs.stories.replay.RECORD``.
            origin: words for the corner that say which run it is.
        """
        data = result.data.isel(run=0)
        self.days = [day.date() for day in pd.DatetimeIndex(data["step"].to_numpy())]
        self.stance, self.stage = data["stance"].to_numpy(), data["stage"].to_numpy()
        self.codes = [str(code) for code in data["member"].to_numpy()]
        self.barred = data["barred_by_war"].to_numpy()
        self.news = [entry for entry in story(result) if entry.kind in KINDS_SHOWN and " times: " not in entry.text]
        self.figure = Figure(figsize=(8.4, 6.9))
        FigureCanvasAgg(self.figure)
        ax = self.figure.add_axes((0.02, 0.235, 0.96, 0.70))
        self.countries = draw_map(ax, self._stance_at(0), result.scenario, label="stance", scale_below=False)
        style: dict[str, Any] = {"va": "top", "ha": "left"}
        self.date = self.figure.text(0.02, 0.985, "", fontsize=17, weight="bold", **style)
        self.stage_text = self.figure.text(0.36, 0.978, "", fontsize=13, color=COLOURS[0], **style)
        self.news_text = self.figure.text(0.02, 0.228, "", fontsize=8.5, linespacing=1.45, **style)
        self.figure.text(0.98, 0.978, literal(origin), fontsize=8, color="#555555", va="top", ha="right")
        self._draw_time()

    def _draw_time(self) -> None:
        """Draw a bar at the foot that shows how much of the time from the start to the horizon has passed."""
        self.time = self.figure.add_axes((0.03, 0.042, 0.94, 0.018))
        self.time.set_xlim(0, len(self.days) - 1)
        self.time.set_ylim(0, 1)
        self.time.set_yticks([])
        self.time.grid(visible=False)
        self.time.spines[:].set_visible(False)
        self.time.set_facecolor("#e6e6e6")
        turns = [k for k, (a, b) in enumerate(zip(self.days, self.days[1:], strict=False), 1) if a.year < b.year]
        self.time.set_xticks(turns, [str(self.days[k].year) for k in turns], fontsize=8)
        (self.passed,) = self.time.barh([0.5], [0], height=1.0, color=COLOURS[0])

    def show(self, step: int) -> None:
        """Show a step."""
        for place, (code, stance) in enumerate(self._stance_at(step).items()):
            if code in self.countries:
                show_member(self.countries[str(code)], stance, bool(self.barred[step, place]))
        self.date.set_text(f"{self.days[step]:%B %Y}")
        self.stage_text.set_text(STAGES[int(self.stage[step])].replace("_", " "))
        self.news_text.set_text(literal("\n".join(self.lines(self.days[step]))))
        self.passed.set_width(step)

    def lines(self, today: date) -> list[str]:
        """The latest news, the newest first, as many as fit."""
        past = [entry for entry in self.news if entry.day <= today]
        past.sort(key=lambda entry: (-entry.day.toordinal(), KINDS_SHOWN.index(entry.kind)))
        return [textwrap.shorten(headline(entry), NEWS_WIDTH, placeholder=" …") for entry in past[:NEWS_LINES]]

    def _stance_at(self, step: int) -> pd.Series[float]:
        return pd.Series(self.stance[step], index=self.codes)
