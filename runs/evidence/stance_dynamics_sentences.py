"""What is said of a hindcast of stances: skill over the baselines, directions and order, until 2025 and in 2026."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from article10.runs.analyses.result import listed
from article10.runs.evidence.stance_forecasts import ANCHORED, AT_ONCE, DEAD_BAND, INERT, KNOWN, NO_CHANGE
from article10.runs.statistics.scores import Skill

if TYPE_CHECKING:
    from article10.runs.evidence.stance_dynamics_answer import StanceHindcast


def sentences_until_2025(found: StanceHindcast) -> list[str]:
    """Sentences on the cases up to the day for which the scenario's edition is coded."""
    past, said = found.until_2025, []
    for name in (*found.results, ANCHORED):
        by_member = found.skill_of(name, NO_CHANGE, chosen=past)
        careful = found.skill_of(name, NO_CHANGE, by_occasion=True, chosen=past)
        said.append(
            f"{name}: {_verdict(by_member)} no change; skill in CRPS {_interval(by_member)} over {by_member.cases} "
            f"cases of {_n_members(found, past)} members. Counting members that first spoke together as one "
            f"observation: {_verdict(careful)} no change, [{careful.low:+.2f}, {careful.high:+.2f}]."
        )
    at_once = found.skill_of(KNOWN, AT_ONCE, chosen=past)
    said.append(f"{KNOWN}: {_verdict(at_once)} an immediate effect of the same governments, {_interval(at_once)}.")
    few = found.by_deciding_office
    if 0 < len(few) < len(past):
        by_office = found.skill_of(KNOWN, NO_CHANGE, chosen=few)
        codes = listed(_members(found, few))
        said.append(
            f"{KNOWN}, only members whose deciding office also spoke first ({codes}): {_verdict(by_office)} no change, "
            f"{_interval(by_office)}."
        )
    pressure = found.skill_of(KNOWN, INERT, chosen=past)
    said.append(f"Russian pressure: B (with pressure) {_verdict(pressure)} C (without), {_interval(pressure)}.")
    return said + _on_directions(found, past)


def sentences_of_2026(found: StanceHindcast) -> list[str]:
    """Sentences on the later cases; none if there are no such cases."""
    recent, said = found.of_2026, []
    if not recent:
        return []
    for name in (*found.results, ANCHORED):
        skill = found.skill_of(name, NO_CHANGE, chosen=recent)
        said.append(
            f"In 2026, {name}: {_verdict(skill)} no change; skill in CRPS {_interval(skill)} over {skill.cases} "
            f"cases of {_n_members(found, recent)} members."
        )
    at_once = found.skill_of(KNOWN, AT_ONCE, chosen=recent)
    said.append(
        f"In 2026, {KNOWN}: {_verdict(at_once)} an immediate effect of the same governments, {_interval(at_once)}."
    )
    return said + [f"In 2026: {text[0].lower()}{text[1:]}" for text in _on_directions(found, recent)]


def _on_directions(found: StanceHindcast, chosen: Sequence[int]) -> list[str]:
    """Directions and order in some cases; in all of them if none is chosen."""
    table = found.scores(chosen)
    hits = ", ".join(f"{name} {share:.0%}" for name, share in zip(found.samples, table["direction"], strict=True))
    order = ", ".join(f"{name} {value:.2f}" for name, value in zip(found.results, table["concordance"], strict=False))
    cases = found.by_case()
    cases = cases.iloc[list(chosen) or slice(None)]
    wrong = cases[cases["moved"] != cases["predicted"]]
    return [
        f"Directions predicted correctly (down, stays, up by more than {DEAD_BAND:g}): {hits}.",
        f"Pairs of members whose changes are in the right order (chance 0.50): {order}.",
        f"With governments known, the direction is wrong for {listed(dict.fromkeys(wrong.index)) or 'nobody'}.",
    ]


def _members(found: StanceHindcast, chosen: Iterable[int]) -> list[str]:
    return list(dict.fromkeys(found.cases[k].member for k in chosen))


def _n_members(found: StanceHindcast, chosen: Sequence[int]) -> int:
    return len(_members(found, chosen) or found.members)


def _verdict(found: Skill) -> str:
    if not found.detected:
        return "is not distinguishable from"
    return "is better than" if found.low > 0 else "is worse than"


def _interval(found: Skill) -> str:
    return f"{found.value:+.2f} [{found.low:+.2f}, {found.high:+.2f}]"
