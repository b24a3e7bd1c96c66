"""Article 10: how NATO decides on admitting a country, as an agent-based simulation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from article10.agents.russia import STRATEGIES, Intelligence
from article10.model.accession_rule import AccessionParameters, Ballots, decide, formal_weight
from article10.model.events import Event
from article10.model.mechanisms import MECHANISMS
from article10.model.roster import Roster, read_roster
from article10.model.scenario import Scenario, ScenarioError
from article10.model.scenario_file import read_scenario
from article10.model.world import World
from article10.runs.batch import run_batch
from article10.runs.batch_result import BatchError, BatchResult, open_batch
from article10.runs.design import Design, Sample
from article10.runs.ensemble import simulate
from article10.runs.provenance import version
from article10.runs.recorder import MEMBER_VARIABLES, RUN_VARIABLES
from article10.runs.result import EnsembleResult, load

if TYPE_CHECKING:
    from article10.model.accession_model import AccessionModel

__version__ = version()

__all__ = [
    "MECHANISMS",
    "MEMBER_VARIABLES",
    "RUN_VARIABLES",
    "STRATEGIES",
    "AccessionModel",
    "AccessionParameters",
    "Ballots",
    "BatchError",
    "BatchResult",
    "Design",
    "EnsembleResult",
    "Event",
    "Intelligence",
    "Roster",
    "Sample",
    "Scenario",
    "ScenarioError",
    "World",
    "decide",
    "formal_weight",
    "load",
    "open_batch",
    "read_roster",
    "read_scenario",
    "run_batch",
    "simulate",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - the lazy part of the public API
    """Import the Mesa front end only when it is asked for: an ensemble does not need Mesa."""
    if name == "AccessionModel":
        from article10.model.accession_model import AccessionModel

        return AccessionModel
    raise AttributeError(f"module 'article10' has no attribute {name!r}")
