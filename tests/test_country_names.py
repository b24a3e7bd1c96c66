"""Wherever a member is given by its code, its name in English does as well; what is kept and shown is the code."""

from __future__ import annotations

import inspect
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import article10
from article10.agents.short_error import UnknownNameError
from article10.model.country_names import ALSO_CALLED, code_of
from article10.model.edition import read_edition
from article10.model.events import Event, kinds
from article10.model.scenario import Scenario, ScenarioError
from article10.model.scenario_file import read_scenario
from article10.runs.analyses.levers import lever
from article10.runs.analyses.tuning.targets import Targets
from article10.runs.batches.figures import BatchPlot
from article10.runs.command_line import app
from article10.runs.evidence.forecast_questions import read_questions
from article10.runs.figures.plot import Plot
from article10.runs.interactive.ensemble_cache import EnsembleCache

SHORT = {"horizon": "2027-06-01"}
CODE, NAMES = "TUR", ("Türkiye", "turkey", "TURKIYE", "tur")

ARGUMENTS = {"member", "members", "iso3", "of", "power"}
"""How arguments are called that take members."""


@pytest.fixture(scope="module")
def result():
    return article10.simulate("baseline", runs=3, seed=1, changes=SHORT)


@pytest.fixture(scope="module")
def folder(result, tmp_path_factory):
    result.write(where := tmp_path_factory.mktemp("run") / "r", figures=False)
    return where


@pytest.fixture(scope="module")
def batch(tmp_path_factory):
    design = article10.Design(
        scenarios="baseline", changes=SHORT, grid={"stance.peer_rate": [0.2, 0.8]}, runs=3, record="stance"
    )
    return article10.run_batch(design, tmp_path_factory.mktemp("batch") / "b", workers=1, progress=False)


def titles(ax):
    return ax.figure.axes[0].get_title() + str([text.get_text() for text in ax.texts])


def question(tmp_path, member):
    path = tmp_path / "questions.toml"
    path.write_text(f"""[[questions]]
id = "{{member}}"
question = "Does {{name}} object?"
criterion = "as reported"
source = "newspapers"
resolves = 2027-03-01
measure = "member_spends"
arguments = {{ on = 2027-03-01, level = 2.0 }}
no_change = false
members = ["{member}"]
condition = {{ text = "It spends.", measure = "member_spends", arguments = {{ member = "{member}", on = 2027-03-01, level = 1.0 }} }}
""")  # noqa: E501
    return read_questions(path, read_scenario("baseline", SHORT))


def file_of(tmp_path, text):
    path = tmp_path / "mine.toml"
    path.write_text(f'base = "baseline"\n{text}')
    return read_scenario(path)


def set_by_option(tmp_path, name):
    told = ("--runs", "2", "--no-figures", "--force", "--out", tmp_path / "o", "--set", "horizon=2027-06-01")
    printed("run", *told, "--set", f"roster.{name}.stance=0.2", "--set", f"ballots.{name}=object")
    return article10.load(tmp_path / "o").scenario


def printed(*words):
    ran = CliRunner().invoke(app, list(map(str, words)))
    assert ran.exit_code == 0, ran.output
    return ran.stdout


