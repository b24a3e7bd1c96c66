"""The fitted numbers of the casebook, kept with the package: ``python -m article10.runs.evidence.holdout_fitted``."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from article10.runs.evidence.holdout_casebook import ENDINGS, casebook_rows, read_spells
from article10.runs.evidence.holdout_hazard import COVARIATES, fit_hazard
from article10.runs.evidence.holdout_likelihood import Estimate
from article10.runs.evidence.holdout_members import (
    SINCE,
    UNTIL,
    Opportunism,
    Reopening,
    find_reopening,
    fit_opportunism,
    fit_payment,
)

FILE = "casebook/fitted.toml"
"""Name of the file in ``model/data/``."""

TABLE = "casebook/opportunism.csv"
"""Name of the table that the roster reads, in the same folder."""

FURTHER = ("alone", "size", "forcing × stakes")
"""Covariates that are added one at a time to those of the forecast."""

DIGITS = 5


@cache
def read_fitted() -> Mapping[str, Any]:
    """The content of the file: tables ``hazard``, ``further``, ``payment``, ``opportunism`` and ``reopening``."""
    return tomllib.loads(files("article10.model.data").joinpath(FILE).read_text("utf-8"))


def fitted_estimate(*place: str) -> Estimate:
    """An estimate from the file.

    Args:
        place: names of its table, such as ``hazard`` and ``settled``.
    """
    table: Any = read_fitted()
    for name in place:
        table = table[name]
    return Estimate(tuple(table["names"]), np.array(table["value"]), np.array(table["covariance"]))


def compute_fitted() -> str:
    """Fit everything, and return the text of the file."""
    rows, spells = casebook_rows(), read_spells()
    parts = [
        "# Fits of holdout_spells.csv: estimates, 90% confidence intervals and covariances, clustered by quarrel.\n"
        "# Written by `python -m article10.runs.evidence.holdout_fitted`; do not edit.\n"
    ]
    for ending in ENDINGS:
        of = {"spells": len(spells), "ended": int(spells.ended(ending).sum()), "quarrels": len(set(spells.quarrel))}
        parts.append(_table(f"hazard.{ending}", {**of, **_estimate(fit_hazard(spells, ending))}))
    for name in FURTHER:
        found = fit_hazard(spells, "settled", (*COVARIATES, name))
        low, high = (ends[found.names.index(name)] for ends in found.interval())
        value = found.value[found.names.index(name)]
        parts.append(_table(f'further."{name}"', {"value": value, "low": low, "high": high}))
    parts.append(_table("payment", _estimate(fit_payment(rows))))
    parts += [_opportunism(fit_opportunism(rows)), _reopening(find_reopening(rows))]
    return "\n".join(parts)


def _estimate(found: Estimate) -> dict[str, Any]:
    low, high = found.interval()
    return {"names": found.names, "value": found.value, "low": low, "high": high, "covariance": found.covariance}


def _opportunism(found: Opportunism) -> str:
    head = {
        "since": SINCE.isoformat(),
        "until": UNTIL.isoformat(),
        "concentration": found.concentration,
        "quarrels_per_member_year": found.rate,
    }
    parts = [_table("opportunism", head)]
    for code, (mean, low, high) in found.multiple.items():
        years = {body: of[code] for body, of in found.years.items() if code in of}
        quarrels = {body: of[code] for body, of in found.quarrels.items() if code in of}
        row = {"multiple": mean, "low": low, "high": high, "member_years": years, "quarrels": quarrels}
        parts.append(_table(f"opportunism.member.{code}", row))
    return "\n".join(parts)


def _reopening(found: Reopening) -> str:
    shares = {
        name: {"count": count, "share": count / found.yields, "low": ends[0], "high": ends[1]}
        for name, count, ends in (
            ("opened", found.opened, found.opened_interval),
            ("held", found.held, found.held_interval),
        )
    }
    return _table("reopening", {"yields": found.yields, **shares})


def _table(name: str, content: Mapping[str, Any]) -> str:
    return f"[{name}]\n" + "".join(f"{key} = {_value(value)}\n" for key, value in content.items())


def _value(value: Any) -> str:  # noqa: ANN401 - what a table holds
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_value(each)}" for key, each in value.items()) + " }"
    if isinstance(value, np.ndarray):
        return json.dumps(np.round(value, DIGITS).tolist())
    if isinstance(value, float):
        return json.dumps(round(float(value), DIGITS))
    return json.dumps(value, ensure_ascii=False)


def opportunism_table(fitted: str) -> str:
    """Members' multiples of the average rate of holding out, as the table that the roster reads.

    Args:
        fitted: the text of the file.
    """
    members = tomllib.loads(fitted)["opportunism"]["member"]
    rows = [f"{code},{found['multiple']},{FILE}" for code, found in members.items()]
    return "\n".join(["iso3,multiple,source", *rows, ""])


def main() -> None:
    """Write the file, and the table of opportunism, into the package of this checkout."""
    folder, fitted = Path(str(files("article10.model.data"))), compute_fitted()
    (folder / FILE).write_text(fitted, "utf-8")
    (folder / TABLE).write_text(opportunism_table(fitted), "utf-8")


if __name__ == "__main__":
    main()
