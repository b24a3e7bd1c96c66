"""What follows from a scenario's parameters alone: computed once a scenario, by scalar arithmetic, never in a step."""

from __future__ import annotations

import math
from collections.abc import Collection
from functools import cached_property
from statistics import NormalDist

import numpy as np

from article10.agents.arrays import BoolArray, FloatArray, relaxation
from article10.agents.bargaining import IntegerArray, capital_a_year
from article10.agents.members import threat_target
from article10.model.roster import Roster, read_roster
from article10.model.scenario import Scenario

QUARTER_DAYS = 91
"""Days between two changes of defence spending and of trust."""


SOUNDING_DAYS = 28
"""Days between two soundings of the members; bargaining moves on with each. Weekly ones would cost half as much time
again as all the rest."""


def quantile(probability: float) -> float:
    """Standard normal quantile, with the infinite ends; a draw below it happens with that probability."""
    if probability <= 0.0:
        return -np.inf
    return np.inf if probability >= 1.0 else NormalDist().inv_cdf(probability)


def review_steps(scenario: Scenario) -> int:
    """Steps between two reviews of Russia's choices."""
    return max(1, round(scenario.russia.review_weeks * 7 / scenario.step_days))


def quarter_steps(scenario: Scenario) -> int:
    """Steps of a quarter: defence spending and trust move no faster."""
    return max(1, round(QUARTER_DAYS / scenario.step_days))


