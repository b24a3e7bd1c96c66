"""The accession rule: it takes members' ballots and nothing else (North Atlantic Treaty, Article 10).

A ``Ballots`` value can only be built from the member axis, and it is the only input of every decision here. A state
that is not a member has no place on that axis: naming it is an error, whatever rule is in force. Under consensus, one
objection is a veto.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, Literal, get_args

import numpy as np
import numpy.typing as npt
from pydantic import Field

from article10.agents.arrays import BoolArray, IntArray, count
from article10.agents.members import ACQUIESCE, NO_BALLOT, OBJECT, SUPPORT
from article10.agents.parameter import Meta, Parameters
from article10.agents.short_error import ArgumentError, shown
from article10.model.roster import read_roster

ASPIRANT, INVITED, PROTOCOL_SIGNED, RATIFYING, MEMBER, SHELVED = range(6)
"""Stages of an accession, in order; only the candidate's own decision leads to SHELVED."""

STAGES = ("aspirant", "invited", "protocol_signed", "ratifying", "member", "shelved")
"""Names of the stages, in the order of their codes."""


class Milestone(StrEnum):
    """The entry into a stage, whose date is an outcome of a run; in the order of the stages."""

    INVITATION = "invitation"
    SIGNATURE = "signature"
    ACCESSION = "accession"

    @property
    def stage(self) -> int:
        """Code of the stage that is entered."""
        return {"invitation": INVITED, "signature": PROTOCOL_SIGNED, "accession": MEMBER}[self]


RuleName = Literal["consensus", "qualified_majority", "simple_majority", "unanimity_minus"]


class AccessionParameters(Parameters):
    """How members decide, and how long talks take."""

    rule: Annotated[
        RuleName,
        Field(description="Decision rule. All rules but consensus are what-ifs."),
        Meta("name", None, "North Atlantic Treaty, Article 10: by unanimous agreement"),
    ] = "consensus"
    majority: Annotated[
        float,
        Field(gt=0, le=1, description="Share of members not objecting that the rule qualified_majority requires."),
        Meta("1", (0.55, 0.9), "what-if; two thirds is common in constitutions"),
    ] = 2 / 3
    tolerated: Annotated[
        int,
        Field(ge=0, le=100, description="Objections tolerated under the rule unanimity_minus (consensus minus k)."),
        Meta("member", (1, 5), "what-if: consensus minus k"),
    ] = 1
    objection_line: Annotated[
        float,
        Field(gt=-1, le=0, description="Stance below which a member objects; from there to 0 it acquiesces."),
        Meta("stance", (-0.3, 0.0), "consensus practice: councils pass when nobody objects; size assumed"),
    ] = -0.15
    war_bar: Annotated[
        float,
        Field(
            ge=0,
            le=1,
            description="Shift of members' coded war bars: at 0.5 they hold as coded, towards 1 they are lowered (at "
            "1, nobody objects because of the war), towards 0 raised.",
        ),
        Meta("1", (0.3, 0.7), "model/data/2026-12/governments.csv, war_bar: three readings differ by about 0.2"),
    ] = 0.5
    war_bar_spread: Annotated[
        float,
        Field(
            ge=0,
            le=1,
            description="How far the intensity of war above which a member objects varies from run to run, as a share.",
        ),
        Meta("1", (0.0, 1.0), "assumption: what statements call a war is not the same for all who make them"),
    ] = 0.5
    candidate_at_war: Annotated[
        bool,
        Field(description="Whether the war is fought on the candidate's own territory."),
        Meta("", None, "public record"),
    ] = True
    talks_years: Annotated[
        float,
        Field(
            gt=0,
            le=20,
            description="Time from invitation to signature of the protocol for a candidate that is fully ready.",
        ),
        Meta(
            "year",
            (0.02, 0.8),
            "model/data/accession_rounds.csv: six days in 2022, four to five months before",
        ),
    ] = 0.35
    stage: Annotated[
        Literal["aspirant", "invited", "protocol_signed"],
        Field(description="Stage at the start."),
        Meta("name", None, "public record"),
    ] = "aspirant"


class RatificationParameters(Parameters):
    """How fast members ratify."""

    urgency: Annotated[
        float,
        Field(
            ge=0,
            le=5,
            description="Pace of the round relative to that of 2022 (1); the round of 2003-04 had about a tenth.",
        ),
        Meta("1", (0.05, 1.0), "model/data/accession_ratifications.csv"),
    ] = 0.3
    shape: Annotated[
        float,
        Field(
            gt=0,
            le=10,
            description="Weibull shape of the time to ratification: above 1, members ratify late and together; at 1, "
            "at a constant hazard; below 1, early or very late.",
        ),
        Meta(
            "1",
            (0.7, 2.2),
            "fits to model/data/accession_ratifications.csv: about 2 in calm rounds, 0.7 to 1 in the round of 2022; "
            "the default, between them, is an assumption",
        ),
    ] = 1.0
    recess_weight: Annotated[
        float,
        Field(
            ge=0,
            le=1,
            description="How much a day of parliamentary recess counts (July and August, 20 December to 6 January), "
            "relative to any other day.",
        ),
        Meta("1", (0.1, 1.0), "assumption: three rounds do not identify it; 1 in 2022, when parliaments sat in July"),
    ] = 1.0
    full_stance: Annotated[
        float,
        Field(gt=0, le=1, description="Stance at or above which a member ratifies as fast as its institutions allow."),
        Meta("stance", (0.05, 0.5), "assumption: acquiescence is slower, support is not"),
    ] = 0.15


