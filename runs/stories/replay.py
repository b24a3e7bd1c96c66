"""One run as a dated story: which stances changed and why, and who objected when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
import xarray as xr

from article10.agents.members import NEVER, NO_BALLOT, OBJECT, REASON_HOLD, REASON_STANCE, REASON_WAR
from article10.agents.plans import FROM_EXTERNAL_POWER, FROM_HEGEMON
from article10.model.accession_rule import ASPIRANT, INVITED, MEMBER, PROTOCOL_SIGNED, RATIFYING, SHELVED
from article10.model.constants import review_steps
from article10.model.edition import read_edition
from article10.model.events import Event, GuaranteeEvent, PeacePlanEvent
from article10.model.government_events import GovernmentEvent
from article10.model.scenario import Scenario
from article10.runs.ensemble.ledger import OFFICE
from article10.runs.ensemble.recorder import CONTRIBUTION
from article10.runs.ensemble.result import EnsembleResult
from article10.runs.ensemble.summary import signed
from article10.runs.stories.event_phrases import listed, phrase

RECORD = (
    "stance",
    "orientation",
    "government_ties",
    "election_due",
    "barred_by_war",
    "hold",
    "consent",
    CONTRIBUTION,
)
"""Variables that a story needs."""

TOLD_MOVE = 0.05
"""Smaller changes of a stance in a year are left out of the story."""

FREQUENT = 3
"""Events that begin at least this often in a year are counted, not listed one by one."""

STAGE_TEXT = {
    ASPIRANT: "The candidate takes its bid up again.",
    INVITED: "The council invites the candidate: accession talks begin.",
    PROTOCOL_SIGNED: "All members sign the accession protocol.",
    RATIFYING: "Ratification begins.",
    MEMBER: "The last ratification is in: the candidate is a member.",
    SHELVED: "The candidate shelves its bid.",
}

INSTRUMENT_TEXT = {
    "press": "pressed members",
    "prolong": "refused a ceasefire to bar membership",
    "side_deals": "kept a side deal with a holdout",
    "escalate": "escalated",
}
"""What Russia did at a review, by instrument; its offers are told one by one."""


@dataclass(frozen=True, order=True)
class Entry:
    """One thing that happened.

    Attributes:
        day: the date.
        kind: ``event``, ``election``, ``bargain``, ``war``, ``council``, ``accession`` or ``moves``.
        text: what happened, in words.
        members: codes of the members that the entry mentions.
    """

    day: date
    kind: str
    text: str
    members: tuple[str, ...] = ()


def story(result: EnsembleResult, frequent: int = FREQUENT) -> list[Entry]:
    """The story of a result of one run, recorded with ``RECORD``, in order of time.

    Args:
        result: a result of one run.
        frequent: events that begin at least this often in a year are counted, not listed one by one.

    Raises:
        ValueError: there is more than one run, or a variable that a story needs was not recorded.
    """
    if result.runs != 1 or CONTRIBUTION not in result.data:
        raise ValueError("a story needs one run recorded with article10.runs.stories.replay.RECORD")
    data = result.data.isel(run=0)
    told = [
        *_events(data, result.scenario, frequent),
        *_governments(data, result.scenario),
        *_plans(data, result.scenario),
        *_instruments(data, result.scenario),
        *_attack(data),
        *_bargains(result),
        *_war(data, result.scenario.war.hot_line),
        *_councils(data),
        *_stages(data),
        *_ratifications(data),
        *_moves(data),
    ]
    return sorted(told, key=lambda entry: (entry.day, entry.text == STAGE_TEXT[MEMBER]))  # after the last ratification


def _day(data: xr.Dataset, step: int) -> date:
    return pd.Timestamp(data["step"].to_numpy()[step]).date()


def _names(data: xr.Dataset, chosen: np.ndarray) -> str:
    return listed([str(name) for name in data["member_name"].to_numpy()[chosen]])


def _codes(data: xr.Dataset, chosen: np.ndarray) -> tuple[str, ...]:
    return tuple(str(code) for code in data["member"].to_numpy()[chosen])


def _events(data: xr.Dataset, scenario: Scenario, frequent: int) -> list[Entry]:
    """Entries for events, one by one; for frequent events, their number in a year."""
    days = pd.DatetimeIndex(data["step"].to_numpy())
    names = dict(zip(data["member"].to_numpy().tolist(), data["member_name"].to_numpy().tolist(), strict=True))
    told = []
    for event in scenario.events:
        acts = data[f"event_{event.name}"].to_numpy().astype(bool)
        begins = np.flatnonzero(acts & ~np.concatenate([[False], acts[:-1]]) if event.has_duration else acts)
        for year in sorted(set(days[begins].year)):
            in_year = [int(step) for step in begins if days[int(step)].year == year]
            if len(in_year) >= frequent:
                entry = f"In {year}, {len(in_year)} times: {phrase(event, names)}."
                told.append(Entry(_day(data, in_year[-1]), "event", entry, event.members_named))
                continue
            for step in in_year:
                said = phrase(event, names, _accepted(event, data, scenario, step))
                told.append(Entry(_day(data, step), "event", f"{said[0].upper()}{said[1:]}.", event.members_named))
    return told


def _accepted(event: Event, data: xr.Dataset, scenario: Scenario, step: int) -> bool | None:
    """Whether the candidate accepted a peace plan, as given, or as inferred from the plan's guarantee."""
    if not isinstance(event, PeacePlanEvent):
        return None
    if event.accepted is not None:
        return event.accepted
    others = [e for e in scenario.events if isinstance(e, GuaranteeEvent | PeacePlanEvent) and e is not event]
    weight = 1.0 if event.binding else scenario.guarantees.non_binding_weight
    before, after = data["guarantee"].to_numpy()[step : step + 2].astype(float)
    given = event.guarantee * weight * (1.0 - before)
    faded = before * -np.expm1(-scenario.guarantees.decay_rate * scenario.step_years)
    if given <= 2.0 * faded or any(data[f"event_{e.name}"].to_numpy()[step] for e in others):
        return None  # its guarantee would not stand out
    return bool(after > before)