class Constants:
    """Constants of one scenario. Those of a rate are the share of a gap that closes, or of a stock that is left.

    Exponentials and roots are taken here, of single numbers, because an array may round them otherwise: so a run has
    the same bits whatever scenarios are stepped beside its own.
    """

    def __init__(self, scenario: Scenario, roster: Roster, mechanisms: Collection[str]) -> None:
        """Remember what they follow from; each is computed when it is first needed.

        Args:
            scenario: the scenario, whose parameters define them.
            roster: its members.
            mechanisms: names of those that are on.
        """
        self._scenario, self._roster, self._mechanisms = scenario, roster, mechanisms
        self._dt = scenario.step_years
        self._quarter = quarter_steps(scenario) * self._dt

    # --- how stances move ---------------------------------------------------------------------------------------

    @cached_property
    def pace(self) -> float:
        """Combined rate at which a stance is pulled back to where assessment and peers hold it, a year."""
        s, on = self._scenario.stance, self._mechanisms
        return s.assessment_rate * ("assessment" in on) + s.peer_rate * ("peers" in on)

    @cached_property
    def effective_step(self) -> float:
        """Time by which rates of change of stance are multiplied: ``(1 - exp(-pace * dt)) / pace``, in years.

        The same for all mechanisms, so that their points of rest do not depend on the step.
        """
        return float(-np.expm1(-self.pace * self._dt) / self.pace) if self.pace > 0 else self._dt

    @cached_property
    def noise_sd(self) -> float:
        """Standard deviation of a step's noise in stance: exact for a relaxing stance, ``sqrt(dt)`` for a free one."""
        pace, dt = self.pace, self._dt
        variance = -np.expm1(-2 * pace * dt) / (2 * pace) if pace > 0 else dt
        return float(self._scenario.stance.shock * np.sqrt(variance))

    @cached_property
    def _shock_rate(self) -> float:
        """Range of a uniform draw with the variance of a step's noise, as the rate that gives it over one step."""
        return self.noise_sd / self.effective_step * math.sqrt(12.0)

    @cached_property
    def own_shock(self) -> np.float32:
        """What a member's own draw is multiplied by."""
        return np.float32(self._shock_rate * math.sqrt(1.0 - self._scenario.stance.shock_correlation))

    @cached_property
    def common_shock(self) -> np.float32:
        """What the draw that is common to all members is multiplied by."""
        return np.float32(self._shock_rate * math.sqrt(self._scenario.stance.shock_correlation))

    @cached_property
    def mean_shock(self) -> np.float32:
        """Mean of both together, which is taken off."""
        correlation = self._scenario.stance.shock_correlation
        own, common = self._shock_rate * math.sqrt(1.0 - correlation), self._shock_rate * math.sqrt(correlation)
        return np.float32((own + common) / 2.0)

    @cached_property
    def stances_learned(self) -> float:
        """Share of the distance by which members' knowledge of others' stances closes in a step."""
        s = self._scenario
        return relaxation(s.stance.clarity_rate + s.secretary_general.clarification_rate, self._dt)

    # --- members at the start -----------------------------------------------------------------------------------

    @cached_property
    def war_intensity(self) -> float:
        """Intensity of the war at the start."""
        war = self._scenario.war
        return war.ceasefire_intensity if war.starts_in_ceasefire else war.intensity

    @cached_property
    def threat(self) -> FloatArray:
        """Perceived threat at the start, (member,): that of the world at rest."""
        none = np.zeros((1, len(self._roster)))
        war = np.full((1, 1), self.war_intensity)
        return threat_target(self._roster.exposure, war, none[:, :1], none, none, self._scenario.threat)[0]

    @cached_property
    def given_stance(self) -> FloatArray:
        """Stance that a given ballot stands for, not a number where none is given, (member,)."""
        line = self._scenario.accession.objection_line
        stands_for = {"object": -1.0, "acquiesce": line / 2, "support": 1.0}
        given = np.full(len(self._roster), np.nan)
        for code, ballot in self._scenario.ballots.items():
            given[self._roster.index(code)] = stands_for[ballot]
        return given

    @cached_property
    def war_bar(self) -> FloatArray:
        """Code of each member's war bar, shifted by the scenario, in [0, 1]; 0 if its ballot is given, (member,)."""
        rule = self._scenario.accession
        shifted = np.clip(self._roster.war_bar + 1.0 - 2.0 * rule.war_bar, 0.0, 1.0)
        return shifted * (rule.candidate_at_war & np.isnan(self.given_stance))

    @cached_property
    def objects_at_rest(self) -> BoolArray:
        """Members that object by the stance that the edition codes, before any override, (member,).

        A scenario that states every member's stance itself, as those of past rounds do, has a state of rest of its own.
        """
        coded = self._roster if self._scenario.states_every_stance else read_roster(self._scenario.edition)
        stance = np.array([coded.stance[coded.index(code)] for code in self._roster.iso3])
        return stance < self._scenario.accession.objection_line

    @cached_property
    def capital(self) -> IntegerArray:
        """Political capital a year of each payer: the members, then the Secretary General's office, (payer,)."""
        p = self._scenario.bargaining
        return capital_a_year(self._roster.influence_weight, p.capital, p.office_capital)

    # --- what members feel and do -------------------------------------------------------------------------------

    @cached_property
    def threat_followed(self) -> float:
        """Share of the distance by which perceived threat closes on the world in a step."""
        return relaxation(self._scenario.threat.adjustment_rate, self._dt)

    @cached_property
    def incidents_left(self) -> float:
        """Share of remembered incidents that is left after a step."""
        return math.exp(-self._scenario.threat.incident_decay_rate * self._dt)

    @cached_property
    def trust_followed(self) -> float:
        """Share of the distance by which trust closes on its target in a quarter."""
        return relaxation(self._scenario.trust.adjustment_rate, self._quarter)

    @cached_property
    def spending_followed(self) -> float:
        """Share of the distance by which defence spending closes on its target in a quarter."""
        return relaxation(self._scenario.spending.adjustment_rate, self._quarter)

    @cached_property
    def incumbent_advantage(self) -> float:
        """Normal quantile of the probability that a government survives an election that is otherwise even."""
        return quantile(self._scenario.elections.incumbency)

    @cached_property
    def falls_a_quarter(self) -> float:
        """Probability that a government falls in a quarter."""
        return relaxation(self._scenario.elections.fall_rate, self._quarter)

    @cached_property
    def orientation(self) -> FloatArray:
        """Orientation of the government of the start, (member,)."""
        return -self._scenario.elections.ties_orientation * self._roster.government_ties

    @cached_property
    def alternative_orientation(self) -> FloatArray:
        """Orientation expected of the main alternative: as far from that of the start as their codes are, (member,)."""
        return self.orientation + self._roster.alternative_stance - self._roster.stance

    @cached_property
    def orientation_spread(self) -> FloatArray:
        """Standard deviation of a new government's orientation around what is expected, (member,)."""
        return self._scenario.elections.spread_scale * self._roster.alternative_spread

    # --- Russia and the candidate -------------------------------------------------------------------------------

    @cached_property
    def alarm_followed(self) -> float:
        """Share of the distance by which Russia's alarm closes on the nearness of accession in a step."""
        return relaxation(self._scenario.russia.alarm_rate, self._dt)

    @cached_property
    def hegemon_offers(self) -> float:
        """Normal quantile of the probability that the hegemon offers a plan at a review, while the war is hot."""
        return quantile(relaxation(self._scenario.plans.hegemon_rate, review_steps(self._scenario) * self._dt))

    @cached_property
    def pressure_left(self) -> float:
        """Share of pressure on a member that is left after a step."""
        return math.exp(-self._scenario.russia.pressure_decay_rate * self._dt)

    @cached_property
    def war_followed(self) -> float:
        """Share of the distance by which the war's intensity closes on its target in a step."""
        return relaxation(self._scenario.war.adjustment_rate, self._dt)

    @cached_property
    def guarantee_left(self) -> float:
        """Share of a non-binding guarantee that is left after a step."""
        return math.exp(-self._scenario.guarantees.decay_rate * self._dt)

    @cached_property
    def binding_guarantee_left(self) -> float:
        """Share of a binding guarantee that is left after a step."""
        return math.exp(-self._scenario.guarantees.binding_decay_rate * self._dt)

    @cached_property
    def aspiration_followed(self) -> float:
        """Share of the distance by which the candidate's aspiration closes on its target in a step."""
        return relaxation(self._scenario.candidate.aspiration_rate, self._dt)

    @cached_property
    def reformed(self) -> float:
        """Share of the outstanding reforms that is done in a step."""
        return relaxation(self._scenario.candidate.reform_rate, self._dt)
