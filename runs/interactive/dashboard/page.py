"""The page: one run under the controls of Mesa's SolaraViz, beside the ensemble, which follows the parameters."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from typing import Any

import solara
import solara.lab
from mesa.visualization.solara_viz import ModelController
from mesa.visualization.utils import update_counter

from article10.agents.parameter import Declaration
from article10.model.scenario import Scenario, ScenarioError
from article10.model.scenario_file import read_scenario
from article10.model.setup import Setup
from article10.runs.figures.plot import most_opposed
from article10.runs.interactive.dashboard.fan import Drawn, Fans, Wanted
from article10.runs.interactive.dashboard.left_behind import close_left_behind
from article10.runs.interactive.dashboard.opening import Opened, listed, opened_at_start, picked, whole_number
from article10.runs.interactive.dashboard.panels import (
    Live,
    News,
    html,
    panel,
    show_map,
    show_members,
    show_network,
    show_state,
    show_trajectories,
)
from article10.runs.interactive.dashboard.style import CSS
from article10.runs.interactive.dashboard.watched import Canvas, Watched
from article10.runs.interactive.latest import Latest
from article10.runs.interactive.positions import Positions, Value, position_of, with_change
from article10.runs.interactive.sliders import parameters_by_group, tooltip_of, unit_suffix
from article10.runs.interactive.state import RUNS

WEEKS = {1: "week", 4: "4 weeks", 13: "quarter", 26: "half year"}
"""Numbers of weekly steps from one drawing to the next, and their names."""

PLAY_INTERVAL = 100
"""Milliseconds between two steps while the run plays."""

Changes = dict[str, Value]

solara.lab.on_kernel_start(close_left_behind)


@solara.component
def Page() -> None:  # noqa: N802 - Solara looks for this name
    """The whole page."""
    solara.Title("Article 10")
    solara.Style(CSS)
    start, message = solara.use_memo(try_opening, [])
    with solara.Div(classes=["a10"]):
        if start is None:
            solara.Error(message)
        else:
            Dashboard(start)


def try_opening() -> tuple[Opened | None, str]:
    """The run that the page begins with, or the message that says why it cannot be opened."""
    try:
        return opened_at_start(), ""
    except ScenarioError as error:
        return None, str(error)


def try_changing(scenario: Scenario, changes: Changes) -> tuple[Scenario, str]:
    """The scenario with its changes, or the scenario as given and the message that says why they are refused."""
    try:
        changed = read_scenario(scenario, changes)
        Setup.of(changed)
    except ScenarioError as error:
        return scenario, str(error)
    return changed, ""


@solara.component
def Dashboard(start: Opened) -> None:  # noqa: N802
    """One run and its ensemble."""
    shown = solara.use_reactive(start)
    changes: solara.Reactive[Changes] = solara.use_reactive({})
    weeks = solara.use_reactive(4)
    interval, unthreaded = solara.use_reactive(PLAY_INTERVAL), solara.use_reactive(False)
    now = shown.value
    wanted, refused = solara.use_memo(lambda: try_changing(now.scenario, changes.value), [now, changes.value])
    canvas = solara.use_memo(Canvas, [])
    update = update_counter.get()
    solara.use_effect(lambda: canvas.reach(update), [update])
    parameters = {"opened": replace(now, scenario=wanted), "canvas": canvas}
    model = solara.use_reactive(solara.use_memo(lambda: Watched(**parameters), []))
    ended = solara.use_reactive(0)

    def show(found: Opened) -> None:
        """Open another run; the changes of parameters stay as long as the scenario does."""
        if not model.value.running:
            ended.value += 1  # controls that have reached the horizon would stay disabled: replace them
        same = found.scenario == now.scenario
        if not same:
            changes.value = {}
        model.value = Watched(replace(found, scenario=wanted) if same else found, canvas)
        shown.value = found

    with solara.Div(classes=["a10-head"]):
        html("h1", f"{escape(now.scenario.candidate.name)} and Article 10")
        html("span", f"{escape(now.scenario.title or now.source)} · run {now.run} of seed {now.seed}")
    with solara.Div(classes=["a10-grid"]):
        with solara.Div(classes=["a10-column a10-controls"]):
            with panel("One run"):
                ModelController(
                    model,
                    model_parameters=parameters,
                    play_interval=interval,
                    render_interval=weeks,
                    use_threads=unthreaded,
                ).key(f"controls {ended.value}")
                Pace(weeks)
                Pending(model, wanted, refused)
            Live("Current state", model, show_state)
            with panel("Which run"):
                Chooser(start, now, show)
            with panel("Parameters"):
                Parameters(now.scenario, changes)
        with solara.Div(classes=["a10-column"]):
            Live("Stances now", model, show_map)
            Live("Stances so far", model, show_trajectories)
            News(model, weeks.value, WEEKS[weeks.value])
            Live("Who influences whom", model, show_network)
        with solara.Div(classes=["a10-column"]):
            with panel(f"Ensemble of {RUNS} runs with these parameters"):
                Ensemble(now, changes)
            Live("Members: stance and ballot", model, show_members)


# --- the run --------------------------------------------------------------------------------------------------------


@solara.component
def Pace(weeks: solara.Reactive[int]) -> None:  # noqa: N802
    """The length of a step."""
    names = {name: number for number, name in WEEKS.items()}
    solara.Select(
        "Length of a step", values=list(names), value=WEEKS[weeks.value], on_value=lambda name: weeks.set(names[name])
    )


@solara.component
def Pending(model: solara.Reactive[Watched], wanted: Scenario, refused: str) -> None:  # noqa: N802
    """Says that parameters have changed since the run began, that a value is refused, or that the run has ended."""
    update_counter.get()
    if refused:
        solara.Error(refused, dense=True)
    elif model.value.setup.scenario != wanted:
        html("p", "Parameters have changed; this run follows at its next reset.", "a10-hint")
    elif not model.value.running:
        html("p", "The run has reached its horizon. Press Reset to start it again.", "a10-hint")


@solara.component
def Chooser(start: Opened, now: Opened, show: Any) -> None:  # noqa: N802, ANN401 - a callback
    """Scenario, seed and number of the run; a value that is refused is explained and changes nothing."""
    seed, run = solara.use_reactive(str(now.seed)), solara.use_reactive(str(now.run))
    message = solara.use_reactive("")

    def choose(name: str) -> None:
        try:
            found = picked(name, start, now)
        except ScenarioError as error:
            message.value = str(error)
            return
        message.value = ""
        show(found)

    def renumber(_: str) -> None:
        try:
            found = replace(now, seed=whole_number(seed.value, "seed"), run=whole_number(run.value, "run"))
        except ValueError as error:
            message.value = str(error)
            return
        message.value = ""
        show(found)

    with solara.Div():
        solara.Select("Scenario", values=listed(start), value=now.source, on_value=choose)
        with solara.Div(classes=["a10-pair"]):
            solara.InputText("Seed", value=seed, on_value=renumber)
            solara.InputText("Run", value=run, on_value=renumber)
        if message.value:
            solara.Error(message.value, dense=True)


# --- the parameters -------------------------------------------------------------------------------------------------


@solara.component
def Parameters(scenario: Scenario, changes: solara.Reactive[Changes]) -> None:  # noqa: N802
    """The parameters of one group at a time."""
    groups = solara.use_memo(lambda: parameters_by_group(scenario), [scenario])
    group = solara.use_reactive(next(iter(groups)))
    with solara.Div():
        solara.Select("Group", values=list(groups), value=group)
        for declared in groups[group.value]:
            Parameter(declared, changes).key(declared.key)
        solara.Button(
            "Reset parameters", on_click=lambda: changes.set({}), disabled=not changes.value, text=True, small=True
        )


@solara.component
def Parameter(declared: Declaration, changes: solara.Reactive[Changes]) -> None:  # noqa: N802
    """One parameter: a list, a box or a slider."""

    def move(position: Value) -> None:
        changes.value = with_change(changes.value, declared, position)

    name, value = declared.key, changes.value.get(declared.key, declared.default)
    with solara.Div(classes=["a10-slider", *(["a10-moved"] if declared.key in changes.value else [])]):
        if declared.choices:
            solara.Select(name, values=list(declared.choices), value=value, on_value=move)
        elif isinstance(declared.default, bool):
            solara.Checkbox(label=name, value=bool(value), on_value=move)
        else:
            positions = Positions.of(declared)
            shown = f"{value:.{positions.decimals}f}{escape(unit_suffix(declared))}"
            label = f"<span>{escape(name)}</span><b>{shown}</b>".replace(">-", ">−")
            solara.HTML("div", unsafe_innerHTML=label, attributes={"title": tooltip_of(declared)}, classes=["a10-name"])
            solara.SliderFloat(
                "",
                value=float(position_of(declared, value)),
                min=positions.low,
                max=positions.high,
                step=positions.step,
                on_value=move,
                thumb_label=False,
            )


# --- the ensemble ---------------------------------------------------------------------------------------------------


@solara.component
def Ensemble(now: Opened, changes: solara.Reactive[Changes]) -> None:  # noqa: N802
    """Accession and one member's stance in the ensemble with the changes, with the same draws."""
    names = dict(zip(now.scenario.members().names, now.scenario.members().iso3, strict=True))
    opposed = most_opposed(now.scenario)
    first = next(name for name, code in names.items() if code == opposed)
    member = solara.use_reactive(first)
    code = names.get(member.value, names[first])
    drawn: solara.Reactive[Drawn | None] = solara.use_reactive(None)
    message = solara.use_reactive("")
    is_behind = solara.use_reactive(True)

    def show(picture: Drawn) -> None:
        drawn.value, message.value, is_behind.value = picture, "", picture.is_partial

    def fail(error: Exception) -> None:
        kind = "" if isinstance(error, ScenarioError) else f"{type(error).__name__}: "
        message.value, is_behind.value = f"{kind}{error}", False

    latest: Latest[Wanted, Drawn] = solara.use_memo(lambda: Latest(Fans().stages, show, fail), [])

    def ask() -> None:
        is_behind.value = True
        latest.ask(Wanted(now.scenario, now.seed, changes.value, code))

    solara.use_effect(lambda: latest.close, [])
    solara.use_effect(ask, [now.scenario, now.seed, changes.value, code])
    with solara.Div():
        solara.Select("Member whose stance is drawn", values=list(names), value=member)
        solara.ProgressLinear(is_behind.value)
        if message.value:
            solara.Error(message.value)
        if drawn.value is not None:
            solara.Image(drawn.value.png, width="100%", classes=["a10-fan"])
            moved = " ".join(f"--set {key}={value}" for key, value in drawn.value.changes.items())
            html("p", f"{escape(drawn.value.headline)}<br><code>{escape(moved)}</code>", "a10-hint")
