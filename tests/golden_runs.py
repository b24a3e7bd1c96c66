"""What every scenario of an edition comes to in two runs; ``python tests/golden_runs.py`` writes it after a change."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from article10.model.edition import read_edition
from article10.model.scenario_file import read_scenario
from article10.model.shipped import CHOSEN, editions, shipped
from article10.runs.ensemble.simulate import simulate

FOLDER = Path(__file__).parent / "golden"

RUNS, SEED, DIGITS = 2, 10, 12


def golden(edition: str) -> dict[str, dict[str, list[object]]]:
    """By scenario, for each run the final stage, the steps of milestones, and members' stances at the horizon."""
    found = {}
    for name in shipped(edition):
        scenario = read_scenario(name)
        if scenario.edition != edition:
            continue
        data = simulate(scenario, RUNS, SEED).data
        found[name] = {
            "stage": data["final_stage"].to_numpy().tolist(),
            "steps": [data[f"{milestone}_step"].to_numpy().tolist() for milestone in ("invitation", "accession")],
            "stance": [[f"{v:.{DIGITS}g}" for v in run] for run in data["stance"].to_numpy()[:, -1].tolist()],
        }
    return found


def text_of(edition: str) -> str:
    """The golden file of an edition: a digest of its tables, and a line for each scenario."""
    lines = [f'"digest": {json.dumps(read_edition(edition).digest)}']
    lines += [f"{json.dumps(name)}: {json.dumps(values)}" for name, values in golden(edition).items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def main(*editions: str) -> None:
    """Write the golden files of some editions."""
    for edition in editions:
        os.environ[CHOSEN] = edition
        (FOLDER / f"{edition}.json").write_text(text_of(edition), "utf-8")


if __name__ == "__main__":
    main(*(sys.argv[1:] or editions()))
