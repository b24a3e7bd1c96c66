"""Every public call that is given something wrong says so in one line: the argument, and what was expected."""

import inspect
import re
from datetime import date
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import article10
from article10.agents.nearest import near
from article10.model import extras
from article10.model.checked import CHECKS
from article10.model.roster import read_roster
from article10.runs.analyses import registry
from article10.runs.analyses.levers import LEVERS
from article10.runs.batches.figures import BatchPlot
from article10.runs.batches.result import BatchResult
from article10.runs.command_line import app
from article10.runs.ensemble.result import EnsembleResult
from article10.runs.figures.plot import Plot

LONGEST = 400

RAW = re.compile(
    r"validation error|Input should|pydantic|NoneType|has no attribute|not iterable|not supported between|not callable|"
    r"could not convert|broadcast|os\.PathLike| at 0x|Unknown|truth value|array element|positional arg"
)
"""Words of Python and of libraries, which say nothing to those who know neither."""

WORD, NUMBER, NAN, THING, TEXTS, TABLE = "martians", -1, float("nan"), object(), ("a", "b"), {"a": 1}

ANALYSES = (
    "influence",
    "influence_curve",
    "rank_influence",
    "compare_rules",
    "holdout_power",
    "claims",
    "discover",
    "guarantee_tradeoff",
    "three_futures",
    "rivals",
    "nowcast",
)


@pytest.fixture(scope="module")
def scenario():
    return article10.read_scenario("baseline", {"horizon": "2026-02-01"})


@pytest.fixture(scope="module")
def result(scenario):
    return article10.simulate(scenario, 3)


@pytest.fixture(scope="module")
def bare(scenario):
    return article10.simulate(scenario, 3, record=())


@pytest.fixture(scope="module")
def batch(scenario, tmp_path_factory):
    design = article10.Design(scenarios=(scenario,), runs=2, grid={"stance.peer_rate": (0.2, 0.8)}, record="stance")
    return article10.run_batch(design, tmp_path_factory.mktemp("batch"), workers=1, progress=False)


def said(call, *named):
    """The message with which a call is refused."""
    with pytest.raises((ValueError, OSError)) as refused:
        call()
    message = str(refused.value)
    assert not RAW.search(message), message
    assert "\n" not in message
    assert len(message) <= LONGEST, len(message)
    for word in named:
        assert word in message, message
    return message


# --- arguments, by their names --------------------------------------------------------------------------------------

WRONG = {
    "seed": (WORD, NUMBER, NAN, THING, TEXTS),
    "scenario": (None, NUMBER, THING, b"x", "a\0b", TEXTS),
    "path": (None, "", NUMBER, THING, b"x", "a\0b", TEXTS),
    "when": ("", WORD, NUMBER, NAN, TEXTS, True),
    "outcome": ("", NUMBER, THING, TEXTS, np.array([1, 2])),
    "by_channel": (WORD, NUMBER, TEXTS),
    "record": (WORD, NUMBER, [None], [1], THING),
    "members": ((), WORD, NUMBER, [None]),
    "levels": ((), WORD, NUMBER, [None], [NAN], ["x"]),
    "threshold": (WORD, NAN, None, THING, True),
    "probabilities": ((), [2.0], [NAN], WORD, THING),
    "ax": (WORD, NUMBER, THING, TEXTS),
    "changes": (WORD, NUMBER, THING, TEXTS, np.array([1])),
    "mechanisms": (WORD, NUMBER, TEXTS, {"x": 1}),
    "member": ("", NUMBER, THING, (), [None], TABLE, b"x"),
    "points": ((), WORD, NUMBER, [None], ["x"], [-1]),
    "progress": (WORD, NUMBER, THING, True),
    "strategy": (WORD, NUMBER, TEXTS),
    "design": (None, NUMBER, THING, TABLE),
    "frame": (None, WORD, TABLE, [1]),
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in WRONG.items() for value in values])
def test_an_argument_of_the_wrong_kind_is_named_with_what_was_expected(name, value):
    said(lambda: CHECKS[name](name, value), name, "expected")


