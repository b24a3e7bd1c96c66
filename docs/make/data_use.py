"""How each table of the package is used; ``python docs/make/data_use.py`` writes it into its page."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from generated import markdown_table, with_blocks

PAGE = Path(__file__).parents[1] / "evidence" / "data_use.md"
"""Path of the page in a checkout."""

SPECIFICATION, CALIBRATION, VALIDATION, BACKGROUND = "specification", "calibration", "validation", "background"
"""Uses of a table: define entities, set parameters, test outcomes, or only inform codes."""

USES: Mapping[str, tuple[tuple[str, ...], str]] = {
    "countries": ((SPECIFICATION,), "members, population and output, borders and distance: weight, exposure, affinity"),
    "governments": ((SPECIFICATION,), "government ties, war bar, and whose election decides (coded judgement)"),
    "membership_stance": (
        (SPECIFICATION,),
        "initial stance and its spread; since when an objection stands (coded judgement)",
    ),
    "alternatives": (
        (SPECIFICATION,),
        "the main alternative government of each member, which elections can bring to power (coded judgement)",
    ),
    "un_ideal_points": ((SPECIFICATION,), "distance in UN voting: affinity, structural susceptibility"),
    "energy_dependence": ((SPECIFICATION,), "structural susceptibility"),
    "gas_imports": ((SPECIFICATION,), "structural susceptibility"),
    "defence_expenditure": ((SPECIFICATION, CALIBRATION), "initial spending; ranges of the spending parameters"),
    "outlook": (
        (SPECIFICATION,),
        "how likely accession looks to actors that look ahead; fitted on the model's own runs, not data",
    ),
    "public_opinion": ((SPECIFICATION,), "caution; initial aspiration"),
    "elections": ((SPECIFICATION,), "dates of elections"),
    "council_dates": ((SPECIFICATION,), "dates of councils"),
    "spending_pledges": ((SPECIFICATION,), "the pledge in force and its deadline, entered by hand as defaults"),
    "accession_ratifications": (
        (CALIBRATION, VALIDATION),
        "members' institutional speed and the urgency of rounds; "
        "the fit of a hindcast does not read the round that it scores; pattern 3 uses the same rounds, so it is not an "
        "independent test",
    ),
    "speed_rounds": (
        (SPECIFICATION,),
        "which rounds inform members' institutional speed, and whose delay was political",
    ),
    "accession_rounds": (
        (CALIBRATION, VALIDATION),
        "range of the duration of talks, entered by hand; days of entry into force bound the days of ratification to "
        "which hindcasts are fitted, never those of the round that is scored; days of accession in hindcasts",
    ),
    "holdout_spells": (
        (CALIBRATION, VALIDATION),
        "the hazard of yielding, the chance of payment and opportunism of `holdout_forecast`; scored with countries "
        "and quarrels left out; runs of the model use the same fit",
    ),
    "opportunism": (
        (CALIBRATION,),
        "how often each member holds out, fitted to the table of holdouts; on the roster",
    ),
    "memberships": ((CALIBRATION,), "member-years in the alliance and the union: the denominator of opportunism"),
    "events": (
        (SPECIFICATION, CALIBRATION),
        "dated events of ukraine_2022; rates of the baseline's events; range of Russia's effort",
    ),
    "membership_positions": (
        (SPECIFICATION, VALIDATION, BACKGROUND),
        "members' first rows set the start of ukraine_2022, their later rows, those of 2026 among them, only score it "
        "(a test corrupts them); basis of the stances and ties; the variant with known governments uses the ties",
    ),
    "security_commitments": (
        (SPECIFICATION, BACKGROUND),
        "providers of the dated guarantees of ukraine_2022; basis of codes; initial guarantee, its scale assumed",
    ),
    "2025-12-outcomes": ((VALIDATION,), "what happened in the year after the edition 2025-12: scores its track record"),
    "2025-12-platforms": ((VALIDATION,), "dated probabilities of forecasting platforms, beside that track record"),
    "codes_reading_1": ((SPECIFICATION,), "a second reading of stance, ties and war bar, and the main alternative"),
    "codes_reading_2": ((SPECIFICATION,), "a third reading of the same"),
    "guarantees": ((BACKGROUND,), "which guarantees of 2026 are in force; basis of the column `counts_as` of events"),
    "energy_phase_out": ((BACKGROUND,), "steps of the phase-out of Russian gas and oil in 2026; not used in the model"),
    "war_state": ((BACKGROUND,), "truces and Russian gains of 2026: size of the events that shift the front"),
    "leaders": ((BACKGROUND,), "basis of the coded government ties"),
    "support": ((BACKGROUND,), "not used in the model; gathered after the date of the baseline"),
}
"""Indexed by table of ``model/data`` and of its editions: its uses, and the purpose."""


def data_use_block() -> str:
    """Markdown table of the uses."""
    rows = [(f"`{name}.csv`", ", ".join(uses), text) for name, (uses, text) in USES.items()]
    return markdown_table(("table", "use", "for"), rows)


def main() -> None:
    """Write the table into the page of this checkout."""
    PAGE.write_text(with_blocks(PAGE.read_text("utf-8"), {"uses": data_use_block()}), "utf-8")


if __name__ == "__main__":
    main()
