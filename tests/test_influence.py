"""Informal influence: paired runs, known answers, intervals that hold, and refusals."""

from __future__ import annotations

import io
import warnings
from datetime import date
from typing import Any

import numpy as np
import pytest
from matplotlib.colors import to_hex
from rich.console import Console
from typer.testing import CliRunner

import article10
from article10.model.setup import Setup
from article10.runs.analyses.holdouts.power import holdout_power
from article10.runs.analyses.influence.curve import influence_curve
from article10.runs.analyses.influence.influence import influence
from article10.runs.analyses.influence.ranking import rank_influence
from article10.runs.analyses.levers import LEVERS, Lever, lever
from article10.runs.analyses.paired import paired_runs
from article10.runs.analyses.rules.compared import compare_rules
from article10.runs.analyses.sensitivity.tornado import tornado
from article10.runs.command_line import app
from article10.runs.figures.style import PALE
from article10.runs.output.table import FittedTable
from article10.runs.statistics.intervals import TooFewRunsWarning, excludes_zero, paired

pytestmark = pytest.mark.filterwarnings("ignore::article10.runs.statistics.intervals.TooFewRunsWarning")

SHORT = {"horizon": "2028-12-01"}
RUNS = 60


@pytest.fixture(scope="module")
def russia():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TooFewRunsWarning)
        return influence(runs=RUNS, seed=3)


def support_of_all_but(scenario, *holdouts):
    ballots = {code: "object" if code in holdouts else "support" for code in scenario.members().iso3}
    return scenario.with_({"accession.war_bar": 1.0}, ballots=ballots)


# --- worlds -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["baseline", "no_pressure", "holdout_turnover"])
def test_run_k_of_worlds_is_run_k_of_simulate(name):
    variants = {n: article10.read_scenario(n, SHORT) for n in ("baseline", "no_pressure", "holdout_turnover")}
    variants["bare"] = variants["baseline"].with_(events=())
    found = paired_runs(variants, 9, seed=5, by_year=("stance",), first_run=2)[name].data
    alone = article10.simulate(variants[name], 9, 5, first_run=2).data
    assert np.array_equal(found["ballot"], alone["ballot"])
    assert np.array_equal(found["final_stance"], alone["final_stance"])
    last = alone["stance"].to_numpy()[:, -1]
    assert np.array_equal(found["stance_by_year"].to_numpy()[:, -1], last)
    new_year = int((alone["step"].to_numpy() < np.datetime64("2027-01-01")).sum())
    assert np.array_equal(found["stance_by_year"].sel(year=2026), alone["stance"].to_numpy()[:, new_year])


@pytest.mark.parametrize(
    "changes",
    [{"russia.review_weeks": 3}, {"russia.review_weeks": 26}],
    ids=["more reviews", "fewer reviews"],
)
def test_draws_are_shared_where_one_scenario_needs_more_of_them_than_another(changes):
    usual = article10.read_scenario("baseline", {"horizon": "2030-04-21"})
    changed = article10.read_scenario(usual, changes)
    lengths = [{s.name: s.shape for s in Setup.of(scenario).streams} for scenario in (usual, changed)]
    assert any(lengths[0][name] != lengths[1][name] for name in lengths[0])
    both = paired_runs({"usual": usual, "changed": changed}, 5, seed=4, first_run=70)
    for name, scenario in (("usual", usual), ("changed", changed)):
        alone = article10.simulate(scenario, 5, 4, first_run=70).data
        assert np.array_equal(both[name].data["final_stance"], alone["final_stance"])
        assert np.array_equal(both[name].data["ballot"], alone["ballot"])


@pytest.mark.parametrize(
    ("field", "value"),
    [("start", date(2026, 1, 1)), ("horizon", date(2027, 6, 1)), ("step_days", 14), ("without", ("HUN",))],
)
def test_scenarios_whose_runs_cannot_be_paired_are_refused_with_what_differs(field, value):
    usual = article10.read_scenario("baseline", SHORT)
    changed = usual.with_(**{field: value})
    if field == "start":  # as many steps, so that only the dates differ
        changed = changed.with_(horizon=usual.horizon + (value - usual.start))
    with pytest.raises(ValueError, match=f"'a' and 'b' cannot share draws: {field} is .* in one and .* in the other"):
        paired_runs({"a": usual, "b": changed}, 2)


