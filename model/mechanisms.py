"""The mechanisms that move stances, by name: each gives its own rate, so that their sum is the change.

A mechanism is a function from the world to a rate of change of stance, per year, (run, member). Leave one out, or add
one of your own, by passing another mapping to ``simulate``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from article10.agents import candidate, member_state
from article10.agents.arrays import FloatArray
from article10.agents.stackable import stackable

if TYPE_CHECKING:
    from article10.model.world import World

Mechanism = Callable[["World"], FloatArray]
"""From the world to a rate of change of stance, per year, (run, member)."""

BOUNDS = "bounds"
"""Name of what keeping stances within [-1, 1] takes away or adds, beside the mechanisms."""


def assessment(world: World) -> FloatArray:
    """Return of each stance to the member's own assessment."""
    m, start = world.members, world.by_run.constants
    war_change = (world.russia.war_intensity - start.war_intensity)[:, None]
    leaning, threat_change = m.disposition + m.orientation, m.threat - start.threat
    return member_state.assessment(
        m.stance, leaning, threat_change, war_change, world.setup.roster.caution, world.by_member.stance
    )


def peers(world: World) -> FloatArray:
    """Pull of the other members' perceived stances."""
    m, setup = world.members, world.setup
    distrust = world.trust_start - m.trust
    return setup.peers(m.stance, m.perceived, setup.network, setup.hegemon, distrust, world.by_member.stance)


def intimidation(world: World) -> FloatArray:
    """Fall of susceptible members' stances under pressure."""
    m = world.members
    return member_state.intimidation(m.susceptibility, m.felt_pressure, world.by_member.stance)


def hardening(world: World) -> FloatArray:
    """Rise of unsusceptible members' stances under pressure."""
    m = world.members
    return member_state.hardening(m.susceptibility, m.felt_pressure, world.by_member.stance)


def reassurance(world: World) -> FloatArray:
    """Effect of guarantees: relief of the cautious, and more or less urgency."""
    change = world.guarantee_change[:, None]
    return candidate.reassurance(change, world.setup.roster.caution, world.by_member.guarantees)


def persuasion(world: World) -> FloatArray:
    """The Secretary General's and champions' work on holdouts."""
    return world.by_member.secretary_general.persuasion_weight * world.members.persuasion


def isolation(world: World) -> FloatArray:
    """What standing out costs an objector."""
    return member_state.isolation(world.members.isolation, world.by_member.stance)


def concession(world: World) -> FloatArray:
    """What holdouts were paid."""
    return member_state.concession(world.members.concession, world.by_member.stance)


def shock(world: World) -> FloatArray:
    """Noise, common and each member's own, as the rate that gives it over one step.

    A week's noise is uniform, with the variance that it would have if it were normal: a stance sums dozens of weeks.
    """
    c, draws = world.by_member.constants, world.draws["member_shocks"][world.step]
    return draws[:, :-1] * c.own_shock + (draws[:, -1:] * c.common_shock - c.mean_shock)


MECHANISMS: Mapping[str, Mechanism] = MappingProxyType(
    {
        f.__name__: stackable(f)
        for f in (
            assessment,
            peers,
            intimidation,
            hardening,
            reassurance,
            persuasion,
            isolation,
            concession,
            shock,
        )
    }
)
"""The mechanisms that come with the model, in the order in which they are summed."""
