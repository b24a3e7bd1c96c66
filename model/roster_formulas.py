"""The formulas of the roster: one function of the tables for each column, with its source and constants.

`docs/roster.md` explains each column and its limits. Some tables also contain the external power and the candidate, as
points of reference.
"""

from collections.abc import Iterable
from functools import cache

import numpy as np
import numpy.typing as npt

from article10.model.edition import Edition
from article10.model.tables import Row, read_table

FloatArray = npt.NDArray[np.float64]

INFLUENCE_EXPONENT = 0.75  # midway between proportional influence (1) and Penrose's square root (1/2)
DISTANCE_SCALE = 1000.0  # km over which nearness falls by 1/e: the depth of the belt of states next to Russia
BORDER_EXPOSURE = 0.3  # share of exposure that is the land border; the rest is distance
BORDER_BESIDE = 0.5  # a border with an ally of the power (a base) or the candidate (the war) counts half of its own
AFFINITY_WEIGHTS = {"voting": 0.4, "groupings": 0.4, "nearness": 0.2}  # no estimate: equal, nearness half
ENERGY_WEIGHT = 0.8  # energy is leverage; UN voting is a sign of it, but neutral states too vote near Russia
GAS_WEIGHT = 2 / 3  # gas is bound to its pipe, crude can be bought elsewhere
GAS_PER_HEAD = 16.0  # GJ a year, half the EU's mean in 2020: below it the share matters in proportion
GAS_RETAINED = 0.2  # of the 2020 share where supply ended: pipes, contracts, the wish to return outlive it
CAUTION_WEIGHTS = {"opinion": 0.4, "burden": 0.4, "remoteness": 0.2}  # remoteness is already part of exposure
PRIOR_ROUNDS = 3.0  # shape of the gamma over members; its most likely value in 2022 is 3.2, poorly determined
REFERENCE = "reference"  # the round whose urgency speeds refer to; the pace of all others is scaled to it


@cache
def influence_weights(edition: Edition) -> dict[str, float]:
    """Return each member's weight in the network of influence, summing to 1.

    w_i is proportional to (mean share of the alliance's GDP, population and defence spending) ** 0.75: a
    capability index after Singer (1988), damped, because in a body that decides by consensus a small member
    weighs more than its capability; the exponent is an assumption. Source: World Bank, NATO.
    """
    rows = edition.members
    gdp = _shares({code: float(row["gdp_usd"]) for code, row in rows.items()})
    population = _shares({code: float(row["population"]) for code, row in rows.items()})
    spending = _shares({code: gdp[code] * defence_spending(code, edition) for code in rows})
    return _shares({c: ((gdp[c] + population[c] + spending[c]) / 3) ** INFLUENCE_EXPONENT for c in rows})


def affinity(one: str, other: str, edition: Edition) -> float:
    """Return how much two members listen to each other, in [0, 1]; 0 for a member and itself.

    0.4 (1 - |x_i - x_j| / span) + 0.4 (1 - 2**-shared groupings) + 0.2 exp(-distance of capitals /
    1000 km), x the UN ideal point (Bailey, Strezhnev & Voeten 2017), span its distance between the heaviest
    member and the external power; a second shared grouping adds half as much as the first.
    """
    if one == other:
        return 0.0
    a, b = edition.members[one], edition.members[other]
    voting = max(0.0, 1.0 - abs(ideal_point(one, edition) - ideal_point(other, edition)) / _ideal_point_span(edition))
    shared = sum(a[grouping] == b[grouping] == "1" for grouping in edition.file.countries.groupings)
    return (
        AFFINITY_WEIGHTS["voting"] * voting
        + AFFINITY_WEIGHTS["groupings"] * (1.0 - 0.5**shared)
        + AFFINITY_WEIGHTS["nearness"] * float(np.exp(-_distance_between_capitals(a, b) / DISTANCE_SCALE))
    )


@cache
def ideal_point(iso3: str, edition: Edition) -> float:
    """Return the UN ideal point, the mean of the edition's years weighted by the votes cast in each.

    Higher is nearer to the United States. Source: Bailey, Strezhnev & Voeten 2017, release of July 2025.
    """
    years = edition.file.un_ideal_points.years
    rows = [row for row in edition.table("un_ideal_points") if row["iso3"] == iso3 and int(row["year"]) in years]
    votes = _array(float(row["nvotesfp"]) for row in rows)
    return float(np.sum(votes * _array(float(row["idealpointfp"]) for row in rows)) / np.sum(votes))


def exposure(iso3: str, edition: Edition) -> float:
    """Return how exposed a member is to the external power, in [0, 1].

    0.7 exp(-(d - d_nearest) / 1000 km) + 0.3 border, d from one capital to the other (the loss of strength with
    distance: Boulding 1962; proximity as a source of threat: Walt 1987); border 1 with
    the power, 0.5 with its ally or the candidate only.
    """
    row = edition.members[iso3]
    nearest = min(float(member["km_to_external_power"]) for member in edition.members.values())
    nearness = float(np.exp(-(float(row["km_to_external_power"]) - nearest) / DISTANCE_SCALE))
    beside = "1" in (row["borders_ally_of_external_power"], row["borders_candidate"])
    border = 1.0 if row["borders_external_power"] == "1" else BORDER_BESIDE * beside
    return (1.0 - BORDER_EXPOSURE) * nearness + BORDER_EXPOSURE * border


