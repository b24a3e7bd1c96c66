"""The published example of the model of challenges, and how far it is reproduced: emission standards of the EC.

Ten members of the European Community had to agree for how many years to delay emission standards for medium-sized cars
(Bueno de Mesquita 1994; data as in Scholz, Calbert & Smith 2011). The published forecast is 8.35 years.
"""

from __future__ import annotations

from dataclasses import asdict

import numpy as np
import pandas as pd

from article10.runs.evidence.rivals.challenge import all_choices, challenge, forecast
from article10.runs.evidence.rivals.spatial import compromise

ACTORS = ("NLD", "BEL", "LUX", "DEU", "FRA", "ITA", "GBR", "IRL", "DNK", "GRC")
INFLUENCE = np.array([0.08, 0.08, 0.03, 0.16, 0.16, 0.16, 0.16, 0.05, 0.05, 0.08])
SALIENCE = np.array([0.8, 0.4, 0.2, 0.8, 0.6, 0.6, 0.9, 0.1, 1.0, 0.7])
YEARS = np.array([4.0, 7.0, 4.0, 4.0, 10.0, 10.0, 10.0, 7.0, 4.0, 7.0])
"""Members, their capabilities, saliences and positions in years of delay."""

PUBLISHED = 8.35
"""The forecast as published, years."""

REPEATED = (
    (8.415932315426764, 7.0, 4.0),
    (9.610859134120188, 8.415932315426764, 7.0),
    (9.961979590401311, 9.610859134120188, 8.415932315426764),
)
"""Positions of Belgium, Luxembourg and Ireland after rounds 1 to 3, nobody else having moved: from the log of a program
that is said to repeat that of Scholz et al. (github.com/dmasad/bdm-scholz-expected-utility-model, Example.log). In
round 4 that program takes the compromise that leads to the lowest position, where the text has the smallest move."""


def readings() -> pd.DataFrame:
    """By reading: the weighted median after one round and after the last, and the mean of the last positions, years."""
    rows = []
    for held in all_choices():
        path = challenge(YEARS[None, :], INFLUENCE, SALIENCE, held)
        first, last = (float(forecast(part, INFLUENCE, SALIENCE)[0]) for part in (path[:2], path))
        mean = float(compromise(path[-1], INFLUENCE, SALIENCE)[0])
        rows.append({**asdict(held), "first_round": first, "last_round": last, "mean": mean})
    return pd.DataFrame(rows).set_index(["votes", "stay", "better", "risk", "offers"])
