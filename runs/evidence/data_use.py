"""What each table of the package is used for; ``python -m article10.runs.evidence.data_use`` writes it into a page."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from article10.runs.evidence.generated import markdown_table, with_blocks

PAGE = Path("docs/evidence/data_use.md")
"""Where the statement stands in a checkout."""

SPECIFICATION, CALIBRATION, VALIDATION, BACKGROUND = "specification", "calibration", "validation", "background"
"""Uses: what an entity is, what sizes a number, what tests an outcome, what codes rest on though nothing reads it."""

USES: Mapping[str, tuple[tuple[str, ...], str]] = {
    "countries": ((SPECIFICATION,), "members, population and output, borders and distance: weight, exposure, affinity"),
    "governments_2025_12": ((SPECIFICATION,), "government ties, war bar, and whose election decides (coded judgement)"),
    "ukraine_membership_stance_2025_12": ((SPECIFICATION,), "stance of the start and its spread (coded judgement)"),
    "unga_ideal_points": ((SPECIFICATION,), "distance in UN voting: affinity, structural susceptibility"),
    "russia_energy_dependence": ((SPECIFICATION,), "structural susceptibility"),
    "russia_gas_import_share": ((SPECIFICATION,), "structural susceptibility"),
    "defence_expenditure": ((SPECIFICATION, CALIBRATION), "spending of the start; ranges of the spending parameters"),
    "public_opinion_ukraine_nato": ((SPECIFICATION,), "caution; aspiration of the start"),
    "elections": ((SPECIFICATION,), "dates of elections"),
    "nato_council_dates": ((SPECIFICATION,), "dates of councils"),
    "spending_pledges": ((SPECIFICATION,), "the pledge in force, its deadline; entered by hand as defaults"),
    "accession_ratifications": (
        (CALIBRATION, VALIDATION),
        "members' institutional speed, urgency of rounds, what isolation and concessions do (the holdouts of 2022); "
        "the fit of a hindcast does not read the round it scores; pattern 3 looks at the same rounds: no independent "
        "test",
    ),
    "accession_rounds": (
        (CALIBRATION, VALIDATION),
        "range of the talks' length, entered by hand; days of accession in hindcasts",
    ),
    "events_2021_2025": (
        (SPECIFICATION, CALIBRATION),
        "dated events of ukraine_2022; rates of the baseline's events, counted by hand; range of Russia's effort",
    ),
    "ukraine_membership_positions": (
        (SPECIFICATION, VALIDATION, BACKGROUND),
        "members' first rows start ukraine_2022, their later rows only score it (a test poisons them); what the "
        "stances and ties of 2025 were coded on, which the variant with known governments is told",
    ),
    "ukraine_security_commitments": (
        (SPECIFICATION, BACKGROUND),
        "who gives the dated guarantees of ukraine_2022; basis of codes; guarantee of the start, its scale assumed",
    ),
    "leaders_2025_12": ((BACKGROUND,), "basis of the coded government ties"),
    "ukraine_support_kiel": ((BACKGROUND,), "none in the model; gathered after the baseline's date"),
}
"""By table of ``model/data``: its uses, and for what."""


def data_use_block() -> str:
    """The uses as a table in Markdown."""
    rows = [(f"`{name}.csv`", ", ".join(uses), text) for name, (uses, text) in USES.items()]
    return markdown_table(("table", "use", "for"), rows)


def main() -> None:
    """Write the table into the page of this checkout."""
    PAGE.write_text(with_blocks(PAGE.read_text("utf-8"), {"uses": data_use_block()}), "utf-8")


if __name__ == "__main__":
    main()
