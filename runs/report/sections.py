"""The sections of a report: sentences, figures and tables, each made of one part of the results."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from article10.model.accession_rule import Milestone
from article10.runs.analyses.comparison.compare_result import MEASURES, SHARES, Comparison
from article10.runs.analyses.registry import ANALYSES
from article10.runs.analyses.result import listed
from article10.runs.ensemble.summary import milestones
from article10.runs.output.table import ResultTable
from article10.runs.report.assumptions import changed_parameters, coded_stances, grounds_of_stances, parameter_sources
from article10.runs.report.headline import WHOLE, first_objector, main_numbers, objections_by_member, objections_shown
from article10.runs.report.past import (
    RESAMPLED,
    badges,
    hindcast_sentence,
    hindcast_table,
    track_record_sentence,
    track_record_table,
)
from article10.runs.report.pictures import Picture, drawn
from article10.runs.statistics.forms import NUMBER, PERCENT, POINTS, Measured, unit_of
from article10.runs.statistics.intervals import SIMULATION_ONLY, interval, mean_over_runs, share

if TYPE_CHECKING:
    from article10.runs.ensemble.result import EnsembleResult
    from article10.runs.report.report import Report

SIGNED_NUMBER = Measured("{:+.2f}", 1.0, "")

IN_BRACKETS = f"In brackets: {SIMULATION_ONLY}"


@dataclass(frozen=True)
class TableOnPage:
    """A table of the page.

    Attributes:
        title: title of the table.
        columns: heads of the columns.
        rows: cells as text.
        labels: number of columns, from the left, that hold words.
        covers: what the intervals in the table cover; empty without one.
        in_appendix: whether it stands at the end of the page, to be opened, rather than in its section.
    """

    title: str
    columns: list[str]
    rows: list[list[str]]
    labels: int
    covers: str = ""
    in_appendix: bool = False

    @property
    def anchor(self) -> str:
        """Name of the table in addresses."""
        return "table-" + re.sub(r"\W+", "-", self.title.lower()).strip("-")


@dataclass(frozen=True)
class Section:
    """A section of the page.

    Attributes:
        anchor: name in addresses.
        title: title of the section.
        sentences: what was found.
        figures: figures, as pictures.
        tables: tables, in the section or in the appendix.
        covers: what intervals in the sentences cover; empty without one.
    """

    anchor: str
    title: str
    sentences: list[str]
    figures: list[Picture] = field(default_factory=list)
    tables: list[TableOnPage] = field(default_factory=list)
    covers: str = ""


def sections(report: Report) -> list[Section]:
    """The sections in their order; a part of the results that is missing has none."""
    makers: tuple[Callable[[Report], Iterator[Section]], ...] = (
        _main_numbers,
        _against,
        _when,
        _who,
        _analyses,
        _past,
        _assumptions,
    )
    return [section for make in makers for section in make(report)]


def _main_numbers(report: Report) -> Iterator[Section]:
    covers = f"{IN_BRACKETS} What the last column is: see “How far to trust it”."
    table = table_on_page(main_numbers(report), covers=covers)
    yield Section("numbers", "The main numbers", [], tables=[table])


def _against(report: Report) -> Iterator[Section]:
    found = report.against
    if found is None:
        return
    first, other = found.names
    titles = {name: found.titles[name] or name for name in found.names}
    yield Section(
        "against",
        f"Side by side: {titles[first]}, and {titles[other]}",
        [
            f"Run k of {other} has the random draws of run k of {first}: they differ by what was changed.",
            *found.sentences(),
        ],
        [drawn(draw, found.runs) for draw in found.figures().values()],
        [
            *side_by_side(found),
            *(table_on_page(found.tables()[name], in_appendix=True) for name in ("objections", "stances")),
        ],
        IN_BRACKETS,
    )


def side_by_side(found: Comparison) -> Iterator[TableOnPage]:
    """The measures of two scenarios beside each other, and the difference in paired runs: probabilities, means."""
    first, other = found.names
    for title, of_shares in (("Probabilities by the horizon", True), ("Means at the horizon", False)):
        form, signed = (PERCENT, POINTS) if of_shares else (NUMBER, SIGNED_NUMBER)
        rows = {}
        for measure in (measure for measure in MEASURES if (measure in SHARES) == of_shares):
            both: list[Any] = [found.outcomes.loc[(measure, name)] for name in (first, other)]
            cells = [interval(row, "value", form) for row in both]
            rows[MEASURES[measure]] = (
                *cells,
                interval(both[1], "difference", signed).removesuffix(f" {unit_of(signed)}"),
            )
        unit = f" ({unit_of(POINTS)})" if of_shares else ""
        columns = [first, other, f"{other} less {first}{unit}"]
        frame = pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("")
        yield replace(table_on_page(ResultTable(title, frame)), columns=["", *columns])


def _when(report: Report) -> Iterator[Section]:
    result, plot, roster = report.result, report.result.plot, report.scenario.members()
    rows = milestones(result)
    said = [
        f"{name.capitalize()} by {rows.index[k]:%B %Y}: {interval(rows.iloc[k], name, PERCENT)} of runs."
        for k in dict.fromkeys((min(5, len(rows) - 1), len(rows) - 1))
        for name in report.influence.outcomes
    ]
    war = mean_over_runs(result.outcomes_by_member["war_years"].to_numpy(float), "years")
    said.append(f"The war is hot for {interval(war, 'years', '{:.1f}')} years on average.")
    heaviest = int(roster.influence_weight.argmax())
    title = f"Stance over time: {roster.names[heaviest]}, the member with the greatest influence"
    figures = [
        drawn(plot.accession, result.runs),
        drawn(lambda: plot.fan(roster.iso3[heaviest]), result.runs, title),
    ]
    by_year = ResultTable("Probability by the end of the year", rows, dict.fromkeys(Milestone, PERCENT))
    yield Section("when", "When, if at all", said, figures, [table_on_page(by_year, in_appendix=True)], IN_BRACKETS)


def _who(report: Report) -> Iterator[Section]:
    anchor, title, runs, plot = "who", "Who decides: the members", report.result.runs, report.result.plot
    europe = [drawn(plot.map, runs)] if plot.has_map else []
    rows = objections_by_member(report.result)
    if rows.empty:
        said = ["No council had the question before it: the bid was decided before the start."]
        yield Section(anchor, title, said, europe)
        return
    top = listed(f"{row['name']} {interval(row, 'own_stance', WHOLE)}" for _, row in rows.head(4).iterrows())
    war, rule = rows.nlargest(1, "war").iloc[0], report.scenario.accession.rule
    said = [f"Share of councils at which a member objects by its own stance: {top}.", first_objector(report.result)]
    if war["war"] > 0:
        said.append(
            "While the war is hot, members that hold that a state at war cannot be admitted object for that "
            f"reason, at up to {interval(war, 'war', WHOLE)} of councils ({war['name']})."
        )
    holds = rows.nlargest(1, "hold").iloc[0]
    if holds["hold"] > 0:
        said.append(
            "Members also hold out for a price although their stance does not object; most often "
            f"{holds['name']}, at {interval(holds, 'hold', PERCENT)} of councils."
        )
    what_if = f"A what-if: decisions are by {rule.replace('_', ' ')}."
    said.append("Decisions are by consensus: one objection blocks." if rule == "consensus" else what_if)
    objecting = drawn(lambda: plot.holdouts(10), runs)
    paid, payments = _payments(report.result)
    tables = [table_on_page(objections_shown(rows), in_appendix=True), *payments]
    yield Section(anchor, title, [*said, *paid], [*europe, objecting], tables, IN_BRACKETS)


def _payments(result: EnsembleResult) -> tuple[list[str], list[TableOnPage]]:
    """Who is paid for consent, how much, and by whom: sentences and a table; nothing if nobody is."""
    ledger = result.ledger
    if ledger.empty:
        return [], []
    names = dict(zip(result.data["member"].to_numpy(), result.data["member_name"].to_numpy(), strict=True))
    runs = pd.Index(result.data["run"].to_numpy())

    def a_run(rows: pd.DataFrame) -> dict[str, float]:
        return mean_over_runs(rows.groupby("run")["amount"].sum().reindex(runs, fill_value=0).to_numpy(float), "units")

    paid = ledger.groupby("holdout")
    rows = {}
    for code in paid["amount"].sum().sort_values(ascending=False, kind="stable").index:
        own = paid.get_group(code)
        payers = own.groupby("payer")["amount"].sum().sort_values(ascending=False, kind="stable").index
        often = listed(str(names.get(payer, payer)) for payer in payers[:3])
        rows[str(names[code])] = (len(own), interval(a_run(own), "units", NUMBER), often)
    columns = ["payments in all runs", "political capital a run (units)", "paid most by"]
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("member")
    some = share(runs.isin(ledger["run"]), "runs")
    said = [
        f"Somebody is paid for its consent in {interval(some, 'runs', PERCENT)} of runs; the payments of a run come to "
        f"{interval(a_run(ledger), 'units', NUMBER)} units of political capital.",
        f"Paid most: {listed(list(rows)[:3])}.",
    ]
    return said, [table_on_page(ResultTable("Payments for consent", frame), in_appendix=True)]


def _analyses(report: Report) -> Iterator[Section]:
    for name, found in report.analyses.items():
        yield Section(
            name,
            ANALYSES[name].section,
            found.sentences(),
            [drawn(draw, found.runs) for draw in found.figures().values()],
            [table_on_page(table, in_appendix=True) for table in found.tables().values()],
            f"In brackets: {found.covers}",
        )


def _past(_: Report) -> Iterator[Section]:
    tables = [
        table_on_page(track_record_table(), covers=RESAMPLED),
        table_on_page(hindcast_table(), labels=3, in_appendix=True),
    ]
    pages = listed(badge.page for badge in badges())
    said = [track_record_sentence(), hindcast_sentence(), f"Row by row, with what was lost: {pages}."]
    yield Section("past", "How the model did on the past", said, tables=tables)


def _assumptions(report: Report) -> Iterator[Section]:
    s = report.scenario
    said = [
        grounds_of_stances(s),
        "Most weights are assumptions with a plausible range; what no data identify, such as whether guarantees "
        "replace membership or lead to it, should be varied rather than trusted.",
    ]
    tables = [
        table_on_page(changed_parameters(s), labels=4),
        table_on_page(coded_stances(s), in_appendix=True),
        table_on_page(parameter_sources(s), labels=5, in_appendix=True),
    ]
    yield Section("assumptions", "Assumptions and their sources", said, tables=tables)


def table_on_page(
    shown: ResultTable, labels: int | None = None, covers: str | None = None, in_appendix: bool = False
) -> TableOnPage:
    """A table as the page shows it.

    Args:
        shown: the table.
        labels: number of columns that hold words; by default those of the index.
        covers: what its intervals cover; by default, if it has any, that they are of runs.
        in_appendix: whether it stands in the appendix.
    """
    cells = shown.cells()
    rows: list[list[str]] = cells.to_numpy().tolist()
    if covers is None:
        covers = IN_BRACKETS if any("[" in cell for row in rows for cell in row) else ""
    words = shown.frame.index.nlevels if labels is None else labels
    return TableOnPage(shown.title, [str(c).replace("_", " ") for c in cells], rows, words, covers, in_appendix)
