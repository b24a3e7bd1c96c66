"""Take the screenshot for ``docs/dashboard.md``: ``python docs/make/dashboard_picture.py`` (needs Chromium)."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests"))
from chromium import chromium  # noqa: E402

COMMAND = ("dashboard", "holdout_turnover", "--run", "1", "--port", "0", "--no-browser")
LEVER, STEPS, WIDTH = "war.ceasefire_rate", 45, 1440
DATE = "document.querySelector('[data-what=\"date\"]').innerText"


def button(label: str) -> str:
    """JavaScript that finds the button with this label."""
    return f"[...document.querySelectorAll('button')].find(b => b.innerText.trim() == '{label}')"


def main() -> None:
    """Move a slider to its end, reset the run, step it, and take the screenshot."""
    words = [sys.executable, "-m", "article10.runs.command_line", *COMMAND]
    server = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert server.stdout is not None
    try:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile, chromium(Path(profile)) as page:
            page.open(server.stdout.readline().split()[1], WIDTH)
            page.wait("!!document.querySelector('img.a10-fan')", seconds=60)
            lever = f"[...document.querySelectorAll('.a10-slider')].find(e => e.innerText.includes('{LEVER}'))"
            page.click(f"{lever}.querySelector('.v-slider__thumb')")
            page.key("End", 35)
            page.wait("document.body.innerText.includes('--set')")
            page.click(button("Reset"))
            page.wait("!document.body.innerText.includes('next reset')")
            for _ in range(STEPS):
                before = page.run(DATE)
                page.click(button("Step"))
                page.wait(f"{DATE} != '{before}'")
            page.call("Emulation.setScrollbarsHidden", hidden=True)
            page.resize(WIDTH, page.run("document.querySelector('.a10').scrollHeight"))
            page.run("new Promise(done => setTimeout(done, 1500))")
            page.picture(ROOT / "docs" / "dashboard.png", whole=False)
    finally:
        server.kill()
        server.wait()


if __name__ == "__main__":
    main()
