"""What membership brings: deterrence, the chance that the war reaches members, and an attack on the new member.

Members weigh this before they decide (fear of entrapment, Snyder 1984); after accession an attack on the candidate is
one on the alliance (North Atlantic Treaty, Article 5).
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from article10.agents.arrays import BoolArray, FloatArray, share
from article10.agents.parameter import Meta, Parameters


class Article5Parameters(Parameters):
    """Deterrence, and an attack on the new member after accession."""

    deterrence: Annotated[
        float,
        Field(ge=0, le=0.95, description="Deterrence of an attack on a member at the start; 1 would rule one out."),
        Meta("1", (0.5, 0.95), "no member's territory in Europe was attacked by a state since 1949; size assumed"),
    ] = 0.85
    spending_weight: Annotated[
        float,
        Field(ge=0, le=1, description="Rise of deterrence for each point by which members' mean spending rises."),
        Meta("1/(% GDP)", (0.0, 0.2), "assumption: denial needs forces"),
    ] = 0.08
    trust_weight: Annotated[
        float,
        Field(ge=0, le=2, description="Fall of deterrence if members lose all trust in the hegemon."),
        Meta("1", (0.0, 1.0), "assumption: much of deterrence is extended by the United States"),
    ] = 0.4
    incident_fear: Annotated[
        float,
        Field(
            ge=0,
            le=5,
            description="Weight of remembered incidents on a member's ground in its fear of entrapment, relative to "
            "the intensity of the war.",
        ),
        Meta("1", (0.0, 1.0), "assumption"),
    ] = 0.3
    attack_rate: Annotated[
        float,
        Field(
            ge=0,
            le=5,
            description="Hazard of an attack on the new member if nothing deterred it, relative to the hazard that a "
            "ceasefire breaks without guarantees; 0 rules it out.",
        ),
        Meta("1", (0.3, 1.5), "assumption: nothing but deterrence sets a member apart"),
    ] = 1.0
    severity: Annotated[
        float,
        Field(
            ge=0,
            le=5,
            description="How an attack on the new member is felt by a fully exposed member, as an incident on its own "
            "ground.",
        ),
        Meta("1", (0.3, 1.5), "assumption"),
    ] = 0.8
    trust_effect: Annotated[
        float,
        Field(
            ge=0,
            le=1,
            description="Rise of trust in the hegemon if it supports the new member when that is attacked, and fall "
            "if not.",
        ),
        Meta("1", (0.05, 0.4), "assumption"),
    ] = 0.2


def deterrence(spending_rise: FloatArray, distrust: FloatArray, p: Article5Parameters) -> FloatArray:
    """How far an attack on a member is deterred, in [0, 1], (run,): by members' spending, and by trust in the hegemon.

    Args:
        spending_rise: rise of members' mean spending since the start, weighted by influence, % of GDP, (run,).
        distrust: trust in the hegemon lost since the start, mean by influence weight, (run,).
        p: deterrence at the start, and the weights.
    """
    return share(p.deterrence + p.spending_weight * spending_rise - p.trust_weight * distrust)


def exposed(deterrence: FloatArray, p: Article5Parameters) -> FloatArray:
    """How far members are exposed to the war, (run,): 1 at the start's deterrence, 0 where an attack is ruled out."""
    return (1.0 - deterrence) / (1.0 - p.deterrence)


def danger(war_intensity: FloatArray, incidents: FloatArray, exposed: FloatArray, p: Article5Parameters) -> FloatArray:
    """Danger that the war reaches a member if it admits the candidate now, (run, member).

    Args:
        war_intensity: (run, 1), in [0, 1].
        incidents: remembered incidents on each member's ground, (run, member).
        exposed: from ``exposed``, (run, 1).
        p: the weight of incidents.
    """
    found = incidents * p.incident_fear
    found += war_intensity
    found *= exposed
    return found


def attack_hazard(deterrence: FloatArray, membership: float, breach_rate: float, p: Article5Parameters) -> FloatArray:
    """Hazard of an attack on the new member, per year, (run,).

    Args:
        deterrence: (run,).
        membership: level of guarantee that membership provides, in [0, 1].
        breach_rate: hazard that a ceasefire breaks without guarantees, per year.
        p: the hazard without deterrence, relative to that.
    """
    return p.attack_rate * breach_rate * (1.0 - membership * deterrence)


def trust_after_attack(trust: FloatArray, hegemon_supports: BoolArray, p: Article5Parameters) -> FloatArray:
    """Trust in the hegemon after an attack on the new member, in [0, 1], (row, member).

    Args:
        trust: before it, (row, member).
        hegemon_supports: whether the hegemon supports the new member, (row,).
        p: by how much trust moves, a number or (row, 1).
    """
    return share(trust + np.where(hegemon_supports, 1.0, -1.0)[:, None] * p.trust_effect)
