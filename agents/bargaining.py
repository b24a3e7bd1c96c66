"""Consent is bargained: who holds out, how long, who yields for what, and who pays.

A **spell** is the time in which one member's objection stands between the alliance and a decision within reach. It is
*sincere* if the member's voiced stance lies below the objection line, *strategic* if the member could consent but holds
out for a price. Spells move no stance; they end in consent, with or without a payment, or with the government that held
out. Rules are pure functions of arrays. The sizes are estimated from a casebook of holdouts in bodies that decide by
unanimity (``model/data/casebook``; docs/evidence/holdout_spells.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
from pydantic import Field

from article10.agents.arrays import BoolArray, FloatArray, rows_times, share
from article10.agents.parameter import Meta, Parameters

IntegerArray = npt.NDArray[np.signedinteger[Any]]

MIDDLE_STAKES, MOST_STAKES = 2.0, 3.0
"""Stakes are 1, 2 or 3 in the casebook; its constants are read at the middle."""

DAYS_PER_YEAR = 365.25

NO_PAYMENT, FOR_OBJECTION, FOR_HOLD = 0, 1, 2
"""What a payment bought: nothing, the end of a sincere spell, or the end of a strategic one."""

CASEBOOK = "fit to model/data/casebook/holdout_spells.csv (90% interval)"


class BargainingParameters(Parameters):
    """How members hold out and yield, and who pays for consent."""

    consent: Annotated[
        bool,
        Field(description="Whether members bargain at all: hold out for a price, yield and consent."),
        Meta("", None, "a switch: without it, objections end only when stances move or the war cools"),
    ] = True
    reach: Annotated[
        int,
        Field(
            ge=0,
            le=100,
            description="Largest number of other objectors with whom a decision is within reach, so that a member's "
            "objection is worth bargaining over.",
        ),
        Meta("member", (2, 8), "95th percentile of objectors at the start of the holdouts in model/data/casebook"),
    ] = 4
    scale: Annotated[
        float,
        Field(
            gt=0,
            le=50,
            description="Time by which 63 in 100 spells have ended, without a forcing event or ties, at middle stakes.",
        ),
        Meta("year", (2.8, 7.9), CASEBOOK),
    ] = 4.72
    shape: Annotated[
        float,
        Field(
            gt=0,
            le=5,
            description="Weibull shape of the length of a spell: below 1, the longer it has lasted the longer it will.",
        ),
        Meta("1", (0.55, 0.78), CASEBOOK),
    ] = 0.66
    forcing_effect: Annotated[
        float,
        Field(
            ge=-5,
            le=5,
            description="Effect of a forcing event on the logarithm of the length of a spell.",
        ),
        Meta("1", (-2.93, -1.69), CASEBOOK),
    ] = -2.31
    stakes_effect: Annotated[
        float,
        Field(ge=-5, le=5, description="Effect of one step of stakes on the logarithm of the length of a spell."),
        Meta("1", (0.32, 1.04), CASEBOOK),
    ] = 0.68
    ties_effect: Annotated[
        float,
        Field(
            ge=-5,
            le=5,
            description="Effect of full ties with Russia on the logarithm of the length of a spell.",
        ),
        Meta("1", (-1.45, -0.43), CASEBOOK),
    ] = -0.94
    stakes_depth: Annotated[
        float,
        Field(
            gt=0,
            le=2,
            description="Depth of the voiced stance below the objection line that is one step of stakes.",
        ),
        Meta("stance", (0.1, 0.4), "assumption: stakes are low at the line and highest for the coded opposed"),
    ] = 0.225
    opportunism: Annotated[
        float,
        Field(
            ge=0,
            le=10,
            description="Rate at which an average member that could consent begins to hold out for a price, while a "
            "decision is within reach and nobody else objects.",
        ),
        Meta(
            "1/year",
            (0.015, 0.08),
            "quarrels per member-year of membership in NATO (0.030) and the EU (0.077): model/data/casebook",
        ),
    ] = 0.03
    second_spell: Annotated[
        float,
        Field(
            ge=0,
            le=1,
            description="Probability that a member that consented to the invitation holds out again at ratification.",
        ),
        Meta("1", (0.05, 0.24), "repeated quarrels in model/data/casebook (90% interval)"),
    ] = 0.14
    payment: Annotated[
        float,
        Field(ge=-10, le=10, description="Logit of the chance that a member that yields at middle stakes is paid."),
        Meta("logit", (0.65, 1.82), CASEBOOK),
    ] = 1.24
    payment_stakes: Annotated[
        float,
        Field(ge=-10, le=10, description="Rise of that logit with one step of stakes."),
        Meta("logit", (0.43, 1.85), CASEBOOK),
    ] = 1.14
    unpaid_share: Annotated[
        float,
        Field(
            ge=0,
            le=1,
            description="Share of those that ask to be paid that yield nevertheless when nobody can pay.",
        ),
        Meta("1", (0.0, 1.0), "assumption: no data identify it"),
    ] = 0.5
    capital: Annotated[
        int,
        Field(
            ge=0,
            le=1000,
            description="Political capital a year of a champion as heavy as the heaviest member; others have less in "
            "proportion to influence weight, rounded up. A payment costs as many units as its stakes.",
        ),
        Meta("unit/year", (2, 16), "assumption"),
    ] = 8
    office_capital: Annotated[
        int,
        Field(ge=0, le=1000, description="Political capital a year of the Secretary General's office."),
        Meta("unit/year", (0, 6), "assumption: the office brokered the memorandum of Madrid, 28 June 2022"),
    ] = 2
    agenda_weeks: Annotated[
        int,
        Field(
            ge=0,
            le=104,
            description="Weeks before a summit from which the question is on its agenda and so forces a decision.",
        ),
        Meta("week", (4, 16), "assumption: agendas are settled in the weeks before a summit", shapes=True),
    ] = 8
    cover_weight: Annotated[
        float,
        Field(
            ge=0,
            le=5,
            description="Rise of a hesitant member's voiced stance when members of the whole influence weight cease to "
            "object by their stance.",
        ),
        Meta(
            "stance",
            (0.0, 1.0),
            "assumption; in October 2024 members were named as hesitant behind the United States and Germany",
        ),
    ] = 0.5


@dataclass
class BargainArrays:
    """The state of bargaining in all runs, beside members' ``hold`` and ``consent``.

    Attributes:
        spell: whether a spell of the member is open, (run, member).
        quarter: the last quarter in which a spell of the member opened or ended, or -1, int16 (run, member).
        deal: whether Russia has a side deal with the member, which raises its price, (run, member).
        age: age of the spell, as a share of the time by which 63 in 100 like it have ended, (run, member).
        ends_at: age at which the member yields, (run, member).
        stood: years for which the objection of the government of the start has stood, until its first spell opens; 0
            for any other government, (run, member).
        temptation: years of this quarter in which the decision was within reach, divided by the number of objectors and
            one; a member that could consent holds out for a price once this reaches what it resists, (run,).
        resists: temptation that each member resists in this quarter, (run, member).
        weakest: the least of them, (run,).
        budget: political capital left to each payer, the members and then the office, int32 (run, payer).
        forced_until: step up to which a forcing event hangs over the decision, int32 (run,).
        forced_since: step in which the office last put the question on an agenda, int32 (run,).
    """

    spell: BoolArray
    quarter: IntegerArray
    deal: BoolArray
    age: FloatArray
    ends_at: FloatArray
    stood: FloatArray
    temptation: FloatArray
    resists: FloatArray
    weakest: FloatArray
    budget: IntegerArray
    forced_until: IntegerArray
    forced_since: IntegerArray

    def forget(self, rows: npt.NDArray[np.intp], places: npt.NDArray[np.intp] | slice) -> None:
        """Drop the spells and side deals of some members in some runs: with a new government, or a shelved bid."""
        self.spell[rows, places] = self.deal[rows, places] = False
        self.stood[rows, places] = 0.0


@dataclass(frozen=True)
class Payments:
    """Payments made in one step; arrays with one entry a payment.

    Attributes:
        row: position of the run.
        payer: position of the payer; after the members, that of the Secretary General's office.
        holdout: position of the member that was paid.
        amount: units of political capital.
        kind: FOR_OBJECTION or FOR_HOLD.
    """

    row: npt.NDArray[np.intp]
    payer: npt.NDArray[np.intp]
    holdout: npt.NDArray[np.intp]
    amount: IntegerArray
    kind: IntegerArray


def hesitancy(stance: FloatArray, per_code: float) -> FloatArray:
    """How hesitant members are, in [0, 1], (member,): 1 at the code -1 (hesitant), 0 at 0 (undecided) and -2 (opposed).

    Args:
        stance: coded stances, (member,).
        per_code: units of stance in one code.
    """
    return share(1.0 - np.abs(stance / per_code + 1.0))


def cover_matrix(hesitancy: FloatArray, weight: FloatArray) -> FloatArray:
    """Rise of each member's voiced stance if another ceases to object, at a cover weight of 1, (other, member).

    Args:
        hesitancy: how hesitant each member is, (member,).
        weight: influence weight, (member,).
    """
    return (weight[:, None] * hesitancy) * (1.0 - np.eye(len(weight)))


def cover(
    matrix: FloatArray, objects_at_rest: BoolArray, objects: BoolArray, lent: FloatArray, p: BargainingParameters
) -> FloatArray:
    """What each member adds to its stance when it voices it, (run, member): the hesitant hide behind others.

    ``cover_weight * h_i * (W0 - W)``: W is the influence weight of the *other* members that object by their stance, W0
    the same at rest. The hegemon lends cover only as far as it is trusted.

    Args:
        matrix: from ``cover_matrix``, (other, member).
        objects_at_rest: whether each member objects by its stance at rest, (member,) or (run, member).
        objects: whether each objects by its stance now, (run, member).
        lent: rise of each member's voiced stance because the hegemon, which objects, is trusted less, (run, member).
        p: the weight.
    """
    found = rows_times(objects_at_rest - objects.astype(np.float64), matrix)
    found += lent
    found *= p.cover_weight
    return found


def resists(draw: FloatArray, opportunism: FloatArray) -> FloatArray:
    """Temptation that members resist in a quarter, in years within reach as the only one that might object.

    Args:
        draw: uniform draws, (run, member).
        opportunism: each member's rate of beginning to hold out, per year, (member,) or (run, member).
    """
    exponential = -np.log1p(-draw)
    return np.divide(exponential, opportunism, out=np.full(draw.shape, np.inf), where=np.greater(opportunism, 0.0))


def stakes(depth: FloatArray, hold: BoolArray, raised: FloatArray | float, p: BargainingParameters) -> FloatArray:
    """Stakes of a spell: from 1 to 3 by depth of the voiced stance below the objection line, or 2 for a price.

    Russia's counter-offer comes on top.

    Args:
        depth: objection line less voiced stance.
        hold: whether the spell is strategic.
        raised: steps by which a side deal with Russia raises them.
        p: the depth of one step.
    """
    sincere = np.minimum(1.0 + np.maximum(depth, 0.0) / p.stakes_depth, MOST_STAKES)
    return np.where(hold, MIDDLE_STAKES, sincere) + raised


def pace(forced: BoolArray, at_stake: FloatArray, ties: FloatArray, p: BargainingParameters) -> FloatArray:
    """Rate at which a spell ages, per year: 1 over the time by which 63 in 100 like it have ended.

    Accelerated failure time: each covariate multiplies the length of a spell by the exponential of its effect.

    Args:
        forced: whether a forcing event hangs over the decision.
        at_stake: stakes.
        ties: the government's ties with Russia, in [0, 1].
        p: scale and effects.
    """
    longer = p.forcing_effect * forced + p.stakes_effect * (at_stake - MIDDLE_STAKES) + p.ties_effect * ties
    rate: FloatArray = np.exp(-longer) / p.scale
    return rate


def ends_at(age: FloatArray, draw: FloatArray, p: BargainingParameters) -> FloatArray:
    """Age at which a spell ends, given that it has reached an age: ``(age**shape + draw)**(1/shape)``.

    Args:
        age: age at the opening, 0 for a new spell.
        draw: standard exponential draws.
        p: the shape.
    """
    shape = np.full_like(age, p.shape)
    end: FloatArray = np.power(np.power(age, shape) + draw, 1.0 / shape)
    return end


def asks_to_be_paid(draw: FloatArray, at_stake: FloatArray, p: BargainingParameters) -> BoolArray:
    """Whether members that yield ask to be paid: a logit of the stakes.

    Args:
        draw: uniform draws.
        at_stake: stakes.
        p: the logit.
    """
    index = p.payment + p.payment_stakes * (at_stake - MIDDLE_STAKES)
    asks: BoolArray = draw < 1.0 / (1.0 + np.exp(-index))
    return asks


def capital_a_year(weight: FloatArray, capital: int, office_capital: int) -> IntegerArray:
    """Political capital a year of each payer, in whole units, int32 (payer,): the members', then the office's.

    Args:
        weight: influence weight, (member,).
        capital: that of the heaviest member.
        office_capital: that of the office.
    """
    return np.append(np.ceil(capital * (weight / weight.max())), office_capital).astype(np.int32)


def refilled(budget: IntegerArray, a_year: IntegerArray, quarter: int) -> IntegerArray:
    """Budgets after the refill of a quarter, a fourth of the yearly capital in whole units, and never more than that.

    Args:
        budget: capital left, (run, payer).
        a_year: capital a year, (payer,) or (run, payer).
        quarter: number of the quarter; four in a row refill the whole.
    """
    place = quarter % 4
    return np.minimum(budget + a_year * (place + 1) // 4 - a_year * place // 4, a_year)


def eagerness(stance: FloatArray, hold: BoolArray, weight: FloatArray, champion_line: FloatArray | float) -> FloatArray:
    """How eager payers are, the members and then the office, (case, payer): champions by influence weight times stance.

    The office has 0, and so pays if no champion can. Members that are no champions, or hold out themselves, have -1.

    Args:
        stance: of each member, (case, member).
        hold: whether each holds out, (case, member).
        weight: influence weight, (member,).
        champion_line: stance from which a member is a champion, a number or (case, 1).
    """
    champions = np.where((stance >= champion_line) & ~hold, weight * stance, -1.0)
    return np.concatenate([champions, np.zeros((len(stance), 1))], axis=1)


def payer_of(
    price: IntegerArray, holdout: npt.NDArray[np.intp], budget: IntegerArray, eager: FloatArray
) -> npt.NDArray[np.intp]:
    """Who pays each of some holdouts, (case,): the most eager payer that can afford it, or -1 for nobody.

    Args:
        price: units of political capital, (case,).
        holdout: position of the member that is paid, which cannot pay itself, (case,).
        budget: capital left to each payer, (case, payer).
        eager: from ``eagerness``, below 0 for those that do not pay, (case, payer).
    """
    able = (budget >= price[:, None]) & (eager >= 0.0)
    able[np.arange(len(price)), holdout] = False
    return np.where(able.any(axis=1), np.where(able, eager, -1.0).argmax(axis=1), -1)
