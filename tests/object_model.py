"""The equations of docs/odd.md once more, one object an actor and one number at a time, for one run.

Written from that page for tests/test_docking.py. It imports no rule of the package: only Mesa, the scenario's declared
values, the roster's numbers, the calendars and the outlook's table (input data) and the run's random draws.
"""

from __future__ import annotations

import csv
import datetime as dt
import math
from pathlib import Path
from statistics import NormalDist
from typing import NamedTuple

import mesa
import numpy as np

from article10.model.calendars import council_dates, election_dates, term_years

ASPIRANT, INVITED, SIGNED, RATIFYING, MEMBER, SHELVED = range(6)
OBJECT, ACQUIESCE, SUPPORT = range(3)
FOR_OBJECTION, FOR_HOLD = 1, 2
OFFICE = -1  # the Secretary General's office, among payers
INSTRUMENTS = ("press", "prolong", "offer", "side_deals", "escalate")
DATA = Path(__file__).parents[1] / "model" / "data"
SAME_ELECTION = 60
VOTES = ("election", "snap_election")
BITES_BY = {"energy": "structural", "airspace": "exposure", "migration": "exposure", "sabotage": "exposure"}


def unit(x):
    return min(max(x, 0.0), 1.0)


def quantile(p):
    """Of the standard normal distribution; certainty is infinite."""
    return -math.inf if p <= 0.0 else math.inf if p >= 1.0 else NormalDist().inv_cdf(p)


def exponential(u):
    """A standard exponential draw from a uniform one."""
    return -math.log1p(-u)


def logistic(x):
    return 1.0 / (1.0 + math.exp(-x))


class Plan(NamedTuple):
    """What Russia or the hegemon offers; an event of the scenario has the same terms."""

    force_cap: float
    guarantee: float
    ceasefire: bool = True
    no_membership: bool = True
    binding: bool = False