def test_every_argument_of_the_public_functions_has_a_kind():
    """A new argument joins the table, or the few whose meaning only their function knows."""
    own = {"self", "options", "of", "positions", "batch", "p", "ballots", "own_strategy"}
    own |= {"parameters", "targets", "method", "trajectories", "base_samples"}  # of samples and tuning
    own |= {"fit_with", "ending", "as_of"}  # of hindcasts and of forecasts of holdouts
    own |= {"others", "combine", "against"}  # scenarios and results that are compared
    own |= {"file_format"}  # of figures, which say so themselves
    own |= {"state", "own_draws"}  # of branches
    own |= {"rows", "assumptions"}  # of nowcasts
    own |= {"question", "name", "command", "extra", "page", "section", "lever", "function"}  # of what a user registers
    public = [getattr(article10, name) for name in article10.__all__]
    methods = [m for owner in (EnsembleResult, BatchResult, Plot, BatchPlot) for m in vars(owner).values()]
    functions = [f for f in (*public, *methods) if inspect.isfunction(f) and not f.__name__.startswith("_")]
    assert {name for f in functions for name in inspect.signature(f).parameters} - own <= set(CHECKS)


class Call(NamedTuple):
    """A wrong call, and the words with which it has to be refused."""

    call: object
    words: tuple[str, ...]


