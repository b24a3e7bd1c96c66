"""The mechanisms that move stances, indexed by name; the change of stance is the sum of their rates.

A mechanism is a function that takes the world and returns a rate of change of stance, per year, (run, member). Each has
a switch of its name in a scenario, ``mechanisms.NAME``, which the first line of its docstring describes. Add one of
your own by ``register_mechanism``, or pass another mapping to ``simulate``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from article10.agents import candidate, members
from article10.agents.arrays import FloatArray
from article10.agents.registered import Registered
from article10.agents.stackable import stackable
from article10.model.arguments import check_functions

if TYPE_CHECKING:
    from article10.model.world import World

Mechanism = Callable[["World"], FloatArray]
"""Takes the world and returns a rate of change of stance, per year, (run, member)."""

BOUNDS = "bounds"
"""Name of the contribution that keeps stances within [-1, 1]; it is listed beside the mechanisms."""


def assessment(world: World) -> FloatArray:
    """Return of each stance to the member's own assessment of threat and risk."""
    m, start = world.members, world.by_run.constants
    danger_change = world.danger - world.by_member.constants.war_intensity
    leaning, threat_change = m.disposition + m.orientation, m.threat - start.threat
    return members.assessment(
        m.stance, leaning, threat_change, danger_change, world.setup.roster.caution, world.by_member.stance
    )


def peers(world: World) -> FloatArray:
    """Pull towards the other members' stances as they are perceived."""
    m, setup = world.members, world.setup
    distrust = world.trust_start - m.trust
    return setup.peers(m.stance, m.perceived, setup.network, setup.hegemon, distrust, world.by_member.stance)


def intimidation(world: World) -> FloatArray:
    """Fall of the stances of susceptible members under pressure."""
    m = world.members
    return members.intimidation(m.susceptibility, m.felt_pressure, world.by_member.stance)


def hardening(world: World) -> FloatArray:
    """Rise of the stances of members that are not susceptible, under pressure."""
    m = world.members
    return members.hardening(m.susceptibility, m.felt_pressure, world.by_member.stance)


def reassurance(world: World) -> FloatArray:
    """Effect of guarantees: they relieve cautious members, and make membership more or less urgent."""
    change = world.guarantee_change[:, None]
    return candidate.reassurance(change, world.setup.roster.caution, world.by_member.guarantees)


def persuasion(world: World) -> FloatArray:
    """Persuasion of holdouts by the Secretary General and the champions."""
    return world.by_member.secretary_general.persuasion_weight * world.members.persuasion


def shock(world: World) -> FloatArray:
    """Random change, partly common to all members, as the rate that yields it over one step.

    A week's random change is uniform, with the variance of a normal one; a stance sums up dozens of weeks.
    """
    c, draws = world.by_member.constants, world.draws["member_shocks"][world.step]
    return draws[:, :-1] * c.own_shock + (draws[:, -1:] * c.common_shock - c.mean_shock)


MECHANISMS = Registered[Mechanism](
    "mechanism",
    {
        f.__name__: stackable(f)
        for f in (
            assessment,
            peers,
            intimidation,
            hardening,
            reassurance,
            persuasion,
            shock,
        )
    },
)
"""The mechanisms in the order in which they are summed: those of the model, then those that a user has registered."""

M = TypeVar("M", bound=Mechanism)


def register_mechanism(function: M) -> M:
    """Register a function as a mechanism of your own; used as a decorator.

    From then on it moves stances in every run of this session, under the name of the function, unless the scenario
    switches it off by ``mechanisms.NAME = false``. A saved scenario that names the switch can be read only where the
    mechanism is registered.

    Args:
        function: takes the world and returns a rate of change of stance, per year, (run, member).

    Raises:
        ValueError: the value is not a function, or its name is taken.
    """
    name = getattr(function, "__name__", "")
    check_functions(None, {name: function})
    MECHANISMS.add(name, function)
    return function


def meaning(mechanism: Mechanism) -> str:
    """What a mechanism does: the first line of its docstring."""
    return (mechanism.__doc__ or "").strip().partition("\n")[0]
