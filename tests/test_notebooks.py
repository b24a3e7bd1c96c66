"""The notebooks are stored as they ran: in order, with their outputs, small, without warnings or anyone's folders.

That they run is nbmake's test: it is one of the slow ones (``pytest notebooks``).
"""

from __future__ import annotations

import os
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
MOST_BYTES = 400_000

EXPECTED = [
    "01_first_run",
    "02_stance_trajectories",
    "03_tuning",
    "04_formal_vote_informal_influence",
    "05_your_own_mechanism",
    "06_batches",
    "07_compare_and_brief",
    "08_mesa_solaraviz",
]


def code_cells(path):
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


def test_the_story_is_whole():
    assert [path.stem for path in NOTEBOOKS] == EXPECTED


def test_formal_vote_and_influence_begin_with_one_chart():
    first = code_cells(ROOT / "notebooks" / "04_formal_vote_informal_influence.ipynb")[0]
    assert [output.get("data", {}).keys() & {"image/png"} for output in first.outputs] == [{"image/png"}]


def test_every_notebook_is_collected_as_a_slow_test(pytestconfig):
    assert "notebooks" in pytestconfig.getini("testpaths")
    assert "--nbmake" in pytestconfig.getini("addopts")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_stored_as_it_ran_from_top_to_bottom(path):
    cells = code_cells(path)
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    assert sum(bool(cell.outputs) for cell in cells) > len(cells) / 2


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_stored_outputs_hold_no_error_and_no_warning(path):
    for cell in code_cells(path):
        for output in cell.outputs:
            assert output.output_type != "error", cell.source
            assert output.get("name") != "stderr", output.text
            assert not any("widget" in kind for kind in output.get("data", {})), "a view of a model that is gone"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_small_and_names_no_folder_of_its_author(path):
    text = path.read_text("utf-8")
    assert len(text) < MOST_BYTES
    assert str(ROOT) not in text
    assert os.sep + "tmp" + os.sep not in text
    assert str(Path.home()) + os.sep not in text