DOORS = {
    "Roster.index": lambda name, **_: article10.read_roster().index(name),
    "Roster.code": lambda name, **_: article10.read_roster().code(name),
    "Roster.without": lambda name, **_: article10.read_roster().without(name).iso3,
    "Roster.with_values": lambda name, **_: article10.read_roster().with_values(name, stance=0.3).stance.tolist(),
    "Ballots": lambda name, **_: article10.Ballots((name, "HUN"), np.zeros((1, 2), np.int8)).members,
    "Ballots.of_ratifications": lambda name, **_: (
        article10.Ballots.of_ratifications((name, "HUN"), np.zeros((1, 2), bool)).members
    ),
    "formal_weight": lambda name, **_: article10.formal_weight(name, ("HUN", name)),
    "AccessionModel.member": lambda name, **_: article10.AccessionModel("baseline", seed=1).member(name).iso3,
    "EnsembleResult.explain": lambda name, result, **_: result.explain(name, 1).to_csv(),
    "EnsembleResult.explain, mean": lambda name, result, **_: result.explain(name).to_csv(),
    "Plot.fan": lambda name, result, **_: titles(result.plot.fan([name, "HUN"])),
    "Plot.trajectories": lambda name, result, **_: titles(result.plot.trajectories(name)),
    "Plot.explain": lambda name, result, **_: titles(result.plot.explain(name, 1)),
    "Plot.explain_by_year": lambda name, result, **_: titles(result.plot.explain_by_year(name, 1)),
    "BatchPlot.fan": lambda name, batch, **_: titles(batch.plot.fan(name)),
    "influence": lambda name, **_: repr(lever(name, Scenario()).name),
    "influence, by kind": lambda name, **_: repr(lever(f"government:{name}", Scenario()).name),
    "holdout_power": lambda name, **_: article10.holdout_power(
        "baseline", 2, members=[name], changes=SHORT
    ).members.to_csv(),
    "explore": lambda name, **_: (
        article10.explore("baseline", ["stance.peer_rate"], runs=2, members=[name]).now.members
    ),
    "EnsembleCache": lambda name, **_: EnsembleCache(read_scenario("baseline", SHORT), 2, 1, [name]).simulate().members,
    "Snapshot.of": lambda name, **_: (
        EnsembleCache(read_scenario("baseline", SHORT), 2, 1, ["HUN", CODE]).simulate().of(name).members
    ),
    "Targets": lambda name, **_: (
        Targets(
            stance=({"member": name, "date": "2027-01-01", "value": 0.1, "tolerance": 0.1},),
            ratification=({"member": name, "days": 100.0, "tolerance": 9.0},),
            objection=({"member": name, "value": 0.1, "tolerance": 0.1},),
        )
        .by_code(Scenario())
        .to_toml()
    ),
    "questions": lambda name, tmp_path, **_: question(tmp_path, name),
    "scenario: without": lambda name, **_: Scenario(without=(name,)),
    "scenario: roster": lambda name, **_: Scenario(roster={name: {"stance": 0.2}}),
    "scenario: ballots": lambda name, **_: Scenario(ballots={name: "object"}),
    "file: roster": lambda name, tmp_path, **_: file_of(tmp_path, f'[roster."{name}"]\nstance = 0.2'),
    "file: ballots": lambda name, tmp_path, **_: file_of(tmp_path, f'[ballots]\n"{name}" = "object"'),
    "changes": lambda name, **_: read_scenario(
        "baseline", {f"roster.{name}.stance": 0.2, f"ballots.{name}": "support"}
    ),
    "with_": lambda name, **_: Scenario().with_(ballots={name: "object"}),
    "--set": lambda name, tmp_path, **_: set_by_option(tmp_path, name),
    "replay --member": lambda name, folder, **_: printed("replay", folder, "--member", name),
    "influence --of": lambda name, **_: printed(
        "influence", "--of", name, "--runs", "2", "--set", "horizon=2027-06-01"
    ),
}
"""Every place that takes a member, and what comes of it."""


@pytest.mark.filterwarnings("ignore::article10.runs.statistics.intervals.TooFewRunsWarning")
@pytest.mark.parametrize("door", DOORS.values(), ids=list(DOORS))
def test_a_name_does_what_the_code_does(door, result, batch, folder, tmp_path):
    given = {"result": result, "batch": batch, "folder": folder, "tmp_path": tmp_path}
    by_code = door(CODE, **given)
    for name in NAMES[:2]:
        assert door(name, **given) == by_code


def event_kinds():
    return [kind for kind, cls in kinds().items() if cls.__module__.startswith("article10.")]


@pytest.mark.parametrize("kind", event_kinds())
def test_an_event_that_names_members_takes_names(kind):
    fields = [name for name in kinds()[kind].model_fields if name in {"member", "targets", "providers"}]
    given = {"kind": kind, "name": "x", "date": "2027-01-05"}
    if kind == "government_fall":  # not where a president governs
        codes, names = ("ITA", "GBR"), ("Italy", "UK")
    else:
        codes, names = ("TUR", "CZE"), ("Türkiye", "Czech Republic")

    def with_members(some):
        own = {field: some[0] if field == "member" else list(some) for field in fields}
        return read_scenario("baseline").with_(events=({**given, **own},)).events[0]

    event = with_members(names)
    assert event == with_members(codes)
    assert event.members_named == (codes[: len(event.members_named)] if fields else ())


def test_an_event_of_ones_own_takes_names_too(monkeypatch):
    class Visit(Event):
        kind: str = "visit"
        host: str = ""
        guests: tuple[str, ...] = ()

        @property
        def members_named(self):
            return (self.host, *self.guests)

    visit = Visit(name="Turkey", date="2027-01-05", host="Turkey", guests=("the Netherlands", "HUN"))
    held = Scenario(events=(visit,)).events[0]
    assert (held.name, held.host, held.guests) == ("Turkey", "TUR", ("NLD", "HUN"))
    with pytest.raises(ScenarioError, match=r"'Turkiy' is not a member .* did you mean 'TUR'"):
        Scenario(events=(visit.with_(host="Turkiy"),))


