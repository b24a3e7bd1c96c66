"""Make the gallery's figures again: ``python docs/gallery/make.py``."""

from __future__ import annotations

from pathlib import Path

import article10

FOLDER = Path(__file__).parent


def main() -> None:
    """Draw every figure from one small ensemble."""
    result = article10.simulate("baseline", runs=300, seed=7)
    result.plot.save_all(FOLDER)
    for name, axes in {
        "trajectories": result.plot.trajectories(run=3),
        "explain": result.plot.explain("HUN", run=3),
    }.items():
        axes.get_figure().savefig(FOLDER / f"{name}.png", dpi=110)


if __name__ == "__main__":
    main()
