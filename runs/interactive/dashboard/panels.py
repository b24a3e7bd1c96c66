"""Panels that follow one run: state, map, trajectories, news, ballots, network."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

import solara
from mesa.visualization.utils import update_counter

from article10.agents.members import OBJECT, reason_words
from article10.model.accession_model import AccessionModel
from article10.model.mesa_agents import BALLOT_NAMES
from article10.runs.figures.map import CANDIDATE
from article10.runs.figures.network import STRONGEST
from article10.runs.figures.stance_colours import SCALE
from article10.runs.interactive.dashboard import drawings
from article10.runs.interactive.dashboard.news import latest, story_of
from article10.runs.interactive.dashboard.watched import Watched


def panel(title: str) -> Any:  # noqa: ANN401 - an element, to be filled in a with block
    """A box with a heading."""
    box = solara.Div(classes=["a10-panel"])
    with box:
        html("h2", escape(title))
    return box


def html(tag: str, inner: str, kind: str = "") -> None:
    """An element whose content has been escaped."""
    solara.HTML(tag, unsafe_innerHTML=inner, classes=[kind] if kind else [])


@solara.component
def Live(title: str, model: solara.Reactive[Watched], show: Callable[[AccessionModel], None]) -> None:  # noqa: N802
    """A panel that is redrawn after every step of the run."""
    update_counter.get()
    with panel(title), model.value.canvas.busy:
        show(model.value)


def show_state(model: AccessionModel) -> None:
    """Date, stage of the bid, war, objections, ratifications and guarantee level."""
    ballots, _ = model.world.positions()
    size = len(model.setup.roster)
    values = {
        "date": f"{model.date:%d %b %Y}",
        "stage": model.stage.replace("_", " ").lower(),
        "war": "hot war" if model.world.is_war_hot[0] else "no hot war",
        "would object": f"{int((ballots == OBJECT).sum())} of {size}",
        "ratified": f"{int(model.world.members.ratified[0].sum())} of {size}",
        "guarantee": f"{float(model.world.guarantee[0]):.2f}",
    }
    cells = (f'<div>{name}<b data-what="{name}">{escape(value)}</b></div>' for name, value in values.items())
    html("div", "".join(cells), "a10-state")


def show_map(model: AccessionModel) -> None:
    """The map of Europe, coloured by stance, with its legend."""
    html("div", drawings.map_svg(model))
    low, high = SCALE.vmin or 0.0, SCALE.vmax or 0.0
    stops = ", ".join(drawings.colour(low + (high - low) * place / 8) for place in range(9))
    bar = f'<i style="background:linear-gradient(90deg, {stops})"></i>'
    html("div", f"opposed −{abs(low):.1f}{bar}+{high:.1f} willing", "a10-scale")
    candidate = escape(model.setup.scenario.candidate.name)
    looks = {
        "objects because of the war": 'class="a10-barred"',
        "state without a ballot": 'class="a10-outsider"',
        f"candidate: {candidate}": f'style="border: 2px solid {CANDIDATE}"',
    }
    html("div", "".join(f"<span><b {look}></b>{meaning}</span>" for meaning, look in looks.items()), "a10-looks")


def show_trajectories(model: AccessionModel) -> None:
    """Every member's stance since the first day."""
    solara.Image(drawings.trajectories_png(model), width="100%")


def show_network(model: AccessionModel) -> None:
    """The influence network."""
    html("div", drawings.network_svg(model))
    text = f"Arrows lead to each member from the {STRONGEST} that influence it most; weaker ties are left out. "
    text += "Colour: stance now. Area: influence weight of the member."
    html("p", text, "a10-hint")


def show_members(model: AccessionModel) -> None:
    """Every member's stance and the ballot that it would cast now, the most opposed first."""
    ballots, reasons = (codes[0] for codes in model.world.positions())
    members, names = model.world.members, model.setup.roster.names
    rows = []
    for i in members.stance[0].argsort(kind="stable").tolist():
        stance, ballot = float(members.stance[0, i]), BALLOT_NAMES[int(ballots[i])]
        words = reason_words(int(reasons[i]))
        why = f" <small>{words}</small>" if words else ""
        rows.append(
            f'<tr><td><i style="background:{drawings.colour(stance)}"></i>{escape(names[i])}</td>'
            f'<td class="n">{stance:+.2f}</td><td class="{ballot}">{ballot}{why}</td>'
            f"<td>{'yes' if members.ratified[0, i] else ''}</td></tr>".replace(">-", ">−")
        )
    head = '<tr><th>member</th><th class="n">stance</th><th>ballot now</th><th>ratified</th></tr>'
    html("div", f"<table><thead>{head}</thead><tbody>{''.join(rows)}</tbody></table>", "a10-table")


@solara.component
def News(model: solara.Reactive[Watched], steps: int, span: str) -> None:  # noqa: N802
    """What has happened in the run, the newest first; events of the last step are blue."""
    update_counter.get()
    watched = model.value
    entries = solara.use_memo(lambda: story_of(watched), [id(watched)])
    days = steps * watched.setup.scenario.step_days
    items = "".join(
        f'<li class="{"now" if new else ""}"><time>{entry.day:%d %b %Y}</time> {escape(entry.text)}</li>'
        for entry, new in latest(entries, watched.date, days)
    )
    with panel(f"News (last {span} in blue)"):
        html("ul", items or "<li>Nothing has happened yet. Press ▶ or Step.</li>", "a10-news")
