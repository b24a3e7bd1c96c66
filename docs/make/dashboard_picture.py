"""Take the screenshots for ``docs/dashboard.md``: ``python docs/make/dashboard_picture.py`` (needs Chromium)."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests"))
from chromium import chromium  # noqa: E402
from served import dashboard  # noqa: E402

SHOWN = "?seed=7&run=123&member=HUN&at=2031-06-01&set=war.ceasefire_rate:1.5&set=bargaining.scale:3"
SIZES = {"dashboard": (1440, 1640), "dashboard_1024": (1024, 768), "dashboard_phone": (390, 844)}
READY = "!!document.querySelector('.why svg') && document.querySelector('progress').hidden"


def main() -> None:
    """Open what the address states, at each width, and take the screenshot."""
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile,
        dashboard("holdout_turnover") as (address, _),
        chromium(Path(profile)) as page,
    ):
        for name, (width, height) in SIZES.items():
            page.open(f"{address}/{SHOWN}", width, height)
            page.call("Emulation.setScrollbarsHidden", hidden=True)
            page.wait(READY, seconds=60)
            page.run("new Promise(done => setTimeout(done, 800))")
            page.picture(ROOT / "docs" / f"{name}.png", whole=False)


if __name__ == "__main__":
    main()
