"""The package against a second implementation of its documented equations, and against published limits."""

from __future__ import annotations

import ast
import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

from article10.agents import bounded_confidence
from article10.agents.member_parameters import StanceParameters
from article10.agents.members import NEVER, REASON_WAR
from article10.model import schedule
from article10.model.first_day import first_day
from article10.model.influence_network import friedkin_johnsen, influence_network
from article10.model.mechanisms import MECHANISMS
from article10.model.randomness import draw
from article10.model.scenario_file import read_scenario
from article10.model.setup import Setup

pytest.importorskip("mesa")

SOURCE = Path(__file__).with_name("object_model.py")
spec = importlib.util.spec_from_file_location("object_model", SOURCE)
assert spec is not None
object_model = importlib.util.module_from_spec(spec)
sys.modules[spec.name] = object_model
spec.loader.exec_module(object_model)


class Comparison:
    """One run stepped by both: how far they are apart, on what they agree, and what happened in it.

    Attributes:
        furthest: greatest distance of any quantity in ``apart``.
        apart: greatest distance at any step of each continuous quantity, and of Russia's payoff at the end, by name.
        differ: names of what is not the same at every step.
        seen: what happened, so that a test can say that it compared something.
    """

    def __init__(self, scenario, seed, run, reverse=False, until_apart=False):
        setup = Setup.of(scenario)
        draws = draw(setup.streams, seed, [run])
        self.world, self.model = first_day(setup, draws), object_model.ObjectModel(scenario, draws, reverse)
        self.apart, self.differ, self.seen, self.payments = {}, set(), set(), []
        schedule.begin(self.world)
        for _ in range(setup.n_steps):
            before = [(o.alternative, o.orientation, o.consent) for o in self.model.by_place]
            deals, bound = [o.deal for o in self.model.by_place], self.model.bound
            schedule.step(self.world)
            self.model.step()
            self._compare()
            self._see(before)
            self._see_ends(deals, bound)
            if until_apart and self.disagrees:
                break
        self._near("payoff", self.world.russia_payoff, [self.model.russia.payoff])

    @property
    def furthest(self):
        return max(self.apart.values())

    @property
    def agrees(self):
        return self.furthest < 1e-9 and not self.differ

    @property
    def disagrees(self):
        """Whether they are apart by more than rounding can ever make of them."""
        return self.furthest > 1e-6 or bool(self.differ)

    def _compare(self):
        world, model = self.world, self.model
        self._compare_states()
        self._compare_rest()
        m, states = world.members, model.by_place
        made = world.payments
        ballots, reasons = world.positions()
        members, end = len(states), world.setup.n_steps
        exact = {
            "ballots": (ballots[0], [o.ballot() for o in states]),
            "war": ((reasons[0] & REASON_WAR) > 0, [o.barred for o in states]),
            "stage": (world.accession.stage, [model.stage]),
            "ratified": (m.ratified[0], [o.ratified for o in states]),
            "hold": (m.hold[0], [o.hold for o in states]),
            "consent": (m.consent[0], [o.consent for o in states]),
            "spells": (world.bargain.spell[0], [o.spell for o in states]),
            "deals": (world.bargain.deal[0], [o.deal for o in states]),
            "objectors in peace": (world.secretary_general.objectors_in_peace, [model.in_peace]),
            "shelved": (world.candidate.shelved, [model.shelved]),
            "bound by a plan": (world.candidate.bound_by_plan, [model.bound]),
            "ceasefire": (world.russia.ceasefire, [model.ceasefire]),
            "attacked": (
                world.accession.attacked_step,
                [NEVER if model.attacked_step is None else model.attacked_step],
            ),
            "last offer": (np.maximum(world.russia.offered, -1), [max(model.russia.last_offer, -1)]),
            "sides": (m.alternative[0], [o.alternative for o in states]),
            "elections": (
                np.minimum(m.election_due[0], end),
                [end if o.due is None else min(o.due, end) for o in states],
            ),
            "budgets": (world.bargain.budget[0], [*(model.budget[o.place] for o in states), model.budget[-1]]),
            "payments": (
                [] if made is None else np.stack([made.payer, made.holdout, made.amount, made.kind], axis=1),
                [[payer % (members + 1), *rest] for payer, *rest in model.payments],
            ),
        }
        self.differ |= {what for what, (ours, theirs) in exact.items() if np.asarray(ours).tolist() != list(theirs)}

    def _compare_states(self):
        m, states = self.world.members, self.model.by_place
        for name in ("stance", "cover", "orientation", "trust", "spending", "incidents"):
            self._near(name, getattr(m, name)[0], [getattr(o, name) for o in states])
        self._near("ties", m.government_ties[0], [o.ties for o in states])
        self._near("shares", self.world.russia.shares[0], [o.share for o in states])
        self._near("response", self.world.russia.response[0], [o.response for o in states])

    def _compare_rest(self):
        world, model, russia = self.world, self.model, self.model.russia
        for name in ("alarm", "resources", "prolongs", "spent"):
            self._near(name, getattr(world.russia, name), [getattr(russia, name)])
        self._near("uses", world.russia.uses[0], list(russia.uses.values()))
        self._near("used", world.russia.used[0], list(russia.used.values()))
        for name in ("guarantee", "deterrence", "exposed"):
            self._near(name, getattr(world, name), [getattr(model, name)])
        for name in ("aspiration", "readiness", "force_cap"):
            self._near(name, getattr(world.candidate, name), [getattr(model, name)])
        self._near("war", world.russia.war_intensity, [model.war])
        self._near("front", world.russia.front, [model.front])

    def _near(self, name, ours, theirs):
        self.apart[name] = max(self.apart.get(name, 0.0), float(np.abs(np.asarray(ours) - theirs).max()))

    def _see(self, before):
        model = self.model
        states = model.by_place
        self.payments += model.payments
        happened = {
            "hold": any(o.hold for o in states),
            "consent": any(o.consent for o in states),
            "forced": model.forced_until >= 0,
            "office pays": any(payer == object_model.OFFICE for payer, *_ in model.payments),
            "cover": any(abs(o.cover) > 0.01 for o in states),
            "barred": any(o.barred for o in states) and not all(o.barred for o in states),
            "leaders replaced": any(
                o.alternative == side and o.orientation != orientation
                for o, (side, orientation, _) in zip(states, before, strict=True)
            ),
            "new sides": any(o.alternative != side for o, (side, *_) in zip(states, before, strict=True)),
            "consent withdrawn": any(
                consent and not o.consent and o.alternative == side
                for o, (side, _, consent) in zip(states, before, strict=True)
            ),
            "ceasefire": model.ceasefire,
            "deterrence moved": abs(model.deterrence - model.s.article5.deterrence) > 0.01,
            "pressed in part": 0.0 < model.russia.uses["press"] < 1.0,
            model.stage: True,
        }
        self.seen |= {what for what, whether in happened.items() if whether} | model.happened
        self.seen |= {name for name, use in model.russia.uses.items() if use > 0.0}

    def _see_ends(self, deals, bound):
        """What ended in the step: side deals with governments that fell, and a plan."""
        states, reviewed = self.model.by_place, self.model.now % self.model.russia.between == 1
        dropped = any(deal and not o.deal for deal, o in zip(deals, states, strict=True)) and not reviewed
        ended = {"side deal dropped": dropped, "plan at an end": bound and not self.model.bound}
        self.seen |= {what for what, whether in ended.items() if whether}