CALLS = {
    "simulate: strategy": Call(lambda o: article10.simulate(o.scenario, 2, strategy=WORD), ("strategy",)),
    "simulate: what a strategy gives": Call(
        lambda o: article10.simulate(o.scenario, 2, strategy=lambda known: "x"),
        ("a strategy must return weights", "'x'"),
    ),
    "simulate: what a mechanism gives": Call(
        lambda o: article10.simulate(o.scenario, 2, mechanisms={"mine": lambda world: world.members.stance * np.nan}),
        ("mechanism 'mine'", "finite"),
    ),
    "simulate: progress": Call(lambda o: article10.simulate(o.scenario, 2, progress=True), ("progress = True",)),
    "state: run": Call(lambda o: o.result.state("x", "2026-01-05"), ("run = 'x'", "a whole number")),
    "state: when": Call(lambda o: o.result.state(0, WORD), ("when = 'martians'", "a date")),
    "state: outside": Call(lambda o: o.result.state(0, "2031-01-05"), ("when = 2031-01-05", "2025-12-01 to")),
    "branch: state": Call(lambda o: article10.branch(o.result, 2), ("state = ", "result.state(")),
    "branch: runs": Call(lambda o: article10.branch(o.result.state(0, "2026-01-05"), 0), ("runs = 0",)),
    "branch: own draws": Call(
        lambda o: article10.branch(o.result.state(0, "2026-01-05"), own_draws=3), ("own_draws = 3", "True or False")
    ),
    "branch: combine": Call(
        lambda o: article10.branch(o.result.state(0, "2026-01-05"), 2, combine=WORD), ("combine = 'martians'", "a list")
    ),
    "branch: horizon": Call(
        lambda o: article10.branch(o.result.state(0, "2026-01-05"), 2, changes={"horizon": "2031-01-05"}),
        ("horizon", "cannot be changed at a fork"),
    ),
    "open_state": Call(lambda o: article10.open_state(None), ("path = None",)),
    "load": Call(lambda o: article10.load(None), ("path = None",)),
    "open_batch": Call(lambda o: article10.open_batch([]), ("path = []",)),
    "run_batch: design": Call(lambda o: article10.run_batch(None, "b"), ("design = None", "Design")),
    "run_batch: out": Call(lambda o: article10.run_batch(article10.Design(), None), ("out = None",)),
    "run_batch: cluster": Call(lambda o: article10.run_batch(article10.Design(), "b", cluster=3), ("cluster = 3",)),
    "read_scenario: changes": Call(lambda o: article10.read_scenario(changes=[1]), ("changes = [1]",)),
    "with_": Call(lambda o: o.scenario.with_(WORD), ("changes = 'martians'",)),
    "with_: field": Call(lambda o: o.scenario.with_(stanc=1), ("Scenario.stanc", "did you mean 'stance'")),
    "with_: group": Call(lambda o: o.scenario.stance.with_(peer_rate="x"), ("peer_rate = 'x'", "a number")),
    "in place": Call(lambda o: setattr(o.scenario.stance, "peer_rate", 1.0), ("peer_rate", "with_")),
    "Scenario": Call(lambda o: article10.Scenario(horizon=3.5), ("Scenario.horizon = 3.5", "a date")),
    "Design: by place": Call(lambda o: article10.Design("baseline"), ("'baseline'", "name=value")),
    "Design: runs": Call(lambda o: article10.Design(runs="x"), ("Design.runs = 'x'", "a whole number")),
    "Design: unknown": Call(lambda o: article10.Design(run=3), ("Design.run", "did you mean 'runs'")),
    "Design: grid": Call(lambda o: article10.Design(grid={"stance.peer_rate": ()}), ("grid", "at least 1")),
    "Design: record": Call(lambda o: article10.Design(record=3), ("record = 3", "expected a word")),
    "Design: many": Call(lambda o: article10.Design(a=1, b=2, c=3, d=4, e=5), ("and 2 more",)),
    "Design.read": Call(lambda o: article10.Design.read(None), ("path = None",)),
    "Design.from_frame": Call(lambda o: article10.Design.from_frame([1]), ("frame = [1]", "DataFrame")),
    "Sample": Call(lambda o: article10.Sample(n=2), ("Sample.ranges", "missing")),
    "Targets": Call(lambda o: article10.Targets(stance=3), ("Targets.stance = 3", "a list")),
    "Targets.read": Call(lambda o: article10.Targets.read(3), ("path = 3",)),
    "Lever": Call(lambda o: article10.Lever("x", "y", None), ("Lever.channels = None", "functions")),
    "roster": Call(lambda o: o.scenario.members().index(None), ("None", "'HUN'")),
    "roster: value": Call(lambda o: o.scenario.members().with_values("HUN", stance="x"), ("HUN.stance", "number")),
    "decide": Call(lambda o: article10.decide(None, article10.AccessionParameters()), ("ballots = None",)),
    "Ballots": Call(lambda o: article10.Ballots(("HUN",), [[1]]), ("codes", "array")),
    "formal_weight": Call(lambda o: article10.formal_weight("U", "USA"), ("members = 'USA'",)),
    "model: collect": Call(lambda o: article10.AccessionModel(o.scenario, collect=[1]), ("collect = [1]",)),
    "model: changes": Call(lambda o: article10.AccessionModel(o.scenario, changes=[1]), ("changes = [1]",)),
    "explain: member": Call(lambda o: o.result.explain("HNU"), ("'HNU'", "did you mean 'HUN'")),
    "explain: no member": Call(lambda o: o.result.explain(None), ("member = None",)),
    "explain: run": Call(lambda o: o.result.explain("HUN", 7), ("run = 7", "runs 0 to 2")),
    "explain: runs": Call(lambda o: o.result.explain("HUN", [1, 2]), ("run = [1, 2]",)),
    "explain: order": Call(
        lambda o: o.result.explain("HUN", start="2026-01-20", end="2026-01-05"), ("end = 2026-01-05", "after the start")
    ),
    "explain: date": Call(lambda o: o.result.explain("HUN", start=""), ("start = ''", "a date")),
    "animate": Call(lambda o: o.result.animate(0, None), ("path = None",)),
    "save": Call(lambda o: o.result.save(None), ("path = None",)),
    "fan: none recorded": Call(lambda o: o.bare.plot.fan(), ("stance was not recorded", "record=")),
    "fan: nobody": Call(lambda o: o.result.plot.fan([]), ("member = []",)),
    "fan: ax": Call(lambda o: o.result.plot.fan("HUN", ax=3), ("ax = 3", "Axes")),
    "trajectories: n": Call(lambda o: o.result.plot.trajectories(n=0), ("n = 0",)),
    "holdouts: most": Call(lambda o: o.result.plot.holdouts(most="x"), ("most = 'x'",)),
    "map: none recorded": Call(lambda o: o.bare.plot.map("2026-01-01"), ("stance was not recorded",)),
    "map: when": Call(lambda o: o.result.plot.map(date(1950, 1, 1)), ("when = 1950-01-01", "2025-12-01 to")),
    "network: threshold": Call(lambda o: o.result.plot.network(None), ("threshold = None",)),
    "network: most": Call(lambda o: o.result.plot.network(most=0), ("most = 0",)),
    "ledger: most": Call(lambda o: o.result.plot.ledger(most="x"), ("most = 'x'",)),
    "explain_by_year: run": Call(lambda o: o.result.plot.explain_by_year("HUN", None), ("run = None",)),
    "write: figures": Call(lambda o: o.result.write("f", figures=None), ("figures = None", "png, svg or pdf")),
    "save_all: format": Call(lambda o: o.result.plot.save_all("f", file_format=3), ("file_format = 3", "png, svg")),
    "save_all": Call(lambda o: o.result.plot.save_all("f", ["fann"]), ("'fann'", "did you mean 'fan'")),
    "no runs": Call(lambda o: article10.EnsembleResult(o.result.data.isel(run=[])).plot, ("holds no runs",)),
    "no runs to explain": Call(
        lambda o: article10.EnsembleResult(o.result.data.isel(run=[])).explain("HUN"), ("holds no runs",)
    ),
    "batch: point": Call(lambda o: o.batch.point(9), ("point = 9", "0 to 1")),
    "batch: points": Call(lambda o: o.batch.plot.fan("HUN", points=[0, 9]), ("point = 9", "0 to 1")),
    "batch: member": Call(lambda o: o.batch.plot.fan("HNU"), ("'HNU'", "did you mean 'HUN'")),
    "batch: key": Call(lambda o: o.batch.plot.against(WORD), ("martians", "stance.peer_rate")),
    "batch: milestone": Call(lambda o: o.batch.plot.accession(WORD), ("milestone = 'martians'",)),
    "batch: query": Call(lambda o: o.batch.sql("selec 1"), ("query = 'selec 1'",)),
    "batch: no query": Call(lambda o: o.batch.sql(None), ("query = None",)),
    "batch: probabilities": Call(lambda o: o.batch.quantiles(0, [2.0]), ("probabilities",)),
    "batch: scenario": Call(lambda o: o.batch.data_of(WORD), ("'martians'", "baseline")),
    "influence: of": Call(lambda o: article10.influence(o.scenario, None, 2), ("of = None", "a lever")),
    "influence: of nothing": Call(lambda o: article10.influence(o.scenario, "", 2), ("of = ''",)),
    "influence: martians": Call(lambda o: article10.influence(o.scenario, WORD, 2), ("of = 'martians'", "expected")),
    "rank_influence: levers": Call(lambda o: article10.rank_influence(o.scenario, [None], 2), ("of = None",)),
    "discover_parameters": Call(lambda o: article10.discover_parameters(None), ("batch = None", "open_batch")),
    "hindcast: observed": Call(lambda o: article10.hindcast("finland_2022_at_signing", 3), ("observed = 3",)),
    "rivals: salience": Call(
        lambda o: article10.rivals(o.scenario, 2, salience=3), ("salience = 3", "expected a word")
    ),
    "rivals: past": Call(lambda o: article10.rivals(o.scenario, 2, past=WORD), ("past = 'martians'", "expected")),
    "history_match: waves": Call(lambda o: article10.history_match(waves=0), ("waves = 0",)),
    "history_match: n_points": Call(lambda o: article10.history_match(n_points=3), ("n_points = 3", "16")),
    "nowcast: start": Call(lambda o: article10.nowcast(start=WORD), ("start = 'martians'", "a date")),
    "nowcast: until": Call(lambda o: article10.nowcast(until="2025-12-01"), ("until = 2025-12-01", "after the start")),
    "nowcast: learn_until": Call(
        lambda o: article10.nowcast(learn_until="2027-01-01"), ("learn_until = 2027-01-01", "up to 2026-12-01")
    ),
    "nowcast: rows": Call(lambda o: article10.nowcast(rows=[WORD]), ("rows = 'martians'", "a CSV file")),
    "nowcast: nothing": Call(lambda o: article10.nowcast(rows=()), ("rows = ()", "at least one")),
    "nowcast: known_events": Call(lambda o: article10.nowcast(known_events=3), ("known_events = 3",)),
    "nowcast: assumptions": Call(
        lambda o: article10.nowcast(assumptions={"wrong_rows": 0.1}), ("wrong_rows", "did you mean 'wrong_row'")
    ),
    "nowcast: an assumption": Call(
        lambda o: article10.nowcast(assumptions={"wrong_row": 1.5}), ("wrong_row = 1.5", "less than or equal to 1")
    ),
    "hindcast_stances": Call(lambda o: article10.hindcast_stances(positions=[None]), ("positions = [None]",)),
    "explore: parameters": Call(lambda o: article10.explore(o.scenario, []), ("parameters = []",)),
    "report: runs": Call(lambda o: article10.report(o.scenario, None), ("runs = None",)),
    **{
        f"{name}: {argument}": Call(
            lambda o, name=name, argument=argument: getattr(article10, name)(
                **{"scenario": o.scenario, argument: THING}
            ),
            (f"{argument} = <object object>", "expected"),
        )
        for name in ANALYSES
        for argument in ("scenario", "runs", "seed", "changes", "progress")
    },
}


