"""The equations of docs/odd.md once more, one object an actor and one number at a time, for one run.

Written from that page for tests/test_docking.py. It imports no rule of the package: only Mesa, the scenario's declared
values, the roster's numbers, the calendars (input data) and the run's random draws.
"""

from __future__ import annotations

import datetime as dt
import math
from statistics import NormalDist

import mesa
import numpy as np

from article10.model.calendars import council_dates, election_dates

ASPIRANT, INVITED, SIGNED, RATIFYING, MEMBER, SHELVED = range(6)
OBJECT, ACQUIESCE, SUPPORT = range(3)
SAME_ELECTION = 60
VOTES = ("election", "snap_election")
BITES_BY = {"energy": "structural", "airspace": "exposure", "migration": "exposure", "sabotage": "exposure"}


def unit(x):
    return min(max(x, 0.0), 1.0)


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
        self.bars_war = float(roster.war_bar[place]) > model.s.accession.war_bar and model.s.accession.candidate_at_war
        self.speed = float(roster.ratification_speed[place])
        self.ties = self.first_ties = float(roster.government_ties[place])
        self.spending = self.first_spending = float(roster.defence_spending[place])
        spread = model.s.stance.spread_scale * float(roster.stance_spread[place])
        self.stance = min(max(float(roster.stance[place]) + spread * z, -1.0), 1.0)
        self.seen = self.stance
        self.orientation = -model.s.elections.ties_orientation * self.ties
        self.incidents = self.pressure = self.felt = self.concession = self.isolation = self.persuasion = 0.0
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
        mean = sum(self.network[o.iso3] * o.stance for o in self.model.states if o is not self)
        self.disposition = self.stance - p.peer_rate / p.assessment_rate * (mean - self.stance) - self.orientation
        self.trust = self.first_trust = self.trust_target()
        self.update_susceptibility()
        self.observed, self.response = self.stance, -self.model.s.russia.expected_response * self.susceptibility

    def trust_target(self):
        return 1.0 - self.model.s.trust.divergence_cost / 2.0 * abs(self.model.hegemon.seen - self.stance)

    def update_susceptibility(self):
        rise = max(self.spending - self.first_spending, 0.0)
        structural = unit(self.structural * (1.0 - self.model.s.spending.resilience * rise))
        self.susceptibility = 1.0 - (1.0 - structural) * (1.0 - self.ties)

    def vote(self, turnover, z):
        p = self.model.s.elections
        if NormalDist().cdf(turnover) >= p.incumbency:
            self.take_office(p.volatility * z - p.alternation * self.orientation)

    def take_office(self, orientation, ties=None):
        """A new government, whose ties go with its orientation where they are not given."""
        p = self.model.s.elections
        self.orientation = orientation
        line = self.disposition if self.first_ties > 0.0 else min(p.ties_line, self.disposition)
        follow = unit((line - self.disposition - orientation) / p.ties_orientation)
        self.ties = follow if ties is None else ties
        self.update_susceptibility()

    def perceive(self):
        m = self.model
        t = m.s.threat
        target = self.exposure * (t.war_weight * m.war + t.front_weight * m.front + t.pressure_weight * self.felt)
        target += t.incident_weight * self.incidents
        self.threat += m.relax(t.adjustment_rate) * (target - self.threat)
        self.incidents *= math.exp(-t.incident_decay_rate * m.dt)
        faster = m.s.secretary_general.clarification_rate
        self.seen += m.relax(m.s.stance.clarity_rate + faster) * (self.stance - self.seen)
        self.concession *= math.exp(-m.s.stance.concession_decay_rate * m.dt)

    def rates(self):
        """The rate of change of stance by each mechanism."""
        m, p, g = self.model, self.model.s.stance, self.model.s.guarantees
        war = m.war - m.war0
        aim = self.disposition + self.orientation + p.threat_weight * (self.threat - self.first_threat)
        aim -= p.entrapment_weight * self.caution * war
        mean = sum(self.network[o.iso3] * o.seen for o in m.states if o is not self)
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
            p.isolation_weight * self.isolation,
            p.concession_weight * self.concession,
            m.shock(self.place),
        )

    def decide(self):
        """Where the stance will be; it goes there when all have decided."""
        self.next_stance = min(max(self.stance + self.model.effective_step * sum(self.rates()), -1.0), 1.0)

    def move(self):
        self.stance = self.next_stance

    def ballot(self):
        if self.stance < self.model.line or (self.bars_war and self.model.hot):
            return OBJECT
        return SUPPORT if self.stance >= 0.0 else ACQUIESCE

    def ratify(self, draw, before, after):
        p = self.model.s.ratification
        willing = unit((self.stance - self.model.line) / (p.full_stance - self.model.line))
        if not (self.bars_war and self.model.hot):
            self.progress += (self.speed * p.urgency) ** p.shape * willing * (after**p.shape - before**p.shape)
        self.ratified = self.progress >= draw


