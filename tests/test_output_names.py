"""A file ends as what is in it asks for, and a folder not like a file: otherwise nothing is run and nothing written."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from article10 import Design, read_scenario, report, run_batch, simulate
from article10.runs.command_line import app

SHORT = read_scenario("baseline", {"horizon": "2026-02-01"})


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", ["x.pdf", "x", "x.html.gz"])
def test_a_page_is_named_as_one(here, name):
    done = CliRunner().invoke(app, ["report", "--out", name])
    assert (done.exit_code, done.stderr) == (2, f"article10: {name}: expected a name that ends in .html or .htm\n")
    with pytest.raises(ValueError, match=r"expected a name that ends in \.html"):
        report(SHORT, 2).save(name)
    assert list(here.iterdir()) == []


def test_an_ensemble_and_a_movie_are_named_as_such(here):
    result = simulate(SHORT, 2)
    for name in ("x.csv", "x", "x.zarr"):
        with pytest.raises(ValueError, match=r"expected a name that ends in \.nc"):
            result.save(name)
    for name in ("x.png", "x"):
        with pytest.raises(ValueError, match=r"expected a name that ends in \.gif or \.mp4"):
            result.animate(0, name)
    assert list(here.iterdir()) == []
    assert result.save("x.NC").exists()


@pytest.mark.parametrize("words", [["run", "--runs", "2"], ["rules", "--runs", "2"], ["batch", "d.toml"]])
@pytest.mark.parametrize("ending", [".html", ".PDF", ".csv", ".nc"])
def test_a_folder_is_not_named_as_a_file(here, words, ending):
    (here / "d.toml").write_text("runs = 2\n", "utf-8")
    done = CliRunner().invoke(app, [*words, "--out", f"x{ending}"])
    assert done.exit_code == 2
    assert f"x{ending}: is the name of a file, by its ending {ending}; expected that of a folder" in done.stderr
    assert [path.name for path in here.iterdir()] == ["d.toml"]


def test_a_folder_may_have_a_point_in_its_name(here):
    assert run_batch(Design(scenarios=SHORT, runs=2), "v1.2", workers=1, progress=False).is_complete