def test_every_public_argument_that_takes_a_member_is_among_the_doors():
    inside = {
        "Roster.hint": "the end of a message",
        "Roster.find": "is None where the code would be refused",
        "Roster": "is the table of codes",
        "Scenario._require_member": "",
    }
    found = set()
    for name in article10.__all__:
        public = getattr(article10, name)
        if inspect.isfunction(public) or (inspect.isclass(public) and not issubclass(public, Exception)):
            found |= named_in(public, name)
    found |= named_in(Plot, "Plot") | named_in(BatchPlot, "BatchPlot")
    found -= {"World", "Plot", "BatchPlot"}  # members of a world are their state
    assert found - inside.keys() == found & DOORS.keys()
    assert len(found & DOORS.keys()) > 10


def named_in(public, name):
    """Names of a function, or of a class and its methods, that take a member."""
    methods = (
        inspect.getmembers(public, lambda f: inspect.isfunction(f) or inspect.ismethod(f))
        if inspect.isclass(public)
        else []
    )
    own = [(name, public), *((f"{name}.{method}", f) for method, f in methods if not method.startswith("_"))]
    return {each for each, f in own if ARGUMENTS & inspect.signature(f).parameters.keys()}


# --- names ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "code"),
    [
        *(("Turkey", "TUR"), ("TURKIYE", "TUR"), ("türkiye", "TUR"), ("Czech Republic", "CZE"), ("Czechia", "CZE")),
        *(("UK", "GBR"), ("U.K.", "GBR"), ("Great Britain", "GBR"), ("the United Kingdom", "GBR"), ("usa", "USA")),
        *(("US", "USA"), ("united-states", "USA"), ("North_Macedonia", "MKD"), ("Slovak Republic", "SVK")),
        *(("the Netherlands", "NLD"), ("Holland", "NLD"), ("  hungary ", "HUN"), ("hun", "HUN")),
    ],
)
def test_common_variants_are_known(name, code):
    assert article10.read_roster().code(name) == code


@pytest.mark.parametrize("edition", ["2025-12", "2026-12"])
def test_no_two_members_share_a_name_and_every_name_leads_back(edition):
    names = read_edition(edition).member_names
    for code, name in names.items():
        for called in (code, name, *ALSO_CALLED.get(code, ())):
            assert code_of(called, names) == code
    assert not any(code_of(name, names) for name in read_edition(edition).outsiders)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("Hungry", "did you mean 'HUN' (Hungary)?"),
        ("Grate Britain", "'GBR' (United Kingdom)?"),
        ("Russia", "no ballot"),
    ],
)
def test_who_is_no_member_is_refused_with_the_nearest_one(name, hint):
    with pytest.raises(UnknownNameError) as refused:
        article10.read_roster().index(name)
    assert hint in str(refused.value)


def test_an_external_power_by_its_name_is_refused_as_by_its_code():
    with pytest.raises(ScenarioError, match="roster: 'Russia' is an external power"):
        Scenario(roster={"Russia": {"stance": 0.0}})


def test_one_member_under_two_names_is_refused():
    with pytest.raises(ScenarioError, match="ballots: HUN and Hungary are the same member"):
        Scenario(ballots={"HUN": "object", "Hungary": "support"})
    with pytest.raises(ValueError, match="named once each"):
        article10.Ballots(("HUN", "Hungary"), np.zeros((1, 2), np.int8))
    with pytest.raises(ValueError, match="given twice"):
        article10.explore("baseline", runs=2, members=["Hungary", "HUN"])


def test_what_a_file_says_of_a_name_adds_to_what_its_base_says_of_the_code(tmp_path):
    base, mine = tmp_path / "base.toml", tmp_path / "mine.toml"
    base.write_text('base = "baseline"\n[roster.HUN]\nstance = 0.2\nwar_bar = 0.5')
    mine.write_text('base = "base.toml"\n[roster.Hungary]\nstance = 0.4')
    own = read_scenario(mine).roster["HUN"]
    assert (own.stance, own.war_bar) == (0.4, 0.5)
    mine.write_text('base = "base.toml"\n[roster.Hungary]\nstance = 0.4\n[roster.HUN]\nwar_bar = 1.0')
    with pytest.raises(ScenarioError, match=r"mine\.toml: roster: Hungary and HUN are the same member"):
        read_scenario(mine)


def test_a_members_name_in_an_edition_of_ones_own_is_taken():
    league = Path(__file__).parents[1] / "docs" / "examples" / "tidal-league"
    roster = article10.read_roster(league)
    assert [roster.code(name.upper()) for name in roster.names] == list(roster.iso3)
    assert Scenario(edition=str(league), ballots={roster.names[0]: "object"}).ballots == {roster.iso3[0]: "object"}
