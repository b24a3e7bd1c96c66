"""``article10 new``: a file that states nothing yet, in which everything that can be stated is right as it stands."""

from __future__ import annotations

import re

import pytest
from typer.testing import CliRunner

from article10.model.scenario import all_declarations
from article10.model.scenario_file import read_scenario
from article10.runs.command_line import app
from article10.runs.commands.new import EVENTS

VALUE = re.compile(r"^# ([a-z_]+ = .+)$", re.MULTILINE)
TEXT = {"name": "n", "title": "", "description": ""}


@pytest.fixture
def begin(tmp_path):
    def begun(*options):
        path = tmp_path / "mine.toml"
        said = CliRunner().invoke(app, ["new", str(path), *options])
        assert said.exit_code == 0, said.output
        return path

    return begun


def alike(scenario):
    return scenario.with_(**TEXT)


@pytest.mark.parametrize("base", ["baseline", "peace_plan"])
def test_a_new_file_is_its_base_until_it_states_something(begin, base):
    assert alike(read_scenario(begin("--base", base))) == alike(read_scenario(base))


def test_every_parameter_stands_there_with_the_value_of_the_base(begin):
    path = begin("--base", "no_pressure")
    base = read_scenario("no_pressure")
    text, _, events = path.read_text("utf-8").partition("# --- events")
    head, _, groups = text.partition("[mechanisms]")
    stated = head + "[mechanisms]" + VALUE.sub(r"\1", groups)
    assert len(VALUE.findall(groups)) == len(list(all_declarations(base)))
    path.write_text(stated + "# --- events" + events, "utf-8")
    assert alike(read_scenario(path)) == alike(base)


@pytest.mark.parametrize("kind", [kind for kind, _, _ in EVENTS])
def test_every_event_can_be_taken_as_it_stands(begin, kind):
    path = begin("--group", "war")
    head, *blocks = path.read_text("utf-8").split("# [[events]]")
    (block,) = (block for block in blocks if f'"{kind}"' in block)
    lines = [line.removeprefix("# ") for line in block.partition("\n\n")[0].splitlines()]
    path.write_text("\n".join([head, "[[events]]", *lines]), "utf-8")
    events = {event.name: event for event in read_scenario(path).events}
    assert events[f"my_{kind}"].kind == kind


def test_a_ballot_and_a_stance_can_be_taken_as_they_stand(begin):
    path = begin("--group", "war")
    text = path.read_text("utf-8").replace("# ALB =", "ALB =").replace("# stance =", "stance =")
    text = text.replace("# [roster", "[roster")
    path.write_text(text, "utf-8")
    scenario = read_scenario(path)
    assert scenario.ballots["ALB"] == "object"
    assert scenario.members().stance[scenario.members().index("ALB")] == -0.2


def test_groups_can_be_chosen_and_a_wrong_one_is_named(begin, tmp_path):
    text = begin("--group", "war").read_text("utf-8")
    assert "[war]" in text
    assert "[stance]" not in text
    said = CliRunner().invoke(app, ["new", str(tmp_path / "other.toml"), "--group", "wars"])
    assert said.exit_code == 2
    assert "wars" in said.output
    assert not (tmp_path / "other.toml").exists()


def test_a_file_that_is_there_is_kept_and_another_ending_refused(begin, tmp_path):
    path = begin()
    path.write_text("mine", "utf-8")
    said = CliRunner().invoke(app, ["new", str(path)])
    assert (said.exit_code, path.read_text("utf-8")) == (2, "mine")
    assert CliRunner().invoke(app, ["new", str(path), "--force"]).exit_code == 0
    assert "[war]" in path.read_text("utf-8")
    assert CliRunner().invoke(app, ["new", str(tmp_path / "mine.txt")]).exit_code == 2
    nowhere = CliRunner().invoke(app, ["new", str(tmp_path / "nowhere" / "mine.toml")])
    assert nowhere.exit_code == 2
    assert "no folder" in nowhere.output


def test_scenarios_can_be_described():
    short, long = (CliRunner().invoke(app, ["scenarios", *more]).output for more in ([], ["--describe"]))
    assert len(long.splitlines()) > 2 * len(short.splitlines())
    assert "divided" in long
