"""Names that users give become folders, variables, queries and labels: as they are, or refused before anything runs."""

import io
from pathlib import Path

import matplotlib.mathtext
import numpy as np
import pytest
import typer
from matplotlib.text import Text
from rich.console import Console
from typer.testing import CliRunner

import article10
from article10.agents.name import LONGEST, file_name
from article10.model.scenario_file import shipped
from article10.runs.analyses.levers import Lever
from article10.runs.command_line import app
from article10.runs.commands import application
from article10.runs.output import progress

HORIZON = {"horizon": "2026-02-01"}

STATED = {"roster": {"all": {"stance": 0.1}}}
"""With every member's stance stated, the candidate may have any name."""

REFUSED = {
    "a folder above": "../../x",
    "a slash": "Minsk III / Geneva",
    "a backslash": "a\\b",
    "nothing": "",
    "space at the end": "x ",
    "no-break space at the start": "\u00a0x",
    "a line break": "a\nb",
    "what colours a terminal": "\x1b[31mred",
    "nul": "a\0b",
    "a line separator": "a\u2028b",
    "too long": "x" * (LONGEST + 1),
    "too long in bytes": "Т" * (LONGEST // 2 + 1),
    "a spreadsheet's formula": "=1+1",
    "an option of a command": "--force",
    "a hidden folder": ".x",
    "the folder above": "..",
    "what a legend leaves out": "_x",
}

KEPT = (
    "Türkiye'nin üyeliği",
    "加入",
    "a::b",
    "s3:x",
    "b[1]",
    "a*?{1,2}",
    "nul",
    "COM1.d",
    "ends with a dot.",
    "$x^2_1$",
    '100 % & <b>"quoted" | :smile: [bold]',
    "%41",
    "run=3",
)

ODD = "$x^2_1$ & <b> [bold] :cat:"


def scenario(**fields):
    return article10.read_scenario("baseline", HORIZON | STATED).with_(**fields)


def summit(name, **fields):
    return {"kind": "summit", "name": name, "date": "2026-01-12", **fields}


@pytest.mark.parametrize("name", REFUSED.values(), ids=list(REFUSED))
@pytest.mark.parametrize("place", ["name", "candidate.name", "events"])
def test_a_name_that_cannot_be_kept_is_refused_with_key_and_value(place, name):
    if place == "candidate.name" and ("/" in name or "\\" in name) and name.strip(".") == name:
        assert (
            article10.read_scenario("baseline", STATED | {place: name}).candidate.name == name
        )  # a label, and nothing else
        return
    changes = {"events": [summit(name)]} if place == "events" else {place: name}
    with pytest.raises(article10.ScenarioError, match="expected") as refused:
        article10.read_scenario("baseline", changes)
    message = str(refused.value)
    assert place in message
    assert "\n" not in message
    assert message.isprintable()
    assert len(message) < 400


@pytest.mark.parametrize(("field", "text"), [("title", "a\nb"), ("title", "\x1b[2J"), ("description", "a\0b")])
def test_titles_are_one_line_and_descriptions_hold_no_control_characters(field, text):
    with pytest.raises(article10.ScenarioError, match=rf"{field} = .*control characters"):
        article10.read_scenario("baseline", {field: text})


def test_what_is_shipped_and_foreign_letters_stay_valid():
    for name in shipped():
        assert article10.read_scenario(name).name == name
    title = "Türkiye'nin onayı — 北約"
    assert scenario(title=title, description="two\nlines\tof text").title == title


@pytest.mark.parametrize(("one", "other"), [("Summit", "summit"), ("é", "e\u0301"), ("x", "x")])
def test_events_that_some_systems_keep_in_one_file_are_refused(one, other):
    with pytest.raises(article10.ScenarioError, match="names must differ"):
        article10.read_scenario("baseline", {"events": [summit(one), summit(other)]})


def test_scenarios_of_a_design_that_differ_by_case_alone_are_refused():
    with pytest.raises(article10.ScenarioError, match="names must differ"):
        article10.Design(scenarios=(scenario(name="A"), scenario(name="a")))


def test_names_of_files_are_safe_everywhere_and_no_two_names_share_one():
    files = [file_name(name) for name in (*KEPT, *REFUSED.values())]
    assert len({file.casefold() for file in files}) == len({*KEPT, *REFUSED.values()})
    for file in files:
        assert not set(file) & set('/\\:*?"<>|[]{}')
        assert file not in (".", "..")
        assert not file.endswith(".")


@pytest.mark.parametrize("name", KEPT)
def test_a_run_of_any_name_is_saved_and_read_again(name, tmp_path):
    odd = scenario(name=name, title=name).with_({"candidate.name": name}, events=())
    odd = article10.read_scenario(odd, {"events": [summit(name)]})
    path = tmp_path / file_name(name)
    path.mkdir()
    again = article10.load(article10.simulate(odd, 2).save(path / "result.nc"))
    assert again.scenario == odd
    assert again.data[f"event_{name}"].to_numpy().any()


@pytest.mark.slow
@pytest.mark.parametrize("name", KEPT)
def test_a_batch_in_any_folder_of_any_scenario_reads_its_own_files(name, tmp_path, monkeypatch):
    """Beside it lies a batch whose folder the name would match as a pattern."""
    monkeypatch.chdir(tmp_path)
    for folder, runs in (("b1", 5), ("a1", 5), (name, 3)):
        odd = article10.read_scenario(scenario(name=name), {"events": [summit(name)]})
        design = article10.Design(scenarios=(odd,), runs=runs, record="stance")
        article10.run_batch(design, folder, workers=1, progress=False)
    batch = article10.open_batch(name)
    assert batch.sql("select run from outcomes order by run")["run"].tolist() == [0, 1, 2]
    assert batch.outcomes["run"].tolist() == [0, 1, 2]
    assert batch.summary["runs"].tolist() == [3]
    alone = article10.simulate(batch.scenario(0), 3).data["stance"]
    np.testing.assert_array_equal(batch.data["stance"].sel(point=0), alone)
    assert sorted(path.name for path in Path().iterdir()) == sorted(["b1", "a1", name])


@pytest.mark.parametrize("folder", ["sweep::2", "s3:/b", "file:b"])
def test_a_relative_folder_is_never_an_address(folder, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path(folder).mkdir(parents=True)
    article10.simulate(scenario(), 2).save(f"{folder}/result.nc")
    assert article10.load(folder).runs == 2
    article10.run_batch(article10.Design(scenarios=(scenario(),), runs=2), f"{folder}x", workers=1, progress=False)
    assert article10.open_batch(f"{folder}x").summary["runs"].tolist() == [2]


def test_a_run_leaves_its_results_within_the_folder_of_results(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("s.toml").write_text('name = "a:b."\nhorizon = 2026-02-01\n', "utf-8")
    done = CliRunner().invoke(app, ["run", "s.toml", "--runs", "2", "--no-figures", "--quiet"])
    assert done.exit_code == 0, done.output
    assert [path.name for path in Path("results").iterdir()] == ["a%3Ab%2E"]


# --- labels ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def odd():
    named = scenario(name=ODD, title=f"{ODD} [/]").with_({"candidate.name": f"{ODD} [/]"})
    return article10.read_scenario(named, {"events": [summit(ODD)]})


@pytest.fixture
def no_mathematics(monkeypatch):
    def refuse(*arguments, **options):
        raise AssertionError("a name was read as mathematics")

    monkeypatch.setattr(matplotlib.mathtext.MathTextParser, "parse", refuse)


def written(ax):
    """What the figure says, as it is drawn."""
    ax.get_figure().savefig(io.BytesIO())
    return " ".join(text.get_text() for text in ax.get_figure().findobj(Text)).replace(r"\$", "$")


@pytest.mark.parametrize("figure", ["accession", "fan"])
def test_a_figure_of_a_run_shows_names_letter_for_letter(odd, figure, no_mathematics):
    assert ODD in written(getattr(article10.simulate(odd, 2).plot, figure)())


def test_a_figure_shows_the_names_of_mechanisms_letter_for_letter(odd, no_mathematics):
    mine = {"$x$": lambda world: 0.1 * world.members.stance}
    result = article10.simulate(odd, 2, mechanisms=mine)
    assert "$x$" in written(result.plot.explain("HUN", mechanisms=mine))


@pytest.mark.slow
def test_a_figure_of_a_batch_shows_names_letter_for_letter(odd, no_mathematics, tmp_path):
    grid = {"candidate.name": (ODD, "$y$")}
    design = article10.Design(scenarios=(odd, scenario(name="$z$")), runs=2, grid=grid, record="stance")
    batch = article10.run_batch(design, tmp_path / "b", workers=1, progress=False)
    for said in (written(batch.plot.accession()), written(batch.plot.fan("HUN"))):
        assert ODD in said
    assert "$z$" in written(batch.plot.against("candidate.name"))


def test_a_figure_of_influence_shows_labels_letter_for_letter(odd, no_mathematics):
    mine = Lever("mine", "$x$ and $y$", {"$c$": lambda s: s.with_({"stance.peer_rate": 0.1})})
    answer = article10.influence(odd, mine, runs=8)
    assert any("$x$ and $y$" in written(draw()) for draw in answer.figures().values())


def test_an_animation_shows_names_letter_for_letter(odd, no_mathematics, tmp_path):
    assert article10.simulate(odd, 1).animate(0, tmp_path / "run.gif").exists()


def test_pages_and_terminals_show_names_letter_for_letter(odd, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = article10.simulate(odd, 2)
    for page in (odd._repr_html_(), result._repr_html_()):
        assert "<b> [bold]" not in page
        assert "&lt;b&gt;" in page
    result.save("result.nc")
    told = CliRunner().invoke(app, ["replay", "result.nc"])
    assert told.exit_code == 0, told.output
    assert ODD in told.output


def test_a_progress_bar_reads_no_markup(monkeypatch):
    page = io.StringIO()
    page.isatty = lambda: True
    console = lambda stderr: Console(file=page, force_terminal=True, width=100)  # noqa: E731
    monkeypatch.setattr(progress, "Console", console)
    monkeypatch.setenv("TERM", "xterm")
    with progress.progress_shown("a [/] b") as show:
        show(1, 2)
    assert "a [/] b" in page.getvalue()


def test_a_message_obeys_no_control_characters_of_a_file(capsys):
    def command():
        raise article10.ScenarioError("s.toml: \x1b[31mred = 1: unknown key")

    with pytest.raises(typer.Exit):
        application.clear_errors(command)()
    assert capsys.readouterr().err == "article10: s.toml: \\x1b[31mred = 1: unknown key\n"


@pytest.mark.parametrize("name", ["", "bounds", "start", "end", "=x", "a\nb", 1, None])
def test_a_name_of_a_mechanism_that_tables_cannot_hold_is_refused(name):
    with pytest.raises(ValueError, match=r"mechanisms\[.*expected"):
        article10.simulate(scenario(), 2, mechanisms={name: lambda world: 0.0})