class State(mesa.Agent):
    """A member state."""

    def __init__(self, model, place, roster, z):
        super().__init__(model)
        self.place, self.iso3 = place, roster.iso3[place]
        self.weight = float(roster.influence_weight[place])
        self.affinity = {code: float(a) for code, a in zip(roster.iso3, roster.affinity[place], strict=True)}
        self.exposure = float(roster.exposure[place])
        self.structural = float(roster.structural_susceptibility[place])
        self.caution = float(roster.caution[place])
        self.given = {"object": -1.0, "acquiesce": model.line / 2, "support": 1.0}.get(model.s.ballots.get(self.iso3))
        self.war_line = self.line_of_war(float(roster.war_bar[place]))
        self.hesitancy = unit(1.0 - abs(float(roster.stance[place]) / 0.3 + 1.0))
        self.speed = float(roster.ratification_speed[place])
        self.ties = self.first_ties = float(roster.government_ties[place])
        self.spending = self.first_spending = float(roster.defence_spending[place])
        spread = model.s.stance.spread_scale * float(roster.stance_spread[place])
        self.stance = min(max(float(roster.stance[place]) + spread * z, -1.0), 1.0)
        self.seen = self.stance
        self.usual = self.orientation = -model.s.elections.ties_orientation * self.ties
        self.other = self.orientation + float(roster.alternative_stance[place]) - float(roster.stance[place])
        self.other_ties = float(roster.alternative_ties[place])
        self.strength = min(max(quantile(float(roster.alternative_probability[place])), -8.0), 8.0)
        self.departs = model.s.elections.spread_scale * float(roster.alternative_spread[place])
        self.can_fall, self.alternative = bool(roster.can_fall[place]), False
        self.opportunism, self.standing = float(roster.opportunism[place]), float(roster.standing_days[place])
        self.hold = self.consent = self.spell = self.deal = False
        self.last_quarter, self.age, self.ends_at = None, 0.0, 0.0
        self.incidents = self.pressure = self.felt = self.persuasion = self.cover = 0.0
        self.progress, self.ratified = 0.0, False
        self.threat = self.first_threat = self.exposure * model.s.threat.war_weight * model.war0
        self.share = 0.0
        self.next_stance = self.stance

    def settle(self):
        """What follows from everybody's first stance."""
        p = self.model.s.stance
        raw = {o.iso3: o.weight * self.affinity[o.iso3] for o in self.model.states if o is not self}
        total = sum(raw.values())
        self.network = {code: value / total for code, value in raw.items()}
        self.peers = [(self.network[o.iso3], o) for o in self.model.states if o is not self]
        mean = sum(weight * o.stance for weight, o in self.peers)
        self.disposition = self.stance - p.peer_rate / p.assessment_rate * (mean - self.stance) - self.orientation
        self.trust = self.first_trust = self.trust_target()
        self.update_susceptibility()
        self.observed, self.response = self.stance, -self.model.s.russia.expected_response * self.susceptibility

    @property
    def danger(self):
        """That the war reaches the member if the candidate is admitted now."""
        return self.model.exposed * (self.model.war + self.model.s.article5.incident_fear * self.incidents)

    def trust_target(self):
        return 1.0 - self.model.s.trust.divergence_cost / 2.0 * abs(self.model.hegemon.seen - self.stance)

    def update_susceptibility(self):
        rise = max(self.spending - self.first_spending, 0.0)
        structural = unit(self.structural * (1.0 - self.model.s.spending.resilience * rise))
        self.susceptibility = 1.0 - (1.0 - structural) * (1.0 - self.ties)

    def line_of_war(self, code):
        """Intensity of the war above which the member objects because of it."""
        rule, hot = self.model.s.accession, self.model.s.war.hot_line
        code = unit(code + 1.0 - 2.0 * rule.war_bar)
        if code == 0.0 or not rule.candidate_at_war or self.given is not None:
            return math.inf
        u = float(self.model.draws["war_bar"][0][self.place])
        return hot + (1.0 - hot) * (1.0 - code) * (1.0 + rule.war_bar_spread * code * (2.0 * u - 1.0))

    # --- governments

    def wins(self, draw):
        """Whether an election brings the main alternative to power, or leaves it there."""
        advantage = quantile(self.model.s.elections.incumbency)
        return draw < self.strength + (advantage if self.alternative else -advantage)

    def expected(self, alternative):
        return self.other if alternative else self.usual

    def vote(self, draw, z):
        wins = self.wins(draw)
        if wins != self.alternative:
            self.take_office(wins, self.expected(wins) + self.departs * z)

    def take_office(self, alternative, orientation, ties=None):
        """A new government: its ties are those of its side if not given; what the last one held is open again."""
        self.alternative, self.orientation = alternative, orientation
        usual = self.other_ties if alternative else self.first_ties
        self.ties = usual if ties is None else ties
        self.hold = self.consent = self.spell = self.deal = False
        self.standing = 0.0
        self.update_susceptibility()

    def take_office_by(self, event, alternative, drawn, ties=None):
        """The same after an event, which may give the new government's orientation, its ties, or both."""
        orientation = drawn
        if event.orientation is not None:
            orientation = event.orientation
            alternative = abs(orientation - self.other) < abs(orientation - self.usual)
            ties = self.ties_of(orientation)
        self.take_office(alternative, orientation, ties if event.government_ties is None else event.government_ties)

    def ties_of(self, orientation):
        p = self.model.s.elections
        line = self.disposition if self.first_ties > 0.0 else min(p.ties_line, self.disposition)
        return unit((line - self.disposition - orientation) / p.ties_orientation)

    def change_government(self, quarter, begins):
        """Falls at the beginning of a quarter, with or without an early election, and elections that are due."""
        m, p = self.model, self.model.s.elections
        if not begins and self.due != m.now:
            return
        draw, z = map(float, m.draws["elections"][quarter][self.place])
        whether, early = map(float, m.draws["government_falls"][quarter][self.place])
        chance = -math.expm1(-p.fall_rate * m.quarter_steps * m.dt)
        falls = begins and self.can_fall and whether < chance
        if falls and early >= p.snap_share:
            moved = self.orientation + p.leader_departure * self.departs * z
            self.take_office(self.alternative, moved, self.ties)
        if self.due == m.now or (falls and early < p.snap_share):
            self.due = self.following_election()
            self.vote(draw, z)

    def following_election(self):
        now, calendar = self.model.now, self.elections
        if now in calendar:
            return next((step for step in calendar if step > now), None)
        return (now // self.model.quarter_steps + 4 * self.term) * self.model.quarter_steps

    def perceive(self):
        m = self.model
        t = m.s.threat
        target = self.exposure * (t.war_weight * m.war + t.front_weight * m.front + t.pressure_weight * self.felt)
        target += t.incident_weight * self.incidents
        self.threat += m.relax(t.adjustment_rate) * (target - self.threat)
        self.incidents *= math.exp(-t.incident_decay_rate * m.dt)
        faster = m.s.secretary_general.clarification_rate
        self.seen += m.relax(m.s.stance.clarity_rate + faster) * (self.stance - self.seen)

    def rates(self):
        """The rate of change of stance by each mechanism."""
        m, p, g = self.model, self.model.s.stance, self.model.s.guarantees
        aim = self.disposition + self.orientation + p.threat_weight * (self.threat - self.first_threat)
        aim -= p.entrapment_weight * self.caution * (self.danger - m.war0)
        mean = sum(weight * o.seen for weight, o in self.peers)
        peers = p.peer_rate * (mean - self.stance)
        if self is not m.hegemon:
            lost = (self.first_trust - self.trust) * self.network[m.hegemon.iso3]
            peers -= p.peer_rate * lost * (m.hegemon.seen - self.stance)
        return (
            p.assessment_rate * (aim - self.stance),
            peers,
            -p.intimidation_weight * self.susceptibility * self.felt,
            p.hardening_weight * (1.0 - self.susceptibility) * self.felt,
            (g.relief * self.caution - g.urgency_weight * g.substitution) * m.guarantee_change,
            m.s.secretary_general.persuasion_weight * self.persuasion,
            m.shock(self.place),
        )

    def decide(self):
        """Where the stance will be; it goes there when all have decided."""
        self.next_stance = min(max(self.stance + self.model.effective_step * sum(self.rates()), -1.0), 1.0)

    def move(self):
        self.stance = self.next_stance

    # --- consent

    @property
    def voiced(self):
        return self.stance + self.cover if self.given is None else self.given

    @property
    def below(self):
        return self.voiced < self.model.line

    @property
    def barred(self):
        """Whether the member holds that the candidate cannot be admitted in this war."""
        return self.model.war > self.war_line

    def ballot(self):
        if self.barred or self.hold or (self.below and not self.consent):
            return OBJECT
        return SUPPORT if self.voiced >= 0.0 else ACQUIESCE

    def be_sounded(self):
        """What the soundings of this step find, before anybody responds to them."""
        self.found_voiced, self.found_below, self.found_barred = self.voiced, self.below, self.barred
        self.objects = self.ballot() == OBJECT
        self.by_stance = self.below and not self.consent
        self.in_peace = self.by_stance or self.hold
        if self.model.stage in (RATIFYING, MEMBER) and self.ratified:
            self.objects = self.by_stance = self.in_peace = False

    def take_cover(self):
        """Hide behind those that still object by their stance as at rest; come out as they cease to."""
        m = self.model
        gone = sum(o.weight * (o.rest - o.by_stance) for o in m.states if o is not self)
        if self is not m.hegemon:
            gone += (self.first_trust - self.trust) * m.hegemon.weight * m.hegemon.by_stance
        self.cover = m.s.bargaining.cover_weight * self.hesitancy * gone

    @property
    def own_stakes(self):
        """Stakes without a side deal."""
        depth = max(self.model.line - self.found_voiced, 0.0)
        return 2.0 if self.hold else min(1.0 + depth / self.model.s.bargaining.stakes_depth, 3.0)

    @property
    def stakes(self):
        return self.own_stakes + (self.model.s.instruments.side_deal_stakes if self.deal else 0.0)

    def pace(self, forced, stakes=None):
        """How fast a spell ages, a year, at the member's stakes if no others are given."""
        p, stakes = self.model.s.bargaining, self.stakes if stakes is None else stakes
        longer = p.stakes_effect * (stakes - 2.0) + p.ties_effect * self.ties + (p.forcing_effect if forced else 0)
        return math.exp(-longer) / p.scale

    def hold_out_again(self, quarter):
        """Withdraw consent to the invitation once the protocol is signed."""
        again = float(self.model.draws["spells"][quarter][4, self.place])
        if self.consent and again < self.model.s.bargaining.second_spell:
            self.consent, self.hold = False, self.hold or not self.found_below

    def open_spell(self, quarter):
        m, p = self.model, self.model.s.bargaining
        opens, ends, *_ = map(float, m.draws["spells"][quarter][:, self.place])
        rested = self.last_quarter != quarter
        if self.free and rested and not (self.consent or self.hold or self.found_below):
            rate = p.opportunism * self.opportunism
            self.hold = rate > 0.0 and m.temptation >= exponential(opens) / rate
        if not (self.hold or self.found_below):
            self.spell = False
        stands = self.hold or (self.found_below and not self.consent)
        if self.free and rested and stands and not self.spell:
            self.age = 0.0
            if not self.hold:
                self.age, self.standing = self.pace(forced=False) * self.standing / 365.25, 0.0
            self.ends_at = (self.age**p.shape + exponential(ends)) ** (1.0 / p.shape)
            self.spell, self.last_quarter = True, quarter

    def yield_if_due(self, quarter):
        m, p = self.model, self.model.s.bargaining
        if not (self.free and self.spell):
            return
        self.age += m.sounding_steps * m.dt * self.pace(forced=m.stage == ASPIRANT and m.forced_until >= m.now)
        if self.age < self.ends_at:
            return
        _, _, asks, unpaid, _ = map(float, m.draws["spells"][quarter][:, self.place])
        index = p.payment + p.payment_stakes * (self.stakes - 2.0)
        self.spell, self.last_quarter = False, quarter
        if asks >= 1.0 / (1.0 + math.exp(-index)) or m.pay(self, round(self.stakes)) or unpaid < p.unpaid_share:
            self.consent, self.hold = True, False

    def ratify(self, draw, before, after):
        p = self.model.s.ratification
        shown = max(self.voiced, self.model.line / 2) if self.consent else self.voiced
        willing = unit((shown - self.model.line) / (p.full_stance - self.model.line))
        if not (self.barred or self.hold):
            self.progress += (self.speed * p.urgency) ** p.shape * willing * (after**p.shape - before**p.shape)
        self.ratified = self.progress >= draw


class Outlook:
    """The chance of accession and the years of hot war within ten years, by the edition's table."""

    def __init__(self, edition):
        with (DATA / edition / "outlook.csv").open(encoding="utf-8", newline="") as file:
            self.rows = list(csv.DictReader(file))

    def ahead(self, stage, hot, beyond, objectors):
        signed, objectors = float(stage in (SIGNED, RATIFYING)), math.log2(1.0 + max(objectors, 0.0))
        terms = {
            "intercept": 1.0,
            "invited": float(stage == INVITED),
            "signed": signed,
            "war_is_hot": float(hot),
            "war_beyond_hot_line": beyond if hot else 0.0,
            "objectors": objectors,
            "objectors_once_signed": signed * objectors,
        }
        chance, years = (
            sum(float(r[column] or 0.0) * terms[r["term"]] for r in self.rows) for column in ("accession", "hot_war")
        )
        return logistic(chance), 10.0 * logistic(years)


class Russia(mesa.Agent):
    """Whom it presses, with which instruments, and what that takes."""

    def __init__(self, model):
        super().__init__(model)
        self.resources, self.alarm, self.spent, self.last_offer = 1.0, 0.0, 0.0, -math.inf
        self.uses = dict.fromkeys(INSTRUMENTS, 0.0)
        self.used = dict.fromkeys(INSTRUMENTS, 0.0)
        self.between = max(1, round(7 * model.s.russia.review_weeks / model.s.step_days))
        self.looks_ahead = model.s.russia.strategy == "forward_looking"

    @property
    def prolongs(self):
        """Share to which it prolongs the war in order to bar membership."""
        if self.looks_ahead:
            return self.uses["prolong"]
        return self.alarm if self.model.s.instruments.prolong else 0.0

    @property
    def payoff(self):
        s, m = self.model.s, self.model
        ground = s.russia.ambition * s.instruments.prize * m.front
        return ground - float(m.stage == MEMBER) - s.instruments.cost_weight * self.spent

    def act(self):
        m, p = self.model, self.model.s.russia
        near = max(self.stage_alarm(), unit(1.0 - m.in_peace / m.s.secretary_general.reach))
        self.alarm += m.relax(p.alarm_rate) * ((0.0 if m.shelved else near) - self.alarm)
        if m.now % self.between == 0:
            number, years = m.now // self.between, self.between * m.dt
            self.review(number, years)
            m.hear_the_hegemon(number, years)
        effort = self.full_effort() * self.uses["press"]
        lost = p.war_cost * p.ambition * (m.war - m.war0)
        self.resources = max(self.resources + m.dt * (p.recovery_rate * (1.0 - self.resources) - lost), 0.0)
        kept = math.exp(-p.pressure_decay_rate * m.dt)
        for state in m.states:
            state.pressure = kept * state.pressure + (1.0 - kept) / p.pressure_decay_rate * effort * state.share
            state.felt = 1.0 - math.exp(-state.pressure)

    def full_effort(self):
        p = self.model.s.russia
        urge = p.base_effort + (1.0 - p.base_effort) * self.alarm
        return p.effort * (1.0 - p.ambition) * self.resources * urge

    def stage_alarm(self):
        p = self.model.s.russia
        of_stage = {INVITED: p.alarm_at_invitation, SIGNED: p.alarm_at_signature, RATIFYING: 1.0, MEMBER: 1.0}
        return of_stage.get(self.model.stage, 0.0)

    def review(self, number, years):
        m, i = self.model, self.model.s.instruments
        self.observe(number, years)
        cost = {
            "press": years * i.press_cost,
            "prolong": years * i.prolong_cost,
            "offer": 0.0,
            "side_deals": years * i.side_deal_cost,
            "escalate": years * i.escalation_cost,
        }
        budget = years * (1.0 - m.s.russia.ambition) * self.resources
        self.uses = dict.fromkeys(INSTRUMENTS, 0.0)
        target = self.deal_partner()
        if self.looks_ahead:
            self.choose(number, years, cost, budget, target)
        elif i.press and any(o.share > 0 for o in m.states):
            self.uses["press"] = min(1.0, budget / cost["press"])
        self.spent += sum(self.uses[name] * cost[name] for name in INSTRUMENTS)
        for name in INSTRUMENTS:
            self.used[name] += self.uses[name]
        for o in m.states:
            o.deal = self.uses["side_deals"] > 0.0 and o is target
            if m.ceasefire:
                o.incidents += i.incident_severity * self.uses["escalate"] * o.exposure
        if m.ceasefire and self.uses["escalate"] > 0.0:
            m.happened.add("incident by escalation")
        if self.uses["offer"] > 0.0:
            self.last_offer = m.now
            taken = m.put_plan(Plan(i.offer_cap, 0.0), float(m.draws["plans"][number][0]))
            m.happened.add("offer accepted" if taken else "offer refused")

    def observe(self, number, years):
        m, p = self.model, self.model.s.russia
        weights = {}
        for o in m.states:
            observed = o.stance + p.observation_error * float(m.draws["observation"][number][o.place])
            if number > 0:
                o.response += p.learning * o.felt * ((observed - o.observed) / years - o.response)
            o.observed = observed
            near = math.exp(-(((observed - m.line) / p.focus) ** 2))
            weights[o.place] = {
                "inert": 0.0,
                "uniform": 1.0,
                "weakest_link": near * o.susceptibility**2,
                "forward_looking": near * o.susceptibility**2,
                "heavyweights": o.weight,
                "adaptive": near * max(-o.response, 0.0),
            }[p.strategy]
        total = sum(weights.values())
        for o in m.states:
            o.share = weights[o.place] / total if total > 0 else 0.0

    def deal_partner(self):
        partners = [o for o in self.model.by_place if o.spell and (o.by_stance or o.hold)]
        return max(partners, key=lambda o: o.susceptibility, default=None)

    # --- the choice among instruments

    def choose(self, number, years, cost, budget, target):
        """Take the instruments of the greatest worth as far as the budget goes."""
        m, i = self.model, self.model.s.instruments
        if m.shelved or m.stage == MEMBER:
            return
        worth = {}
        for name, gain in self.gains(years, target).items():
            if getattr(i, name):
                draw = float(m.draws["instruments"][number][INSTRUMENTS.index(name)])
                error = -math.log(draw) - 0.5772156649015329
                worth[name] = gain - i.cost_weight * cost[name] + i.choice_error * error
        for name in sorted(worth, key=lambda each: (-worth[each], INSTRUMENTS.index(each))):
            if worth[name] <= 0.0:
                break
            if cost[name] <= budget:
                self.uses[name] = 1.0
            elif name == "press":
                self.uses[name] = budget / cost[name]
            budget = max(budget - self.uses[name] * cost[name], 0.0)  # rounding leaves nothing to be owed

    def gains(self, years, target):
        """What each instrument would do that can be used now."""
        m, i, p, w = self.model, self.model.s.instruments, self.model.s.russia, self.model.s.war
        n = sum(self.sees_objection(o) for o in m.states)
        ground = p.ambition * i.prize * w.front_drift
        chance, hot_years = m.look_ahead(n)
        paused, paused_years = m.look_ahead(n, hot=False)
        found = {}
        if any(o.share > 0 for o in m.states):
            effort = self.full_effort()
            falls = {o: -o.response * (1.0 - math.exp(-years * effort * o.share)) for o in m.states}
            found["press"] = chance - m.look_ahead(n + self.new_objectors(falls))[0]
        if not m.ceasefire:
            pause = 1.0 - math.exp(-years * w.ceasefire_rate * (1.0 - p.ambition))
            found["prolong"] = pause * w.prolongation * (paused - chance + ground * (hot_years - paused_years))
        rested = (m.now - self.last_offer) * m.s.step_days >= 7 * i.offer_weeks
        if m.war > w.hot_line and not m.ceasefire and m.s.candidate.may_shelve and rested:
            accepts = logistic(1.702 * m.worth(Plan(i.offer_cap, 0.0)))
            found["offer"] = accepts * (chance - ground * (hot_years - paused_years))
        if target is not None:
            stakes = target.own_stakes
            without, with_deal = (
                1.0 - math.exp(-years * target.pace(False, each)) for each in (stakes, stakes + i.side_deal_stakes)
            )
            found["side_deals"] = (without - with_deal) * (m.look_ahead(max(n - 1, 0))[0] - chance)
        if m.ceasefire:
            found["escalate"] = chance - m.look_ahead(n + self.new_objectors(self.feared_incidents()))[0]
        else:
            hotter = m.look_ahead(n, war=m.war + i.escalation, hot=True)[0]
            found["escalate"] = chance - hotter + ground * i.escalation * years
        return found

    def feared_incidents(self):
        """Fall of each stance from the incidents of one review."""
        m, s = self.model, self.model.s
        threat = s.stance.threat_weight * s.threat.incident_weight
        fear = s.stance.entrapment_weight * s.article5.incident_fear * m.exposed
        return {o: s.instruments.incident_severity * o.exposure * (fear * o.caution - threat) for o in m.states}

    def sees_objection(self, o):
        return not o.ratified and (o.hold or (o.observed + o.cover < self.model.line and not o.consent))

    def new_objectors(self, falls):
        """Expected number of those whom the falls of stances bring to object."""
        steep = 1.702 / max(self.model.s.russia.observation_error, 0.01)
        total = 0.0
        for o, fall in falls.items():
            if not (o.hold or o.consent or o.ratified):
                apart = o.observed + o.cover - self.model.line
                total += logistic(steep * (fall - apart)) - logistic(-steep * apart)
        return total


class ObjectModel(mesa.Model):
    """One run; step it ``scenario.n_steps`` times."""

    def __init__(self, scenario, draws, reverse=False):
        super().__init__(rng=1)
        s = self.s = scenario
        self.draws = {name: values[:, 0] for name, values in draws.items()}
        self.dt, self.line, self.now = s.step_days / 365.25, s.accession.objection_line, 0
        self.war = self.war0 = s.war.ceasefire_intensity if s.war.starts_in_ceasefire else s.war.intensity
        self.war_level, self.front, self.ceasefire = s.war.intensity, 0.0, s.war.starts_in_ceasefire
        self.force_cap, self.happened = 0.0, set()
        self.russia, self.outlook = Russia(self), Outlook(s.edition)
        self.deterrence, self.exposed = s.article5.deterrence, 1.0
        self.attacked_step = None
        self.aspiration, self.readiness = s.candidate.aspiration, s.candidate.readiness
        self.shelved = self.bound = False
        self.loose, self.binding = (0.0 if s.guarantees.renewal else s.guarantees.initial), 0.0
        self.stage = {"aspirant": ASPIRANT, "invited": INVITED, "protocol_signed": SIGNED}[s.accession.stage]
        self.talks, self.campaign, self.weeks_clear = 0.0, 0.0, None
        self.quarter_steps, self.sounding_steps = max(1, round(91 / s.step_days)), max(1, round(28 / s.step_days))
        self.temptation = 0.0
        self.sat = 0.0
        roster = s.members()
        z = self.draws["initial_stance"][0]
        self.states = [State(self, i, roster, float(z[i])) for i in range(len(roster.iso3))]
        self.hegemon = max(self.states, key=lambda state: state.weight)
        self.by_place = tuple(self.states)
        if reverse:
            self.states.reverse()
        for state in self.states:
            state.settle()
        coded = (s if s.states_every_stance else s.model_copy(update={"roster": {}})).members().stance
        for state in self.states:
            state.rest = bool(coded[state.place] < self.line)
        self.pledge = sum(state.spending for state in self.states) / len(self.states)
        self.pledge_target, self.pledge_deadline = s.spending.pledge, float(s.spending.pledge_deadline)
        self.until = {}
        for state in self.by_place:
            self.schedule_elections(state)
        heaviest = self.hegemon.weight
        self.capital = {o.place: math.ceil(s.bargaining.capital * (o.weight / heaviest)) for o in self.states}
        self.capital[OFFICE] = s.bargaining.office_capital
        self.budget, self.payments = dict(self.capital), []
        self.forced_until, self.forced_at = -1, -math.inf
        self.call_meetings()
        pull = s.stance.assessment_rate + s.stance.peer_rate
        self.effective_step = -math.expm1(-pull * self.dt) / pull
        self.noise = s.stance.shock * math.sqrt(-math.expm1(-2 * pull * self.dt) / (2 * pull))
        self.take_stock()

    def schedule_elections(self, state):
        s = self.s
        votes = [e for e in s.events if e.kind in VOTES and e.member == state.iso3 and e.date]
        early = [e.date for e in votes if e.kind == "snap_election"]
        days = election_dates(state.iso3, s.start, s.horizon, early, s.edition)
        kept = [day for day in days if all(abs((day - e.date).days) > SAME_ELECTION for e in votes)]
        state.elections = [self.step_of(day) for day in kept]
        state.due = state.elections[0] if state.elections else None
        state.term = term_years(state.iso3, s.edition)

    def call_meetings(self):
        """Steps with a meeting, those of them that leave the question out, and summits that can force a decision."""
        s, weeks = self.s, round(self.s.bargaining.agenda_weeks * 7 / self.s.step_days)
        usual = council_dates(s.start, s.horizon + dt.timedelta(days=(weeks + 1) * s.step_days), s.edition)
        called = [(self.step_of(e.date), e.agenda) for e in s.events if e.kind == "summit" and e.date]
        with_question = {self.step_of(day) for day, _ in usual if day <= s.horizon} | {k for k, on in called if on}
        self.councils = with_question | {k for k, _ in called}
        self.mute = self.councils - with_question
        self.summits = sorted(
            {self.step_of(d) for d, kind in usual if kind == "summit"} | {k for k, on in called if on}
        )
        self.agenda_steps = weeks

    def step_of(self, day):
        return (day - self.s.start).days // self.s.step_days

    def relax(self, rate):
        return -math.expm1(-rate * self.dt)

    @property
    def guarantee(self):
        g = self.s.guarantees
        return min(self.binding + g.non_binding_weight * (self.loose + (g.initial if g.renewal else 0.0)), 1.0)

    @property
    def guarantee_change(self):
        return self.guarantee - self.s.guarantees.non_binding_weight * self.s.guarantees.initial

    def shock(self, place):
        """In single precision, as documented."""
        p, x = self.s.stance, self.draws["member_shocks"][self.now]
        scale = self.noise / self.effective_step * math.sqrt(12.0)
        own, common = scale * math.sqrt(1 - p.shock_correlation), scale * math.sqrt(p.shock_correlation)
        middle = np.float32(x[-1]) * np.float32(common) - np.float32((own + common) / 2)
        return float(np.float32(x[place]) * np.float32(own) + middle)

    def step(self):
        self.happened = set()
        for event in self.s.events:
            self.consider(event)
        quarter, since = divmod(self.now, self.quarter_steps)
        for state in self.states:
            state.change_government(quarter, since == 0 and quarter > 0)
        self.wage_war()
        self.russia.act()
        self.review_bid()
        if since == 0:
            self.review_commitments()
        for state in self.states:
            state.perceive()
        for state in self.states:
            state.decide()
        for state in self.states:
            state.move()
        if self.now % self.sounding_steps == 0:
            self.take_soundings()
        self.bargain(quarter, since)
        self.accede()
        if self.now in self.councils:
            self.meet()
        self.now += 1

    def consider(self, event):
        if event.date is not None:
            happens = self.step_of(event.date) == self.now
        else:
            happens = float(self.draws[f"event:{event.name}"][self.now]) < -math.expm1(-event.rate * self.dt)
        if happens:
            weeks = event.weeks if event.kind == "pressure" else 0
            self.until[event.name] = self.now + max(1, round(7 * weeks / self.s.step_days))
        if self.now < self.until.get(event.name, 0):
            getattr(self, f"on_{event.kind}")(event)

    def on_pressure(self, event):
        for state in self.states:
            if event.targets == "all" or state.iso3 in event.targets:
                reach = getattr(state, BITES_BY[event.instrument]) if event.instrument in BITES_BY else 1.0
                state.pressure += event.intensity * self.dt * reach

    def on_ceasefire(self, event):
        self.ceasefire = True

    def on_breach(self, event=None):
        self.ceasefire = self.bound = False
        self.force_cap = 0.0
        if self.stage == MEMBER:
            self.suffer_attack()

    def member(self, event):
        return next(o for o in self.states if o.iso3 == event.member)

    def on_election(self, event):
        state = self.member(event)
        draw, z = map(float, self.draws[f"event:{event.name}:outcome"][self.now])
        if event.orientation is None and event.government_ties is None:
            state.vote(draw, z)
        else:
            wins = state.wins(draw)
            state.take_office_by(event, wins, state.expected(wins) + state.departs * z)

    def on_snap_election(self, event):
        self.on_election(event)
        state = self.member(event)
        state.due = next((step for step in state.elections if step > self.now), None)

    def on_government_fall(self, event):
        state, z = self.member(event), float(self.draws[f"event:{event.name}:outcome"][self.now])
        other = not state.alternative
        state.take_office_by(event, other, state.expected(other) + state.departs * z)

    def on_leader_change(self, event):
        state, z = self.member(event), float(self.draws[f"event:{event.name}:outcome"][self.now])
        moved = state.orientation + event.departure * state.departs * z
        state.take_office_by(event, state.alternative, moved, state.ties)

    def on_summit(self, event):
        for state in self.states:
            state.seen += event.clarification * (state.stance - state.seen)

    def on_spending_pledge(self, event):
        self.pledge_target, self.pledge_deadline = event.target, float(event.deadline)

    def on_incident(self, event):
        for state in self.states:
            felt = state.exposure if event.targets == "all" else float(state.iso3 in event.targets)
            state.incidents += event.severity * felt

    def on_guarantee(self, event):
        givers = [o for o in self.states if event.providers == "all" or o.iso3 in event.providers]
        self.give(event.level, givers, event.binding)

    def give(self, level, givers, binding):
        """A guarantee by some members, that of the hegemon being worth less as trust in it is lost."""
        doubt = self.s.trust.guarantee_weight * unit(sum(o.weight * (o.first_trust - o.trust) for o in self.states))
        worth = level * sum(o.weight * (1.0 - doubt if o is self.hegemon else 1.0) for o in givers)
        if binding:
            self.binding += worth * (1.0 - self.binding)
        else:
            self.loose += worth * (1.0 - self.loose)

    def on_peace_plan(self, event):
        taken = self.put_plan(event, float(self.draws[f"event:{event.name}:outcome"][self.now]), event.accepted)
        self.happened.add("the scenario's plan accepted" if taken else "the scenario's plan refused")

    def look_ahead(self, objectors, war=None, hot=None):
        """The outlook with so many objectors; with the war as it is, at another intensity, or hot or paused."""
        war, line = self.war if war is None else war, self.s.war.hot_line
        hot = war > line if hot is None else hot
        if objectors < 0.0:
            self.happened.add("fewer than no objectors expected")
        return self.outlook.ahead(self.stage, hot, unit((war - line) / (1.0 - line)), objectors)

    def worth(self, plan):
        """Worth of a plan to the candidate, compared with going on and in errors of the choice."""
        p = self.s.candidate
        chance, years = self.look_ahead(self.in_peace)
        then, then_years = self.look_ahead(self.in_peace, hot=False) if plan.ceasefire else (chance, years)
        kept = 0.0 if plan.no_membership else then
        found = (p.war_burden + p.front_burden * max(self.front, 0.0)) * (years - then_years) / 10.0
        found += p.guarantee_worth * (min(self.guarantee + plan.guarantee, 1.0) - self.guarantee)
        found -= self.aspiration * (chance - kept) + p.cap_burden * plan.force_cap + p.reluctance
        return found / p.choice_error

    def put_plan(self, plan, z, accepted=None):
        """Whether the candidate accepts it, with what follows from that."""
        p = self.s.candidate
        x = float(self.draws["candidate"][0])
        if accepted is None:
            accepted = math.sqrt(p.lasting_error) * x + math.sqrt(1.0 - p.lasting_error) * z < self.worth(plan)
        if not accepted:
            return False
        if plan.no_membership:
            self.bound = True
            self.shelved = self.shelved or (p.may_shelve and self.stage != MEMBER)
        if plan.ceasefire:
            self.ceasefire, self.force_cap = True, plan.force_cap
        self.give(plan.guarantee, self.states, plan.binding)
        return True

    def hear_the_hegemon(self, number, years):
        """Its plan that bars membership, if it offers one."""
        p = self.s.plans
        _, draw, z = map(float, self.draws["plans"][number])
        offers = draw < quantile(1.0 - math.exp(-p.hegemon_rate * years))
        pursued = not self.shelved and self.stage != MEMBER
        if offers and self.hegemon.stance < 0.0 and self.war > self.s.war.hot_line and pursued:
            taken = self.put_plan(Plan(p.hegemon_cap, p.hegemon_guarantee), z)
            self.happened.add("hegemon's plan accepted" if taken else "hegemon's plan refused")

    def on_battlefield_shift(self, event):
        self.front += event.front
        self.war_level = unit(self.war_level + event.intensity)

    def pause_hazard(self):
        at_stake = 0.0 if self.stage == MEMBER else self.russia.prolongs
        return self.s.war.ceasefire_rate * (1.0 - self.s.russia.ambition) * (1.0 - self.s.war.prolongation * at_stake)

    @property
    def spending_rise(self):
        return sum(o.weight * (o.spending - o.first_spending) for o in self.states)

    def wage_war(self):
        p, chance = self.s.war, float(self.draws["ceasefire"][self.now])
        if self.ceasefire:
            hazard = p.breach_rate * (1.0 + p.cap_weight * self.force_cap) * (1.0 - p.deterrence * self.guarantee)
            if self.stage == MEMBER:
                hazard = p.breach_rate * self.s.article5.attack_rate
                hazard *= 1.0 - self.s.guarantees.membership * self.deterrence
            if chance < -math.expm1(-hazard * self.dt):
                self.on_breach()
        elif chance < -math.expm1(-self.pause_hazard() * self.dt):
            self.ceasefire = True
        z1, z2 = map(float, self.draws["war"][self.now])
        level = unit(self.war_level + self.s.instruments.escalation * self.russia.uses["escalate"])
        hot = min(level * min(self.russia.resources, p.resource_ceiling), 1.0)
        aim = p.ceasefire_intensity if self.ceasefire else hot
        moved = self.relax(p.adjustment_rate) * (aim - self.war)
        self.war = unit(self.war + moved + p.volatility * math.sqrt(self.dt) * z1)
        helped = min(p.front_resilience * max(self.spending_rise, 0.0), 1.0)
        self.front += self.war * (
            p.front_drift * (1.0 - helped) * self.dt + p.front_volatility * math.sqrt(self.dt) * z2
        )

    def review_bid(self):
        p, g = self.s.candidate, self.s.guarantees
        self.loose *= math.exp(-g.decay_rate * self.dt)
        self.binding *= math.exp(-g.binding_decay_rate * self.dt)
        falls = p.guarantee_weight * (1.0 + g.substitution) / 2.0 * self.guarantee_change
        aim = unit(p.aspiration + p.aggression_weight * (self.war - self.war0) - falls)
        self.aspiration += self.relax(p.aspiration_rate) * (aim - self.aspiration)
        if not self.shelved:
            self.readiness += self.relax(p.reform_rate) * (1.0 - self.readiness)
        if self.shelved:
            shelves = self.bound or self.aspiration < p.resumption_line
        else:
            shelves = self.aspiration < p.shelving_line
        self.shelved = shelves and p.may_shelve and self.stage != MEMBER
        if self.shelved and self.stage != SHELVED:
            self.stage, self.talks, self.sat = SHELVED, 0.0, 0.0
            for state in self.states:
                state.progress, state.ratified = 0.0, False
                state.hold = state.consent = state.spell = state.deal = False
                state.standing = 0.0
        elif self.stage == SHELVED and not self.shelved:
            self.stage = ASPIRANT

    def review_commitments(self):
        s, p = self.s, self.s.spending
        years = self.quarter_steps * self.dt
        for o in self.states:
            o.trust += -math.expm1(-s.trust.adjustment_rate * years) * (o.trust_target() - o.trust)
        year = s.start.year + (s.start.timetuple().tm_yday - 1) / 365.25 + self.now * self.dt
        left = max(self.pledge_deadline - year, years)
        self.pledge += min(years / left, 1.0) * (self.pledge_target - self.pledge)
        rise = self.spending_rise
        complied = p.compliance + s.secretary_general.spending_press * (1.0 - p.compliance)
        for o in self.states:
            aim = o.spending + complied * max(self.pledge - o.spending, 0.0)
            aim += p.threat_response * (o.threat - o.first_threat)
            aim += p.distrust_response * max(o.first_trust - o.trust, 0.0)
            aim -= p.free_riding * (1.0 - o.weight / self.hegemon.weight) * rise
            aim = max(aim, min(o.first_spending, o.spending))
            o.spending += -math.expm1(-p.adjustment_rate * years) * (aim - o.spending)
            o.update_susceptibility()
        a = s.article5
        lost = sum(o.weight * (o.first_trust - o.trust) for o in self.states)
        self.deterrence = unit(a.deterrence + a.spending_weight * self.spending_rise - a.trust_weight * lost)
        self.exposed = (1.0 - self.deterrence) / (1.0 - a.deterrence)

    def accede(self):
        found = self.stage
        if found == INVITED:
            self.talks += self.dt * self.readiness / self.s.accession.talks_years
            if self.talks >= 1.0 and all(o.ballot() != OBJECT for o in self.states):
                self.stage = SIGNED
        elif found in (SIGNED, RATIFYING):
            self.stage = RATIFYING
            before, self.sat = self.sat, self.sat + self.sitting_years()
            for o in self.states:
                if not o.ratified:
                    o.ratify(float(self.draws["ratification"][0][o.place]), before, self.sat)
            if all(o.ratified for o in self.states):
                self.stage = MEMBER

    def suffer_attack(self):
        """A ceasefire with the new member breaks: that is an attack on it."""
        p = self.s.article5
        self.attacked_step = self.now + 1 if self.attacked_step is None else self.attacked_step
        change = p.trust_effect if self.hegemon.stance >= 0.0 else -p.trust_effect
        for o in self.states:
            o.incidents += p.severity * o.exposure
            o.trust = unit(o.trust + change)
        self.happened.add("attacked and supported" if change > 0.0 else "attacked and not supported")

    def sitting_years(self):
        """Length of this step, days on which parliaments are in recess counted less."""
        weights = []
        for number in range(self.s.step_days):
            day = self.s.start + dt.timedelta(days=self.now * self.s.step_days + number)
            rests = day.month in (7, 8) or (day.month == 12 and day.day >= 20) or (day.month == 1 and day.day <= 6)
            weights.append(self.s.ratification.recess_weight if rests else 1.0)
        return sum(weights) / 365.25

    # --- the council, the Secretary General, and bargaining over consent

    def meet(self):
        clear = self.weeks_clear is not None and self.weeks_clear >= self.s.secretary_general.sounding_weeks
        clear &= all(o.ballot() != OBJECT for o in self.states)
        ready = self.readiness >= self.s.secretary_general.readiness_needed
        if self.stage == ASPIRANT and self.now not in self.mute and clear and ready:
            self.stage = INVITED

    def take_soundings(self):
        self.take_stock()
        clear = self.stage == ASPIRANT and self.objectors == 0
        so_far = self.weeks_clear
        self.weeks_clear = None
        if clear:
            self.weeks_clear = 0.0 if so_far is None else so_far + self.sounding_steps * self.s.step_days / 7

    def take_stock(self):
        p = self.s.secretary_general
        for o in self.states:
            o.be_sounded()
        self.objectors = sum(o.objects for o in self.states)
        self.in_peace = sum(o.in_peace for o in self.states)
        live = not self.shelved and self.stage != MEMBER
        self.campaign = unit(1.0 - self.objectors / p.reach) if live else 0.0
        champions = sum(o.weight for o in self.states if o.stance >= p.champion_line)
        effort = self.campaign * (1.0 - p.champions_weight * (1.0 - champions))
        for o in self.states:
            o.persuasion = effort * max(-o.stance, 0.0) if o.by_stance else 0.0
        for o in self.states:
            o.take_cover()

    def bargain(self, quarter, since):
        p, self.payments = self.s.bargaining, []
        if since == 0:
            self.temptation = 0.0
            if self.now > 0:
                self.refill(quarter % 4)
        if p.consent and self.stage == SIGNED:
            for o in self.states:
                o.hold_out_again(quarter)
        if self.now % self.sounding_steps > 0:
            return
        signed = self.stage in (SIGNED, RATIFYING)
        few = self.stage in (ASPIRANT, INVITED) and self.objectors <= p.reach + 1
        if not (p.consent and (signed or few)):
            return
        for o in self.states:
            near = signed or self.objectors - o.objects <= p.reach
            o.free = near and not o.found_barred and not o.ratified and o.given is None
        self.force_a_decision()
        self.temptation += self.sounding_steps * self.dt / (1.0 + self.objectors)
        for o in self.states:
            o.open_spell(quarter)
        self.holdouts = {o.place for o in self.states if o.hold}
        for o in self.by_place:  # payers pay in the order of the roster
            o.yield_if_due(quarter)

    def refill(self, nth):
        for payer, a_year in self.capital.items():
            due = a_year * (nth + 1) // 4 - a_year * nth // 4
            self.budget[payer] = min(self.budget[payer] + due, a_year)

    def force_a_decision(self):
        """The office puts the question on the agenda of the next summit, at most once a year."""
        near = [step for step in self.summits if self.now <= step <= self.now + self.agenda_steps]
        summit = max(near, default=None)
        ready = self.readiness >= self.s.secretary_general.readiness_needed
        rested = self.now - self.forced_at >= max(1, round(365.25 / self.s.step_days))
        if summit is not None and ready and rested and self.stage == ASPIRANT and self.objectors > 0:
            self.forced_at, self.forced_until = self.now, summit

    def pay(self, holdout, price):
        """Whether somebody pays: the champion that cares and weighs most, else the office."""
        line = self.s.secretary_general.champion_line
        champions = [o for o in self.by_place if o.stance >= line and o.place not in self.holdouts]
        champions.sort(key=lambda o: -o.weight * o.stance)
        payers = [o.place for o in champions if o is not holdout] + [OFFICE]
        payer = next((each for each in payers if self.budget[each] >= price), None)
        if payer is None:
            return False
        self.budget[payer] -= price
        self.payments.append((payer, holdout.place, price, FOR_HOLD if holdout.hold else FOR_OBJECTION))
        return True