def test_other_members_are_no_pair_even_where_they_are_as_many():
    one, other = (article10.read_scenario("baseline", SHORT).with_(without=(code,)) for code in ("FIN", "SWE"))
    with pytest.raises(ValueError, match="without is"):
        paired_runs({"a": one, "b": other}, 2)


# --- known answers ----------------------------------------------------------------------------------------------------


def test_a_lever_that_does_nothing_has_influence_zero_in_every_world():
    off = {**SHORT, "mechanisms.persuasion": False}
    found = influence(of={"secretary_general.persuasion_weight": 0.0}, runs=RUNS, changes=off)
    assert all(d.differ == 0 and d.mean == 0 for d in found.total.values())
    assert (found.members["moved"] == 0).all()
    assert found.blocked == found.enabled == {"invitation": 0, "accession": 0}
    assert found.total["invitation"].unpaired_runs == np.inf
    assert f"Removing it changes the invitation in none of {RUNS} paired runs." in found.sentences()
    assert "through" not in found.figures()


def test_one_holdout_that_always_objects_prevents_every_invitation_and_all_of_it_goes_through_it():
    open_door = article10.read_scenario("baseline", {**SHORT, "candidate.may_shelve": False})
    veto = Lever("veto", "Hungary's objection", {"veto": lambda s: support_of_all_but(s)}, actor="HUN")
    found = influence(support_of_all_but(open_door, "HUN"), veto, RUNS)
    assert found.total["invitation"].mean == -1.0
    assert found.formal_weight == (1, 32)
    through = found.through[found.through["outcome"] == "invitation"]
    assert list(through["through"]) == ["Hungary"]
    assert through["share"].iloc[0] == 1.0
    assert through["by"].iloc[0] == "stance"


def test_an_outcome_that_is_brought_about_names_who_would_stand_in_the_way():
    scenario = support_of_all_but(article10.read_scenario("baseline", {**SHORT, "candidate.may_shelve": False}))
    consent = Lever("consent", "Hungary's consent", {"consent": lambda s: support_of_all_but(s, "HUN")}, actor="HUN")
    found = influence(scenario, consent, RUNS)
    invited = found.through[found.through["outcome"] == "invitation"]
    assert list(invited["direction"]) == ["enabled"]
    assert list(invited["through"]) == ["Hungary"]
    assert f"enabled in {RUNS} (without it blocked by Hungary in 100% of them)." in " ".join(found.sentences())
    bars = found.figures()["through"]().patches
    assert all(bar.get_width() > 0 for bar in bars)


def test_a_candidate_that_is_invited_already_is_asked_about_its_accession_alone():
    found = influence("finland_2022", "sg", RUNS, by_channel=False)
    assert not any("invitation" in text.lower() for text in found.sentences())
    assert found.delay["accession"].mean < 0
    assert "accession" in found.figures()["probability"]().get_ylabel()
    assert "invitation" not in found.tables()


def test_a_bid_that_a_plan_shelves_is_prevented_through_the_candidate():
    plan = {"kind": "peace_plan", "name": "imposed", "date": "2025-12-08", "accepted": True, "ceasefire": False}
    shelved = support_of_all_but(article10.read_scenario("baseline", {**SHORT, "events": [plan]}))
    found = influence(shelved, "shelving", RUNS)
    through = found.through[found.through["outcome"] == "invitation"]
    assert found.blocked["invitation"] > RUNS / 2
    by = through.set_index("through")["share"]
    assert by.index[0] == "the candidate, whose bid is shelved"
    assert by.iloc[0] > 0.5
    assert set(by.index[1:]) <= {"the Secretary General, who does not put the question"}  # it was not ready again


def test_the_shares_of_channels_add_up_to_the_whole_difference(russia):
    for outcome, difference in russia.total.items():
        shares = russia.channels.xs(outcome, level="outcome")["share"]
        assert len(shares) == 4
        assert shares.sum() == pytest.approx(difference.mean, abs=1e-12)


def test_russia_s_formal_weight_is_zero_and_its_influence_is_stated_with_an_interval(russia):
    assert russia.formal_weight == (0, 32)
    told = russia.total["invitation"]
    assert told.low < told.mean < told.high
    assert told.mean < 0
    assert "0 of 32 ballots" in russia.sentences()[0]


def test_a_member_s_government_without_ties_has_nothing_to_take_out():
    with pytest.raises(ValueError, match="nothing to take out: baseline is the same without the present government"):
        influence(of="POL", runs=2)
    with pytest.raises(ValueError, match="nothing to take out"):
        influence(of="mechanism:shock", changes={"mechanisms.shock": False}, runs=2)