def _reviews(data: xr.Dataset, scenario: Scenario) -> np.ndarray:
    """Steps with a review of Russia's."""
    return np.arange(0, data.sizes["interval"], review_steps(scenario))


def _plans(data: xr.Dataset, scenario: Scenario) -> list[Entry]:
    """Entries for plans that Russia or the hegemon offers."""
    told, roster = [], scenario.members()
    hegemon = roster.names[int(np.argmax(roster.influence_weight))]
    power = read_edition(scenario.edition).external_power.name
    for step in _reviews(data, scenario):
        plans = int(data["plans"].to_numpy()[step + 1])
        for source, who in ((FROM_EXTERNAL_POWER, power), (FROM_HEGEMON, hegemon)):
            if answer := plans // source % 4:
                answers = "accepts" if answer > 1 else "refuses"
                text = f"{who} offers the candidate a ceasefire without membership: it {answers}."
                told.append(Entry(_day(data, step), "event", text))
    return told


def _instruments(data: xr.Dataset, scenario: Scenario) -> list[Entry]:
    """Entries for what Russia did at the reviews of each year."""
    reviews, told = _reviews(data, scenario), []
    power = read_edition(scenario.edition).external_power.name
    years = pd.DatetimeIndex(data["step"].to_numpy())[reviews].year
    for year in sorted(set(years)):
        of_year = reviews[years == year]
        times = {text: int((data[f"use_{n}"].to_numpy()[of_year + 1] > 0).sum()) for n, text in INSTRUMENT_TEXT.items()}
        said = [f"{text} at {number}" for text, number in times.items() if number]
        if said:
            text = f"In {year}, of {len(of_year)} reviews, {power} {listed(said)}."
            told.append(Entry(_day(data, of_year[-1]), "event", text))
    return told


def _attack(data: xr.Dataset) -> list[Entry]:
    """The entry for an attack on the new member, if there is one."""
    step = int(data["attacked_step"])
    text = "The new member is attacked: a case for Article 5."
    return [] if step == NEVER else [Entry(_day(data, step), "war", text)]


