"""Make the gallery's figures again: ``python docs/gallery/make.py``."""

from __future__ import annotations

import tempfile
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
    draw_batches()


def draw_batches() -> None:
    """Draw a comparison of scenarios and a sweep."""
    named = ("no_pressure", "baseline", "heavy_pressure", "holdout_turnover")
    guarantee = {"kind": "guarantee", "name": "binding", "date": "2026-07-01", "level": 0.6, "binding": True}
    bound = article10.read_scenario("baseline", {"name": "binding guarantee", "events": [guarantee]})
    rhos = {"guarantees.substitution": (-1.0, -0.5, 0.0, 0.5, 1.0)}
    with tempfile.TemporaryDirectory() as folder:
        scenarios = article10.run_batch(article10.Design(scenarios=named, runs=500, seed=7), f"{folder}/scenarios")
        sweep = article10.run_batch(
            article10.Design(scenarios=(bound,), runs=500, seed=7, grid=rhos), f"{folder}/sweep"
        )
        for name, axes in {
            "batch_accession": scenarios.plot.accession("invitation"),
            "batch_against": sweep.plot.against("guarantees.substitution", "invitation"),
        }.items():
            axes.get_figure().savefig(FOLDER / f"{name}.png", dpi=110)


if __name__ == "__main__":
    main()