class Objects(NamedTuple):
    scenario: object
    result: object
    bare: object
    batch: object


@pytest.mark.parametrize("wrong", CALLS.values(), ids=list(CALLS))
def test_a_wrong_call_is_refused_in_one_line(wrong, scenario, result, bare, batch, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    said(lambda: wrong.call(Objects(scenario, result, bare, batch)), *wrong.words)
    assert not list(tmp_path.iterdir())


def test_a_selection_of_no_runs_says_so(result):
    none = article10.EnsembleResult(result.data.isel(run=[]))
    assert "no runs" in repr(none)
    assert "nan" not in repr(none)


def test_what_was_right_stays_right(result, batch):
    place = np.int64(1)
    explained = result.explain("HUN", 1, start=pd.Timestamp("2025-12-08"), end=np.datetime64("2026-01-20"))
    assert explained.notna().to_numpy().all()
    assert result.plot.trajectories(("HUN", "TUR"), run=place)
    assert batch.plot.fan(points=np.array([0, 1]))
    assert article10.formal_weight("HUN", ("HUN", "POL")) == 1


@pytest.mark.parametrize("stranger", [WORD, "martian", "narnia", "wakanda", "mordor", "xyz", "", "klingons"])
def test_a_name_is_suggested_only_where_it_is_near(stranger):
    roster = read_roster()
    assert near(stranger, [*roster.names, *roster.iso3, *LEVERS]) is None


# --- on the command line --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "because"),
    [
        (("influence", "--of", ""), "of = ''"),
        (("influence", "--rank", "--of", ""), "--of: of no use"),
        (("influence", "--rank", "--outcome", ""), "outcome = ''"),
        (("guarantees", "--futures", "--outcome", ""), "--outcome: of no use"),
        (("run", "--out", "/proc/results"), "/proc"),
        (("report", "--out", "/proc/page.html"), "/proc"),
    ],
)
def test_what_was_given_empty_or_for_a_place_without_files_is_refused(words, because):
    told = CliRunner().invoke(app, [*words, "--runs", "2"])
    assert told.exit_code == 2
    assert because in told.stderr
    assert "too full" not in told.stderr
    assert len(told.stderr.splitlines()) == 1


