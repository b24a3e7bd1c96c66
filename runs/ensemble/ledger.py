"""The ledger: every payment for consent, one row each."""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr

from article10.agents.bargaining import FOR_HOLD, FOR_OBJECTION, NO_PAYMENT
from article10.model.accession_rule import STAGES, Milestone
from article10.model.scenario import Scenario

OFFICE = "Secretary General"
"""Name of the payer that is no member."""

KINDS = {FOR_OBJECTION: "objection", FOR_HOLD: "hold"}
"""What a payment ended: an objection by stance, or a member's holding out for a price."""

LEDGER = {
    "run": ("", "number of the run"),
    "date": ("date", "first day of the week in which the member yielded"),
    "payer": ("ISO 3166", f"the member that paid, or {OFFICE}"),
    "holdout": ("ISO 3166", "the member that was paid"),
    "amount": ("unit", "political capital paid"),
    "kind": ("", f"what the payment ended: {' or '.join(KINDS.values())}"),
    "stage": ("", "stage of the accession on that day"),
}
"""Columns of the ledger: unit and meaning."""


def ledger(data: xr.Dataset, scenario: Scenario, quarter_steps: int) -> pd.DataFrame:
    """Every payment in a dataset, one row each, by run and date: the columns of ``LEDGER``.

    Args:
        data: a dataset made by ``dataset``.
        scenario: its scenario.
        quarter_steps: steps in a quarter.
    """
    run, quarter, member = (data["payment_kind"].to_numpy() != NO_PAYMENT).nonzero()
    week = data["payment_week"].to_numpy()[run, quarter, member].astype(int)
    step = quarter * quarter_steps + week
    names = np.array([*data["member"].to_numpy().tolist(), OFFICE])
    table = pd.DataFrame(
        {
            "run": data["run"].to_numpy()[run],
            "date": pd.DatetimeIndex([scenario.date_of(int(each)) for each in step]),
            "payer": names[data["payment_payer"].to_numpy()[run, quarter, member]],
            "holdout": names[member],
            "amount": data["payment_amount"].to_numpy()[run, quarter, member].astype(int),
            "kind": [KINDS[int(each)] for each in data["payment_kind"].to_numpy()[run, quarter, member]],
            "stage": [STAGES[int(each)] for each in _stage(data, run, step)],
        }
    )
    return table.sort_values(["run", "date", "holdout"], ignore_index=True)


def _stage(data: xr.Dataset, run: np.ndarray, step: np.ndarray) -> np.ndarray:
    """Code of the last stage that was entered before each payment, (payment,)."""
    stage = np.zeros(len(run), int)
    for milestone in Milestone:
        entered = data[f"{milestone}_step"].to_numpy()[run]
        stage = np.where((entered >= 0) & (entered <= step), milestone.stage, stage)
    signed = data[f"{Milestone.SIGNATURE}_step"].to_numpy()[run]
    return np.where((stage == Milestone.SIGNATURE.stage) & (signed < step), STAGES.index("ratifying"), stage)
