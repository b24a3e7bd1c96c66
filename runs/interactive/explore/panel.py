"""Sliders made from the declarations of parameters, and the same worlds redrawn while they move."""

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
from article10.runs.figures.plot import TELLING
from article10.runs.interactive.explore.ensemble_cache import EnsembleCache, Glimpse
from article10.runs.interactive.explore.figure import ExploreFigure, headline
from article10.runs.interactive.explore.levers import chosen_levers
from article10.runs.interactive.explore.positions import Positions, position_of, with_change

PAUSE = 0.12
"""Seconds for which sliders must rest before the worlds are redrawn."""


@checked
def explore(
    scenario: str | Path | Scenario = "baseline",
    levers: Sequence[str] | None = None,
    *,
    runs: int = 300,
    seed: int = 0,
    members: Sequence[str] | None = None,
) -> Explorer:
    """A panel of sliders beside the stances and the accession of a scenario; in a notebook, a last line shows it.

    All redraws share every random draw: what changes is the lever, not the noise.

    Args:
        scenario: name of a shipped scenario, path of a TOML file, or a scenario.
        levers: full keys of parameters, or names of groups for all that a group declares; by default a telling few.
        runs: how many worlds.
        seed: of all random streams.
        members: codes of up to six whose stances are drawn.

    Raises:
        ScenarioError: the scenario is wrong.
        ValueError: a lever is no parameter or has no range, or there are too many members.
        KeyError: a member is not on the roster.
        ImportError: ipywidgets is not installed.

    >>> panel = explore("baseline", ["stance.peer_rate"], runs=4)
    >>> panel.sliders["stance.peer_rate"].value = 0.7
    >>> panel.changes
    {'stance.peer_rate': 0.7}
    """
    full = read_scenario(scenario)
    chosen = [code for code in TELLING if code in full.members().iso3] if members is None else list(members)
    if not 1 <= len(chosen) <= len(TELLING):
        raise ValueError(f"members = {chosen}: expected one to {len(TELLING)} codes")
    return Explorer(EnsembleCache(full, runs, seed, chosen), chosen_levers(full, levers))


class Explorer:
    """The panel.

    Attributes:
        worlds: whose draws are kept.
        sliders: the widgets by full key; setting a ``value`` moves one.
        panel: the whole as a widget.
        now: the worlds as they were last drawn.
    """

    def __init__(self, worlds: EnsembleCache, levers: Sequence[Declaration]) -> None:
        """Run the scenario as it is given, and make the panel."""
        import ipywidgets

        self.worlds, self.given = worlds, worlds.look()
        self.now: Glimpse = self.given
        self._figure = ExploreFigure(self.given, worlds.members)
        self._figure.show(self.given)
        self._levers = tuple(levers)
        self.sliders: dict[str, Any] = {d.key: _slider(d) for d in levers}
        self._waiting = Debounced(self.redraw)
        for slider in self.sliders.values():
            slider.observe(self._moved, names="value")
        back = ipywidgets.Button(description="as given", tooltip="Move everything back.")
        back.on_click(self.reset)
        self._image = ipywidgets.Image(value=self.png(), format="png")
        self._said = ipywidgets.HTML(value=self._summary())
        column = ipywidgets.VBox([*self.sliders.values(), back], layout={"width": "400px", "flex": "0 0 auto"})
        right = ipywidgets.VBox([self._said, self._image])
        self.panel = ipywidgets.HBox([column, right], layout={"flex_flow": "row wrap"})

    @property
    def changes(self) -> dict[str, Any]:
        """What has been moved, by full key, as ``simulate(changes=...)`` takes it."""
        moved: dict[str, Any] = {}
        for declared in self._levers:
            moved = with_change(moved, declared, self.sliders[declared.key].value)
        return moved

    @property
    def scenario(self) -> Scenario:
        """The scenario with what has been moved."""
        return read_scenario(self.worlds.scenario, self.changes)

    def reset(self, button: object = None) -> None:
        """Move everything back; the button that was pressed is of no interest."""
        for declared in self._levers:
            self.sliders[declared.key].value = position_of(declared, declared.default)

    def redraw(self) -> None:
        """Run the same worlds as the sliders have them, and draw them; a refused value is said, not raised."""
        try:
            self.now = self.worlds.look(self.changes)
        except ScenarioError as error:
            self._said.value = f"<b>{escape(str(error))}</b>"
            return
        self._figure.show(self.now)
        self._image.value = self.png()
        self._said.value = self._summary()

    def png(self) -> bytes:
        """The picture as it is now, for pages without widgets."""
        self._waiting.at_once()
        return self._figure.png()

    def _moved(self, change: object) -> None:
        self._waiting()

    def _summary(self) -> str:
        said = f"<b>{escape(headline(self.now, self.given))}</b>"
        return f"{said}<br><code>changes={escape(repr(self.changes))}</code>"

    def __repr__(self) -> str:
        """What has been moved, and what came of it."""
        self._waiting.at_once()
        return f"Explorer({self.worlds.scenario.name!r}, changes={self.changes}: {headline(self.now, self.given)})"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        """The panel where widgets live; elsewhere, such as on a page that shows the notebook, the picture."""
        self._waiting.at_once()
        bundle: dict[str, Any] = dict(self.panel._repr_mimebundle_() or {})
        png = base64.b64encode(self.png()).decode()
        return {**bundle, "text/plain": repr(self), "image/png": png}


def _slider(declared: Declaration) -> Any:  # noqa: ANN401 - a widget
    import ipywidgets

    unit = "" if declared.meta.unit in ("1", "") else f" [{declared.meta.unit}]"
    shared: dict[str, Any] = {
        "value": position_of(declared, declared.default),
        "description": declared.key,
        "tooltip": f"{declared.description}{unit}",
        "style": {"description_width": "190px"},
        "layout": {"width": "390px"},
    }
    if declared.choices:
        return ipywidgets.Dropdown(options=declared.choices, **shared)
    if isinstance(declared.default, bool):
        return ipywidgets.Checkbox(indent=True, **shared)
    positions = Positions.of(declared)
    kind = ipywidgets.IntSlider if isinstance(declared.default, int) else ipywidgets.FloatSlider
    readout = f".{positions.decimals}f"  # every digit: the front end reads back what it has written
    return kind(min=positions.low, max=positions.high, step=positions.step, readout_format=readout, **shared)


class Debounced:
    """Calls a function once the calls to it have rested; at once where no event loop runs."""

    def __init__(self, function: Callable[[], None]) -> None:
        """Wrap a function."""
        self._function = function
        self._timer: asyncio.TimerHandle | None = None

    def __call__(self) -> None:
        """Ask for the call."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self._function()
            return
        self._drop()
        self._timer = loop.call_later(PAUSE, self.at_once)

    def at_once(self) -> None:
        """Make the call now if one is asked for."""
        if self._drop():
            self._function()

    def _drop(self) -> bool:
        if self._timer is None:
            return False
        self._timer.cancel()
        self._timer = None
        return True
