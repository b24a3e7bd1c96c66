"""The commands of the analyses refuse in one line what they would otherwise ignore, and nothing runs."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from article10.runs.command_line import app


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("influence --outcome accession", "--outcome"),
        ("influence --curve --rank", "--rank"),
        ("influence --curve --of pressure", "--of"),
        ("influence --rank --of pressure", "--of"),
        ("guarantees --futures --outcome accession", "--outcome"),
        ("guarantees --futures --level 0.2 --level 0.4", "--level"),
        ("sensitivity --method tornado --samples 4 --workers 1", "--samples and --workers"),
        ("tune targets.toml --parameters stance.peer_rate --method best --workers 2", "--workers"),
    ],
)
def test_an_option_that_has_no_use_beside_another_is_refused(words, named):
    done = CliRunner().invoke(app, [*words.split(), "--runs", "1000000"])
    assert done.exit_code == 2
    assert done.output.startswith(f"article10: {named}: ")
    assert len(done.output.splitlines()) == 1


def test_tune_says_that_it_needs_parameters():
    done = CliRunner().invoke(app, ["tune", "targets.toml"])
    assert done.exit_code == 2
    assert "Missing option '--parameters'" in done.output
