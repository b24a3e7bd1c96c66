"""Figures as PNG, SVG or PDF, from the command line and from Python."""

from __future__ import annotations

import pytest
from PIL import Image
from typer.testing import CliRunner

import article10
from article10.runs.analyses.comparison.compare import compare
from article10.runs.command_line import app
from article10.runs.figures.plot import DEFAULT_FIGURES
from article10.runs.figures.style import DPI
from article10.runs.output.path import FIGURES

SHORT = {"horizon": "2026-03-02"}
BEGINS = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}
SMALL = ("--runs", "2", "--set", "horizon=2027-03-01")


def formats_in(folder):
    """The formats of the figures in a folder, by what the files begin with; the ending of each must say the same."""
    found = set()
    for path in folder.rglob("*.*"):
        kinds = [name for name, begins in BEGINS.items() if path.read_bytes().startswith(begins)]
        assert kinds == [path.suffix[1:]] if kinds or path.suffix[1:] in FIGURES else True, path
        found |= set(kinds)
    return found


@pytest.mark.parametrize("form", FIGURES)
def test_a_result_is_written_with_figures_of_the_format_asked_for(form, tmp_path):
    result = article10.simulate(runs=3, changes=SHORT)
    result.write(tmp_path / "out", figures=form)
    assert formats_in(tmp_path / "out") == {form}
    again = result.plot.save_all(tmp_path / "again", file_format=form)
    assert {path.stem for path in again} == set(DEFAULT_FIGURES)
    for path in again:
        assert path.read_bytes() == (tmp_path / "out" / "figures" / path.name).read_bytes()


def test_pictures_have_two_pixels_for_each_of_a_page(tmp_path):
    article10.simulate(runs=2, changes=SHORT).plot.save_all(tmp_path, ["accession"])
    width = 7.5  # inches
    with Image.open(tmp_path / "accession.png") as picture:
        assert picture.width == width * DPI >= 2 * 96 * width


def test_a_format_that_does_not_exist_is_refused_before_anything_is_written(tmp_path):
    result = article10.simulate(runs=2, changes=SHORT)
    for write in (
        lambda: result.write(tmp_path / "out", figures="svgg"),
        lambda: result.plot.save_all(tmp_path / "out", file_format="svgg"),
        lambda: compare(runs=2, changes=SHORT).save(tmp_path / "out", "svgg"),
    ):
        with pytest.raises(ValueError, match="expected png, svg or pdf; did you mean 'svg'"):
            write()
    assert not (tmp_path / "out").exists()


@pytest.mark.filterwarnings("ignore::article10.runs.statistics.intervals.TooFewRunsWarning")
@pytest.mark.parametrize("command", ["run", "compare", "holdouts"])
def test_commands_write_the_format_asked_for(command, tmp_path):
    done = CliRunner().invoke(app, [command, *SMALL, "--figures", "svg", "--out", str(tmp_path / "o")])
    assert done.exit_code == 0, done.output
    assert formats_in(tmp_path / "o") == {"svg"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("run", "--figures", "svg", "--no-figures"), "--figures: of no use with --no-figures"),
        (("run", "--figures", "jpg"), "--figures = 'jpg': expected png, svg or pdf"),
        (("compare", "--figures", "svg"), "--figures: of no use without --out"),
        (("compare", "--figures", "jpg", "--out", "o"), "--figures = 'jpg': expected png, svg or pdf"),
    ],
)
def test_a_format_that_nothing_would_have_is_refused(words, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, [*words, *SMALL])
    assert done.exit_code == 2
    assert said in done.stderr
    assert not list(tmp_path.iterdir())
