"""Figure of the ledger: who paid whom for consent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from article10.agents.bargaining import FOR_HOLD
from article10.runs.ensemble.ledger import KINDS
from article10.runs.figures.style import literal, note_runs, shown_of

if TYPE_CHECKING:
    from article10.runs.ensemble.result import EnsembleResult

OTHERS = "others"

ALL, FOR_PRICE = "all payers", "to end holds"
"""Columns beside the payers: all payments to a member, and those that ended a hold for a price."""

LEAST_WRITTEN = 0.05
"""Smallest number written in a cell, which shows one decimal; a smaller one that is not zero is written as "<0.1"."""


def paid_per_hundred(result: EnsembleResult, most: int, payers: int) -> tuple[pd.DataFrame, int]:
    """Payments per 100 runs, by the member that was paid and by who paid, the most frequent first.

    Args:
        result: the runs.
        most: number of members that were paid.
        payers: number of payers with a column of their own.

    Returns:
        A table with the names of members that were paid, a column for each payer, ``others``, ``ALL`` and
        ``FOR_PRICE``; and the number of members that were ever paid.
    """
    ledger, per_run = result.ledger, 100.0 / result.runs
    counts = pd.crosstab(ledger["holdout"], ledger["payer"]) * per_run
    counts = counts.loc[
        counts.sum(axis=1).sort_values(ascending=False, kind="stable").index,
        counts.sum().sort_values(ascending=False, kind="stable").index,
    ]
    shown = counts.iloc[:most, :payers].copy()
    if counts.shape[1] > payers:
        shown[OTHERS] = counts.iloc[:most, payers:].sum(axis=1)
    shown[ALL] = counts.iloc[:most].sum(axis=1)
    held = ledger["holdout"][ledger["kind"] == KINDS[FOR_HOLD]].value_counts() * per_run
    shown[FOR_PRICE] = held.reindex(shown.index).fillna(0.0)
    names = dict(zip(result.data["member"].to_numpy().tolist(), result.data["member_name"].to_numpy(), strict=True))
    return shown.rename(index=names, columns=names), len(counts)


def draw_ledger(ax: Axes, result: EnsembleResult, table: pd.DataFrame, paid: int) -> None:
    """Draw payments per 100 runs: a row for each member that was paid, a column for each payer.

    Args:
        ax: where to draw.
        result: the runs.
        table: from ``paid_per_hundred``.
        paid: number of members that were ever paid.
    """
    if table.empty:
        ax.set_title("No member was paid for its consent in any run")
        ax.set_axis_off()
        note_runs(ax, result.runs)
        return
    values = table.to_numpy(float)
    payers = values.shape[1] - 2
    highest = max(float(values[:, :payers].max()), LEAST_WRITTEN)
    coloured = np.ma.masked_array(values, np.broadcast_to(np.arange(values.shape[1]) >= payers, values.shape))
    ax.imshow(coloured, cmap=mpl.colormaps["Blues"], vmin=0, vmax=1.25 * highest, aspect="auto")
    for (row, column), value in np.ndenumerate(values):
        if value > 0:
            is_dark = column < payers and value > 0.75 * highest
            style: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": 8}
            written = f"{value:.1f}" if value >= LEAST_WRITTEN else "<0.1"
            ax.text(column, row, written, color="white" if is_dark else "#222222", **style)
    ax.axvline(payers - 0.5, color="#444444", linewidth=1.2)
    ax.set_xticks(range(values.shape[1]), [literal(str(name)) for name in table.columns], rotation=40, ha="left")
    ax.set_yticks(range(len(table)), [literal(str(name)) for name in table.index])
    ax.tick_params(length=0, top=False, bottom=False, labeltop=True, labelbottom=False)
    ax.spines[:].set_visible(False)
    ax.grid(visible=False)
    ax.set_title("Who paid (columns) for whose consent (rows): payments per 100 runs")
    mean = result.ledger["amount"].mean()
    left = shown_of(len(table), paid, "members that were paid")
    unit = "units of political capital"
    note_runs(ax, result.runs, f"a payment is {mean:.1f} {unit} on average; empty: none{left}", below=8)
