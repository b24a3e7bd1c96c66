"""Hindcast of stances on Ukraine 2022-26, scored against members' later public positions and simple baselines.

Fixed before any score was seen: the codes and which rows count (``stance_positions``), the kinds of the dated events
and the variants (``stance_scenario``), the dead band, and the first two baselines. The third baseline and the intervals
over occasions were added afterwards, to check a good score. For 2026, too, which rows count, their kinds and the
governments were fixed before any score of 2026 was seen. No parameter was changed from the baseline scenario to
improve a score.
"""

from __future__ import annotations

from collections.abc import Sequence

from article10.agents.short_error import ArgumentError, shown
from article10.model.checked import checked, list_of
from article10.model.coded import STANCE_PER_CODE
from article10.model.scenario import Scenario
from article10.model.scenario_file import read_scenario
from article10.runs.analyses.levers import LEVERS
from article10.runs.ensemble.simulate import simulate
from article10.runs.evidence.stance_dynamics_answer import StanceHindcast
from article10.runs.evidence.stance_forecasts import CHANCE, INERT, KNOWN
from article10.runs.evidence.stance_positions import Position, first_positions, later_positions, read_positions
from article10.runs.evidence.stance_scenario import NAME, known_governments


@checked
def hindcast_stances(
    scenario: str | Scenario = NAME,
    runs: int = 1000,
    seed: int = 0,
    *,
    positions: Sequence[Position] | None = None,
) -> StanceHindcast:
    """Hindcast members' stances from 24 February 2022 and score them against their later positions.

    Three paired variants are simulated: elections left to chance; later governments known; and the same with Russia
    inert. The main baseline is that no stance changes.

    Args:
        scenario: the scenario to start from.
        runs: number of runs of each variant.
        seed: seed of all random streams.
        positions: positions to use instead of the table; first positions must agree with the scenario.

    Raises:
        ValueError: a first position differs from the initial stance in the scenario, or no member has a later one.
    """
    given = () if positions is None else list_of("positions", positions, "Position")
    if not all(isinstance(one, Position) for one in given):
        raise ArgumentError(
            f"positions = {shown(positions)}: expected a list of Position, as returned by read_positions"
        )
    start = read_scenario(scenario)
    known = known_governments(start)
    variants = {CHANCE: start, KNOWN: known, INERT: LEVERS["pressure"].without(known)}
    said = [p for p in (read_positions() if positions is None else positions) if p.member in start.members().iso3]
    first = first_positions(said)
    cases = tuple(case for case in later_positions(said) if start.start < case.day <= start.horizon)
    if not cases:
        raise ValueError("no member has a later position within the scenario: there is nothing to score")
    roster = start.members()
    for case in cases:
        begins = first[case.member].code * STANCE_PER_CODE
        if abs(begins - roster.stance[roster.index(case.member)]) > 1e-9:
            raise ValueError(
                f"{case.member}: its first position is {begins:+.2f}; the scenario starts it at "
                f"{roster.stance[roster.index(case.member)]:+.2f}"
            )
    results = {name: simulate(variant, runs, seed) for name, variant in variants.items()}
    scored = {code: first[code] for code in dict.fromkeys(case.member for case in cases)}
    return StanceHindcast(start, runs, seed, results, scored, cases)
