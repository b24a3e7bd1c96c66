"""A-priori voting power (exact Banzhaf and Shapley–Shubik indices), and pivotality given the ballots cast."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, factorial

import numpy as np

from article10.agents.members import OBJECT, SUPPORT
from article10.model.accession_rule import AccessionParameters, Ballots, decide


@dataclass(frozen=True)
class VotingGame:
    """A weighted voting game: a coalition wins when its votes reach the quota.

    Attributes:
        quota: number of votes needed to win.
        votes: number of votes of each player, integers.

    Raises:
        ValueError: votes are negative, or the quota is not positive or beyond all votes.
    """

    quota: int
    votes: tuple[int, ...]

    def __post_init__(self) -> None:
        if min(self.votes, default=-1) < 0 or not 0 < self.quota <= sum(self.votes):
            raise ValueError(
                f"quota {self.quota} of votes {self.votes}: expected 0 < quota <= all votes, none negative"
            )

    @classmethod
    def of_rule(cls, p: AccessionParameters, members: int) -> VotingGame:
        """The game in which each member has one ballot, for or against, under a decision rule."""
        quota = {
            "consensus": members,
            "unanimity_minus": max(members - p.tolerated, 1),
            "qualified_majority": ceil(p.majority * members - 1e-9),
            "simple_majority": members // 2 + 1,
        }[p.rule]
        return cls(quota, (1,) * members)

    def swings(self, player: int) -> list[int]:
        """Number of coalitions of the others, by size, that lose without the player and win with it.

        Counted by a generating function over size and votes (Brams & Affuso 1976).
        """
        others = [v for i, v in enumerate(self.votes) if i != player]
        count = {(0, 0): 1}  # by size and votes
        for vote in others:
            for (size, total), n in sorted(count.items(), reverse=True):
                key = (size + 1, total + vote)
                count[key] = count.get(key, 0) + n
        found = [0] * (len(others) + 1)
        for (size, total), n in count.items():
            if total < self.quota <= total + self.votes[player]:
                found[size] += n
        return found

    def banzhaf(self) -> list[Fraction]:
        """Absolute Banzhaf index of each player: the share of the others' coalitions in which its vote decides.

        Penrose 1946, Banzhaf 1965.

        >>> [str(power) for power in VotingGame(51, (50, 49, 1)).banzhaf()]
        ['3/4', '1/4', '1/4']
        """
        known = {vote: self.swings(self.votes.index(vote)) for vote in set(self.votes)}
        return [Fraction(sum(known[vote]), 2 ** (len(self.votes) - 1)) for vote in self.votes]

    def shapley_shubik(self) -> list[Fraction]:
        """Shapley–Shubik index of each player (1954): the share of orders in which its vote decides; they sum to 1.

        >>> [str(power) for power in VotingGame(51, (50, 49, 1)).shapley_shubik()]
        ['2/3', '1/6', '1/6']
        """
        n = len(self.votes)
        orders = [Fraction(factorial(size) * factorial(n - size - 1), factorial(n)) for size in range(n)]
        known = {vote: self.swings(self.votes.index(vote)) for vote in set(self.votes)}
        return [sum((w * k for w, k in zip(orders, known[vote], strict=True)), Fraction(0)) for vote in self.votes]


def normalised(indices: Sequence[Fraction]) -> list[Fraction]:
    """Indices scaled to sum to 1; zero if all are zero."""
    total = sum(indices, Fraction(0))
    return [index / total if total else Fraction(0) for index in indices]


def pivotal(
    members: tuple[str, ...], ballots: np.ndarray, p: AccessionParameters, edition: str | None = None
) -> np.ndarray:
    """Which decisions each member alone would have changed, given the ballots of all others.

    Each member's objection is changed into support, and its support into an objection; it is pivotal where the decision
    changes.

    Args:
        members: codes of the members.
        ballots: ballots cast at each decision, (decision, member).
        p: parameters of accession, with the rule.
        edition: name or folder of the edition whose members they are; by default the newest.

    Returns:
        Whether each member is pivotal in each decision, (decision, member).
    """
    turns = np.zeros(ballots.shape, dtype=bool)
    if not len(ballots):
        return turns
    decided = decide(Ballots(members, ballots, edition), p)
    for place in range(len(members)):
        turned = ballots.copy()
        turned[:, place] = np.where(ballots[:, place] == OBJECT, SUPPORT, OBJECT)
        turns[:, place] = decide(Ballots(members, turned, edition), p) != decided
    return turns
