"""Bounded confidence: only peers whose stances are near enough sway a member (Hegselmann & Krause 2002)."""

from __future__ import annotations

import numpy as np

from article10.agents.arrays import FloatArray
from article10.agents.member_parameters import StanceParameters
from article10.agents.members import STANCE_LIMIT, peers

AT_THE_BOUND = 1e-9
"""Stances this much beyond the confidence bound are within it, so that rounding decides nothing for coded stances."""

TOGETHER = 256
"""Runs whose stances and weights are in the cache at a time."""

IN_A_PRODUCT = 32
"""Runs in one matrix product. All products have this size, because another shape may be summed in another order."""


def is_bounded(p: StanceParameters) -> bool:
    """Whether members too far apart do not sway each other: whether ``near_peers`` takes the place of ``peers``."""
    return p.confidence_bound < 2.0 * STANCE_LIMIT


def near_peers(
    stance: FloatArray,
    perceived: FloatArray,
    network: FloatArray,
    hegemon: int,
    distrust: FloatArray,
    p: StanceParameters,
) -> FloatArray:
    """Pull of those peers only whose stances lie within the confidence bound (Hegselmann & Krause 2002).

    ``rate * sum_j w_ij * (perceived_j - stance_i) / sum_j w_ij``, sums over the members j with ``|perceived_j -
    stance_i| <= bound``, the hegemon's weight in the numerator being cut by distrust; 0 if there is no such member.
    Runs in which all members are near each other, which most are under most bounds, take the sums of ``peers``.

    Args:
        stance: (run, member).
        perceived: (run, member).
        network: influence of j on i in row i, (member, member), rows sum to one, zero diagonal.
        hegemon: column of the hegemon.
        distrust: trust of the start less present trust, (run, member).
        p: the rate and the bound.
    """
    pull = peers(stance, perceived, network, hegemon, distrust, p)
    bound = np.broadcast_to(p.confidence_bound + AT_THE_BOUND, (len(stance), 1))
    rate = np.broadcast_to(p.peer_rate, (len(stance), 1))
    above = perceived.max(axis=-1, keepdims=True) > stance.min(axis=-1, keepdims=True) + bound
    below = perceived.min(axis=-1, keepdims=True) < stance.max(axis=-1, keepdims=True) - bound
    divided = (above | below)[:, 0].nonzero()[0]
    weights = np.ascontiguousarray(network)
    for rows in (divided[start : start + TOGETHER] for start in range(0, len(divided), TOGETHER)):
        filled = np.concatenate([rows, np.zeros(-len(rows) % IN_A_PRODUCT, np.intp)])  # up to whole products
        own, seen, lost = (np.ascontiguousarray(values[filled].T) for values in (stance, perceived, distrust))
        found = _mean_pull(own, seen, lost, bound[filled, 0], weights, hegemon)
        pull[rows] = rate[rows] * found.T[: len(rows)]
    return pull


def _mean_pull(
    own: FloatArray, seen: FloatArray, distrust: FloatArray, bound: FloatArray, network: FloatArray, hegemon: int
) -> FloatArray:
    """Weighted mean of the distances to near peers, (member, run): NumPy is fastest along the last axis."""
    members, n_runs = own.shape
    low, high = own - bound, own + bound
    near, not_above = np.empty((2, members, n_runs), dtype=bool)
    counted = np.empty((2, members, n_runs))  # one for each near peer, and its stance
    products = counted.reshape(2, members, -1, IN_A_PRODUCT).swapaxes(1, 2)
    sums = np.empty((members, 2, n_runs))
    near_hegemon = np.empty((members, n_runs), dtype=bool)
    for i in range(members):
        np.less_equal(seen, high[i], out=not_above)
        np.greater_equal(seen, low[i], out=near)
        near &= not_above
        near_hegemon[i] = near[hegemon]
        np.copyto(counted[0], near)
        np.multiply(counted[0], seen, out=counted[1])
        np.matmul(network[i], products, out=sums[i].reshape(2, -1, IN_A_PRODUCT))
    total, pulled = sums.swapaxes(0, 1)
    lost = near_hegemon * network[:, hegemon : hegemon + 1] * distrust * (seen[hegemon] - own)
    pull: FloatArray = (pulled - total * own - lost) / np.where(total > 0, total, 1.0)
    return pull
