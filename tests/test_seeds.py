"""Seeds: whatever one seed is split into meets nothing that another is split into."""

from __future__ import annotations

import ast
from pathlib import Path

import numpy as np
import pytest

import article10
from article10.model.arguments import whole
from article10.model.randomness import SPAWNED, Stream, spawned_seeds
from article10.runs.batches.batch import run_batch
from article10.runs.batches.design import Design
from article10.runs.batches.ranges import Space

PACKAGE = Path(article10.__file__).resolve().parent.parent
CODE = [
    path
    for folder in ("article10", "model", "agents", "runs", "benchmarks")
    for path in (PACKAGE / folder).rglob("*.py")
]
SHORT = {"horizon": "2026-02-01"}


def design(seed, points=2):
    table = tuple({"stance.peer_rate": value} for value in np.linspace(0.1, 0.9, points).tolist())
    return Design(table=table, runs=3, seed=seed, changes=SHORT, record="stance", common_random_numbers=False)


def test_no_two_points_of_any_two_designs_have_one_seed_nor_that_of_a_design():
    seeds = [*range(200), *(2**k for k in range(8, 63)), *(2**k + 1 for k in range(8, 63)), 2**63 - 1]
    spawned = [point for seed in seeds for point in spawned_seeds(seed, "points of a design", 1000)]
    assert len(set(spawned)) == len(spawned)
    assert min(spawned) >= SPAWNED > max(range(200))
    assert [p.seed for p in design(5).points()] == spawned_seeds(5, "points of a design", 2)


def test_no_two_purposes_of_a_seed_share_a_seed():
    purposes = ("points of a design", "bootstrap", "search")
    spawned = [seed for purpose in purposes for seed in spawned_seeds(0, purpose, 1000)]
    assert len(set(spawned)) == len(spawned)


@pytest.mark.parametrize("shared", [True, False])
def test_points_of_a_design_share_draws_or_have_their_own(shared):
    points = Design(grid={"stance.peer_rate": (0.2, 0.4, 0.8)}, seed=5, common_random_numbers=shared).points()
    assert len({point.seed for point in points}) == (1 if shared else 3)
    for point in points:
        assert type(point.seed) is int
        whole("seed", point.seed)


def test_more_points_leave_the_seeds_of_the_others_alone():
    few, more = ([point.seed for point in design(3, points).points()] for points in (2, 5))
    assert more[:2] == few


def test_each_point_can_be_run_alone_from_what_the_batch_says_of_it(tmp_path):
    batch = run_batch(design(7), tmp_path / "batch", workers=1, progress=False)
    for place, row in batch.points.iterrows():
        alone = article10.simulate(
            "baseline", 3, int(row["seed"]), changes={**SHORT, "stance.peer_rate": row["stance.peer_rate"]}
        )
        assert batch.point(place).seed == int(row["seed"])
        assert np.array_equal(batch.point(place).data["stance"], alone.data["stance"])


def test_no_run_of_one_batch_is_a_run_of_another():
    stream, runs = Stream("member_shocks", (4,)), range(40)
    seeds = [point.seed for seed in range(4) for point in design(seed).points()]
    drawn = np.stack([stream.draw(stream.generators(seed, runs), np.empty((4, len(runs)))) for seed in seeds])
    assert len(np.unique(drawn[:, 0])) == len(seeds) * len(runs)


def made_by_arithmetic(code):
    sums = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.BinOp)]
    sides = [ast.unparse(side) for node in sums for side in (node.left, node.right)]
    return [side for side in sides if side == "seed" or side.endswith((".seed", "_seed"))]


def test_no_seed_is_made_by_arithmetic():
    assert made_by_arithmetic("sample(seed=self.seed + 1)") == ["self.seed"]
    assert {path.name: found for path in CODE if (found := made_by_arithmetic(path.read_text("utf-8")))} == {}


@pytest.mark.parametrize("seed", [0, 2**32, 2**63 - 1])
def test_a_seed_that_simulate_takes_is_taken_by_every_sampler(seed):
    from article10.runs.analyses.tuning.best_point import search_best
    from article10.runs.evidence.ratification_fit import fit_ratification
    from article10.runs.evidence.rounds import read_round

    def simulate(points):
        return points, np.zeros_like(points)

    found = search_best(simulate, Space({"x": (0.0, 1.0)}), np.array([0.5]), np.array([0.1]), points=8, seed=seed)
    assert len(found.trials) == 8
    assert len(fit_ratification([read_round("vilnius_2003")], draws=2, seed=seed).speed) == 2
