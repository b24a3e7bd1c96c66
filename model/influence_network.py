"""The influence network: weights from capability and affinity. Trust in the hegemon scales its column during a run."""

from __future__ import annotations

import numpy as np

from article10.agents.arrays import FloatArray
from article10.agents.member_parameters import NetworkName


def influence_network(
    influence_weight: FloatArray, affinity: FloatArray, made_of: NetworkName = "capability_affinity"
) -> FloatArray:
    """Weight of member j's stance for member i, (member, member): capability times affinity, rows summing to one.

    ``w_ij = c_j * a_ij / sum_k c_k * a_ik``, zero on the diagonal (Friedkin & Johnsen 1990; capability as in Naurin &
    Thomson 2009).

    Args:
        influence_weight: capability, (member,), positive.
        affinity: closeness of two members, (member, member), in [0, 1].
        made_of: ``capability_affinity``; or ``capability`` or ``affinity`` alone; or ``equal``, neither of them.

    >>> influence_network(np.array([2.0, 1.0, 1.0]), np.ones((3, 3))).round(2).tolist()
    [[0.0, 0.5, 0.5], [0.67, 0.0, 0.33], [0.67, 0.33, 0.0]]
    """
    if made_of in ("affinity", "equal"):
        influence_weight = np.ones_like(influence_weight)
    if made_of in ("capability", "equal"):
        affinity = np.ones_like(affinity)
    weights = influence_weight * affinity
    np.fill_diagonal(weights, 0.0)
    total = weights.sum(axis=-1, keepdims=True)
    network: FloatArray = weights / np.where(total > 0, total, 1.0)
    return network


def friedkin_johnsen(
    disposition: FloatArray, network: FloatArray, assessment_rate: float, peer_rate: float
) -> FloatArray:
    """Stances at rest under assessment and peers alone: ``(k I + w (I - W))^-1 k a`` (Friedkin & Johnsen 1990).

    Args:
        disposition: stance that each member would take alone, (member,).
        network: (member, member), rows summing to one.
        assessment_rate: k, above zero.
        peer_rate: w.
    """
    identity = np.eye(len(disposition))
    system = assessment_rate * identity + peer_rate * (identity - network)
    rest: FloatArray = np.linalg.solve(system, assessment_rate * disposition)
    return rest
