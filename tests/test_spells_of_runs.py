"""How long members hold out in runs of the model."""

from __future__ import annotations

import math

import numpy as np
import pytest

import article10
from article10.runs.evidence.spells_of_runs import FIVE_YEARS, lengths, median_days, spells_of_runs, survival

PEACE = {"war.starts_in_ceasefire": True, "war.breach_rate": 0.0, "candidate.readiness": 0.9}


def spells(runs=40, **changes):
    named = {key.replace("__", "."): value for key, value in changes.items()}
    return spells_of_runs(article10.read_scenario("baseline", {**PEACE, **named}), runs, 3)


def test_survival_is_that_of_kaplan_and_meier():
    days, yielded = np.array([1.0, 2.0, 2.0, 3.0, 5.0]), np.array([True, True, False, True, False])
    assert survival(days, yielded, 0.5) == 1.0
    assert survival(days, yielded, 1.0) == pytest.approx(4 / 5)
    assert survival(days, yielded, 2.0) == pytest.approx(4 / 5 * 3 / 4)
    assert survival(days, yielded, 9.0) == pytest.approx(4 / 5 * 3 / 4 * 1 / 2)
    assert median_days(days, yielded) == 3.0
    assert median_days(days, np.zeros(5, bool)) == math.inf


def test_as_many_spells_end_by_consent_as_members_give_it():
    """But for consent that is given and lost in one step, which the recorded states do not show."""
    table = spells()
    result = article10.simulate("baseline", 40, 3, changes=PEACE, record=("consent",))
    given = (np.diff(result.data["consent"].to_numpy().astype(int), axis=1) == 1).sum()
    assert table["yielded"].sum() == pytest.approx(given, rel=0.02)
    assert (table["forced"] <= table["days"]).all()
    assert table["days"].max() < (result.scenario.horizon - result.scenario.start).days


def test_without_bargaining_there_are_no_spells():
    assert spells(5, bargaining__consent=False).empty


def test_steady_spells_have_the_length_of_the_fit():
    """Without effects of covariates, spells of one scale and shape 1 are exponential."""
    plain = {"forcing_effect": 0.0, "stakes_effect": 0.0, "ties_effect": 0.0, "shape": 1.0, "scale": 2.0}
    plain |= {"payment": -10.0, "payment_stakes": 0.0}  # nobody asks to be paid, and so nobody holds on for want of it
    table = spells(120, **{f"bargaining__{name}": value for name, value in plain.items()})
    for years in (0.5, 1.0, 2.0):
        shown = survival(table["days"].to_numpy(), table["yielded"].to_numpy(), years * 365.25)
        assert shown == pytest.approx(math.exp(-years / 2.0), abs=0.06)
    assert survival(table["days"].to_numpy(), table["yielded"].to_numpy(), FIVE_YEARS) < 0.2


def test_forcing_events_shorten_spells():
    usual = lengths(spells(120))
    assert usual.loc["mostly a forcing event", "median_days"] < usual.loc["mostly none", "median_days"]
