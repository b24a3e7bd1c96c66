"""The parameters of a member state: those of its stance, threat, defence spending and trust."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from article10.agents.parameter import Meta, Parameters

NetworkName = Literal["capability_affinity", "capability", "affinity", "equal"]
"""Ways of computing the influence network."""


class StanceParameters(Parameters):
    """How a member's stance moves."""

    assessment_rate: Annotated[
        float,
        Field(ge=0, le=20, description="How fast a stance returns to the member's own assessment."),
        Meta(
            "1/year",
            (0.5, 2.0),
            "assumption: positions in the table of public positions move over months to years",
        ),
    ] = 1.0
    threat_weight: Annotated[
        float,
        Field(ge=0, le=5, description="Rise of the assessment when perceived threat rises from 0 to 1."),
        Meta(
            "stance",
            (0.4, 1.2),
            "balance of threat: Walt 1987; value set with pattern 8: an attack raises support in all neighbours",
        ),
    ] = 0.8
    entrapment_weight: Annotated[
        float,
        Field(
            ge=0,
            le=5,
            description="Fall of a fully cautious member's assessment when war intensity rises from 0 to 1.",
        ),
        Meta("stance", (0.1, 0.8), "fear of entrapment: Snyder 1984; rare in fact: Beckley 2015; size assumed"),
    ] = 0.5
    peer_rate: Annotated[
        float,
        Field(
            ge=0,
            le=20,
            description="How fast a stance moves to the weighted mean of the others' stances as it perceives them.",
        ),
        Meta("1/year", (0.1, 1.0), "Friedkin & Johnsen 1990; Naurin & Thomson 2009; size assumed"),
    ] = 0.5
    network: Annotated[
        NetworkName,
        Field(description="What a member's influence on another depends on: capability, affinity, both, or neither."),
        Meta(
            "name",
            None,
            "Friedkin & Johnsen 1990; Naurin & Thomson 2009; the others test how much depends on this choice",
        ),
    ] = "capability_affinity"
    confidence_bound: Annotated[
        float,
        Field(
            gt=0,
            le=2,
            description="Members whose stances differ by more than this do not influence each other; 2 means no bound.",
        ),
        Meta("stance", (0.3, 2.0), "Hegselmann & Krause 2002; off by default"),
    ] = 2.0
    clarity_rate: Annotated[
        float,
        Field(
            ge=0,
            le=52,
            description="How fast members learn of changes in others' stances when nobody clarifies them.",
        ),
        Meta("1/year", (1.0, 12.0), "assumption: positions become known at meetings, several a year"),
    ] = 4.0
    intimidation_weight: Annotated[
        float,
        Field(
            ge=0,
            le=5,
            description="Rate at which pressure felt in full lowers the stance of a fully susceptible member.",
        ),
        Meta("stance/year", (0.2, 1.0), "Sechser 2011: compellence works in a minority of cases; size assumed"),
    ] = 0.6
    hardening_weight: Annotated[
        float,
        Field(
            ge=0,
            le=5,
            description="Rate at which pressure felt in full raises the stance of a member that is not susceptible.",
        ),
        Meta("stance/year", (0.1, 0.8), "Dafoe, Hatz & Zhang 2021; Powers & Altman 2023; size assumed"),
    ] = 0.4
    shock: Annotated[
        float,
        Field(ge=0, le=2, description="Standard deviation of the random change of a stance over a year."),
        Meta("stance/year^0.5", (0.05, 0.2), "assumption: unnamed causes move a stance by about a tenth a year"),
    ] = 0.12
    shock_correlation: Annotated[
        float,
        Field(ge=0, le=1, description="Share of the variance of random changes that is common to all members."),
        Meta("1", (0.0, 0.6), "assumption"),
    ] = 0.3
    spread_scale: Annotated[
        float,
        Field(
            ge=0,
            le=5,
            description="Scales the uncertainty of the initial stances; 0 starts every run at the coded values.",
        ),
        Meta("1", (0.5, 1.5), "model/data/2025-12/membership_stance.csv, column status"),
    ] = 1.0


