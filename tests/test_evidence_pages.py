"""Pages of evidence: computed once, resumed after an interruption, and compared with what was published."""

from __future__ import annotations

import sys
from pathlib import Path
from subprocess import CalledProcessError

import pytest

import computed
import evidence
from moved import in_words, moves, published

PAGE = """# A page

<!-- table: made -->
300 runs in edition 2025-12. Pressure changes that by -9.0 [-12.8, -5.8] percentage points.
<!-- end -->

<!-- table: rows -->
| member | share | days |
|---|---|---|
| Hungary | 12.5% | 1,204 |
| Slovakia | 3% | 40 |
<!-- end -->
"""

SCRIPT = """
from pathlib import Path
from generated import with_blocks

PAGE, RUNS = Path(__file__).with_suffix(".md"), 7

def main():
    with Path(__file__).with_suffix(".log").open("a") as log:
        log.write("computed\\n")
    if Path(__file__).with_suffix(".stop").exists():
        raise SystemExit(1)
    PAGE.write_text(with_blocks(PAGE.read_text(), {"made": f"{RUNS} runs"}))

if __name__ == "__main__":
    main()
"""


@pytest.fixture
def make(tmp_path, monkeypatch):
    """A folder with two scripts, ``early`` and ``late``, whose pages say how many runs they rest on."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(computed.MAKE))
    for name in ("early", "late"):
        monkeypatch.delitem(sys.modules, f"{name}_page", raising=False)  # of another test's folder
        (tmp_path / f"{name}_page.py").write_text(SCRIPT, "utf-8")
        (tmp_path / f"{name}_page.md").write_text("<!-- table: made -->\n5 runs\n<!-- end -->\n", "utf-8")
    yield tmp_path
    computed.fingerprint_of.cache_clear()


def times(make: Path, name: str) -> int:
    log = make / f"{name}_page.log"
    return log.read_text("utf-8").count("computed") if log.exists() else 0


def again(make: Path) -> list[str]:
    computed.fingerprint_of.cache_clear()  # as in a new process
    return evidence.recompute(["early", "late"], make, make / "kept")


def test_what_was_computed_before_an_interruption_is_not_computed_again(make):
    (make / "late_page.stop").touch()
    with pytest.raises(CalledProcessError):
        again(make)
    (make / "late_page.stop").unlink()
    said = again(make)
    assert (times(make, "early"), times(make, "late")) == (1, 2)
    assert said == [
        "early_page.md: nothing moved.",
        "late_page.md: numbers that moved: 1; rows and sentences that are new, gone or reworded: 0.",
        "  made · … runs: 5 → 7",
    ]
    again(make)
    assert (times(make, "early"), times(make, "late")) == (1, 2)


def test_a_page_is_computed_again_if_its_settings_or_its_tables_changed_and_not_for_a_comment(make):
    again(make)
    early = make / "early_page.py"
    early.write_text(f"# a comment\n{SCRIPT}", "utf-8")
    again(make)
    assert (times(make, "early"), times(make, "late")) == (1, 1)
    early.write_text(SCRIPT.replace("7", "8"), "utf-8")
    page = make / "late_page.md"
    page.write_text(page.read_text("utf-8").replace("7 runs", "9 runs"), "utf-8")
    again(make)
    assert (times(make, "early"), times(make, "late")) == (2, 2)
    assert "8 runs" in (make / "early_page.md").read_text("utf-8")


def test_a_part_of_a_page_is_computed_once_for_one_fingerprint(make):
    script, done = make / "early_page.py", []

    def part() -> int:
        computed.fingerprint_of.cache_clear()
        return computed.computed_once(str(script), "a", lambda: done.append(1) or len(done), make / "kept")

    assert (part(), part()) == (1, 1)
    script.write_text(SCRIPT.replace("7", "8"), "utf-8")
    assert part() == 2


def test_a_fingerprint_covers_the_model_and_files_that_a_script_names(make, monkeypatch):
    page = computed.MAKE / "robustness_page.py"
    before = computed.fingerprint_of(page)
    computed.fingerprint_of.cache_clear()
    monkeypatch.setattr(computed, "_data", list)
    assert computed.fingerprint_of(page) != before
    trees = list(computed._scripts(computed.MAKE / "patterns_page.py"))
    assert [path.name for path in computed._named_files(trees)] == ["test_patterns.py"]


def test_every_script_of_a_page_is_recomputed_by_the_command():
    scripts = {path.stem.removesuffix("_page") for path in computed.MAKE.glob("*_page.py")}
    assert scripts == {*evidence.PAGES, *evidence.ON_DEMAND}


# --- what moved -----------------------------------------------------------------------------------------------------


def test_numbers_that_moved_are_named_by_row_old_and_new():
    now = PAGE.replace("-9.0", "-7.5").replace("12.5% | 1,204", "14% | 1,310")
    assert in_words("page.md", moves(PAGE, now))[1:] == [
        "  made · … runs in edition 2025-12. Pressure changes that by … […, …]…: -9.0 → -7.5",
        "  rows · Hungary: 12.5% → 14%; 1,204 → 1,310",
    ]
    assert in_words("page.md", moves(PAGE, PAGE)) == ["page.md: nothing moved."]


def test_a_row_that_is_new_or_gone_shifts_no_other():
    now = PAGE.replace("| Hungary | 12.5%", "| Albania | 1% | 2 |\n| Hungary | 13%")
    found = moves(PAGE, now)
    assert [(move.row, move.numbers) for move in found] == [("Albania", ()), ("Hungary", (("12.5%", "13%"),))]
    assert next(move.old for move in moves(now, PAGE)) == "| Albania | 1% | 2 |"


def test_words_that_changed_are_shown_whole():
    (move,) = moves(PAGE, PAGE.replace("Slovakia | 3%", "Slovakia | none"))
    assert (move.numbers, move.old, move.new) == ((), "| Slovakia | 3% | 40 |", "| Slovakia | none | 40 |")


def test_the_published_page_is_the_one_last_committed(tmp_path):
    page = computed.ROOT / "docs" / "evidence" / "trace.md"
    if (computed.ROOT / ".git").exists():
        assert published(page).startswith("#")
    assert published(tmp_path / "none.md") == ""