def structural_susceptibility(iso3: str, edition: Edition) -> float:
    """Return how much leverage the external power has over a member whoever governs it, in [0, 1].

    0.8 energy + 0.2 (1 - (x_i - x_power) / span), x the UN ideal point; energy is the power's share of
    gas (2/3) and crude (1/3), of gas alone where crude is not known. Source: Eurostat NRG_TI_GAS, CREA,
    Bailey et al.
    """
    gas, crude = gas_dependence(iso3, edition), crude_dependence(iso3, edition)
    energy = gas if crude is None else GAS_WEIGHT * gas + (1.0 - GAS_WEIGHT) * crude
    power = edition.external_power.code
    voting = 1.0 - (ideal_point(iso3, edition) - ideal_point(power, edition)) / _ideal_point_span(edition)
    return ENERGY_WEIGHT * energy + (1.0 - ENERGY_WEIGHT) * min(max(voting, 0.0), 1.0)


def gas_dependence(iso3: str, edition: Edition) -> float:
    """Return the external power's share of gas imports, in [0, 1], scaled down if little gas is imported.

    A recent published share where there is one. Otherwise the last share in ``gas_imports``, times 0.2 where supply
    ended, elsewhere times what the union kept of its share; times imports per head in units of 16 GJ, at most 1.
    Members without a share (exporters) have none.
    """
    energy = edition.file.energy
    recent = _energy_share(iso3, edition, "gas_share_of_imports", "gas_share")
    if recent is not None:
        return recent
    rows = [r for r in edition.table("gas_imports") if r["iso3"] == iso3 and r["share_pct"]]
    if not rows:
        return 0.0
    last = max(rows, key=lambda row: row["year"])
    per_head = float(last["gas_imports_total_tj"]) * 1000 / float(edition.members[iso3]["population"])  # GJ
    kept = GAS_RETAINED if iso3 in energy.cut_off + energy.ended else _gas_kept_by_the_union(edition)
    return float(last["share_pct"]) / 100 * kept * min(1.0, per_head / GAS_PER_HEAD)


def crude_dependence(iso3: str, edition: Edition) -> float | None:
    """Return the external power's share of crude imports, in [0, 1], or None where it is not known.

    Members of the union without a figure of their own take the union's mean.
    """
    energy = edition.file.energy
    own = _energy_share(iso3, edition, "crude_share_of_imports")
    if own is None and energy.union and edition.members[iso3][energy.union_members] == "1":
        return _energy_share(energy.union, edition, "crude_share_of_imports")
    return own


def caution(iso3: str, edition: Edition) -> float:
    """Return a member's fear of being drawn into war (entrapment: Snyder 1984), in [0, 1].

    0.4 (share of the public that does not support membership) + 0.2 (1 - exposure) + 0.4 burden, where burden
    is sqrt(w_i / w_max), w the influence weight: who would carry the war fears it. Remote members gain least
    from the deterrence and share the risk. The public's share is that of the polls of the latest year, and
    the mean of the members polled where there is none. What governments say on membership does not enter:
    that is the stance.
    """
    polled = {code: opposed for code in edition.members if (opposed := _public_reluctance(code, edition)) is not None}
    weights = influence_weights(edition)
    return (
        CAUTION_WEIGHTS["opinion"] * polled.get(iso3, float(np.mean(list(polled.values()))))
        + CAUTION_WEIGHTS["remoteness"] * (1.0 - exposure(iso3, edition))
        + CAUTION_WEIGHTS["burden"] * float(np.sqrt(weights[iso3] / max(weights.values())))
    )


def defence_spending(iso3: str, edition: Edition) -> float:
    """Return defence spending, % of GDP, in the latest year of the release that the edition names; 0 without a row."""
    vintage = edition.file.defence_expenditure.vintage
    published = {
        row["year"]: float(row["pct_gdp"])
        for row in edition.table("defence_expenditure")
        if row["iso3"] == iso3 and row["vintage"] == vintage and row["pct_gdp"]
    }
    return published[max(published)] if published else 0.0


def ratification_speeds(edition: Edition) -> dict[str, float]:
    """Return each member's institutional speed of ratifying, per year, at the urgency of the reference round.

    Durations are exponential and speeds gamma among members, so the speed expected of a member that took t
    days in n rounds is (3 + n) / (3 m + t), m the mean days of all members in all rounds, and 1 / m of a
    member not seen (Finland, Sweden). Finland's and Sweden's protocols of 2022, the reference, are one round.
    Days of other rounds, which date deposits of instruments and not votes of parliaments, are scaled by
    `round_pace()` first. `speed_rounds.csv` says which rounds are used, and whose delay in one was political.
    Source: NATO Parliamentary Assembly; Dutch Treaty Database.
    """
    rounds = _scaled_days()
    mean_days = float(np.mean([taken for days in rounds for taken in days.values()]))
    speeds: dict[str, float] = {}
    for code in edition.members:
        seen = [days[code] for days in rounds if code in days]
        speeds[code] = 365.25 * (PRIOR_ROUNDS + len(seen)) / (PRIOR_ROUNDS * mean_days + sum(seen))
    return speeds