def _governments(data: xr.Dataset, scenario: Scenario) -> list[Entry]:
    """Entries for elections, early ones among them, and for leaders replaced between elections."""
    orientation, ties = data["orientation"].to_numpy(), data["government_ties"].to_numpy()
    due = data["election_due"].to_numpy()
    steps = np.arange(len(due) - 1)[:, None]
    votes = due[:-1] == steps
    early = (due[1:] != due[:-1]) & ~votes
    anew = (orientation[1:] != orientation[:-1]) & ~votes & ~early & ~_by_event(data, scenario)
    told = []
    for step, i in zip(*(votes | early | anew).nonzero(), strict=True):
        name, code = str(data["member_name"].to_numpy()[i]), str(data["member"].to_numpy()[i])
        before, after = orientation[step, i], orientation[step + 1, i]
        moved = (
            f"orientation {signed(before)} to {signed(after)}, "
            f"ties with Russia {ties[step, i]:.2f} to {ties[step + 1, i]:.2f}."
        )
        if anew[step, i]:
            text = f"{name}: the government falls; a new leader of the same side, {moved}"
        else:
            happens = f"{name}: the government falls; an early election" if early[step, i] else f"{name} votes"
            stays = before == after
            text = f"{happens}: {'the government stays.' if stays else f'a new government, {moved}'}"
        told.append(Entry(_day(data, step), "election", text, (code,)))
    return told


def _by_event(data: xr.Dataset, scenario: Scenario) -> np.ndarray:
    """Whether an event of the scenario gives a member another government, (interval, member) of bool."""
    codes = data["member"].to_numpy()
    found = np.zeros((data.sizes["interval"], len(codes)), dtype=bool)
    for event in scenario.events:
        if isinstance(event, GovernmentEvent):
            found |= data[f"event_{event.name}"].to_numpy().astype(bool)[:, None] & (codes == event.member)
    return found


def _bargains(result: EnsembleResult) -> list[Entry]:
    """Entries for members that begin to hold out, and that give or take back their consent, with what they are paid."""
    data = result.data.isel(run=0)
    hold, consent = data["hold"].to_numpy().astype(bool), data["consent"].to_numpy().astype(bool)
    names = dict(zip(data["member"].to_numpy().tolist(), data["member_name"].to_numpy().tolist(), strict=True))
    codes = list(names)
    rows = result.ledger.to_dict("records")
    paid = {(pd.Timestamp(row["date"]).date(), row["holdout"]): row for row in rows}
    told = []
    for step, i in zip(*(hold[1:] & ~hold[:-1]).nonzero(), strict=True):
        text = f"{names[codes[i]]} could consent, but holds out for a price."
        told.append(Entry(_day(data, step), "bargain", text, (codes[i],)))
    yields = consent[1:] & ~consent[:-1]
    for day, code in paid:  # a new government can lose the consent of the last one and yield in the same week
        yields[result.scenario.step_of(day), codes.index(code)] = True
    for step, i in zip(*yields.nonzero(), strict=True):
        day, code = _day(data, step), codes[i]
        payment = paid.get((day, code))
        how = "without being paid."
        if payment is not None:
            payer = "Secretary General" if payment["payer"] == OFFICE else names[payment["payer"]]
            units = f"{payment['amount']} unit{'s' if payment['amount'] > 1 else ''} of political capital"
            how = f"and is paid. Payer: {payer} ({units})."
        told.append(Entry(day, "bargain", f"{names[code]} yields {how}", (code,)))
    for step, i in zip(*(~consent[1:] & consent[:-1]).nonzero(), strict=True):
        text = f"The consent of {names[codes[i]]} holds no longer."
        told.append(Entry(_day(data, step), "bargain", text, (codes[i],)))
    return told


def _war(data: xr.Dataset, hot_line: float) -> list[Entry]:
    """Entries for ceasefires and their ends, and for the days on which the war begins or ceases to bar admission."""
    ceasefire = data["ceasefire"].to_numpy().astype(bool)
    hot = data["war_intensity"].to_numpy() > np.float32(hot_line)
    texts = (
        (ceasefire, "A ceasefire comes into force; fighting ebbs.", "The ceasefire breaks."),
        (hot, "The war is hot: members that would not admit a state at war object.", "The war is no longer hot."),
    )
    return [
        Entry(_day(data, int(step)), "war", begins if state[step + 1] else ends)
        for state, begins, ends in texts
        for step in np.flatnonzero(state[1:] != state[:-1])
    ]


