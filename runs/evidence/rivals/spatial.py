"""Median voter, compromise model and pivotal-member core: pure functions of positions and weights on one dimension.

Positions are on the scale of stances: the status quo (the candidate stays outside) is at -1 and membership at 1, so
that a member nearer to membership than to the status quo has a position above 0. Arrays may have leading axes, such as
draws; the last axis is that of members.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from article10.agents.arrays import BoolArray, FloatArray

STATUS_QUO, MEMBERSHIP = -1.0, 1.0
"""Positions of the two alternatives that are voted on."""

ROUNDING = 1e-9
"""Positions that differ by less are the same."""


def median_voter(position: FloatArray, weight: FloatArray | None = None) -> FloatArray:
    """The position that no other beats by a majority of votes or of weight (Black 1948).

    Black, D. (1948), On the rationale of group decision-making, Journal of Political Economy 56: 23-34. Where the two
    halves are equal, every position between the two members in the middle is a median; the middle of them is returned.

    Args:
        position: positions of members, (..., member).
        weight: weights, (member,) or (..., member); by default one vote each.

    Returns:
        The median position, (...).

    >>> float(median_voter(np.array([-0.6, 0.1, 0.3])))
    0.1
    >>> float(median_voter(np.array([-0.6, 0.1, 0.3]), np.array([3.0, 1.0, 1.0])))
    -0.6
    """
    weights = np.broadcast_to(1.0 if weight is None else weight, position.shape)
    order = np.argsort(position, axis=-1)
    ranked = np.take_along_axis(position, order, axis=-1)
    below = np.cumsum(np.take_along_axis(weights, order, axis=-1), axis=-1)
    half = below[..., -1:] / 2.0
    slack = 1e-12 * half
    low, high = (np.argmax(reached, axis=-1)[..., None] for reached in (below >= half - slack, below > half + slack))
    middle: FloatArray = (np.take_along_axis(ranked, low, -1) + np.take_along_axis(ranked, high, -1))[..., 0] / 2.0
    return middle


def compromise(position: FloatArray, influence: FloatArray, salience: FloatArray) -> FloatArray:
    """The mean position, weighted by influence times salience: what bargaining among all comes to.

    Van den Bos, J. (1991), Dutch EC Policy Making; Achen, C. (2006), Institutional realism and bargaining models, in
    Thomson, R., Stokman, F., Achen, C. & König, T. (eds), The European Union Decides: 86-123, where it is the
    approximation to the Nash bargaining solution that did best on the decisions of that study.

    Args:
        position: positions of members, (..., member).
        influence: capabilities, (member,).
        salience: how much each cares, from 0 to 1, (member,) or (..., member).

    Returns:
        The forecast position, (...).

    >>> float(compromise(np.array([-1.0, 1.0]), np.array([0.25, 0.75]), np.array([1.0, 1.0])))
    0.5
    """
    weight = np.broadcast_to(influence * salience, position.shape)
    mean: FloatArray = (weight * position).sum(axis=-1) / weight.sum(axis=-1)
    return mean


@dataclass(frozen=True)
class Core:
    """What a rule of decision leaves unbeaten, and what it takes to leave the status quo.

    Attributes:
        low: lower end of the core, (...): a policy below it is beaten by one above it.
        high: upper end, (...). The core of unanimity is everything between the extreme members.
        pivot: position of the member whose consent is the last that is needed to move up, (...).
        furthest: highest policy that beats the status quo, (...); the status quo itself where none does.
    """

    low: FloatArray
    high: FloatArray
    pivot: FloatArray
    furthest: FloatArray

    @property
    def moves(self) -> BoolArray:
        """Whether some policy above the status quo beats it: whether the status quo is outside the core, (...)."""
        return self.pivot > STATUS_QUO + ROUNDING

    @property
    def admits(self) -> BoolArray:
        """Whether membership beats the status quo, (...); a member that is indifferent does not stand in the way."""
        return self.furthest >= MEMBERSHIP - ROUNDING


def core(position: FloatArray, quota: int) -> Core:
    """The core on one dimension when ``quota`` members of ``n`` must agree, and the winset of the status quo.

    With preferences that fall with distance, a policy beats the status quo if at least ``quota`` members are nearer to
    it. The core is [x(n - quota + 1), x(quota)] in the order of positions (if the quota is at least a majority), and
    what beats the status quo ends at its mirror image behind the pivotal member, the ``quota``-th from above.
    Tsebelis, G. (2002), Veto Players: 17-63; Krehbiel, K. (1998), Pivotal Politics: 20-48.

    Args:
        position: positions of members, (..., member).
        quota: number of members that must agree, more than half of them; all of them for unanimity.

    Raises:
        ValueError: ``quota`` is not more than half of the members, or is more than all of them.

    >>> found = core(np.array([-0.6, 0.0, 0.5]), quota=3)
    >>> float(found.low), float(found.high), round(float(found.furthest), 6), bool(found.admits)
    (-0.6, 0.5, -0.2, False)
    >>> bool(core(np.array([-0.6, 0.0, 0.5]), quota=2).admits)
    True
    """
    n = position.shape[-1]
    if not n < 2 * quota <= 2 * n:
        raise ValueError(f"quota = {quota}: expected more than half of the {n} members, and at most all of them")
    ranked = np.sort(position, axis=-1)
    pivot = ranked[..., n - quota]
    furthest = np.minimum(2.0 * pivot - STATUS_QUO, MEMBERSHIP)
    return Core(ranked[..., n - quota], ranked[..., quota - 1], pivot, furthest)
