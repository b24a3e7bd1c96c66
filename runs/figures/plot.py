"""Figures of a result: each takes ``ax=``, returns the Axes, shows nothing, and states the number of runs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from article10.agents.nearest import nearest
from article10.agents.short_error import ArgumentError, shown
from article10.model.arguments import check_distinct
from article10.model.checked import checked, list_of
from article10.model.edition import read_edition
from article10.model.scenario import Scenario
from article10.model.setup import Setup
from article10.runs.ensemble.rerun import check_run
from article10.runs.ensemble.summary import holdouts, signed
from article10.runs.figures.decisions import draw_accession, draw_accession_of_each, draw_holdouts
from article10.runs.figures.map import draw_map
from article10.runs.figures.map_view import outlines
from article10.runs.figures.network import STRONGEST, draw_network
from article10.runs.figures.payments import draw_ledger, paid_per_hundred
from article10.runs.figures.stances import (
    draw_fan,
    draw_fan_of_each,
    draw_fans,
    draw_heatmap,
    draw_members,
    draw_runs,
    name_of,
    recorded,
)
from article10.runs.figures.style import drawing, house_style, note_runs, save_figure
from article10.runs.figures.waterfall import draw_waterfall, draw_years, in_least_height, net_change
from article10.runs.output.path import check_figures
from article10.runs.stories.explain import END, START, waterfall

if TYPE_CHECKING:
    from collections.abc import Mapping

    from article10.agents.russia import Strategy
    from article10.model.mechanisms import Mechanism
    from article10.runs.ensemble.result import EnsembleResult

MOST_MEMBERS = 6
"""Members drawn side by side where none is named."""

DEFAULT_FIGURES = ("accession", "holdouts", "ledger", "fan", "heatmap", "trajectories", "map", "network")
"""Figures that ``article10 run`` draws: all that do not need the name of a member."""

WITHOUT_STANCES = ("accession", "holdouts", "ledger")
"""Figures that need no stances."""

MOST_PAYERS = 8
"""Payers with a column of their own in the figure of the ledger."""


def selected_members(scenario: Scenario) -> list[str]:
    """Members drawn where none is named: those that the edition names, or the first of the roster."""
    members = scenario.members().iso3
    named = [code for code in read_edition(scenario.edition).file.figures.members if code in members]
    return (named or list(members))[:MOST_MEMBERS]


def most_opposed(scenario: Scenario) -> str:
    """Code of the member with the lowest stance at the start, which is drawn where one is and none is named."""
    roster = scenario.members()
    return roster.iso3[int(roster.stance.argmin())]


class Plot:
    """Figures of one result."""

    def __init__(self, result: EnsembleResult) -> None:
        """Draw figures of a result.

        Raises:
            ValueError: the result does not hold any runs.
        """
        result.check_runs()
        self.result = result

    @checked
    def accession(
        self, ax: Axes | None = None, *, against: EnsembleResult | Sequence[EnsembleResult] | None = None
    ) -> Axes:
        """Cumulative probability of invitation, signature and accession, with 95% intervals (Wilson).

        Args:
            ax: where to draw; by default on a new figure, as in all figures below.
            against: another result or several; then accession alone is drawn, a line for each result.

        Raises:
            ValueError: two results are of scenarios of one name.
        """
        results = None if against is None else self._beside(against)
        with drawing(ax, names=[f"{name} 00.0%" for name in results or ()]) as ax:
            if results is None:
                draw_accession(ax, self.result)
            else:
                draw_accession_of_each(ax, results)
        return ax

    @checked
    def holdouts(self, most: int = 14, ax: Axes | None = None) -> Axes:
        """Share of councils at which each member objects: by its stance, only for a price, only for the war.

        Args:
            most: number of members shown, those first that object most often by their own stance.
            ax: where to draw.
        """
        every = holdouts(self.result)
        shown = every.head(most)[::-1]
        with drawing(ax, figsize=(7.5, 1.5 + 0.265 * max(len(shown), 6))) as ax:
            draw_holdouts(ax, self.result, shown, len(every))
        return ax

    @checked
    def ledger(self, most: int = 14, ax: Axes | None = None) -> Axes:
        """Who paid for whose consent: payments per 100 runs, and how many of them ended a hold for a price.

        Args:
            most: number of members shown, those first that were paid most often.
            ax: where to draw.
        """
        table, paid = paid_per_hundred(self.result, most, MOST_PAYERS)
        with drawing(ax, figsize=(8.0, 2.0 + 0.28 * max(len(table), 4))) as ax:
            draw_ledger(ax, self.result, table, paid)
        return ax

    @checked
    def fan(
        self,
        member: str | Sequence[str] | None = None,
        ax: Axes | None = None,
        *,
        against: EnsembleResult | Sequence[EnsembleResult] | None = None,
    ) -> Axes:
        """Stances over time: median, and bands that hold 50% and 90% of runs.

        Args:
            member: a code or several; by default six selected members (only the heaviest where ``ax`` is given).
            ax: where to draw; several members then share it, as medians with their 50% bands.
            against: another result or several, to draw one member's stance in each; by default that member is the one
                most opposed at the start.

        Raises:
            KeyError: a member is not on the roster.
            ValueError: stances were not recorded, several members are named beside ``against``, or two results are of
                scenarios of one name.
        """
        if against is not None:
            return self._fan_of_each(member, self._beside(against), ax)
        members = self._members(member, 1 if ax is not None else MOST_MEMBERS)
        if ax is None and len(members) > 1:
            with house_style():
                return draw_fans(self.result, members)
        with drawing(ax) as ax:
            draw_fan(ax, self.result, members)
        return ax

    @checked
    def trajectories(
        self, member: str | Sequence[str] | None = None, run: int | None = None, n: int = 30, ax: Axes | None = None
    ) -> Axes:
        """Stances over time in single runs.

        Args:
            member: one code, whose stance is drawn in ``n`` runs; or several, drawn in one run.
            run: number of the run; by default the first where several members are named.
            n: number of runs drawn of one member.
            ax: where to draw.

        Raises:
            KeyError: a member is not on the roster.
            ValueError: the run is not in the result, or stances were not recorded.
        """
        is_one_run = run is not None or (member is not None and not isinstance(member, str))
        members = self._members(member, MOST_MEMBERS if is_one_run else 1)
        with drawing(ax, names=[name_of(self.result, code) for code in members]) as ax:
            if is_one_run:
                draw_members(ax, self.result, members, self._place(run))
            else:
                draw_runs(ax, self.result, members[0], n)
        return ax

    @checked
    def heatmap(self, ax: Axes | None = None) -> Axes:
        """Median stance of every member over time, the most willing at the start on top.

        Args:
            ax: where to draw.

        Raises:
            ValueError: stances were not recorded.
        """
        recorded(self.result, "stance")
        with drawing(ax, figsize=(8.0, 7.0)) as ax:
            draw_heatmap(ax, self.result)
        return ax

    @checked
    def network(self, threshold: float = 0.0, ax: Axes | None = None, *, most: int = STRONGEST) -> Axes:
        """Who influences each member most, with members coloured by their median stance at the horizon.

        Args:
            threshold: least influence weight for which an arrow is drawn.
            ax: where to draw.
            most: number of arrows that lead to each member, from those that influence it most.

        Raises:
            ValueError: stances were not recorded.
        """
        median = self._median()
        with drawing(ax, figsize=(8.0, 7.3)) as ax:
            words = draw_network(ax, self.result.scenario, median, threshold, most)
            note_runs(ax, self.result.runs, words, below=4)
        return ax

    @property
    def has_map(self) -> bool:
        """Whether there are outlines of members to draw."""
        scenario = self.result.scenario
        return not outlines(read_edition(scenario.edition)).keys().isdisjoint(scenario.members().iso3)

    @checked
    def map(self, when: str | None = None, ax: Axes | None = None) -> Axes:
        """Median stance of every member on a map, and which members object because of the war in most runs.

        Args:
            when: a date; by default the horizon.
            ax: where to draw.

        Raises:
            ValueError: the date is outside the result, stances were not recorded, or the edition has no outlines.
        """
        if not self.has_map:
            raise ArgumentError("map: the edition has no outlines of its members: add map.geojson to its folder")
        days = pd.DatetimeIndex(self.result.data["step"].to_numpy())
        day = days[-1] if when is None else pd.Timestamp(when)
        if not days[0] <= day <= days[-1]:
            raise ArgumentError(f"when = {when}: expected a date from {days[0].date()} to {days[-1].date()}")
        step = int(days.get_indexer(pd.DatetimeIndex([day]), method="nearest")[0])
        median, barred = self._median(step), self._barred(step)
        with drawing(ax, figsize=(8.0, 6.3)) as ax:
            draw_map(ax, median, self.result.scenario, barred)
            ax.set_title(f"Where members stand on {days[step].day} {days[step]:%B %Y}: median stance")
            note_runs(ax, self.result.runs, "stripes: the member objects because of the war in most runs", below=8)
        return ax

    @checked
    def explain(
        self,
        member: str,
        run: int | None = None,
        *,
        start: object = None,
        end: object = None,
        strategy: Strategy | None = None,
        mechanisms: Mapping[str, Mechanism] | None = None,
        ax: Axes | None = None,
    ) -> Axes:
        """Why a member's stance changed: the contribution of each mechanism, as a waterfall that adds up.

        Args:
            member: code.
            run: number of a run; by default the mean over all runs.
            start: first day; by default that of the scenario.
            end: last day; by default the horizon.
            strategy: the function that was passed to ``simulate`` as Russia's strategy, if there was one.
            mechanisms: the functions that were passed to ``simulate`` as mechanisms, if there were any.
            ax: where to draw.

        Raises:
            KeyError: the member is not on the roster.
            ValueError: the run is not in the result, or a date is outside the scenario.
        """
        functions: dict[str, Any] = {"strategy": strategy, "mechanisms": mechanisms}
        bars = in_least_height(waterfall(self.result.explain(member, run, start=start, end=end, **functions)))
        scenario = self.result.scenario
        with drawing(ax) as ax:
            draw_waterfall(ax, bars)
            where = "" if run is None else f" in run {run}"
            ax.set_title(f"Why the stance of {name_of(self.result, member)} changed{where}")
            which = "mean over all runs" if run is None else f"run {run} is explained"
            between = f"{start or scenario.start} to {end or scenario.horizon}"
            colours = "blue: stance; green and red: contributions that raise and lower it"
            note_runs(ax, self.result.runs, f"{which}; {between}; {net_change(bars)}; {colours}", below=62)
        return ax

    @checked
    def explain_by_year(
        self,
        member: str,
        run: int,
        *,
        start: object = None,
        end: object = None,
        strategy: Strategy | None = None,
        mechanisms: Mapping[str, Mechanism] | None = None,
        ax: Axes | None = None,
    ) -> Axes:
        """When and why a member's stance changed in a run: contributions of mechanisms and net change, year by year.

        Args:
            member: code.
            run: number of the run.
            start: first day; by default that of the scenario.
            end: last day; by default the horizon.
            strategy: the function that was passed to ``simulate`` as Russia's strategy, if there was one.
            mechanisms: the functions that were passed to ``simulate`` as mechanisms, if there were any.
            ax: where to draw.

        Raises:
            KeyError: the member is not on the roster.
            ValueError: the run is not in the result, or a date is outside the scenario.
        """
        functions: dict[str, Any] = {"strategy": strategy, "mechanisms": mechanisms}
        explained = self.result.explain(member, run, start=start, end=end, **functions)
        with drawing(ax, figsize=(8.5, 4.4)) as ax:
            draw_years(ax, explained)
            ax.set_title(f"Why the stance of {name_of(self.result, member)} changed in run {run}, year by year")
            ends = f"from {signed(explained[START].iloc[0])} to {signed(explained[END].iloc[-1])}"
            note_runs(ax, self.result.runs, f"run {run} is explained; stance {ends}; numbers: net change of the year")
        return ax

    @checked
    def save_all(
        self, folder: str | Path, figures: Sequence[str] = DEFAULT_FIGURES, *, file_format: str = "png"
    ) -> list[Path]:
        """Draw figures with their defaults into a folder.

        Args:
            folder: created if it does not exist.
            file_format: png, svg or pdf.
            figures: names of methods; figures of stances are left out where stances were not recorded, and the map
                where there are no outlines.

        Returns:
            Paths of the files.

        Raises:
            ValueError: a name is not that of a figure, the figure needs the name of a member, or there is no such
                format.
        """
        check_figures(file_format, "file_format")
        for name in figures:
            if name not in DEFAULT_FIGURES:
                raise ArgumentError(f"figures: {name!r}: there is no such figure{nearest(name, DEFAULT_FIGURES)}")
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        paths = []
        for name in figures:
            if "stance" not in self.result.data and name not in WITHOUT_STANCES:
                continue
            if name == "map" and not self.has_map:
                continue
            paths.append(save_figure(getattr(self, name), folder / f"{name}.{file_format}"))
        return paths

    def _beside(self, against: EnsembleResult | Sequence[EnsembleResult]) -> dict[str, EnsembleResult]:
        """This result and others, by the names of their scenarios."""
        from article10.runs.ensemble.result import EnsembleResult  # which imports this module when it draws

        others = [against] if isinstance(against, EnsembleResult) else list_of("against", against, "results")
        results = [self.result, *(each for each in others if isinstance(each, EnsembleResult))]
        if len(results) <= len(others):
            raise ArgumentError(f"against = {shown(against)}: expected the result of an ensemble, or several")
        check_distinct("against: scenarios", [each.scenario.name for each in results])
        for each in results:
            each.check_runs()
        return {each.scenario.name: each for each in results}

    def _fan_of_each(
        self, member: str | Sequence[str] | None, results: dict[str, EnsembleResult], ax: Axes | None
    ) -> Axes:
        members = [most_opposed(self.result.scenario)] if member is None else self._members(member, 1)
        if len(members) > 1:
            raise ArgumentError(f"member = {shown(member)}: expected one code beside against")
        with drawing(ax, names=list(results)) as ax:
            draw_fan_of_each(ax, results, members[0])
        return ax

    def _median(self, step: int = -1) -> pd.Series[float]:
        stance = np.median(recorded(self.result, "stance")[:, step], axis=0)
        return pd.Series(stance, index=self.result.data["member"].to_numpy())

    def _barred(self, step: int) -> tuple[str, ...]:
        """Members that object because of the war in most runs."""
        intensity = recorded(self.result, "war_intensity")[:, step]
        return Setup.of(self.result.scenario).barred_at(float(np.median(intensity)))

    def _members(self, member: str | Sequence[str] | None, most: int) -> list[str]:
        roster = self.result.scenario.members()
        if member is None:
            return selected_members(self.result.scenario)[:most]
        chosen = [member] if isinstance(member, str) else list(member)
        return [roster.code(each) for each in chosen]

    def _place(self, run: int | None) -> int:
        if run is None:
            return 0
        check_run(self.result, run)
        return int(np.flatnonzero(self.result.data["run"].to_numpy() == run)[0])