def _councils(data: xr.Dataset) -> list[Entry]:
    told = []
    days = data["council"].to_numpy()
    ballots, reasons = data["ballot"].to_numpy(), data["reason"].to_numpy()
    put, invited = data["question_put"].to_numpy(), data["invited"].to_numpy()
    for k, day in enumerate(days):
        if (ballots[k] == NO_BALLOT).all():
            continue
        objects = ballots[k] == OBJECT
        own, war, hold = ((reasons[k] & bit) > 0 for bit in (REASON_STANCE, REASON_WAR, REASON_HOLD))
        parts = [f"Council ({data['council_kind'].to_numpy()[k]}): "]
        if not objects.any():
            parts.append("nobody objects")
        if own.sum() == 1:
            parts.append(f"{_names(data, own)} alone objects by its own stance")
        elif own.any():
            parts.append(f"{_names(data, own)} object by their own stance")
        if hold.any():
            parts.append(f"{', ' if own.any() else ''}{_names(data, hold)} {'hold' if hold.sum() > 1 else 'holds'} out")
        if (only_war := war & ~own & ~hold).any():
            parts.append(f"{', and ' if (own | hold).any() else ''}{int(only_war.sum())} because of the war")
        asked = "the question is put" if put[k] else "the question is not put"
        text = f"{''.join(parts)}; {asked}{', and passes' if invited[k] else ''}."
        told.append(Entry(pd.Timestamp(day).date(), "council", text, _codes(data, own | hold)))
    return told


def _stages(data: xr.Dataset) -> list[Entry]:
    stage = data["stage"].to_numpy()
    inviting = data["council"].to_numpy()[data["invited"].to_numpy() > 0]
    told = []
    for step in np.flatnonzero(stage[1:] != stage[:-1]) + 1:
        day = _day(data, int(step))
        if stage[step] == INVITED:  # on the day of the council, not at the end of its week
            day = max(d for d in pd.DatetimeIndex(inviting).date if d <= day)
        told.append(Entry(day, "accession", STAGE_TEXT[int(stage[step])]))
    return told


def _ratifications(data: xr.Dataset) -> list[Entry]:
    steps = data["ratified_step"].to_numpy()
    told = []
    for step in sorted({int(s) for s in steps if s != NEVER}):
        now = steps == step
        done = int(((steps != NEVER) & (steps <= step)).sum())
        text = f"{_names(data, now)} {'ratify' if now.sum() > 1 else 'ratifies'}: {done} of {len(steps)}."
        told.append(Entry(_day(data, step), "accession", text, _codes(data, now)))
    return told


def _moves(data: xr.Dataset) -> list[Entry]:
    """The largest changes of stance in each year, and the mechanisms behind them."""
    days = pd.DatetimeIndex(data["step"].to_numpy())
    stance = data["stance"].to_numpy()
    contribution = data[CONTRIBUTION].to_numpy()
    mechanisms = [str(name) for name in data["mechanism"].to_numpy()]
    told = []
    for year in sorted(set(days.year)):
        steps = np.flatnonzero(days.year == year)
        first, last = int(steps[0]), int(min(steps[-1] + 1, len(days) - 1))
        if last <= first:
            continue
        moved = stance[last].astype(float) - stance[first]
        for i in np.argsort(-np.abs(moved))[:3]:
            if abs(moved[i]) < TOLD_MOVE:
                continue
            parts = contribution[first:last, i].sum(axis=0)
            largest = [j for j in np.argsort(-np.abs(parts))[:3] if abs(parts[j]) >= 0.01]
            why = ", ".join(f"{mechanisms[j]} {signed(parts[j])}" for j in largest)
            name, code = str(data["member_name"].to_numpy()[i]), str(data["member"].to_numpy()[i])
            text = f"In {year} {name} moves {signed(moved[i])}, to {signed(stance[last, i])}: {why}."
            told.append(Entry(days[last].date(), "moves", text, (code,)))
    return told
