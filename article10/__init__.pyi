# The public names and where each is, for type checkers and for article10/__init__.py, which imports them on first use.

from .agents.russia import STRATEGIES, Intelligence
from .model.accession_model import AccessionModel
from .model.accession_rule import AccessionParameters, Ballots, decide, formal_weight
from .model.events import Event
from .model.mechanisms import MECHANISMS, register_mechanism
from .model.mesa_batches import mesa_iterations
from .model.roster import Roster, read_roster
from .model.scenario import Scenario, ScenarioError
from .model.scenario_file import read_scenario
from .model.world import World
from .runs.analyses.claims.claims import claims
from .runs.analyses.comparison.compare import compare
from .runs.analyses.discovery.discovery import discover, discover_parameters
from .runs.analyses.guarantees.three_futures import three_futures
from .runs.analyses.guarantees.tradeoff import guarantee_tradeoff
from .runs.analyses.holdouts.power import holdout_power
from .runs.analyses.influence.curve import influence_curve
from .runs.analyses.influence.influence import influence
from .runs.analyses.influence.ranking import rank_influence
from .runs.analyses.levers import Lever, register_lever
from .runs.analyses.registry import register_analysis
from .runs.analyses.rules.compared import compare_rules
from .runs.analyses.sensitivity.sensitivity import screen, sobol
from .runs.analyses.sensitivity.tornado import tornado
from .runs.analyses.tuning.targets import Targets
from .runs.analyses.tuning.tuning import tune
from .runs.batches.batch import run_batch
from .runs.batches.design import Design, Sample
from .runs.batches.error import BatchError, UnfinishedBatchWarning
from .runs.batches.kept_runs import KeptRunsWarning, kept_runs
from .runs.batches.result import BatchResult, open_batch
from .runs.ensemble.branch import branch
from .runs.ensemble.machine import TooLargeError
from .runs.ensemble.netcdf import ResultError
from .runs.ensemble.recorder import MEMBER_VARIABLES, RUN_VARIABLES
from .runs.ensemble.result import EnsembleResult, load
from .runs.ensemble.simulate import simulate
from .runs.ensemble.state import State, open_state
from .runs.evidence.forecast import Forecast, forecast, read_forecast
from .runs.evidence.forecast_file import LockedFileError
from .runs.evidence.forecast_scores import score_forecast
from .runs.evidence.hindcast import hindcast
from .runs.evidence.history_matching.history_match import history_match
from .runs.evidence.holdout_forecast import holdout_forecast
from .runs.evidence.nowcast.nowcast import nowcast
from .runs.evidence.rivals.rivals import rivals
from .runs.evidence.stance_dynamics import hindcast_stances
from .runs.interactive.dashboard.notebook import dashboard
from .runs.interactive.panel import explore
from .runs.report.brief import brief
from .runs.report.report import report

__version__: str

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
    "Forecast",
    "Intelligence",
    "KeptRunsWarning",
    "Lever",
    "LockedFileError",
    "ResultError",
    "Roster",
    "Sample",
    "Scenario",
    "ScenarioError",
    "State",
    "Targets",
    "TooLargeError",
    "UnfinishedBatchWarning",
    "World",
    "branch",
    "brief",
    "claims",
    "compare",
    "compare_rules",
    "dashboard",
    "decide",
    "discover",
    "discover_parameters",
    "explore",
    "forecast",
    "formal_weight",
    "guarantee_tradeoff",
    "hindcast",
    "hindcast_stances",
    "history_match",
    "holdout_forecast",
    "holdout_power",
    "influence",
    "influence_curve",
    "kept_runs",
    "load",
    "mesa_iterations",
    "nowcast",
    "open_batch",
    "open_state",
    "rank_influence",
    "read_forecast",
    "read_roster",
    "read_scenario",
    "register_analysis",
    "register_lever",
    "register_mechanism",
    "report",
    "rivals",
    "run_batch",
    "score_forecast",
    "screen",
    "simulate",
    "sobol",
    "three_futures",
    "tornado",
    "tune",
]