def compared(changes, seed, run, scenario="baseline", **how):
    return Comparison(read_scenario(scenario, changes), seed, run, **how)


def test_the_second_implementation_imports_no_rule_of_the_package():
    modules = [n.module for n in ast.walk(ast.parse(SOURCE.read_text("utf-8"))) if isinstance(n, ast.ImportFrom)]
    assert [m for m in modules if m.startswith("article10")] == ["article10.model.calendars"]


@pytest.mark.parametrize(("seed", "run"), [(0, 0), (7, 4712), (19, 3)])
def test_a_full_run_of_the_baseline_agrees_with_the_second_implementation(seed, run):
    found = compared({}, seed, run)
    assert found.agrees, found.differ
    assert {"cover", "leaders replaced", "new sides", "barred", "deterrence moved"} <= found.seen
    assert {"press", "escalate", "offer refused"} <= found.seen


def test_a_run_that_reaches_membership_agrees_through_every_stage():
    willing = {"accession.war_bar": 1.0, "ratification.urgency": 1.0, "roster": {"all": {"stance": 0.5}}}
    willing |= {"ratification.shape": 1.7, "ratification.recess_weight": 0.3}
    ready = {"candidate.readiness": 0.9, "candidate.may_shelve": False, "russia.strategy": "adaptive"}
    found = compared(willing | ready | {"horizon": "2031-12-01"}, 3, 5)
    assert found.agrees, found.differ
    assert {object_model.INVITED, object_model.SIGNED, object_model.RATIFYING, object_model.MEMBER} <= found.seen


