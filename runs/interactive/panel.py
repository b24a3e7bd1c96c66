"""The panel for notebooks: sliders for parameters, and the figure of the same runs, redrawn while sliders move."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path
from typing import Any

from article10.agents.parameter import Declaration
from article10.model.checked import checked
from article10.model.scenario import Scenario, ScenarioError
from article10.model.scenario_file import read_scenario
from article10.runs.figures.plot import MOST_MEMBERS, selected_members
from article10.runs.interactive.ensemble_cache import Snapshot
from article10.runs.interactive.figure import ComparisonFigure
from article10.runs.interactive.levers import chosen_levers, tooltip_of
from article10.runs.interactive.positions import Positions, Value, position_of
from article10.runs.interactive.state import PAUSE, InteractiveState


@checked
def explore(
    scenario: str | Path | Scenario = "baseline",
    levers: Sequence[str] | None = None,
    *,
    runs: int = 300,
    seed: int = 0,
    members: Sequence[str] | None = None,
) -> Explorer:
    """Show sliders for parameters beside the accession and the stances that they lead to, in a notebook.

    The runs are simulated again with the same random draws whenever a slider moves: a difference is due to the
    parameter and not to chance.

    Args:
        scenario: name of a shipped scenario, path of a TOML file, or a scenario.
        levers: full keys of parameters, or names of groups for all parameters of a group; by default a selection.
        runs: number of runs.
        seed: seed of all random streams.
        members: codes of up to six members whose stances are drawn.

    Returns:
        The panel; as the last line of a cell, it is shown.

    Raises:
        ScenarioError: the scenario is not valid.
        ValueError: a name in ``levers`` is not that of a parameter or group, or the parameter has no range; there are
            too many members; ``runs`` or ``seed`` is not an integer within bounds.
        KeyError: a member is not on the roster.
        ImportError: ipywidgets is not installed.

    >>> panel = explore("baseline", ["stance.peer_rate"], runs=4)
    >>> panel.sliders["stance.peer_rate"].value = 0.7
    >>> panel.changes
    {'stance.peer_rate': 0.7}
    """
    full = read_scenario(scenario)
    chosen = selected_members(full) if members is None else list(members)
    if not 1 <= len(chosen) <= MOST_MEMBERS:
        raise ValueError(f"members = {chosen}: expected one to {MOST_MEMBERS} codes")
    return Explorer(InteractiveState(full, runs, seed, chosen), chosen_levers(full, levers))


class Explorer:
    """The panel.

    Attributes:
        state: the scenario, its changes and its runs.
        sliders: the widgets by full key; setting a widget's ``value`` moves it.
        panel: the widget that holds all others.
    """

    def __init__(self, state: InteractiveState, levers: Sequence[Declaration]) -> None:
        """Make the panel.

        Args:
            state: the scenario and its runs.
            levers: declarations of the parameters that are offered.
        """
        import ipywidgets

        self.state = state
        self._figure = ComparisonFigure(state.given)
        self._figure.show(state.given)
        self._levers = tuple(levers)
        self.sliders: dict[str, Any] = {d.key: _slider(d) for d in levers}
        self._waiting = Debounced(self.redraw)
        for declared in levers:
            self.sliders[declared.key].observe(self._follow(declared), names="value")
        tooltip = "Set every parameter back to its value in the scenario."
        back = ipywidgets.Button(description="Reset parameters", tooltip=tooltip)
        back.on_click(self.reset)
        self._image = ipywidgets.Image(value=self.png(), format="png")
        self._message = ipywidgets.HTML(value=self._summary())
        column = ipywidgets.VBox([*self.sliders.values(), back], layout={"width": "400px", "flex": "0 0 auto"})
        right = ipywidgets.VBox([self._message, self._image])
        self.panel = ipywidgets.HBox([column, right], layout={"flex_flow": "row wrap"})

    @property
    def changes(self) -> dict[str, Value]:
        """The changed parameters by full key, as ``simulate(changes=...)`` takes them."""
        return dict(self.state.changes)

    @property
    def scenario(self) -> Scenario:
        """The scenario with its changes."""
        return self.state.changed_scenario()

    @property
    def given(self) -> Snapshot:
        """The runs of the scenario as given."""
        return self.state.given

    @property
    def now(self) -> Snapshot:
        """The runs as they were last drawn."""
        return self.state.now

    def reset(self, button: object = None) -> None:
        """Set every parameter back to its value in the scenario; ipywidgets passes the button that was pressed."""
        for declared in self._levers:
            self.sliders[declared.key].value = position_of(declared, declared.default)

    def redraw(self) -> None:
        """Simulate the runs with the changes and draw them; show the message where a value is refused."""
        try:
            now = self.state.simulate()
        except ScenarioError as error:
            self._message.value = f"<b>{escape(str(error))}</b>"
            return
        self._figure.show(now)
        self._image.value = self.png()
        self._message.value = self._summary()

    def png(self) -> bytes:
        """The figure as it is now, as a PNG file, for pages without widgets."""
        self._waiting.at_once()
        return self._figure.png()

    def _follow(self, declared: Declaration) -> Callable[[Any], None]:
        def moved(change: Any) -> None:  # noqa: ANN401 - a Bunch of traitlets
            self.state.move(declared, change.new)
            self._waiting()

        return moved

    def _summary(self) -> str:
        headline = f"<b>{escape(self.state.headline())}</b>"
        return f"{headline}<br><code>changes={escape(repr(self.changes))}</code>"

    def __repr__(self) -> str:
        """The changes and their effect."""
        self._waiting.at_once()
        return f"Explorer({self.state.scenario.name!r}, changes={self.changes}: {self.state.headline()})"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        """The panel where widgets can be shown; elsewhere, such as on a page that shows the notebook, the figure."""
        self._waiting.at_once()
        bundle: dict[str, Any] = dict(self.panel._repr_mimebundle_() or {})
        png = base64.b64encode(self.png()).decode()
        return {**bundle, "text/plain": repr(self), "image/png": png}


def _slider(declared: Declaration) -> Any:  # noqa: ANN401 - a widget
    import ipywidgets

    shared: dict[str, Any] = {
        "value": position_of(declared, declared.default),
        "description": declared.key,
        "tooltip": tooltip_of(declared),
        "style": {"description_width": "190px"},
        "layout": {"width": "390px"},
    }
    if declared.choices:
        return ipywidgets.Dropdown(options=declared.choices, **shared)
    if isinstance(declared.default, bool):
        return ipywidgets.Checkbox(indent=True, **shared)
    positions = Positions.of(declared)
    kind = ipywidgets.IntSlider if isinstance(declared.default, int) else ipywidgets.FloatSlider
    readout = f".{positions.decimals}f"  # every digit: the browser reads back what it has written
    return kind(min=positions.low, max=positions.high, step=positions.step, readout_format=readout, **shared)


class Debounced:
    """Calls a function once the requests for it have paused; at once where no event loop runs."""

    def __init__(self, function: Callable[[], None]) -> None:
        """Wrap a function."""
        self._function = function
        self._timer: asyncio.TimerHandle | None = None

    def __call__(self) -> None:
        """Request the call."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self._function()
            return
        self._cancel()
        self._timer = loop.call_later(PAUSE, self.at_once)

    def at_once(self) -> None:
        """Make the call now if it has been requested."""
        if self._cancel():
            self._function()

    def _cancel(self) -> bool:
        if self._timer is None:
            return False
        self._timer.cancel()
        self._timer = None
        return True
