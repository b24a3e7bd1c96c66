"""A run as a story: what happened, in words that do not contradict each other."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

import article10
from article10.model import events as event_kinds
from article10.model import plans
from article10.model.events import Event, kinds
from article10.runs.ensemble.rerun import rerun
from article10.runs.stories import replay
from article10.runs.stories.event_phrases import phrase

NAMES = dict(zip(article10.read_roster().iso3, article10.read_roster().names, strict=True))

SAID = {
    "pressure": ({"instrument": "energy", "targets": ["HUN"], "weeks": 26}, "pressure by energy on Hungary, 26 weeks"),
    "guarantee": ({"binding": True, "providers": ["POL"]}, "a binding security guarantee of level 0.3 by Poland"),
    "peace_plan": ({"force_cap": 0.4}, "a ceasefire, no membership, a cap of 0.4 on its forces; it declines"),
    "ceasefire": ({}, "a ceasefire is agreed"),
    "breach": ({}, "a sudden attack, which breaks any ceasefire"),
    "election": ({"member": "HUN", "orientation": -0.2}, "Hungary votes: a new government, orientation −0.20"),
    "summit": ({}, "a summit, where members learn where the others stand"),
    "spending_pledge": ({"target": 4.0}, "members pledge 4% of GDP for defence by 2035"),
    "battlefield_shift": ({"front": -0.02, "intensity": 0.1}, "loses ground (front −0.02) and the war grows"),
    "snap_election": ({"member": "ITA"}, "Italy holds a snap election"),
    "government_fall": ({"member": "ITA", "government_ties": 0.2}, "another takes office without an election, ties"),
    "leader_change": ({"member": "ITA", "orientation": 0.1}, "a new leader without an election, orientation +0.10"),
    "incident": ({"targets": ["EST", "LVA"]}, "an incident in Estonia, Latvia, severity 0.3"),
}


@pytest.fixture(scope="module")
def result():
    return article10.simulate("ceasefire_2026", 60, 7, changes={"accession.objection_line": -0.5})


def test_a_story_tells_what_happened(result):
    acceded = int(result.outcomes.index[result.outcomes["outcome"] == "member"][0])
    told = replay.story(rerun(result, acceded, replay.RECORD))
    assert [entry.day for entry in told] == sorted(entry.day for entry in told)
    by_kind = {kind: [e for e in told if e.kind == kind] for kind in {e.kind for e in told}}
    assert set(by_kind) == {"event", "election", "war", "bargain", "council", "accession", "moves"}
    ends = [e for e in by_kind["accession"] if "is a member" in e.text]
    assert pd.Timestamp(ends[0].day) == result.outcomes["accession_date"].loc[acceded]
    ratified = [e for e in by_kind["accession"] if "32 of 32" in e.text]
    assert len(ratified) == 1
    assert told.index(ratified[0]) < told.index(ends[0])
    passing = [e.day for e in by_kind["council"] if "and passes" in e.text]
    assert passing
    assert passing == [e.day for e in by_kind["accession"] if "council invites" in e.text]
    ballots = result.data["ballot"].sel(run=acceded).to_numpy()
    assert len(by_kind["council"]) == (ballots >= 0).any(axis=1).sum()


def test_a_story_tells_every_bargain_that_the_ledger_and_the_states_of_consent_hold(result):
    payments = result.ledger
    run = int(payments["run"].mode()[0])
    again = rerun(result, run, replay.RECORD)
    told = [entry for entry in replay.story(again) if entry.kind == "bargain"]
    names = dict(zip(again.data["member"].to_numpy(), again.data["member_name"].to_numpy(), strict=True))
    own = payments[payments["run"] == run]
    assert len(own) >= 2
    for row in own.to_dict("records"):
        units = "unit" if row["amount"] == 1 else "units"
        payer = f"{names.get(row['payer'], row['payer'])} ({row['amount']} {units} of political capital)"
        said = f"{names[row['holdout']]} yields and is paid. Payer: {payer}."
        assert said in [entry.text for entry in told if pd.Timestamp(entry.day) == row["date"]]
    assert sum("is paid. Payer:" in entry.text for entry in told) == len(own)
    hold, consent = (again.data[name].to_numpy()[0].astype(int) for name in ("hold", "consent"))
    assert sum("holds out for a price" in entry.text for entry in told) == (np.diff(hold, axis=0) == 1).sum()
    assert sum(" yields " in entry.text for entry in told) >= (np.diff(consent, axis=0) == 1).sum()
    assert sum("without being paid" in entry.text for entry in told) <= (np.diff(consent, axis=0) == 1).sum()


def test_a_story_needs_one_run_with_everything(result):
    with pytest.raises(ValueError, match="one run"):
        replay.story(result)


# --- events ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", SAID)
def test_an_event_is_told_by_its_own_fields(kind):
    fields, said = SAID[kind]
    event = kinds()[kind].model_validate({"name": "x", "date": "2026-05-04", **fields})
    assert said in phrase(event, NAMES, accepted=False)


def test_an_election_without_a_given_result_is_not_told_to_bring_a_new_government():
    event = kinds()["election"].model_validate({"name": "x", "date": "2026-05-04", "member": "HUN"})
    assert phrase(event, NAMES) == "Hungary votes, off the calendar"


def test_every_kind_that_comes_with_the_model_has_words_of_its_own():
    assert set(SAID) == {name for name, kind in kinds().items() if kind.__module__.startswith("article10.model.")}


def test_a_kind_of_the_user_s_own_is_told_by_kind_and_name():
    class Referendum(Event):
        kind: str = "straw_poll"

    assert phrase(Referendum(name="first_vote", rate=1.0), NAMES) == "straw poll “first vote”"


@pytest.mark.parametrize("scenario", ["baseline", "guarantees_in_lieu"])
def test_a_plan_is_told_to_be_accepted_where_the_candidate_accepted_it(scenario, monkeypatch):
    answers, taken = {}, []
    put, accept = plans.put_plan, plans.accept

    def noted(world, rows, terms, draw):
        taken.clear()
        put(world, rows, terms, draw)
        if rows.size:
            answers[world.setup.scenario.date_of(world.step)] = bool(taken[-1].size)

    monkeypatch.setattr(plans, "accept", lambda world, rows, terms: (taken.append(rows), accept(world, rows, terms)))
    monkeypatch.setattr(event_kinds, "put_plan", noted)
    often = [{"kind": "peace_plan", "name": "plan", "rate": 0.5, "guarantee": 0.3}]
    changes = {"events": often, "candidate.reluctance": 0.5}
    known = []
    for run in range(8):
        answers.clear()
        told = replay.story(article10.simulate(scenario, 1, 7, changes=changes, first_run=run, record=replay.RECORD))
        for entry in told:
            if match := re.search("peace plan .*; it (accepts|declines)", entry.text):
                assert (match[1] == "accepts") == answers[entry.day], entry
                known.append(match[1])
    assert set(known) == {"accepts", "declines"}


def test_events_in_two_weeks_running_are_two():
    often = {"events": [{"kind": "summit", "name": "weekly", "rate": 52.0}], "horizon": "2026-12-07"}
    result = article10.simulate("baseline", 1, 7, changes=often, record=replay.RECORD)
    told = [e for e in replay.story(result, frequent=10_000) if "a summit" in e.text.lower()]
    assert len(told) == np.count_nonzero(result.data["event_weekly"])


# --- the war --------------------------------------------------------------------------------------------------------


def test_members_object_because_of_the_war_only_while_the_story_says_that_it_is_hot(result):
    for run in range(10):
        hot = True  # at the start
        for entry in replay.story(rerun(result, run, replay.RECORD)):
            if entry.kind == "war" and "hot" in entry.text:
                hot = "no longer" not in entry.text
            if entry.kind == "council":
                assert "because of the war" not in entry.text or hot, (run, entry)


def test_a_ceasefire_does_not_end_the_fighting_at_once():
    told = replay.story(article10.simulate("ceasefire_2026", 1, 7, record=replay.RECORD))
    war = [entry for entry in told if entry.kind == "war"]
    begins = next(k for k, entry in enumerate(war) if entry.text == "A ceasefire comes into force; fighting ebbs.")
    assert war[begins + 1].text == "The war is no longer hot."
    assert war[begins + 1].day > war[begins].day