CALM = {"war.starts_in_ceasefire": True, "war.breach_rate": 0.0, "candidate.may_shelve": False}
READY = {"candidate.readiness": 0.9, "horizon": "2032-12-06"}
GRASPING = {"bargaining.opportunism": 2.0, "bargaining.scale": 1.0}
SOON = {"horizon": "2029-12-03"}
EXACT = {"instruments.cost_weight": 0.0, "instruments.choice_error": 0.0}
EXPOSED = {"accession.stage": "protocol_signed", "ratification.urgency": 5.0, "accession.war_bar": 1.0}
EXPOSED |= {"article5.attack_rate": 5.0, "war.breach_rate": 1.0}
FEARFUL = {"article5.incident_fear": 2.0, "stance.threat_weight": 0.4, "threat.incident_weight": 0.1}


def only(*names):
    """Of Russia's instruments these alone can be used."""
    return {f"instruments.{name}": name in names for name in object_model.INSTRUMENTS}


ALONE = {
    "press": (EXACT, {"press"}),
    "prolong": (EXACT, {"prolong"}),
    "offer": ({"candidate.reluctance": 0.5, "instruments.offer_weeks": 8}, {"offer", "offer accepted"}),
    "side_deals": (CALM | READY | GRASPING | EXACT | {"instruments.side_deal_stakes": 0.5}, {"side_deals", "consent"}),
    "escalate": ({"instruments.cost_weight": 0.0}, {"escalate"}),
}


@pytest.mark.parametrize("instrument", ALONE)
def test_each_of_russia_s_instruments_alone_agrees(instrument):
    changes, expected = ALONE[instrument]
    found = compared(changes | only(instrument) | SOON, 2, 2)
    assert found.agrees, found.differ
    assert expected <= found.seen
    assert found.seen & set(object_model.INSTRUMENTS) == {instrument}


def test_incidents_by_escalation_in_a_ceasefire_agree():
    found = compared(CALM | FEARFUL | EXACT | only("escalate") | SOON, 1, 1)
    assert found.agrees, found.differ
    assert {"ceasefire", "incident by escalation"} <= found.seen


def test_incidents_of_which_russia_expects_fewer_than_no_objectors_agree():
    """Nobody objects, many are near the line, and incidents would raise their stances: the outlook counts none."""
    near = {"roster": {"all": {"stance": 0.05, "stance_spread": 0.05}}, "accession.stage": "invited"}
    alarming = {"instruments.incident_severity": 0.6, "threat.incident_weight": 0.5, "candidate.readiness": 0.4}
    found = compared(CALM | near | alarming | SOON, 0, 26)
    assert found.agrees, found.differ
    assert "fewer than no objectors expected" in found.seen


def test_a_tight_budget_that_pays_for_pressing_in_part_agrees():
    tight = {"instruments.press_cost": 1.5, "instruments.choice_error": 0.01, "russia.ambition": 0.8}
    found = compared(tight | SOON, 2, 1)
    assert found.agrees, found.differ
    assert {"pressed in part", "offer refused", "incident by escalation"} <= found.seen