@pytest.mark.parametrize(
    ("of", "name"),
    [
        ("Russia", "russia"),
        ("RUS", "russia"),
        ("Ukraine", "shelving"),
        ("UKR", "shelving"),
        ("candidate", "shelving"),
        ("sg", "secretary_general"),
        ("Secretary General", "secretary_general"),
        ("Hungary", "government:HUN"),
        ("government:hun", "government:HUN"),
        ("US", "government:USA"),
        ("united states", "government:USA"),
    ],
)
def test_actors_are_known_by_their_names_and_codes(of, name):
    assert lever(of, article10.read_scenario()).name == name


def test_a_lever_says_what_taking_it_out_changes():
    scenario = article10.read_scenario()
    assert lever("shelving", scenario).changes(scenario) == {"candidate.may_shelve": (True, False)}
    assert "events.neutral_government_HUN" in lever("HUN", scenario).changes(scenario)


@pytest.mark.parametrize("name", [*LEVERS, "HUN", "mechanism:peers"])
def test_taking_a_lever_out_changes_the_scenario_and_leaves_a_valid_one(name):
    scenario = article10.read_scenario()
    without = lever(name, scenario).without(scenario)
    assert without != scenario
    assert article10.read_scenario(without).members().iso3 == scenario.members().iso3


@pytest.mark.parametrize(
    ("of", "said"), [("guarantes", "did you mean 'guarantees'"), ("Hungry", "mean 'Hungary'"), ("XYZ", "a member, or")]
)
def test_an_unknown_lever_is_refused_with_the_nearest_name(of, said):
    with pytest.raises(ValueError, match=said):
        influence(of=of, runs=2)


def test_no_effort_is_the_same_whatever_the_strategy():
    curve = influence_curve(efforts=(6.0,), strategies=("uniform", "weakest_link"), runs=RUNS, changes=SHORT)
    assert list(curve.points.index[0]) == ["inert", 0.0]
    still = influence_curve(strategies=("inert",), efforts=(6.0,), runs=RUNS, changes=SHORT)
    assert (still.points["difference"] == 0).all()


def test_levers_are_ranked_by_size_and_one_that_does_nothing_comes_last():
    off, nothing = {"mechanisms.persuasion": False}, {"secretary_general.persuasion_weight": 0.0}
    ranking = rank_influence(levers=["russia", nothing, "secretary_general"], runs=RUNS, seed=3, changes=off)
    sizes = ranking.levers["difference"].abs()
    assert list(sizes) == sorted(sizes, reverse=True)
    assert sizes["secretary_general.persuasion_weight=0.0"] == sizes.iloc[-1] == 0.0
    said = "Removing secretary_general.persuasion_weight other than 0.0 changes the invitation in no paired run."
    assert ranking.sentences()[-1] == said


def test_changes_are_ranked_under_names_of_their_own_and_none_twice():
    some, more = {"russia.effort": 0.0}, {"russia.effort": 1.0}
    ranking = rank_influence(levers=[some, more], runs=2, changes=SHORT)
    assert set(ranking.levers.index) == {"russia.effort=0.0", "russia.effort=1.0"}
    with pytest.raises(ValueError, match="'russia' is named twice"):
        rank_influence(levers=["russia", "RUS"], runs=2)


# --- intervals and refusals -------------------------------------------------------------------------------------------


def test_the_interval_of_paired_shares_holds_its_level_even_when_few_worlds_differ():
    rng = np.random.default_rng(1)
    for lost, gained in ((0.3, 0.1), (0.03, 0.01), (0.01, 0.0)):
        covered = 0
        for _ in range(1000):
            kind = rng.choice(3, size=200, p=[lost, gained, 1 - lost - gained])
            d = paired(kind == 1, kind == 0)
            covered += d.low <= gained - lost <= d.high
        assert covered > 930, (lost, gained, covered)  # 95% of 1,000, less three standard errors


def test_as_many_runs_as_it_asks_for_tell_the_difference_four_times_in_five():
    rng = np.random.default_rng(2)
    pilot = paired(np.arange(1000) % 100 < 20, np.arange(1000) % 100 < 30)
    needed = pilot.runs_needed
    told = 0
    for _ in range(400):
        lost = rng.random(needed) < 0.1
        told += paired(np.zeros(needed, bool), lost).excludes_zero
    assert 0.7 < told / 400 <= 1.0


