"""The dataset of an ensemble: recorded arrays with labels, units and provenance, and its outcomes as a table."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from article10.agents.instruments import INSTRUMENTS
from article10.agents.members import NEVER, NO_BALLOT, REASON_STANCE
from article10.model.accession_rule import STAGES, Milestone
from article10.model.setup import Setup
from article10.runs.ensemble.ledger import OFFICE
from article10.runs.ensemble.provenance import provenance
from article10.runs.ensemble.recorder import (
    CONTRIBUTION,
    MEMBER_VARIABLES,
    RUN_VARIABLES,
    OutcomeRecorder,
    Recorder,
    TrajectoryRecorder,
)
from article10.runs.ensemble.rerun import recorded_functions


def dataset(setup: Setup, recorder: Recorder, seed: int, first_run: int) -> xr.Dataset:
    """The recorded arrays as one dataset, labelled, with units and provenance.

    Args:
        setup: setup of the ensemble.
        recorder: the recorder after the last step.
        seed: seed of all random streams.
        first_run: number of the first run.
    """
    s = setup.scenario
    days = np.array([s.date_of(k) for k in range(setup.n_steps + 1)], dtype="datetime64[ns]")
    councils = list(setup.councils.values())
    data = xr.Dataset(
        coords={
            "run": np.arange(first_run, first_run + recorder.n_runs),
            "step": ("step", days, {"description": "first day of the step"}),
            "member": list(setup.roster.iso3),
            "member_name": ("member", list(setup.roster.names)),
            "council": ("council", np.array([day for day, _ in councils], dtype="datetime64[ns]")),
            "council_kind": ("council", [kind for _, kind in councils]),
            "instrument": list(INSTRUMENTS),
            "payer": [*setup.roster.iso3, OFFICE],
            "quarter": ("quarter", days[: setup.n_steps : setup.quarter_steps], {"description": "first day"}),
        },
        attrs={
            "title": s.title or s.name,
            "scenario_name": s.name,
            "scenario": s.model_dump_json(),
            "edition": setup.edition.name,
            "edition_digest": setup.edition.digest,
            "seed": seed,
            **recorded_functions(setup),
            **provenance(),
        },
    )
    data = data.assign(_outcomes(recorder.outcomes))
    if recorder.trajectories is not None:
        data = _with_trajectories(data, recorder.trajectories)
    return data


def _outcomes(o: OutcomeRecorder) -> dict[str, tuple[tuple[str, ...], Any, dict[str, str]]]:
    codes = json.dumps(dict(enumerate(STAGES)))
    run, council, member = ("run",), ("run", "council"), ("run", "member")
    ballot, quarter = (*council, "member"), ("run", "quarter", "member")
    found: dict[str, tuple[tuple[str, ...], Any, str]] = {
        "final_stage": (run, o.stage, f"stage at the horizon: {codes}"),
        "ever_shelved": (run, o.ever_shelved, "whether the candidate ever shelved its bid"),
        "war_steps": (run, o.war_steps, "steps in which the war was hot"),
        "breaches": (run, o.breaches, "ceasefires that broke"),
        "final_spending": (run, o.final_spending, "defence spending at the horizon by influence weight, % GDP"),
        "final_stance": (run, o.final_stance, "mean stance at the horizon by influence weight"),
        "final_front": (
            run,
            o.final_front,
            "Russian territorial progress at the horizon, share of the country",
        ),
        "attacked_step": (run, o.attacked_step, "steps done when the new member was attacked, -1 never"),
        "russia_payoff": (run, o.russia_payoff, "what the run was worth to Russia; the candidate's accession is -1"),
        "russia_spent": (run, o.russia_spent, "resources that Russia's instruments took, in years of its resources"),
        "instrument_use": (("run", "instrument"), o.instrument_use, "share of reviews at which Russia used each"),
        "final_cohesion": (run, o.final_cohesion, "1 - standard deviation of stances at the horizon"),
        **{f"{name}_step": (run, o.entered[name], f"steps done at {name}, -1 never") for name in Milestone},
        "ballot": (ballot, o.ballot, "-1 none asked, 0 object, 1 acquiesce, 2 support"),
        "reason": (
            ballot,
            o.reason,
            "why a ballot is as it is, a sum of bits: 1 objects by its stance, 2 because of the war, 4 holds out for a "
            "price, 8 cover decides whether its stance objects, 16 consent keeps its stance from objecting",
        ),
        "question_put": (council, o.question_put, "question formally put"),
        "invited": (council, o.invited, "candidate invited"),
        "payment_payer": (quarter, o.payer, "who paid the member: place on the roster, after the last the office"),
        "payment_amount": (quarter, o.paid, "units of political capital paid to the member"),
        "payment_kind": (quarter, o.paid_for, "what was paid for: 0 nothing, 1 an objection, 2 a hold"),
        "final_capital": (("run", "payer"), o.final_capital, "political capital left to each payer at the horizon"),
        "payment_week": (quarter, o.paid_week, "step of the quarter in which the member was paid"),
        "ratified_step": (member, o.ratified_step, "steps done at ratification, -1 never"),
    }
    return {name: (dims, values, {"description": text}) for name, (dims, values, text) in found.items()}


def _with_trajectories(data: xr.Dataset, trajectories: TrajectoryRecorder) -> xr.Dataset:
    dims: dict[str, tuple[str, ...]] = {
        **dict.fromkeys(trajectories.members, ("run", "step", "member")),
        **dict.fromkeys(trajectories.runs, ("run", "step")),
        CONTRIBUTION: ("run", "interval", "member", "mechanism"),
    }
    data = data.assign(
        {
            name: (dims.get(name, ("run", "interval")), held.swapaxes(0, 1), _attributes(name))
            for name, held in trajectories.held.items()
        }
    )
    if "stage" in data:
        data["stage"].attrs["codes"] = json.dumps(dict(enumerate(STAGES)))
    if CONTRIBUTION in data:
        data = data.assign_coords(mechanism=trajectories.mechanisms)
    return data


def _attributes(name: str) -> dict[str, str]:
    variable = MEMBER_VARIABLES.get(name) or RUN_VARIABLES.get(name)
    if variable is not None:
        return {"unit": variable.unit, "description": variable.description}
    event = name.removeprefix("event_")
    return {} if name == CONTRIBUTION else {"description": f"whether event {event!r} acts"}


def outcome_table(data: xr.Dataset, step_years: float) -> pd.DataFrame:
    """The outcomes of a dataset as a table with one row per run: see ``EnsembleResult.outcomes_by_member``.

    Args:
        data: a dataset made by ``dataset``.
        step_years: length of a step, in years.
    """
    days = data["step"].to_numpy()
    frame = pd.DataFrame(index=pd.Index(data["run"].to_numpy(), name="run"))
    frame["outcome"] = pd.Categorical(np.array(STAGES)[data["final_stage"].to_numpy()], categories=list(STAGES))
    for milestone in Milestone:
        step = data[f"{milestone}_step"].to_numpy()
        frame[f"{milestone}_date"] = pd.DatetimeIndex(np.where(step == NEVER, np.datetime64("NaT", "ns"), days[step]))
    frame["ever_shelved"] = data["ever_shelved"].to_numpy().astype(bool)
    attacked = data["attacked_step"].to_numpy()
    frame["article5"] = attacked != NEVER
    frame["article5_date"] = pd.DatetimeIndex(np.where(attacked == NEVER, np.datetime64("NaT", "ns"), days[attacked]))
    for name in ("russia_payoff", "russia_spent"):
        frame[name] = data[name].to_numpy()
    frame["last_to_ratify"] = _last_to_ratify(data)
    frame["war_years"] = data["war_steps"].to_numpy() * step_years
    frame["breaches"] = data["breaches"].to_numpy()
    for name in ("spending", "stance", "cohesion", "front"):
        frame[name] = data[f"final_{name}"].to_numpy()
    frame["councils"] = (data["ballot"].to_numpy() != NO_BALLOT).any(axis=2).sum(axis=1)
    objections = ((data["reason"].to_numpy() & REASON_STANCE) > 0).sum(axis=1).astype(np.int16)
    columns = [f"objections_{code}" for code in data["member"].to_numpy()]
    return pd.concat([frame, pd.DataFrame(objections, index=frame.index, columns=columns)], axis=1)


def _last_to_ratify(data: xr.Dataset) -> list[str]:
    """Code of the member that ratified last in each run; empty where not all ratified."""
    step, codes = data["ratified_step"].to_numpy(), data["member"].to_numpy()
    complete = (step != NEVER).all(axis=1)
    return [str(codes[row.argmax()]) if is_complete else "" for row, is_complete in zip(step, complete, strict=True)]