def test_side_deals_that_end_with_a_government_agree():
    slow = {"elections.fall_rate": 5.0, "bargaining.scale": 7.9, "bargaining.reach": 8}
    found = compared(CALM | EXACT | only("side_deals") | slow | SOON, 2, 2)
    assert found.agrees, found.differ
    assert {"side_deals", "side deal dropped"} <= found.seen


def test_plans_of_the_hegemon_and_offers_of_russia_agree():
    found = compared({"plans.hegemon_rate": 6.0, "candidate.reluctance": 0.7} | SOON, 1, 7)
    assert found.agrees, found.differ
    assert {"hegemon's plan accepted", "hegemon's plan refused", "offer refused"} <= found.seen
    assert object_model.SHELVED in found.seen


def test_plans_of_the_scenario_that_bar_membership_or_not_agree():
    plan = {"kind": "peace_plan"}
    events = [
        plan | {"name": "without_a_bar", "rate": 1.0, "no_membership": False, "force_cap": 0.2},
        plan | {"name": "without_a_ceasefire", "rate": 1.0, "ceasefire": False, "guarantee": 0.4},
        plan | {"name": "refused", "date": "2027-03-01", "accepted": False},
        plan | {"name": "accepted", "date": "2028-05-01", "accepted": True, "binding": True, "guarantee": 0.5},
        {"kind": "breach", "name": "attack", "rate": 0.5},
    ]
    found = compared({"events": events, "candidate.reluctance": 0.5, "plans.hegemon_rate": 0.0} | SOON, 4, 8)
    assert found.agrees, found.differ
    assert {"the scenario's plan accepted", "the scenario's plan refused", "plan at an end"} <= found.seen


@pytest.mark.parametrize("hegemon", [0.8, -0.4])
def test_an_attack_after_accession_agrees(hegemon):
    """The breach of a ceasefire with a member is an attack; the hegemon's ballot is given, so that it admits it."""
    willing = {"roster": {"all": {"stance": 0.8}, "USA": {"stance": hegemon}}, "ballots": {"USA": "support"}}
    plan = {"kind": "peace_plan", "name": "late", "rate": 12.0, "accepted": True, "force_cap": 0.3}
    found = compared(CALM | EXPOSED | willing | {"events": [plan]} | SOON, 3, 5)
    assert found.agrees, found.differ
    answer = "attacked and supported" if hegemon > 0.0 else "attacked and not supported"
    assert {answer, object_model.MEMBER} <= found.seen


def test_a_strategy_that_does_not_look_ahead_agrees_without_its_instruments():
    changes = {"russia.strategy": "uniform", "instruments.press": False, "instruments.prolong": False}
    found = compared(changes | {"horizon": "2028-12-04"}, 1, 2)
    assert found.agrees, found.differ
    assert not found.seen & set(object_model.INSTRUMENTS)


@pytest.mark.parametrize(("seed", "run"), [(1, 1), (2, 2), (7, 7)])
def test_bargaining_over_an_invitation_agrees(seed, run):
    """A ceasefire brings the decision within reach; members often hold out, and payers are soon poor."""
    found = compared(CALM | READY | GRASPING | {"bargaining.capital": 3}, seed, run)
    assert found.agrees, found.differ
    assert {"hold", "consent", "forced", "cover", "office pays"} <= found.seen
    assert {object_model.FOR_OBJECTION, object_model.FOR_HOLD} == {kind for *_, kind in found.payments}


def test_consent_given_at_invitation_and_withdrawn_at_ratification_agrees():
    """No government falls, so that only a second spell or a new side in office takes consent back."""
    quick = {"accession.talks_years": 0.02, "secretary_general.sounding_weeks": 0, "elections.fall_rate": 0.0}
    often = {"bargaining.second_spell": 1.0, "bargaining.scale": 0.05, "bargaining.reach": 40}
    found = compared(CALM | READY | GRASPING | quick | often, 2, 2)
    assert found.agrees, found.differ
    assert {"consent withdrawn", object_model.MEMBER} <= found.seen