def opportunism(iso3: str) -> float:
    """Return how often a member begins to hold out, as a multiple of the average rate of its bodies.

    The partially pooled multiple fitted to the casebook's quarrels in NATO and the EU since 2000; 1, the average, for
    a member that is not in it. Source: ``casebook/opportunism.csv``; `docs/evidence/holdout_spells.md` explains it.
    """
    return next((float(row["multiple"]) for row in read_table("casebook/opportunism") if row["iso3"] == iso3), 1.0)


@cache
def _scaled_days() -> tuple[dict[str, float], ...]:
    """Return each round's days by member, the reference first, at its urgency."""
    names = [row["round"] for row in read_table("speed_rounds") if row["use"] != REFERENCE]
    scaled = ({code: days * round_pace(name) for code, days in ratification_days(name).items()} for name in names)
    return ratification_days(reference_round()), *scaled


def reference_round() -> str:
    """Return the name of the round to whose urgency speeds refer."""
    return next(row["round"] for row in read_table("speed_rounds") if row["use"] == REFERENCE)


def round_pace(accession_round: str) -> float:
    """Return the median days of the reference round over those of another, among the members seen in both."""
    reference, other = ratification_days(reference_round()), ratification_days(accession_round)
    both = sorted(reference.keys() & other.keys())
    return float(np.median([reference[code] for code in both]) / np.median([other[code] for code in both]))


def _array(values: Iterable[float]) -> FloatArray:
    return np.array(list(values), dtype=np.float64)


def _shares(amounts: dict[str, float]) -> dict[str, float]:
    total = sum(amounts.values())
    return {code: amount / total for code, amount in amounts.items()}


def _distance_between_capitals(a: Row, b: Row) -> float:
    """Return the great-circle distance in km (haversine, mean radius of the Earth)."""
    (lat_a, lon_a), (lat_b, lon_b) = (np.radians([float(r["capital_lat"]), float(r["capital_lon"])]) for r in (a, b))
    h = np.sin((lat_b - lat_a) / 2) ** 2 + np.cos(lat_a) * np.cos(lat_b) * np.sin((lon_b - lon_a) / 2) ** 2
    return float(2 * 6371.0 * np.arcsin(np.sqrt(h)))


@cache
def _ideal_point_span(edition: Edition) -> float:
    """Return the distance from the external power to the heaviest member, the unit in which UN voting is measured."""
    weights = influence_weights(edition)
    heaviest = max(weights, key=weights.__getitem__)
    return ideal_point(heaviest, edition) - ideal_point(edition.external_power.code, edition)


def _energy_share(iso3: str, edition: Edition, *metrics: str) -> float | None:
    """Return the latest published share in [0, 1]; "HUN+SVK" rows speak for both."""
    found = {
        row["period"]: float(row["value"]) / 100
        for row in edition.table("energy_dependence")
        if iso3 in row["iso3"].split("+")
        and row["metric"] in metrics
        and int(row["period"][:4]) >= edition.file.energy.since
        and row["value"]
    }
    return found[max(found)] if found else None


def _gas_kept_by_the_union(edition: Edition) -> float:
    """Return the last known share of gas of the union over its first; 1 where there is no union."""
    rows = [r for r in edition.table("energy_dependence") if r["iso3"] == edition.file.energy.union]
    share = {r["period"]: float(r["value"]) for r in rows if r["metric"] == "gas_share_of_imports" and r["value"]}
    return share[max(share)] / share[min(share)] if share else 1.0


def _public_reluctance(iso3: str, edition: Edition) -> float | None:
    """Return the share of the public without support for membership, in the polls of the latest year."""
    polls = [r for r in edition.table("public_opinion") if r["iso3"] == iso3 and r["support_pct"]]
    if not polls:
        return None
    latest = max(row["field_end"][:4] for row in polls)
    support = _array(float(row["support_pct"]) for row in polls if row["field_end"][:4] == latest)
    return 1.0 - float(np.mean(support)) / 100


@cache
def ratification_days(accession_round: str) -> dict[str, float]:
    """Return the days from signature to each member's ratification, its political delays left out.

    Half a day is added: a date stands for a day, and one who ratified on the day of signature took no
    negative time.
    """
    days = {
        row["signatory_iso3"]: float(row["days_from_signature"]) + 0.5
        for row in read_table("accession_ratifications")
        if row["round"] == accession_round and row["days_from_signature"]
    }
    (use,) = (row for row in read_table("speed_rounds") if row["round"] == accession_round)
    return {code: taken for code, taken in days.items() if code not in use["left_out"].split()}
