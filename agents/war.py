"""The war against the candidate: its intensity, pauses and front; Russia fights it whatever the alliance does."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from article10.agents.arrays import BoolArray, FloatArray
from article10.agents.parameter import Meta, Parameters


class WarParameters(Parameters):
    """The war against the candidate and its front."""

    intensity: Annotated[
        float,
        Field(ge=0, le=1, description="Intensity of the hot war at the start; 1 is the intensity of spring 2022."),
        Meta("1", (0.5, 1.0), "model/data/2025-12/events.csv; scale assumed"),
    ] = 0.8
    ceasefire_intensity: Annotated[
        float,
        Field(ge=0, le=1, description="Intensity that remains during a ceasefire."),
        Meta("1", (0.0, 0.2), "assumption: Minsk 2015-21 was never quite silent"),
    ] = 0.1
    starts_in_ceasefire: Annotated[
        bool, Field(description="Whether a ceasefire is in force at the start."), Meta("", None, "public record")
    ] = False
    resource_ceiling: Annotated[
        float,
        Field(
            ge=1,
            le=5,
            description="Resources, relative to the start, beyond which the intensity of the war does not grow.",
        ),
        Meta("1", (1.0, 1.5), "assumption: manpower and industry limit a war before money does"),
    ] = 1.25
    ceasefire_rate: Annotated[
        float,
        Field(ge=0, le=20, description="Hazard of a ceasefire if Russia had neither ambition nor alarm."),
        Meta(
            "1/year",
            (0.375, 1.5),
            "assumption: with ambition 0.6, 0.35 a year; interstate wars past their third year mostly end within a few",
        ),
    ] = 0.875
    breach_rate: Annotated[
        float,
        Field(ge=0, le=20, description="Hazard that a ceasefire breaks, without guarantees."),
        Meta("1/year", (0.05, 0.4), "Fortna 2004: many ceasefires fail, most within a few years; size assumed"),
    ] = 0.2
    cap_weight: Annotated[
        float,
        Field(
            ge=0,
            le=5,
            description="Relative rise of the hazard of breach under a plan that leaves the candidate no forces.",
        ),
        Meta("1", (0.0, 1.0), "assumption: the weaker the candidate, the cheaper a new attack"),
    ] = 0.5
    deterrence: Annotated[
        float,
        Field(ge=0, le=1, description="Share of the hazard of breach that a full guarantee removes."),
        Meta("1", (0.0, 0.9), "assumption"),
    ] = 0.5
    prolongation: Annotated[
        float,
        Field(
            ge=0,
            le=1,
            description="Share of the hazard of a ceasefire that Russia removes when it prolongs the war to bar "
            "membership; without looking ahead it does so in proportion to its alarm.",
        ),
        Meta("1", (0.0, 1.0), "assumption: a channel of informal influence; 0 switches it off"),
    ] = 0.5
    adjustment_rate: Annotated[
        float,
        Field(ge=0, le=52, description="How fast intensity moves to its new level after a ceasefire or a breach."),
        Meta("1/year", (4.0, 26.0), "assumption: weeks to months"),
    ] = 10.0
    volatility: Annotated[
        float,
        Field(ge=0, le=2, description="Standard deviation of the random change of intensity over a year."),
        Meta("1/year^0.5", (0.0, 0.2), "assumption"),
    ] = 0.1
    hot_line: Annotated[
        float,
        Field(ge=0, le=1, description="Intensity above which the candidate counts as a state at war."),
        Meta("1", (0.2, 0.5), "assumption"),
    ] = 0.35
    front_drift: Annotated[
        float,
        Field(
            ge=-1,
            le=1,
            description="Mean Russian territorial progress per year at intensity 1; 1 would be the whole country.",
        ),
        Meta("1/year", (0.0, 0.02), "public record: Russia took about one percent of Ukraine in 2024-25"),
    ] = 0.007
    front_resilience: Annotated[
        float,
        Field(
            ge=0,
            le=5,
            description="Share of the mean Russian progress that each point of higher defence spending removes.",
        ),
        Meta("1/(% GDP)", (0.0, 0.5), "assumption: what members buy and make, the candidate can be given"),
    ] = 0.2
    front_volatility: Annotated[
        float,
        Field(ge=0, le=1, description="Standard deviation of Russian territorial progress over a year at intensity 1."),
        Meta("1/year^0.5", (0.005, 0.05), "public record, autumn 2022; size assumed"),
    ] = 0.02


def front_drift(mean_rise: FloatArray, p: WarParameters) -> FloatArray:
    """Mean Russian progress a year at intensity 1, (run,): members' higher spending helps the candidate to hold.

    Args:
        mean_rise: rise of members' mean spending since the start, weighted by influence, % of GDP, (run,).
        p: progress, and the share that a point of spending removes; spending cannot turn progress into retreat.
    """
    left = 1.0 - np.minimum(p.front_resilience * np.maximum(mean_rise, 0.0), 1.0)
    return p.front_drift * left


def ceasefire_hazard(prolongs: FloatArray, ambition: float, p: WarParameters) -> FloatArray:
    """Hazard of a ceasefire, per year, (run,): Russia's ambition lowers it, whatever NATO does.

    So does the share to which Russia prolongs the war.
    """
    return p.ceasefire_rate * (1.0 - ambition) * (1.0 - p.prolongation * prolongs)


def breach_hazard(deterrent: FloatArray, force_cap: FloatArray, p: WarParameters) -> FloatArray:
    """Hazard that a ceasefire breaks, per year, (run,): a guarantee that deters lowers it.

    A cap on the candidate's forces raises it.
    """
    return p.breach_rate * (1.0 + p.cap_weight * force_cap) * (1.0 - p.deterrence * deterrent)


def war_target(level: FloatArray, resources: FloatArray, ceasefire: BoolArray, p: WarParameters) -> FloatArray:
    """Intensity to which the war tends, (run,): its level, scaled by resources, or the intensity during a ceasefire."""
    return np.where(
        ceasefire, p.ceasefire_intensity, np.minimum(level * np.minimum(resources, p.resource_ceiling), 1.0)
    )