@pytest.mark.parametrize(("seed", "run"), [(1, 1), (3, 3)])
def test_a_protocol_that_waits_to_be_ratified_agrees(seed, run):
    signed = {"accession.stage": "protocol_signed", "bargaining.unpaid_share": 0.3, "bargaining.capital": 2}
    found = compared(CALM | READY | GRASPING | signed, seed, run)
    assert found.agrees, found.differ
    assert {"hold", "consent", object_model.RATIFYING} <= found.seen
    assert found.payments


@pytest.mark.parametrize(("seed", "run"), [(0, 0), (1, 1), (3, 3)])
def test_governments_that_fall_often_agree(seed, run):
    found = compared({"elections.fall_rate": 3.0, "elections.incumbency": 0.3, "horizon": "2031-12-01"}, seed, run)
    assert found.agrees, found.differ
    assert {"leaders replaced", "new sides"} <= found.seen


def test_ballots_that_the_scenario_gives_agree():
    ballots = {"HUN": "object", "SVK": "acquiesce", "USA": "support", "DEU": "support"}
    found = compared(CALM | READY | GRASPING | {"ballots": ballots}, 4, 9)
    assert found.agrees, found.differ
    assert {"hold", "consent"} <= found.seen


@pytest.mark.parametrize("round_of", ["ukraine_2022", "finland_2022"])
def test_past_rounds_with_their_dated_events_agree_too(round_of):
    """Pressure, incidents, pledges, guarantees, changes of government; the first starts in a ceasefire."""
    found = compared({}, 5, 11, scenario=round_of)
    assert found.agrees, found.differ


def test_the_dated_events_of_2022_26_are_of_many_kinds():
    acts = {"pressure", "breach", "summit", "spending_pledge", "guarantee", "incident"}
    assert {event.kind for event in read_scenario("ukraine_2022").events} == {*acts, "snap_election", "leader_change"}


def test_elections_off_the_calendar_ceasefires_and_lasting_pressure_at_a_rate_agree_too():
    events = [
        {"kind": "election", "name": "given", "member": "HUN", "date": "2026-03-01", "orientation": 0.3},
        {"kind": "election", "name": "drawn", "member": "DEU", "date": "2026-06-01"},
        {"kind": "election", "name": "now_and_then", "member": "ITA", "rate": 1.0, "government_ties": 0.4},
        {"kind": "snap_election", "name": "early", "member": "FRA", "date": "2026-05-10"},
        {"kind": "snap_election", "name": "late", "member": "NLD", "date": "2028-05-10"},
        {"kind": "government_fall", "name": "fallen", "member": "ESP", "date": "2026-05-11"},
        {"kind": "leader_change", "name": "replaced", "member": "GBR", "date": "2026-05-12", "departure": 0.8},
        {"kind": "ceasefire", "name": "pause", "date": "2026-05-04"},
        {"kind": "breach", "name": "attack", "rate": 0.5},
        {"kind": "pressure", "name": "cut", "instrument": "energy", "weeks": 20, "intensity": 3.0, "rate": 2.0},
        {"kind": "guarantee", "name": "promise", "providers": ["USA", "DEU"], "level": 0.4, "date": "2027-09-13"},
        {"kind": "summit", "name": "extraordinary", "date": "2026-09-14"},
        {"kind": "summit", "name": "on_other_things", "date": "2026-10-12", "agenda": False},
    ]
    found = compared({"events": events, "elections.fall_rate": 1.0, "horizon": "2034-12-04"}, 2, 6)
    assert found.agrees, found.differ


def test_the_order_in_which_members_act_changes_nothing():
    found = compared(CALM | READY | GRASPING, 7, 7, reverse=True)
    assert found.agrees, found.differ
    assert found.payments


@pytest.mark.parametrize("strategy", ["uniform", "heavyweights", "inert"])
def test_the_other_strategies_agree_too(strategy):
    found = compared({"russia.strategy": strategy, "horizon": "2028-12-04"}, 1, 2)
    assert found.agrees, found.differ


def nothing(*_):
    """In place of a rule that is left out."""


def without_hardening(state, rule=object_model.State.rates):
    found = list(rule(state))
    found[3] = 0.0
    return tuple(found)


