"""A result as CSV files: what they hold is what the result holds, and the dictionary names every column."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

import article10
from article10.agents.members import REASONS
from article10.runs.command_line import app

SHORT = {"horizon": "2027-08-01"}
PAGE = Path(__file__).parents[1] / "docs" / "csv.md"


@pytest.fixture(scope="module")
def result():
    return article10.simulate(runs=3, seed=2, changes=SHORT)


@pytest.fixture(scope="module")
def folder(result, tmp_path_factory):
    place = tmp_path_factory.mktemp("csv") / "tables"
    result.to_csv(place)
    return place


def test_the_dictionary_names_every_column_of_every_file(folder):
    dictionary = pd.read_csv(folder / "dictionary.csv")
    for path in folder.glob("*.csv"):
        if path.name != "dictionary.csv":
            named = dictionary.loc[dictionary["file"] == path.name]
            assert named["column"].tolist() == pd.read_csv(path, nrows=0).columns.tolist()
            assert named["meaning"].str.len().min() > 5


def test_outcomes_are_those_of_the_result(result, folder):
    read = pd.read_csv(folder / "outcomes.csv", index_col="run", parse_dates=["invitation_date"])
    assert read["war_years"].tolist() == pytest.approx(result.outcomes["war_years"].tolist())
    assert (read["outcome"] == result.outcomes["outcome"].astype(str)).all()
    assert read["objections_HUN"].tolist() == result.outcomes_by_member["objections_HUN"].tolist()


def test_councils_have_the_ballot_and_the_stance_by_which_it_was_cast(result, folder):
    read = pd.read_csv(folder / "councils.csv", keep_default_na=False)
    data = result.data
    assert len(read) == data["ballot"].size
    row = read[(read["run"] == 1) & (read["member"] == "HUN")]
    cast = data["ballot"].sel(run=1, member="HUN").to_numpy()
    assert row["ballot"].tolist() == [("object", "acquiesce", "support")[ballot] for ballot in cast]
    line = result.scenario.accession.objection_line
    free = read[(read["reason"] == "") & (read["ballot"] != "")]
    assert (free["stance"].astype(float) >= line - 1e-6).all()
    reasons = read["reason"].str.split(" + ", regex=False)
    by_stance = read[[set(each) & {"stance", "cover"} == {"stance"} for each in reasons]]
    assert len(by_stance)
    assert (by_stance["stance"].astype(float) < line + 1e-6).all()
    assert {word for each in reasons for word in each} <= {"", *REASONS.values()}


def test_the_ledger_has_every_payment(tmp_path):
    changes = {"war.starts_in_ceasefire": True, "war.breach_rate": 0.0, "candidate.readiness": 0.9}
    result = article10.simulate(runs=8, seed=2, changes={**changes, "horizon": "2031-08-01"}, record=())
    result.to_csv(tmp_path)
    read = pd.read_csv(tmp_path / "ledger.csv", parse_dates=["date"])
    assert len(read)
    assert read["amount"].sum() == int(result.data["payment_amount"].sum())
    pd.testing.assert_frame_equal(read, result.ledger, check_dtype=False)


def test_years_end_with_the_horizon(result, folder):
    read = pd.read_csv(folder / "years.csv")
    last = read[read["run"] == 2].iloc[-1]
    assert last["front"] == pytest.approx(float(result.data["front"].sel(run=2)[-1]))
    assert len(read) == 3 * 3


def test_without_stances_there_are_still_ballots(tmp_path):
    bare = article10.simulate(runs=2, record=(), changes=SHORT)
    bare.to_csv(tmp_path)
    read = pd.read_csv(tmp_path / "councils.csv")
    assert read["stance"].isna().all()
    assert read["ballot"].notna().any()
    assert not len(pd.read_csv(tmp_path / "years.csv"))


def test_the_command_writes_them_beside_the_results(tmp_path):
    words = ["run", "--runs", "2", "--csv", "--no-figures", "--set", "horizon=2026-06-01", "--out", str(tmp_path / "r")]
    assert CliRunner().invoke(app, words).exit_code == 0
    assert {p.name for p in (tmp_path / "r" / "csv").iterdir()} == {
        "outcomes.csv",
        "councils.csv",
        "ledger.csv",
        "years.csv",
        "dictionary.csv",
    }


def test_the_documented_lines_of_r_read_them(folder):
    rscript = shutil.which("Rscript")
    if rscript is None:
        pytest.skip("R is not installed")
    lines = PAGE.read_text("utf-8").partition("```r\n")[2].partition("```")[0]
    done = subprocess.run(
        [rscript, "-e", lines.replace("results/baseline/csv", str(folder))], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
