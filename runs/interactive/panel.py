"""The panel for notebooks: sliders for parameters, and the figure of the same runs, redrawn while sliders move."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Sequence
from html import escape
from pathlib import Path
from typing import Any

from article10.agents.parameter import Declaration
from article10.model.arguments import check_distinct, whole
from article10.model.checked import checked, list_of
from article10.model.edition import Edition
from article10.model.scenario import Scenario, ScenarioError
from article10.model.scenario_file import read_scenario
from article10.runs.figures.plot import MOST_MEMBERS, selected_members
from article10.runs.interactive.ensemble_cache import Snapshot
from article10.runs.interactive.figure import ComparisonFigure
from article10.runs.interactive.latest import IsStale, Latest
from article10.runs.interactive.positions import Positions, Value, position_of
from article10.runs.interactive.slider_page import SliderPage, slider_page
from article10.runs.interactive.sliders import chosen_parameters, tooltip_of
from article10.runs.interactive.state import InteractiveState


@checked
def explore(
    scenario: str | Path | Scenario = "baseline",
    parameters: Sequence[str] | None = None,
    *,
    runs: int = 300,
    seed: int = 0,
    members: Sequence[str] | None = None,
    edition: str | Path | Edition | None = None,
    levers: Sequence[str] | None = None,
) -> Explorer:
    """Show sliders for parameters beside the accession and the stances that they lead to, in a notebook.

    The runs are simulated again with the same random draws while a slider moves, first 100 of them and then all: a
    difference is due to the parameter and not to chance.

    Args:
        scenario: name of a shipped scenario, path of a TOML file, or a scenario.
        parameters: full keys of parameters, or names of groups for all parameters of a group; by default a selection.
        runs: number of runs.
        seed: seed of all random streams.
        members: up to six members whose stances are drawn, by code or name in English.
        edition: name or folder of the edition to stand on; by default the one that the scenario names, or the newest.
        levers: the earlier name of ``parameters``.

    Returns:
        The panel; as the last line of a cell, it is shown.

    Raises:
        ScenarioError: the scenario is not valid.
        ValueError: a name in ``parameters`` is not that of a parameter or group, or the parameter has no range; there
            are too many members, or one twice; ``runs`` or ``seed`` is not an integer within bounds.
        KeyError: a member is not on the roster.
        ImportError: ipywidgets is not installed.

    >>> panel = explore("baseline", ["stance.peer_rate"], runs=4)
    >>> panel.sliders["stance.peer_rate"].value = 0.7
    >>> panel.changes
    {'stance.peer_rate': 0.7}
    """
    full = read_scenario(scenario, edition=edition)
    chosen = selected_members(full) if members is None else [full.members().code(each) for each in members]
    check_distinct("members", chosen)
    if not 1 <= len(chosen) <= MOST_MEMBERS:
        raise ValueError(f"members = {chosen}: expected one to {MOST_MEMBERS} codes")
    asked = levers if parameters is None else parameters
    if asked is not None:
        list_of("parameters", asked, "parameters or groups")
    return Explorer(InteractiveState(full, runs, seed, chosen), chosen_parameters(full, asked))


LEAST_WIDTH = 480
"""Pixels of width that the picture needs to stand beside the sliders; where there are fewer, it goes below them."""


class Explorer:
    """The panel.

    Attributes:
        state: the scenario, its changes and its runs.
        sliders: the widgets by full key; setting a widget's ``value`` moves it.
        image: the widget of the picture.
        panel: the widget that holds all others.
    """

    def __init__(self, state: InteractiveState, parameters: Sequence[Declaration]) -> None:
        """Make the panel.

        Args:
            state: the scenario and its runs.
            parameters: declarations of the parameters that are offered.
        """
        import ipywidgets

        self.state = state
        self._figure = ComparisonFigure(state.given)
        self._parameters = tuple(parameters)
        self.sliders: dict[str, Any] = {d.key: _slider(d) for d in parameters}
        self._latest = Latest(self._pictures, self._show, self._refuse)
        for declared in parameters:
            self.sliders[declared.key].observe(self._follow(declared), names="value")
        tooltip = "Set every parameter back to its value in the scenario."
        back = ipywidgets.Button(description="Reset parameters", tooltip=tooltip)
        back.on_click(self.reset)
        self.image = ipywidgets.Image(format="png", layout={"max_width": "100%", "height": "auto"})
        self._message = ipywidgets.HTML()
        self._latest.ask({})
        column = ipywidgets.VBox([*self.sliders.values(), back], layout={"width": "400px", "flex": "0 0 auto"})
        beside = {
            "flex": f"1 1 {LEAST_WIDTH}px",
            "min_width": "0",
        }  # the picture shrinks before it goes below the sliders
        right = ipywidgets.VBox([self._message, self.image], layout=beside)
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
        """The runs with the changes, once all are simulated."""
        self._latest.wait()
        return self.state.now

    def reset(self, button: object = None) -> None:
        """Set every parameter back to its value in the scenario; ipywidgets passes the button that was pressed."""
        for declared in self._parameters:
            self.sliders[declared.key].value = position_of(declared, declared.default)

    def headline(self) -> str:
        """The effect of the changes on accession by the horizon, once all runs are simulated."""
        self._latest.wait()
        return self.state.headline()

    def png(self) -> bytes:
        """The figure of all runs, as a PNG file, for pages without widgets."""
        self._latest.wait()
        return bytes(self.image.value)

    def page(self, parameter: str | None = None, positions: int = 7) -> SliderPage:
        """A page on which one slider works without Python: its pictures are drawn now.

        The other parameters stay where they are. The last line of a cell shows it, also where the notebook is read as
        HTML; ``page.save("page.html")`` writes a file to hand over.

        Args:
            parameter: full key of one of the parameters of the panel; by default the first.
            positions: number of values of a parameter that is a number, over its plausible range.

        Raises:
            ValueError: the panel has no such parameter, or there are fewer than two positions.

        >>> explore(read_scenario("baseline", {"horizon": "2027-06-01"}), ["stance.peer_rate"], runs=2).page().values
        (0.1, 0.25, 0.4, 0.5, 0.7, 0.85, 1.0)
        """
        whole("positions", positions, 2)
        by_key = {declared.key: declared for declared in self._parameters}
        if parameter is not None and parameter not in by_key:
            raise ValueError(f"parameter = {parameter!r}: expected one of {', '.join(by_key)}")
        return slider_page(self.state, by_key[parameter or next(iter(by_key))], positions)

    def close(self) -> None:
        """Stop following the sliders, and remove the panel from the pages that show it."""
        self._latest.close()
        self.panel.close()

    def _pictures(self, changes: dict[str, Value], is_stale: IsStale) -> Iterator[tuple[bytes, str]]:
        """Simulate the runs and draw them: each picture, and what is said of it."""
        for now in self.state.stages(changes, is_stale):
            self._figure.show(now)
            effect = f"<b>{escape(self.state.headline(now))}</b><br><code>changes={escape(repr(changes))}</code>"
            yield self._figure.png(), effect

    def _show(self, picture: tuple[bytes, str]) -> None:
        self.image.value, self._message.value = picture

    def _refuse(self, error: Exception) -> None:
        kind = "" if isinstance(error, ScenarioError) else f"{type(error).__name__}: "
        self._message.value = f"<b>{escape(f'{kind}{error}')}</b>"

    def _follow(self, declared: Declaration) -> Callable[[Any], None]:
        def moved(change: Any) -> None:  # noqa: ANN401 - a Bunch of traitlets
            self.state.move(declared, change.new)
            self._latest.ask(self.changes)

        return moved

    def __repr__(self) -> str:
        """The changes and their effect."""
        return f"Explorer({self.state.scenario.name!r}, changes={self.changes}: {self.headline()})"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        """The panel where widgets can be shown; elsewhere, such as on a page that shows the notebook, the figure."""
        self._latest.wait()
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