BARGAINING = READY | GRASPING | {"bargaining.capital": 3, "war.ceasefire_rate": 10.0}

LEFT_OUT = {
    "hardening": ("State", "rates", without_hardening, BARGAINING),
    "cover": ("State", "take_cover", nothing, BARGAINING),
    "governments": ("State", "change_government", nothing, BARGAINING),
    "forcing events": ("ObjectModel", "force_a_decision", nothing, CALM | BARGAINING),
    "refill of budgets": ("ObjectModel", "refill", nothing, BARGAINING),
    "payers": ("ObjectModel", "pay", nothing, BARGAINING),
    "soundings": ("ObjectModel", "take_soundings", nothing, BARGAINING),
    "war lines": ("State", "line_of_war", lambda state, code: state.model.s.war.hot_line, BARGAINING),
    "Russia's choice": ("Russia", "choose", nothing, {}),
    "its errors of sight": ("Russia", "sees_objection", lambda russia, o: o.in_peace, CALM | READY | GRASPING),
    "side deals": ("State", "stakes", object_model.State.own_stakes, CALM | READY | GRASPING | EXACT),
    "the hegemon's plans": (
        "ObjectModel",
        "hear_the_hegemon",
        nothing,
        {"plans.hegemon_rate": 6.0, "candidate.reluctance": 0.0},
    ),
    "the worth of plans": ("ObjectModel", "worth", lambda model, plan: 0.0, {"plans.hegemon_rate": 6.0}),
    "danger": ("State", "danger", property(lambda state: state.model.war), {}),
    "an attack": ("ObjectModel", "suffer_attack", nothing, CALM | EXPOSED | {"roster": {"all": {"stance": 0.8}}}),
}


@pytest.mark.parametrize("rule", LEFT_OUT)
def test_the_comparison_fails_if_a_rule_is_left_out(monkeypatch, rule):
    owner, name, wrong, changes = LEFT_OUT[rule]
    monkeypatch.setattr(getattr(object_model, owner), name, wrong)
    assert compared(changes, 7, 7, until_apart=True).disagrees


def sequential_rest(network, disposition, p, dt, order, years):
    """Friedkin and Johnsen with one member moving after another, each on what those before it have become."""
    stance = np.zeros(len(disposition))
    for _ in range(round(years / dt)):
        for i in order:
            pull = p.assessment_rate * (disposition[i] - stance[i]) + p.peer_rate * (network[i] @ stance - stance[i])
            stance[i] += dt * pull
    return stance


def test_one_member_after_another_in_small_steps_comes_to_where_all_at_once_come():
    """Stated beforehand: at half a year, the distance of the two orders falls as the step; at rest it is below 1e-6."""
    rng = np.random.default_rng(4)
    n, p = 12, StanceParameters()
    network = influence_network(rng.uniform(0.2, 1, n), rng.uniform(0.2, 1, (n, n)))
    disposition = rng.uniform(-0.9, 0.9, n)
    order = rng.permutation(n)
    apart = []
    for dt in (0.04, 0.02, 0.01):
        together = np.zeros(n)
        for _ in range(round(0.5 / dt)):
            pull = p.assessment_rate * (disposition - together) + p.peer_rate * (network @ together - together)
            together = together + dt * pull
        apart.append(np.abs(sequential_rest(network, disposition, p, dt, order, 0.5) - together).max())
    assert apart[1] < 0.6 * apart[0]
    assert apart[2] < 0.6 * apart[1]
    rest = sequential_rest(network, disposition, p, 0.02, order, 25.0)
    closed = friedkin_johnsen(disposition, network, p.assessment_rate, p.peer_rate)
    assert np.abs(rest - closed).max() < 1e-6


def hegselmann_krause(n, bound):
    """Positions of the clusters from evenly spaced opinions in [0, 1], by the package's peers mechanism.

    Opinions x become stances 2x - 1. Hegselmann and Krause count one's own opinion: weights are equal with a diagonal;
    at a peer rate of one and a step of one the rule is theirs.
    """
    p = StanceParameters(peer_rate=1.0, confidence_bound=2.0 * bound)
    opinion = even(n)[None, :]
    network, distrust = np.full((n, n), 1.0 / n), np.zeros((1, n))
    for _ in range(400):
        moved = opinion + bounded_confidence.near_peers(opinion, opinion, network, 0, distrust, p)
        if np.abs(moved - opinion).max() < 1e-13:
            break
        opinion = moved
    return clusters(opinion[0])