class ThreatParameters(Parameters):
    """How a member perceives Russia's threat."""

    adjustment_rate: Annotated[
        float,
        Field(ge=0, le=52, description="How fast perceived threat follows war, front, incidents and pressure."),
        Meta("1/year", (1.0, 6.0), "assumption: Finnish opinion turned within months of February 2022"),
    ] = 3.0
    war_weight: Annotated[
        float,
        Field(ge=0, le=2, description="Threat that a fully exposed member perceives from war at intensity 1."),
        Meta("threat", (0.3, 0.9), "balance of threat: Walt 1987; size assumed"),
    ] = 0.6
    front_weight: Annotated[
        float,
        Field(ge=0, le=5, description="Additional threat per unit of Russian territorial progress."),
        Meta("threat", (0.0, 1.0), "offensive capability: Walt 1987; size assumed"),
    ] = 0.4
    incident_weight: Annotated[
        float,
        Field(ge=0, le=2, description="Threat from a recent incident of severity 1 on the member's own territory."),
        Meta("threat", (0.1, 0.5), "model/data/2025-12/events.csv; size assumed"),
    ] = 0.25
    incident_decay_rate: Annotated[
        float,
        Field(ge=0, le=52, description="How fast an incident is forgotten."),
        Meta("1/year", (1.0, 6.0), "assumption"),
    ] = 3.0
    pressure_weight: Annotated[
        float,
        Field(ge=0, le=2, description="Threat that a fully exposed member perceives from pressure felt in full."),
        Meta("threat", (0.0, 0.5), "Powers & Altman 2023; size assumed"),
    ] = 0.2


class SpendingParameters(Parameters):
    """How defence spending follows the pledge, threat and free riding, and how it lowers susceptibility."""

    adjustment_rate: Annotated[
        float,
        Field(ge=0, le=20, description="How fast spending moves to the level at which the member aims."),
        Meta(
            "1/year",
            (0.1, 0.6),
            "model/data/2025-12/defence_expenditure.csv: Europeans closed a third of the gap to 2% in three years",
        ),
    ] = 0.3
    pledge: Annotated[
        float,
        Field(ge=0, le=10, description="Core defence spending pledged at the start."),
        Meta("% GDP", None, "model/data/2025-12/spending_pledges.csv, The Hague, 25 June 2025"),
    ] = 3.5
    pledge_deadline: Annotated[
        int,
        Field(
            ge=1949,
            le=2100,
            description="Year by which the pledge is to be met; the pledged path rises to it in a straight line.",
        ),
        Meta("year", None, "model/data/2025-12/spending_pledges.csv, The Hague, 25 June 2025"),
    ] = 2035
    compliance: Annotated[
        float,
        Field(ge=0, le=1, description="Share of the gap to the pledge that members aim to close."),
        Meta(
            "1",
            (0.3, 0.9),
            "model/data/2025-12/defence_expenditure.csv: three of 32 met the Wales pledge in 2014, 31 in 2025",
        ),
    ] = 0.6
    threat_response: Annotated[
        float,
        Field(ge=0, le=10, description="Rise of a member's spending aim when perceived threat rises from 0 to 1."),
        Meta("% GDP", (0.0, 3.0), "assumption"),
    ] = 1.5
    free_riding: Annotated[
        float,
        Field(
            ge=0,
            le=1,
            description="Fall of a small member's spending aim per point by which its allies' mean spending rises.",
        ),
        Meta("1", (0.0, 0.4), "Olson & Zeckhauser 1966; size assumed"),
    ] = 0.15
    distrust_response: Annotated[
        float,
        Field(
            ge=0,
            le=10,
            description="Rise of a member's spending aim when it loses all trust in the hegemon.",
        ),
        Meta("% GDP", (0.0, 2.0), "assumption: European plans of spring 2025 followed doubts about the United States"),
    ] = 0.5
    resilience: Annotated[
        float,
        Field(
            ge=0,
            le=1,
            description="Share of structural susceptibility that each additional point of spending removes.",
        ),
        Meta("1/(% GDP)", (0.0, 0.3), "assumption"),
    ] = 0.12


class TrustParameters(Parameters):
    """How far members trust the hegemon, the member with the greatest influence weight, and so follow it."""

    adjustment_rate: Annotated[
        float,
        Field(
            ge=0,
            le=20,
            description="How fast trust follows the distance between the hegemon's stance and the member's own.",
        ),
        Meta("1/year", (0.3, 3.0), "assumption"),
    ] = 1.0
    divergence_cost: Annotated[
        float,
        Field(
            ge=0,
            le=1,
            description="Trust lost when the stances of hegemon and member are at opposite ends of the scale.",
        ),
        Meta("1", (0.0, 1.0), "assumption; polls after February 2025 show the direction"),
    ] = 0.7
    guarantee_weight: Annotated[
        float,
        Field(
            ge=0,
            le=1,
            description="Share of the worth of a guarantee by the hegemon that is lost with all trust in it.",
        ),
        Meta("1", (0.0, 1.0), "assumption; a guarantee is worth what its giver is trusted to do"),
    ] = 0.5