def test_pairing_is_worth_nothing_where_worlds_are_independent_and_much_where_they_agree():
    rng = np.random.default_rng(3)
    a, b = rng.random(4000) < 0.5, rng.random(4000) < 0.5
    assert paired(a, b).unpaired_runs == pytest.approx(1.0, abs=0.1)
    assert paired(a, a ^ (rng.random(4000) < 0.05)).unpaired_runs > 5


@pytest.mark.parametrize("runs", [1, 3])
def test_a_handful_of_runs_states_no_difference(runs):
    found = influence(runs=runs, seed=3)
    said = " ".join(found.sentences())
    assert not any(d.excludes_zero for d in (*found.total.values(), *found.delay.values()))
    assert "Pairing reduces" not in said
    assert f"{runs} run{'s' * (runs > 1)} each" in repr(found)
    assert runs > 1 or "Largest change of a stance: " in said


@pytest.mark.slow
def test_every_analysis_of_influence_warns_of_what_it_does_not_state():
    few: dict[str, Any] = {"runs": 24, "seed": 3}
    for ask in (
        lambda: rank_influence(levers=["pressure"], **few),
        lambda: influence_curve(efforts=(9.0,), strategies=("weakest_link",), **few),
        lambda: tornado(parameters=["war.breach_rate", "russia.effort", "candidate.reluctance"], **few),
        lambda: compare_rules(rules=("unanimity", "unanimity minus 1"), **few),
        lambda: holdout_power(members=("HUN", "SVK"), **few),
    ):
        with pytest.warns(TooFewRunsWarning, match=r"24 runs: .*needs .* runs"):
            ask()


def test_what_the_runs_cannot_support_is_not_stated_and_the_number_that_would_is_given():
    with pytest.warns(TooFewRunsWarning, match=r"needs .* runs"):
        found = influence(of="incidents", runs=40, by_channel=False)
    said = next(s for s in found.sentences() if "invitation" in s.lower())
    assert "not distinguishable from zero (95% CI " in said


# --- what users see ---------------------------------------------------------------------------------------------------


def test_every_figure_states_the_number_of_runs_and_every_table_is_written(russia, tmp_path):
    for draw in russia.figures().values():
        assert any(f"{RUNS} runs" in text.get_text() for text in draw().texts)
    names = {path.name for path in russia.save(tmp_path / "answer")}
    assert {"answer.txt", "provenance.json", "members.csv", "channels.csv", "probability.png"} <= names


def test_members_are_drawn_most_moved_on_top_and_channels_pale_where_not_told(russia):
    ax = russia.figures()["members"]()
    assert ax.get_yticklabels()[-1].get_text() == russia.members["member_name"].iloc[0]
    known = excludes_zero(russia.channels, "share")
    colours = [to_hex(bar.get_facecolor()) for bar in russia.figures()["channels"]().patches]
    assert colours.count(PALE) == int((~known).sum())


def test_tables_fit_a_terminal_without_breaking_an_interval(russia):
    page = io.StringIO()
    Console(file=page, width=80, color_system=None).print(*map(FittedTable, russia.tables().values()), sep="")
    lines = page.getvalue().splitlines()
    assert max(map(len, lines)) <= 80
    assert all(line.count("[") == line.count("]") for line in lines)
    assert "…" not in page.getvalue()


def test_provenance_says_what_was_asked(russia):
    asked = russia.provenance()["asked"]
    assert asked["of"] == "russia"
    assert asked["changes"]["instruments.press"] == (True, False)
    curve = influence_curve(efforts=(6.0,), strategies=("inert",), outcome="accession", runs=2, changes=SHORT)
    assert curve.asked() == {"outcome": "accession", "strategies": ["inert"], "efforts": [0.0, 6.0]}
    assert set(curve.tables()["points"].frame["outcome"]) == {"accession"}


def test_the_command_answers_writes_and_never_overwrites(tmp_path):
    words = ["influence", "--runs", "12", "--of", "war", "--set", "horizon=2027-12-01", "--out", str(tmp_path / "a")]
    first = CliRunner().invoke(app, words)
    assert first.exit_code == 0, first.output
    assert "Formal weight" in first.output
    assert (tmp_path / "a" / "probability.png").stat().st_size > 10_000
    again = CliRunner().invoke(app, words)
    assert again.exit_code == 2
    wrong = CliRunner().invoke(app, ["influence", "--of", "Hungry"])
    assert wrong.exit_code == 2
    assert "no such lever" in wrong.output