def even(n):
    """Stances of n members, evenly spaced over the whole range."""
    return 2.0 * (np.arange(n) + 0.5) / n - 1.0


def clusters(stance, apart=1e-6):
    """Their positions as opinions in [0, 1]; neighbours in a cluster are nearer than ``apart`` in stance."""
    found = np.sort(stance)
    parts = np.split(found, np.flatnonzero(np.diff(found) > apart) + 1)
    return np.array([(part.mean() + 1.0) / 2.0 for part in parts])


@pytest.mark.parametrize("bound", [0.2, 0.25, 0.3])
def test_hegselmann_and_krause_s_consensus_above_the_threshold(bound):
    """Hegselmann & Krause 2002: consensus at 0.25; Lorenz 2007: above about 0.19 for a uniform start."""
    assert hegselmann_krause(201, bound) == pytest.approx([0.5], abs=1e-9)


def test_hegselmann_and_krause_s_two_camps_below_the_threshold():
    """Lorenz 2007: just below it two great clusters, mirrored about the middle, with next to nobody between."""
    found = hegselmann_krause(501, 0.18)
    assert found == pytest.approx(1.0 - found[::-1], abs=1e-9)
    assert found[[0, -1]] == pytest.approx([0.307, 0.693], abs=0.01)
    assert len(found) <= 3  # an odd number of opinions leaves a few in the very middle


def test_small_bounds_leave_many_clusters_further_apart_than_the_bound():
    """Plurality at 0.05, and Blondel et al. 2009: clusters about 2.2 bounds apart, so about 1 / (2.2 * 0.05)."""
    found = hegselmann_krause(601, 0.05)
    assert 7 <= len(found) <= 10
    assert 1.8 < np.diff(found).mean() / 0.05 < 2.6


@pytest.mark.parametrize("bound", [0.25, 0.15])
def test_the_hegselmann_krause_limit_holds_within_the_schedule_too(bound):
    """The whole schedule with peers alone and equal weights, against the rule one member at a time: to 1e-9.

    A member does not count its own stance here, and knows the others' with a lag; the clusters are as many as without
    both, and within 0.02 of them.
    """
    changes = {f"mechanisms.{name}": name == "peers" for name in MECHANISMS} | {"stance.spread_scale": 0.0}
    changes |= {"stance.network": "equal", "stance.confidence_bound": 2.0 * bound, "trust.divergence_cost": 0.0}
    codes = read_scenario().members().iso3
    spaced = {code: {"stance": value} for code, value in zip(codes, even(len(codes)).tolist(), strict=True)}
    setup = Setup.of(read_scenario("baseline", changes | {"roster": spaced, "horizon": "2045-12-01"}))
    world = first_day(setup, draw(setup.streams, 0, [0]))
    schedule.begin(world)
    p, q = setup.scenario.stance, setup.scenario.secretary_general
    learned = 1.0 - np.exp(-(p.clarity_rate + q.clarification_rate) * setup.dt)
    stance = even(len(codes))
    seen = stance.copy()
    for _ in range(setup.n_steps):
        schedule.step(world)
        seen += learned * (stance - seen)
        pull, known = np.zeros(len(codes)), seen.tolist()
        for i, own in enumerate(stance.tolist()):
            near = [other for j, other in enumerate(known) if j != i and abs(other - own) <= 2.0 * bound]
            pull[i] = sum(near) / len(near) - own if near else 0.0
        stance = stance + setup.values.alone.constants.effective_step * p.peer_rate * pull
    assert world.members.stance[0] == pytest.approx(stance, abs=1e-9)
    found = clusters(world.members.stance[0], apart=0.05)
    assert found == pytest.approx(hegselmann_krause(len(codes), bound), abs=0.02)
