"""Article 10: how NATO decides on admitting a country, as an agent-based simulation."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from article10.agents.russia import STRATEGIES, Intelligence
from article10.model.accession_rule import AccessionParameters, Ballots, decide, formal_weight
from article10.model.events import Event
from article10.model.extras import require
from article10.model.mechanisms import MECHANISMS
from article10.model.roster import Roster, read_roster
from article10.model.scenario import Scenario, ScenarioError
from article10.model.scenario_file import read_scenario
from article10.model.world import World
from article10.runs.batches.batch import run_batch
from article10.runs.batches.design import Design, Sample
from article10.runs.batches.error import BatchError, UnfinishedBatchWarning
from article10.runs.batches.result import BatchResult, open_batch
from article10.runs.ensemble.machine import TooLargeError
from article10.runs.ensemble.netcdf import ResultError
from article10.runs.ensemble.provenance import version
from article10.runs.ensemble.recorder import MEMBER_VARIABLES, RUN_VARIABLES
from article10.runs.ensemble.result import EnsembleResult, load
from article10.runs.ensemble.simulate import simulate

if TYPE_CHECKING:
    from article10.model.accession_model import AccessionModel
    from article10.model.mesa_batches import mesa_iterations
    from article10.runs.analyses.discovery.discovery import discover, discover_parameters
    from article10.runs.analyses.guarantees.three_futures import three_futures
    from article10.runs.analyses.guarantees.tradeoff import guarantee_tradeoff
    from article10.runs.analyses.holdouts.power import holdout_power
    from article10.runs.analyses.influence.curve import influence_curve
    from article10.runs.analyses.influence.influence import influence
    from article10.runs.analyses.influence.ranking import rank_influence
    from article10.runs.analyses.levers import Lever
    from article10.runs.analyses.rules.compared import compare_rules
    from article10.runs.analyses.sensitivity.sensitivity import screen, sobol
    from article10.runs.analyses.sensitivity.tornado import tornado
    from article10.runs.analyses.tuning.targets import Targets
    from article10.runs.analyses.tuning.tuning import tune
    from article10.runs.evidence.hindcast import hindcast
    from article10.runs.evidence.stance_dynamics import hindcast_stances
    from article10.runs.interactive.panel import explore
    from article10.runs.report.report import report

LATER = {
    "AccessionModel": ("article10.model.accession_model", "mesa"),
    "mesa_iterations": ("article10.model.mesa_batches", "mesa"),
    "Lever": ("article10.runs.analyses.levers", ""),
    "Targets": ("article10.runs.analyses.tuning.targets", ""),
    "tune": ("article10.runs.analyses.tuning.tuning", "analysis"),
    "compare_rules": ("article10.runs.analyses.rules.compared", "analysis"),
    "discover": ("article10.runs.analyses.discovery.discovery", "analysis"),
    "discover_parameters": ("article10.runs.analyses.discovery.discovery", "analysis"),
    "explore": ("article10.runs.interactive.panel", "notebooks"),
    "hindcast": ("article10.runs.evidence.hindcast", "analysis"),
    "hindcast_stances": ("article10.runs.evidence.stance_dynamics", "analysis"),
    "guarantee_tradeoff": ("article10.runs.analyses.guarantees.tradeoff", "analysis"),
    "holdout_power": ("article10.runs.analyses.holdouts.power", "analysis"),
    "influence": ("article10.runs.analyses.influence.influence", "analysis"),
    "influence_curve": ("article10.runs.analyses.influence.curve", "analysis"),
    "rank_influence": ("article10.runs.analyses.influence.ranking", "analysis"),
    "screen": ("article10.runs.analyses.sensitivity.sensitivity", "analysis"),
    "sobol": ("article10.runs.analyses.sensitivity.sensitivity", "analysis"),
    "three_futures": ("article10.runs.analyses.guarantees.three_futures", "analysis"),
    "tornado": ("article10.runs.analyses.sensitivity.tornado", "analysis"),
    "report": ("article10.runs.report.report", "analysis"),
}
"""What is imported when it is first asked for, and the extra that it needs: an ensemble needs none."""

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
    "Lever",
    "ResultError",
    "Roster",
    "Sample",
    "Scenario",
    "ScenarioError",
    "Targets",
    "TooLargeError",
    "UnfinishedBatchWarning",
    "World",
    "compare_rules",
    "decide",
    "discover",
    "discover_parameters",
    "explore",
    "formal_weight",
    "guarantee_tradeoff",
    "hindcast",
    "hindcast_stances",
    "holdout_power",
    "influence",
    "influence_curve",
    "load",
    "mesa_iterations",
    "open_batch",
    "rank_influence",
    "read_roster",
    "read_scenario",
    "report",
    "run_batch",
    "screen",
    "simulate",
    "sobol",
    "three_futures",
    "tornado",
    "tune",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - the lazy part of the public API
    """Import what is only there on request."""
    if name in LATER:
        module, extra = LATER[name]
        if extra:
            require(extra, name)
        return getattr(import_module(module), name)
    raise AttributeError(f"module 'article10' has no attribute {name!r}")
