"""The dashboard in a notebook: the parts of the page, connected to Python by the notebook itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anywidget
import traitlets

from article10.model.arguments import whole
from article10.model.checked import checked
from article10.model.edition import Edition
from article10.model.extras import require
from article10.model.scenario import Scenario
from article10.model.scenario_file import read_scenario
from article10.runs.interactive.dashboard.modules import style, widget
from article10.runs.interactive.dashboard.opening import Asked, Opened, opened
from article10.runs.interactive.dashboard.session import Session
from article10.runs.interactive.positions import Value


class Dashboard(anywidget.AnyWidget):
    """The dashboard as a widget; as the last line of a cell, it is shown.

    Attributes:
        state: what the page shows: scenario, seed, run, member, changes, pinned.
    """

    looks = traitlets.Unicode().tag(sync=True)

    def __init__(self, start: Opened) -> None:
        """Make the widget.

        Args:
            start: what is opened at the start.
        """
        self.state: dict[str, Any] = {"scenario": start.source, "seed": str(start.seed), "run": str(start.run)}
        self._session = Session(start, self.send)
        super().__init__(_esm=widget(), looks=style())
        self.on_msg(self._receive)

    @property
    def changes(self) -> dict[str, Value]:
        """The changed parameters by full key, as ``simulate(changes=...)`` takes them."""
        return dict(self.state.get("changes", {}))

    def close(self) -> None:
        """Drop all work, and remove the dashboard from the pages that show it."""
        self._session.close()
        super().close()

    def _receive(self, _: object, message: Any, __: object) -> None:  # noqa: ANN401 - whatever JSON holds
        """Work on a request of the page."""
        self.state = dict(message.get("state", {}))
        self._session.receive(message)


@checked
def dashboard(
    source: str | Path | Scenario = "baseline",
    *,
    run: int = 0,
    seed: int = 0,
    point: int = 0,
    edition: str | Path | Edition | None = None,
) -> Dashboard:
    """Show the dashboard in a notebook: what ``article10 dashboard`` shows as a page of its own.

    Args:
        source: name of a scenario, path of a TOML file, a scenario, or folder of results of ``article10 run`` or
            ``article10 batch``.
        run: number of the run that is open at first.
        seed: seed of all random streams; a folder of results has its own.
        point: number of the point of a batch.
        edition: name or folder of the edition to stand on; by default the one that the scenario names, or the newest.

    Returns:
        The dashboard; its ``changes`` are what the sliders show, as ``simulate(changes=...)`` takes them.

    Raises:
        ScenarioError: the scenario is not valid, or the run is not in the result.
        ValueError: a number is out of range, or the folder does not hold a result.
        ImportError: what the extras ``dashboard`` and ``notebooks`` hold is not installed.

    >>> board = dashboard("baseline", run=3)
    >>> board.state["run"], board.changes
    ('3', {})
    """
    require("dashboard", "dashboard")
    name = None if edition is None else str(getattr(edition, "name", edition))
    if not isinstance(source, Scenario):
        return Dashboard(opened(Asked(str(source), run, seed, point, name)))
    if point:
        raise ValueError(f"point = {point}: a scenario has none; expected the folder of a batch")
    given = read_scenario(source, edition=edition)
    return Dashboard(Opened(given, whole("seed", seed), whole("run", run), f"{given.name}, as given", name))
