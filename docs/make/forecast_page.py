"""Lock a forecast if it differs from the last one, and write the page: ``python docs/make/forecast_page.py``.

The folder of locked forecasts only grows: what is in it is never replaced.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from article10.model.shipped import editions
from article10.runs.evidence.forecast import Forecast, forecast, read_forecast
from article10.runs.evidence.forecast_file import read_locked
from article10.runs.evidence.forecast_scores import FORECASTERS, SCORES
from article10.runs.figures.style import COLOURS, new_axes, note_runs, save_figure
from article10.runs.output.progress import progress_shown
from generated import markdown_table, with_blocks

PAGE = Path(__file__).parents[1] / "evidence" / "forecasts.md"
"""Path of the page in a checkout."""

FOLDER = PAGE.parent / "forecasts"
"""The locked forecasts, and their scores."""

PICTURE = "forecasts_newest.png"

RUNS, DRAWS, SEED = 4000, 64, 0
"""Settings of a forecast that is locked for this page."""


def locked_files(folder: Path = FOLDER) -> list[Path]:
    """The locked forecasts, oldest first."""
    found = [path for path in folder.glob("*.json") if ".scored" not in path.name]
    return sorted(found, key=lambda path: (path.stem[:10], len(path.stem), path.stem))


def forecast_blocks(files: Sequence[Path]) -> dict[str, str]:
    """Text of the page's generated blocks, indexed by the name of their markers.

    Args:
        files: the locked forecasts, oldest first; the last one is shown.
    """
    newest = read_forecast(files[-1])
    asked = newest.content["questions"]
    return {
        "locked": _locked(files),
        "made": _made(files[-1], newest),
        "probabilities": _probabilities(asked),
        "criteria": _criteria(asked),
        "scores": _scores(files),
    }


def _locked(files: Iterable[Path]) -> str:
    rows = []
    for path in files:
        found = read_forecast(path)
        content = found.content
        link = f"[{path.name}](forecasts/{path.name})"
        commit = str(content["code"]["commit"])[:10]
        rows.append((link, content["locked_on"], content["edition"]["name"], f"`{commit}`", f"`{found.sha256}`"))
    return markdown_table(("file", "locked on", "edition", "commit", "SHA-256 of the content"), rows)


def _made(path: Path, found: Forecast) -> str:
    c = found.content
    return (
        f"Shown is `{path.name}`: scenario `{c['scenario']['name']}` of the edition {c['edition']['name']}, whose "
        f"evidence ends on {c['edition']['last_day_of_evidence']}; {c['runs']:,} runs, seed {c['seed']}, {c['draws']} "
        "draws of the parameters.\n"
    )


def _probabilities(asked: Iterable[dict[str, Any]]) -> str:
    rows = []
    for each in asked:
        condition = each["condition"]
        text = each["question"]
        if condition is not None:
            text += f" (condition met in {condition['probability']:.1%} of runs)"
        words = (f"`{each['id']}`", text, _share(each["probability"]), _interval(each["simulation_interval"]))
        rows.append((*words, _interval(each["parameter_range"]), each["resolves"]))
    columns = ("id", "question", "probability", "simulation", "parameters", "resolves by")
    return markdown_table(columns, rows)


def _criteria(asked: Iterable[dict[str, Any]]) -> str:
    rows = []
    for each in asked:
        condition = "" if each["condition"] is None else f" Condition: {each['condition']['text']}"
        rows.append((f"`{each['id']}`", each["criterion"] + condition, each["source"], each["resolved_by"]))
    return markdown_table(("id", "criterion", "source", "resolved by"), rows)


def _scores(files: Iterable[Path]) -> str:
    rows = []
    for path in files:
        for scored in sorted(path.parent.glob(f"{path.stem}.scored*.json")):
            content = read_locked(scored)
            mean = content["mean"]
            words = [_number(mean[score][who]) for score in SCORES for who in FORECASTERS]
            rows.append((f"[{scored.name}](forecasts/{scored.name})", len(content["rows"]), content["open"], *words))
    if not rows:
        return "No question has been resolved yet.\n"
    heads = [f"{score}, {who}" for score in SCORES for who in FORECASTERS]
    return markdown_table(("file", "resolved", "open", *heads), rows)


def _number(value: float | str | None) -> str:
    return "–" if value is None else f"{float(value):.3f}".replace("inf", "∞")


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.1%}"


def _interval(ends: Sequence[float] | None) -> str:
    return "–" if ends is None else f"{ends[0]:.1%} to {ends[1]:.1%}"


def draw_forecast(found: Forecast) -> Axes:
    """The probability of every question, with both intervals."""
    table = found.table
    places = np.arange(len(table))[::-1]
    ax = new_axes((7.5, 1.2 + 0.19 * len(table)))
    ax.hlines(places, table["parameters_low"], table["parameters_high"], color=COLOURS[4], linewidth=5, alpha=0.5)
    ax.hlines(places, table["probability_low"], table["probability_high"], color=COLOURS[0], linewidth=2)
    ax.scatter(table["probability"], places, s=14, color=COLOURS[0], zorder=3)
    ax.set_yticks(places, list(table.index), fontsize=7.5)
    ax.set_ylim(-0.8, len(table) - 0.2)
    ax.set_xlim(-0.01, 1.01)
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    ax.set_title(f"Locked forecast of {found.content['date']}")
    note_runs(
        ax,
        found.content["runs"],
        "line: 95% CI (simulation uncertainty only); band: 5% to 95% over plausible parameters, where known",
        24,
    )
    return ax


def main() -> None:
    """Lock the default baseline's forecast, unless it says what the last one of its date says, and write the page."""
    with progress_shown("forecast") as done:
        found = forecast(runs=RUNS, seed=SEED, draws=DRAWS, changes={"edition": editions()[-1]}, progress=done)
    found.lock(FOLDER)
    write_page()


def write_page() -> None:
    """Write the blocks and the picture from the locked files."""
    files = locked_files()
    PAGE.write_text(with_blocks(PAGE.read_text("utf-8"), forecast_blocks(files)), "utf-8")
    newest = read_forecast(files[-1])
    save_figure(lambda: draw_forecast(newest), PAGE.parent / PICTURE)


if __name__ == "__main__":
    main()
