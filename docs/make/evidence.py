"""Recompute the pages of evidence: ``python docs/make/evidence.py [PAGE ...]``.

A page that was computed already, with the code, data and settings of today, is left as it is, so that the same command
resumes after an interruption. At the end it prints what moved against the published pages.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from computed import FOLDER, MAKE, is_up_to_date, note_computed
from moved import in_words, moves, published

PAGES = (
    "hindcast",
    "stance_dynamics",
    "event_rates",
    "holdout_spells",
    "rivals",
    "nowcast",
    "claims",
    "calibration",
    "history_matching",
    "robustness",
    "forecast",
    "track_record",
)
"""Pages in the order in which they are computed: later ones read files of earlier ones."""

ON_DEMAND = ("patterns",)
"""Pages that are computed only when they are named."""


def recompute(names: Sequence[str], make: Path = MAKE, kept: Path = FOLDER) -> list[str]:
    """Compute the pages that are not up to date, and say what moved on all of them.

    Args:
        names: names of pages; each is computed by ``NAME_page.py``.
        make: the folder of these scripts.
        kept: the folder that notes what was computed.

    Returns:
        What moved, as lines to print.

    Raises:
        CalledProcessError: a script failed; the pages before it are noted as computed.
    """
    said: list[str] = []
    for name in names:
        script = make / f"{name}_page.py"
        page: Path = import_module(script.stem).PAGE
        before = published(page)
        if is_up_to_date(script, page, kept):
            _say(f"{name}: up to date")
        else:
            _say(f"{name}: computing")
            subprocess.run([sys.executable, str(script)], check=True)
            note_computed(script, page, kept)
        said += in_words(page.name, moves(before, page.read_text("utf-8")))
    return said


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def main() -> None:
    """Recompute the pages that are named, by default all but those on demand, and print what moved."""
    names = sys.argv[1:] or list(PAGES)
    wrong = [name for name in names if name not in (*PAGES, *ON_DEMAND)]
    if wrong:
        sys.exit(f"no such page: {', '.join(wrong)}; expected some of {', '.join((*PAGES, *ON_DEMAND))}")
    sys.stdout.write("\n".join(recompute(names)) + "\n")


if __name__ == "__main__":
    main()