class ObjectModel(mesa.Model):
    """One run; step it ``scenario.n_steps`` times."""

    def __init__(self, scenario, draws, reverse=False):
        super().__init__(rng=1)
        s = self.s = scenario
        self.draws = {name: values[:, 0] for name, values in draws.items()}
        self.dt, self.line, self.now = s.step_days / 365.25, s.accession.objection_line, 0
        self.war = self.war0 = s.war.ceasefire_intensity if s.war.starts_in_ceasefire else s.war.intensity
        self.war_level, self.front, self.ceasefire = s.war.intensity, 0.0, s.war.starts_in_ceasefire
        self.resources, self.alarm, self.force_cap = 1.0, 0.0, 0.0
        self.aspiration, self.readiness = s.candidate.aspiration, s.candidate.readiness
        self.shelved = self.bound = False
        self.loose, self.binding = (0.0 if s.guarantees.renewal else s.guarantees.initial), 0.0
        self.stage, self.talks, self.campaign = ASPIRANT, 0.0, 0.0
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
        self.pledge = sum(state.spending for state in self.states) / len(self.states)
        self.pledge_target, self.pledge_deadline = s.spending.pledge, float(s.spending.pledge_deadline)
        self.votes, self.until = {}, {}
        for state in self.by_place:
            votes = [e for e in s.events if e.kind in VOTES and e.member == state.iso3 and e.date]
            called = [e.date for e in votes]
            early = [e.date for e in votes if e.kind == "snap_election"]
            for k, day in enumerate(election_dates(state.iso3, s.start, s.horizon, early, s.edition)):
                if all(abs((day - other).days) > SAME_ELECTION for other in called):
                    self.votes.setdefault(self.step_of(day), []).append((state, k))
        meetings = [day for day, _ in council_dates(s.start, s.horizon, s.edition)]
        meetings += [e.date for e in s.events if e.kind == "summit" and e.date]
        self.councils = {self.step_of(day) for day in meetings}
        pull = s.stance.assessment_rate + s.stance.peer_rate
        self.effective_step = -math.expm1(-pull * self.dt) / pull
        self.noise = s.stance.shock * math.sqrt(-math.expm1(-2 * pull * self.dt) / (2 * pull))
        self.take_stock()

    def step_of(self, day):
        return (day - self.s.start).days // self.s.step_days

    def relax(self, rate):
        return -math.expm1(-rate * self.dt)

    @property
    def hot(self):
        return self.war > self.s.war.hot_line

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
        for event in self.s.events:
            self.consider(event)
        for state, k in self.votes.get(self.now, ()):
            turnover, z = self.draws["elections"][k, state.place]
            state.vote(float(turnover), float(z))
        self.wage_war()
        self.press()
        self.review_bid()
        if self.now % max(1, round(91 / self.s.step_days)) == 0:
            self.review_commitments()
        for state in self.states:
            state.perceive()
        for state in self.states:
            state.decide()
        for state in self.states:
            state.move()
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

    def on_election(self, event):
        state = next(o for o in self.states if o.iso3 == event.member)
        p, (turnover, z) = self.s.elections, map(float, self.draws[f"event:{event.name}:outcome"][self.now])
        drawn = p.volatility * z - p.alternation * state.orientation
        if event.orientation is None and event.government_ties is None:
            state.vote(turnover, z)
        else:
            state.take_office(drawn if event.orientation is None else event.orientation, event.government_ties)

    on_snap_election = on_election

    def on_government_fall(self, event):
        state, z = self.between_elections(event)
        p = self.s.elections
        drawn = p.volatility * z - p.alternation * state.orientation
        state.take_office(drawn if event.orientation is None else event.orientation, event.government_ties)

    def on_leader_change(self, event):
        state, z = self.between_elections(event)
        moved = state.orientation + event.departure * self.s.elections.volatility * z
        state.take_office(moved if event.orientation is None else event.orientation, event.government_ties)

    def between_elections(self, event):
        state = next(o for o in self.states if o.iso3 == event.member)
        return state, float(self.draws[f"event:{event.name}:outcome"][self.now])

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
        self.give(event.level * sum(o.weight for o in givers), event.binding)

    def give(self, worth, binding):
        if binding:
            self.binding += worth * (1.0 - self.binding)
        else:
            self.loose += worth * (1.0 - self.loose)

    def on_peace_plan(self, event):
        p, z = self.s.candidate, float(self.draws[f"event:{event.name}:outcome"][self.now])
        index = p.plan_openness + (1.0 - self.aspiration) + p.plan_war_weight * self.war
        index += p.plan_guarantee_weight * min(self.guarantee + event.guarantee, 1.0) + p.plan_front_weight * self.front
        index += (0.0 if event.no_membership else p.plan_bar_weight) - p.plan_cap_weight * event.force_cap
        if not (z < index if event.accepted is None else event.accepted):
            return
        if event.no_membership:
            self.bound = True
            self.shelved = self.shelved or self.stage != MEMBER
        self.ceasefire = self.ceasefire or event.ceasefire
        self.give(event.guarantee, event.binding)
        self.force_cap = event.force_cap

    def on_battlefield_shift(self, event):
        self.front += event.front
        self.war_level = unit(self.war_level + event.intensity)

    def pause_hazard(self):
        at_stake = 0.0 if self.stage == MEMBER else self.alarm
        return self.s.war.ceasefire_rate * (1.0 - self.s.russia.ambition) * (1.0 - self.s.war.prolongation * at_stake)

    def wage_war(self):
        p, chance = self.s.war, float(self.draws["ceasefire"][self.now])
        deterrent = max(self.guarantee, self.s.guarantees.membership if self.stage == MEMBER else 0.0)
        if self.ceasefire:
            hazard = p.breach_rate * (1.0 + p.cap_weight * self.force_cap) * (1.0 - p.deterrence * deterrent)
            if chance < -math.expm1(-hazard * self.dt):
                self.on_breach()
        elif chance < -math.expm1(-self.pause_hazard() * self.dt):
            self.ceasefire = True
        z1, z2 = map(float, self.draws["war"][self.now])
        aim = (
            p.ceasefire_intensity
            if self.ceasefire
            else min(self.war_level * min(self.resources, p.resource_ceiling), 1.0)
        )
        moved = self.relax(p.adjustment_rate) * (aim - self.war)
        self.war = unit(self.war + moved + p.volatility * math.sqrt(self.dt) * z1)
        self.front += self.war * (p.front_drift * self.dt + p.front_volatility * math.sqrt(self.dt) * z2)

    def press(self):
        p = self.s.russia
        near = max(self.stage_alarm(), unit(1.0 - self.objectors / self.s.secretary_general.reach))
        self.alarm += self.relax(p.alarm_rate) * ((0.0 if self.shelved else near) - self.alarm)
        between = max(1, round(7 * p.review_weeks / self.s.step_days))
        if self.now % between == 0:
            self.review_pressure(self.now // between, between * self.dt)
        urge = p.base_effort + (1.0 - p.base_effort) * self.alarm
        pressed = any(state.share > 0 for state in self.states)
        effort = p.effort * (1.0 - p.ambition) * self.resources * urge if pressed else 0.0
        spent = p.war_cost * p.ambition * (self.war - self.war0) + p.effort_cost * effort
        self.resources = max(self.resources + self.dt * (p.recovery_rate * (1.0 - self.resources) - spent), 0.0)
        kept = math.exp(-p.pressure_decay_rate * self.dt)
        for state in self.states:
            state.pressure = kept * state.pressure + (1.0 - kept) / p.pressure_decay_rate * effort * state.share
            state.felt = 1.0 - math.exp(-state.pressure)

    def stage_alarm(self):
        p = self.s.russia
        of_stage = {INVITED: p.alarm_at_invitation, SIGNED: p.alarm_at_signature, RATIFYING: 1.0, MEMBER: 1.0}
        return of_stage.get(self.stage, 0.0)

    def review_pressure(self, number, years):
        p = self.s.russia
        weights = {}
        for o in self.states:
            observed = o.stance + p.observation_error * float(self.draws["observation"][number][o.place])
            if number > 0:
                o.response += p.learning * o.felt * ((observed - o.observed) / years - o.response)
            o.observed = observed
            near = math.exp(-(((observed - self.line) / p.focus) ** 2))
            weights[o.place] = {
                "inert": 0.0,
                "uniform": 1.0,
                "weakest_link": near * o.susceptibility**2,
                "heavyweights": o.weight,
                "adaptive": near * max(-o.response, 0.0),
            }[p.strategy]
        total = sum(weights.values())
        for o in self.states:
            o.share = weights[o.place] / total if total > 0 else 0.0

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
        elif self.stage == SHELVED and not self.shelved:
            self.stage = ASPIRANT

    def review_commitments(self):
        s, p = self.s, self.s.spending
        years = max(1, round(91 / s.step_days)) * self.dt
        for o in self.states:
            o.trust += -math.expm1(-s.trust.adjustment_rate * years) * (o.trust_target() - o.trust)
        year = s.start.year + (s.start.timetuple().tm_yday - 1) / 365.25 + self.now * self.dt
        left = max(self.pledge_deadline - year, years)
        self.pledge += min(years / left, 1.0) * (self.pledge_target - self.pledge)
        rise = sum(o.weight * (o.spending - o.first_spending) for o in self.states)
        complied = p.compliance + s.secretary_general.spending_press * (1.0 - p.compliance)
        for o in self.states:
            aim = o.spending + complied * max(self.pledge - o.spending, 0.0)
            aim += p.threat_response * (o.threat - o.first_threat)
            aim -= p.free_riding * (1.0 - o.weight / self.hegemon.weight) * rise
            aim = max(aim, min(o.first_spending, o.spending))
            o.spending += -math.expm1(-p.adjustment_rate * years) * (aim - o.spending)
            o.update_susceptibility()

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

    def sitting_years(self):
        """Length of this step, days on which parliaments are in recess counted less."""
        weights = []
        for number in range(self.s.step_days):
            day = self.s.start + dt.timedelta(days=self.now * self.s.step_days + number)
            rests = day.month in (7, 8) or (day.month == 12 and day.day >= 20) or (day.month == 1 and day.day <= 6)
            weights.append(self.s.ratification.recess_weight if rests else 1.0)
        return sum(weights) / 365.25

    def meet(self):
        objectors = sum(o.ballot() == OBJECT for o in self.states)
        p = self.s.secretary_general
        put = self.stage == ASPIRANT and objectors <= p.expected_objectors and self.readiness >= p.readiness_needed
        if put and objectors == 0:
            self.stage = INVITED
        self.take_stock()

    def take_stock(self):
        p = self.s.secretary_general
        objecting = [o for o in self.states if o.ballot() == OBJECT and not o.ratified]
        self.objectors = len(objecting)
        live = not self.shelved and self.stage != MEMBER
        self.campaign = unit(1.0 - self.objectors / p.reach) if live else 0.0
        champions = sum(o.weight for o in self.states if o.stance >= p.champion_line)
        among = max(self.objectors, 1)
        for o in self.states:
            holds_out = o in objecting and o.stance < self.line
            o.isolation = self.campaign / among if holds_out else 0.0
            o.persuasion = (
                self.campaign * (1.0 - p.champions_weight * (1.0 - champions)) * max(-o.stance, 0.0)
                if holds_out
                else 0.0
            )
            if holds_out:
                offered = p.brokerage * self.campaign / (1.0 + p.price / among)
                o.concession += offered * (1.0 - o.concession)