@dataclass(frozen=True)
class Ballots:
    """Ballots of the members, and of nobody else.

    Attributes:
        members: codes of the members, in the order of the last axis of ``codes``; names in English become codes.
        codes: OBJECT, ACQUIESCE or SUPPORT, int8, (run, member).
        edition: name or folder of the edition whose members may cast a ballot; by default the newest.

    Raises:
        ValueError: there are too few or too many ballots, a code is unknown, a member is named twice, or a state is
            named that is not a member of the alliance.
    """

    members: tuple[str, ...]
    codes: IntArray
    edition: str | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.codes, np.ndarray):
            raise ValueError(f"codes = {self.codes!r:.60}: expected an array of ballots (run, member), as int8")
        if not isinstance(self.members, tuple):
            raise ValueError(f"members = {self.members!r:.60}: expected a tuple of codes, such as ('HUN', 'POL')")
        object.__setattr__(self, "members", _member_codes(self.members, self.edition))
        if self.codes.ndim != 2 or self.codes.shape[-1] != len(self.members):
            raise ValueError(
                f"{len(self.members)} members need codes of shape (run, {len(self.members)}), got {self.codes.shape}"
            )
        if self.codes.dtype != np.int8 or (self.codes.view(np.uint8) > SUPPORT).any():  # below OBJECT is above 127
            raise ValueError("a ballot is OBJECT (0), ACQUIESCE (1) or SUPPORT (2), as int8")

    @property
    def objections(self) -> npt.NDArray[np.int16]:
        """How many members object, (run,)."""
        return count(self.codes == OBJECT)

    @classmethod
    def of_ratifications(cls, members: tuple[str, ...], ratified: BoolArray, edition: str | None = None) -> Ballots:
        """Ballots that stand for ratifications, (run, member): support if complete, an objection if missing."""
        return cls(members, np.where(ratified, SUPPORT, OBJECT).astype(np.int8), edition)


@lru_cache(maxsize=64)
def _member_codes(members: tuple[str, ...], edition: str | None) -> tuple[str, ...]:
    """The codes of members, given by code or by name."""
    roster = read_roster(edition)
    outsiders = sorted({str(name) for name in members if roster.find(name) is None})
    if outsiders:
        raise ValueError(f"{', '.join(outsiders)}: not a member of the alliance, and so without a ballot")
    codes = tuple(map(roster.code, members))
    if len(set(codes)) != len(codes) or not codes:
        raise ValueError("each member casts one ballot: members must be named once each")
    return codes


def decide(ballots: Ballots, p: AccessionParameters) -> BoolArray:
    """Whether the alliance agrees, (run,): the ballots are the only input, and the parameters name the rule.

    Args:
        ballots: ballots of all members.
        p: ``consensus`` passes when nobody objects; ``unanimity_minus`` when at most ``tolerated`` object;
            ``qualified_majority`` when at least the share ``majority`` does not object; ``simple_majority`` when more
            than half support.

    >>> two = Ballots(("HUN", "POL"), np.array([[OBJECT, SUPPORT], [ACQUIESCE, SUPPORT]], dtype=np.int8))
    >>> decide(two, AccessionParameters()).tolist()
    [False, True]
    """
    if not isinstance(ballots, Ballots):
        raise ArgumentError(f"ballots = {shown(ballots)}: expected Ballots")
    if getattr(p, "rule", None) not in get_args(RuleName):
        raise ArgumentError(f"p = {shown(p)}: expected AccessionParameters")
    members = len(ballots.members)
    if p.rule == "consensus":
        return ballots.objections == 0
    if p.rule == "unanimity_minus":
        return ballots.objections <= p.tolerated
    if p.rule == "qualified_majority":
        return (members - ballots.objections) >= p.majority * members
    return (ballots.codes == SUPPORT).sum(axis=-1) * 2 > members


def formal_weight(power: str, members: tuple[str, ...]) -> int:
    """Number of ballots that a state has: one if it is a member, otherwise none.

    Args:
        power: the state, by code or by name in English.
        members: the members, likewise.

    Raises:
        ValueError: ``members`` is not a list of names.

    >>> formal_weight("RUS", ("HUN", "POL"))
    0
    """
    if not isinstance(members, tuple | list):
        raise ValueError(f"members = {members!r:.60}: expected a list of codes, such as ('HUN', 'POL')")
    find = read_roster().find
    return [find(name) or name for name in members].count(find(power) or power)


__all__ = [
    "ACQUIESCE",
    "ASPIRANT",
    "INVITED",
    "MEMBER",
    "NO_BALLOT",
    "OBJECT",
    "PROTOCOL_SIGNED",
    "RATIFYING",
    "SHELVED",
    "STAGES",
    "SUPPORT",
    "AccessionParameters",
    "Ballots",
    "Milestone",
    "RatificationParameters",
    "decide",
    "formal_weight",
]
