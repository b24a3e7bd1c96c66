"""What a start imports: the command line and the package know their parts by name, and import those that are used."""

from __future__ import annotations

import subprocess
import sys

import pytest
from typer.testing import CliRunner

import article10
from article10.model.shipped import shipped
from article10.runs.command_line import app, commands

HEAVY = {"pandas", "scipy", "matplotlib", "xarray", "numpy"}


def imported_by(code: str) -> set[str]:
    """Heavy libraries that are imported once some code has run."""
    script = f"import sys\ntry:\n    {code}\nexcept SystemExit:\n    pass\nprint('|', *sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stdout.rpartition("|")[2].split()) & {*HEAVY, "pydantic"}


@pytest.mark.parametrize("words", ["--version", "--help", "scenarios"])
def test_a_command_that_only_says_what_there_is_imports_no_heavy_library(words):
    start = f"sys.argv = ['article10', '{words}']; from article10.runs.command_line import main; main()"
    assert imported_by(start) & HEAVY == set()  # Typer itself may import pydantic


def test_the_package_imports_nothing_before_it_is_used():
    assert imported_by("import article10; dir(article10); article10.__version__") == set()
    assert "pandas" in imported_by("import article10; article10.simulate")


def test_every_public_name_is_there_and_listed():
    assert set(article10.__all__) <= set(dir(article10))
    assert all(hasattr(article10, name) for name in article10.__all__)
    with pytest.raises(AttributeError, match="nothing_of_the_kind"):
        getattr(article10, "nothing_of_the_kind")  # noqa: B009 - the name is what is tested


def test_the_help_lists_every_command_and_each_has_a_help_of_its_own():
    told = CliRunner().invoke(app, ["--help"]).output
    for name, command in commands().items():
        assert f"\n  {name} " in told
        own = CliRunner().invoke(app, [name, "--help"])
        assert own.exit_code == 0
        assert " ".join(command.summary.split()) in " ".join(own.output.split())


def test_a_command_that_does_not_exist_is_refused_with_the_nearest():
    done = CliRunner().invoke(app, ["influense"])
    assert done.exit_code == 2
    assert "Did you mean 'influence'?" in done.output


def test_the_list_of_scenarios_holds_every_shipped_one():
    told = CliRunner().invoke(app, ["scenarios"]).output
    assert all(f" {name} " in told for name in shipped())
