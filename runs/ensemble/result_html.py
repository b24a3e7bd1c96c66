"""Results and designs as HTML for notebooks: what was run, what came of it, a small fan."""

from __future__ import annotations

import base64
import io
from html import escape
from typing import TYPE_CHECKING, Any

from article10.agents.html_view import folded, table
from article10.model.accession_rule import Milestone

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from article10.runs.batches.design import Design
    from article10.runs.ensemble.result import EnsembleResult

N_FANNED = 3
"""Members in the small fan: the first that the edition names for figures."""

MOST_ROWS = 5

OBJECTS = {"own_stance": "councils, by its own stance", "hold": "for a price", "war": "because of the war"}
"""Why members object: the headings of the table."""

DPI, SHARPER = 80, 2
"""Size of an image, and pixels of the file for each pixel on the page, so that it is crisp on high-density screens."""


def result_html(result: EnsembleResult) -> str:
    """A result as HTML: scenario, runs and seed, milestones with 95% intervals, holdouts, a small fan."""
    from article10.runs.ensemble.summary import summarise

    if not result.runs:
        return f"<p>{escape(repr(result))}</p>"
    summary, attributes = summarise(result), result.data.attrs
    head = (
        f"<p><b>{escape(summary.title)}</b> · {result.runs:,} runs, seed {result.seed}<br><small>"
        f"{result.scenario.start} to {result.scenario.horizon}, article10 {escape(attributes['article10_version'])}"
        "</small></p>"
    )
    last = summary.milestones.iloc[-1]
    rows = [
        (name, f"{last[name]:.1%}", f"{last[f'{name}_low']:.1%} to {last[f'{name}_high']:.1%}") for name in Milestone
    ]
    parts = [head, table(("reached by the horizon", "share of runs", "95% interval"), rows)]
    if len(summary.holdouts):
        held = summary.holdouts.head(MOST_ROWS)
        shares = [(row["name"], *(f"{row[kind]:.0%}" for kind in OBJECTS)) for _, row in held.iterrows()]
        parts.append(table(("objects most", *OBJECTS.values()), shares))
    if "stance" in result.data:
        parts.append(image(small_fan(result)))
    return "".join(parts)


def small_fan(result: EnsembleResult) -> Figure:
    """Stances of three members side by side, small."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    from article10.runs.figures.plot import selected_members
    from article10.runs.figures.style import house_style, time_axis

    members = selected_members(result.scenario)[:N_FANNED]
    with house_style():
        figure = Figure(figsize=(8.4, 2.3), layout="constrained")
        FigureCanvasAgg(figure)
        for ax, code in zip(figure.subplots(1, len(members), sharey=True, squeeze=False)[0], members, strict=True):
            result.plot.fan(code, ax=ax)
            time_axis(ax, least=2)
            if code != members[0]:
                ax.set_ylabel("")
                ax.texts[-1].set_visible(False)  # the number of runs, once
    return figure


def image(figure: Figure) -> str:
    """A figure as an image within the page."""
    page = io.BytesIO()
    figure.savefig(page, format="png", dpi=DPI * SHARPER)
    width = round(DPI * figure.get_figwidth())
    content = base64.b64encode(page.getvalue()).decode()
    return f'<img alt="stances over time" width="{width}" src="data:image/png;base64,{content}">'


def design_html(design: Design) -> str:
    """A design as HTML: how much it runs, its scenarios, what it changes and what it varies."""
    points, runs = design.n_points, design.runs
    head = (
        f"<p><b>Design</b> · {points:,} points × {runs:,} runs = {points * runs:,} runs, seed {design.seed}<br>"
        f"<small>keeps {escape(str(design.record))}; "
        f"{'all points share every draw' if design.common_random_numbers else 'each point has draws of its own'}"
        "</small></p>"
    )
    rows: list[tuple[str, Any]] = [("scenarios", ", ".join(getattr(s, "name", str(s)) for s in design.scenarios))]
    rows += [(f"{key}, everywhere", value) for key, value in design.changes.items()]
    rows += [(f"{key}, crossed", list(values)) for key, values in design.grid.items()]
    if design.sample is not None:
        how = f"{design.sample.n:,} points, {design.sample.method}"
        rows += [(f"{key}, {how}", tuple(ends)) for key, ends in design.sample.ranges.items()]
    parts = [head, table(("what", "values"), rows)]
    if design.table:
        first = list(design.table[:MOST_ROWS])
        keys = list(first[0])
        shown = table(keys, [[row.get(key) for key in keys] for row in first])
        parts.append(folded(f"{len(design.table):,} points given one by one", shown))
    return "".join(parts)
