"""The mechanisms that move stances, by name: each gives its own rate, so that their sum is the change.

A mechanism is a function from the world to a rate of change of stance, per year, (run, member). Leave one out, or add
one of your own, by passing another mapping to ``simulate``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from article10.agents import candidate, member_state
from article10.agents.arrays import FloatArray

if TYPE_CHECKING:
    from article10.model.world import World

Mechanism = Callable[["World"], FloatArray]
"""From the world to a rate of change of stance, per year, (run, member)."""

BOUNDS = "bounds"
"""Name of what keeping stances within [-1, 1] takes away or adds, beside the mechanisms."""


def assessment(world: World) -> FloatArray:
    """Return of each stance to the member's own assessment."""
    m, setup = world.members, world.setup
    war_change = (world.russia.war_intensity - setup.war_intensity)[:, None]
    leaning, threat_change = m.disposition + m.orientation, m.threat - setup.threat
    return member_state.assessment(
        m.stance, leaning, threat_change, war_change, setup.roster.caution, setup.scenario.stance
    )


def peers(world: World) -> FloatArray:
    """Pull of the other members' perceived stances."""
    m, setup = world.members, world.setup
    distrust = world.trust_start - m.trust
    return member_state.peers(m.stance, m.perceived, setup.network, setup.hegemon, distrust, setup.scenario.stance)


def intimidation(world: World) -> FloatArray:
    """Fall of susceptible members' stances under pressure."""
    m = world.members
    return member_state.intimidation(m.susceptibility, m.felt_pressure, world.setup.scenario.stance)


def hardening(world: World) -> FloatArray:
    """Rise of unsusceptible members' stances under pressure."""
    m = world.members
    return member_state.hardening(m.susceptibility, m.felt_pressure, world.setup.scenario.stance)


def reassurance(world: World) -> FloatArray:
    """Effect of guarantees: relief of the cautious, and more or less urgency."""
    change = world.guarantee_change[:, None]
    return candidate.reassurance(change, world.setup.roster.caution, world.setup.scenario.guarantees)


def persuasion(world: World) -> FloatArray:
    """The Secretary General's and champions' work on holdouts."""
    return world.setup.scenario.secretary_general.persuasion_weight * world.members.persuasion


def isolation(world: World) -> FloatArray:
    """What standing out costs an objector."""
    return member_state.isolation(world.members.isolation, world.setup.scenario.stance)


def concession(world: World) -> FloatArray:
    """What holdouts were paid."""
    return member_state.concession(world.members.concession, world.setup.scenario.stance)


def shock(world: World) -> FloatArray:
    """Noise, common and each member's own, as the rate that gives it over one step.

    A week's noise is uniform, with the variance that it would have if it were normal: a stance sums dozens of weeks.
    """
    setup, p = world.setup, world.setup.scenario.stance
    scale = setup.shock_scale / setup.effective_step * math.sqrt(12.0)
    own, common = scale * math.sqrt(1.0 - p.shock_correlation), scale * math.sqrt(p.shock_correlation)
    draws = world.draws["member_shocks"][world.step]
    return draws[:, :-1] * own + (draws[:, -1:] * common - (own + common) / 2.0)


MECHANISMS: Mapping[str, Mechanism] = MappingProxyType(
    {
        f.__name__: f
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