# --- what is not installed ------------------------------------------------------------------------------------------

EXTRAS = {**{name: each.extra for name, each in registry.ANALYSES.items()}, **article10.EXTRAS}


@pytest.mark.parametrize("name", sorted(EXTRAS))
def test_a_function_whose_extra_is_missing_says_how_to_install_it_from_a_clone(name, monkeypatch):
    monkeypatch.setattr(extras, "find_spec", lambda module: None)
    monkeypatch.delitem(vars(article10), name, raising=False)  # as if it were asked for the first time
    with pytest.raises(ImportError, match=re.escape(f'pip install -e ".[{EXTRAS[name]}]"')) as refused:
        getattr(article10, name)
    assert str(refused.value).startswith(f"{name} needs ")


@pytest.mark.parametrize(
    "call",
    [
        lambda: article10.run_batch(article10.Design(runs=1), "b"),
        lambda: article10.open_batch("b"),
        lambda: article10.Sample(n=2, ranges=["stance.peer_rate"]).rows(),
    ],
)
def test_a_batch_without_its_extra_says_how_to_install_it_from_a_clone(call, monkeypatch):
    monkeypatch.setattr(extras, "find_spec", lambda module: None)
    with pytest.raises(ImportError, match=r'needs .*pip install -e "\.\[analysis\]"'):
        call()
