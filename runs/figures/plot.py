"""Figures of a result: each takes ``ax=``, returns the Axes, shows nothing, and states the number of runs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib.dates
import matplotlib.ticker
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from article10.agents.nearest import nearest
from article10.agents.short_error import ArgumentError
from article10.model.checked import checked
from article10.model.setup import Setup
from article10.runs.ensemble.rerun import check_run
from article10.runs.ensemble.summary import MILESTONES, holdouts, signed
from article10.runs.figures.map import draw_map
from article10.runs.figures.network import SHOWN_WEIGHT, draw_network
from article10.runs.figures.stance_colours import SCALE, STANCES
from article10.runs.figures.style import (
    COLOURS,
    OPPOSED,
    SUPPORTIVE,
    house_style,
    label_ends,
    literal,
    new_axes,
    note_runs,
    save_figure,
    shown_of,
    stance_axis,
    time_axis,
    with_looks,
)
from article10.runs.statistics.proportion import wilson
from article10.runs.stories.explain import waterfall

if TYPE_CHECKING:
    from collections.abc import Mapping

    from article10.agents.russia import Strategy
    from article10.model.mechanisms import Mechanism
    from article10.runs.ensemble.result import EnsembleResult

TELLING = ("USA", "HUN", "SVK", "DEU", "TUR", "POL")
"""Members drawn where none is named: the heaviest, the most opposed, the hesitant, the neighbour."""

DEFAULT_FIGURES = ("accession", "holdouts", "fan", "heatmap", "trajectories", "map", "network")
"""What ``article10 run`` draws: all that need not be given a member."""


class Plot:
    """Figures of one result."""

    def __init__(self, result: EnsembleResult) -> None:
        """Draw from this result.

        Raises:
            ValueError: it holds no runs.
        """
        result.check_runs()
        self.result = result

    # --- stances ----------------------------------------------------------------------------------------------------

    @checked
    def fan(self, member: str | Sequence[str] | None = None, ax: Axes | None = None) -> Axes:
        """Median and 50% and 90% bands of stance over time.

        Args:
            member: a code or several; by default six telling ones (one of them, the heaviest, where ``ax`` is given).
            ax: where to draw; several members then share it, as medians with their 50% band.

        Raises:
            KeyError: a member is not on the roster.
        """
        members = self._members(member, 1 if ax is not None else len(TELLING))
        if ax is None and len(members) > 1:
            return self._fans(members)
        with house_style():
            ax = ax or new_axes()
            one = len(members) == 1
            for look, code in with_looks(members):
                self._band(ax, code, look, wide=one)
            self._stance_frame(ax, label=one)
            if not one:
                self._label_stances(ax)
            ax.set_ylabel("stance")
            ax.set_title(self._name(members[0]) if one else "Stances: median and middle half of runs")
            note_runs(ax, self.result.runs, "line: median; bands: 50% and 90% of runs")
        return ax

    def _fans(self, members: Sequence[str]) -> Axes:
        columns = min(3, len(members))
        rows = -(-len(members) // columns)
        with house_style():
            figure = Figure(figsize=(3.6 * columns, 2.5 * rows + 0.6), layout="constrained")
            axes = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False).ravel()
            for ax, code in zip(axes[: len(members)], members, strict=True):
                self._band(ax, code, {"color": COLOURS[0]}, wide=True)
                self._stance_frame(ax, label=ax in axes[columns - 1 :: columns])
                if ax in axes[::columns]:
                    ax.set_ylabel("stance")
                ax.set_title(self._name(code))
            for ax in axes[len(members) :]:
                ax.set_axis_off()
            title = f"Stance on {self.result.scenario.candidate.name}'s accession"
            figure.suptitle(literal(title), x=0.01, ha="left", weight="bold")
            note_runs(axes[(rows - 1) * columns], self.result.runs, "line: median; bands: 50% and 90% of runs")
        first: Axes = axes[0]
        return first

    def _band(self, ax: Axes, code: str, look: dict[str, Any], wide: bool) -> None:
        stance = self._stance(code)
        days = self.result.data["step"].to_numpy()
        low, lower, middle, upper, high = np.quantile(stance, (0.05, 0.25, 0.5, 0.75, 0.95), axis=0)
        if wide:
            ax.fill_between(days, low, high, color=look["color"], alpha=0.18, linewidth=0)
        ax.fill_between(days, lower, upper, color=look["color"], alpha=0.32, linewidth=0)
        ax.plot(days, middle, label=self._name(code), **look)

    @checked
    def trajectories(
        self, member: str | Sequence[str] | None = None, run: int | None = None, n: int = 30, ax: Axes | None = None
    ) -> Axes:
        """Single runs' stances over time.

        Args:
            member: one code, whose stance is drawn in ``n`` runs; or several, drawn in one run.
            run: number of the run to draw; by default the first where several members are named.
            n: how many runs of one member.
            ax: where to draw.

        Raises:
            KeyError: a member is not on the roster.
            ValueError: the run is not in the result.
        """
        several = run is not None or (member is not None and not isinstance(member, str))
        members = self._members(member, len(TELLING) if several else 1)
        days = self.result.data["step"].to_numpy()
        with house_style():
            ax = ax or new_axes(names=[self._name(code) for code in members])
            if several:
                place = self._place(run)
                for look, code in with_looks(members):
                    ax.plot(days, self._stance(code)[place], label=self._name(code), linewidth=1.2, **look)
                ax.margins(x=0)
                self._label_stances(ax)
                ax.set_title(f"Stances in run {self.result.data['run'].to_numpy()[place]}")
            else:
                shown = self._stance(members[0])[:n]
                ax.plot(days, shown.T, color=COLOURS[0], alpha=max(0.15, min(0.9, 8 / len(shown))), linewidth=0.8)
                ax.set_title(f"{self._name(members[0])}: {len(shown)} single runs")
            self._stance_frame(ax, label=not several)
            ax.set_ylabel("stance")
            drawn = 1 if several else min(n, self.result.runs)
            note_runs(ax, self.result.runs, f"{drawn} drawn")
        return ax

    @checked
    def heatmap(self, ax: Axes | None = None) -> Axes:
        """Median stance of every member over time, the most willing at the start on top."""
        stance = self._variable("stance")
        median = np.median(stance, axis=0).T
        order = np.argsort(-median[:, 0], kind="stable")
        days = matplotlib.dates.date2num(self.result.data["step"].to_numpy())  # type: ignore[no-untyped-call]
        with house_style():
            ax = ax or new_axes(figsize=(8.0, 7.0))
            extent = (days[0], days[-1], len(order) - 0.5, -0.5)
            image = ax.imshow(median[order], aspect="auto", interpolation="nearest", cmap=STANCES, extent=extent)
            image.set_clim(SCALE.vmin, SCALE.vmax)
            names = self.result.data["member_name"].to_numpy()[order]
            ax.set_yticks(range(len(order)), names, fontsize=8)
            ax.xaxis_date()
            time_axis(ax)
            ax.grid(visible=False)
            bar = _figure(ax).colorbar(image, ax=ax, pad=0.02, shrink=0.8, extend="both")
            bar.set_label("median stance")
            ax.set_title("Median stance of every member")
            note_runs(ax, self.result.runs)
        return ax

    # --- decisions --------------------------------------------------------------------------------------------------

    @checked
    def holdouts(self, most: int = 14, ax: Axes | None = None) -> Axes:
        """Who objects: share of councils by member, by its own stance and because of the war alone.

        Args:
            most: members shown, those that object most by their own stance.
            ax: where to draw.
        """
        every = holdouts(self.result)
        shown = every.head(most)[::-1]
        with house_style():
            ax = ax or new_axes(figsize=(7.5, 1.5 + 0.265 * max(len(shown), 6)))
            only_war = shown["any"] - shown["own_stance"]
            ax.barh(shown["name"], shown["own_stance"], color=OPPOSED, label="by its own stance")
            ax.barh(shown["name"], only_war, left=shown["own_stance"], color="#c9c9c9", label="only because of the war")
            for place, (own, alone) in enumerate(zip(shown["own_stance"], shown["alone"], strict=True)):
                if alone >= 0.001:
                    label = f"alone {alone:.1%}"
                    ax.text(own - 0.01, place, label, va="center", ha="right", color="white", fontsize=7.5)
            ax.set_xlim(0, 1)
            ax.xaxis.set_major_formatter(matplotlib.ticker.PercentFormatter(1.0, decimals=0))
            ax.set_xlabel("share of councils at which members balloted on the bid")
            ax.grid(visible=False, axis="y")
            ax.legend(loc="lower right", frameon=True, framealpha=0.9, edgecolor="none")
            ax.set_title("Who objects" if len(shown) else "No ballot was asked for in any run")
            left = shown_of(len(shown), len(every), "members")
            note_runs(ax, self.result.runs, f"alone: the only one to object by its own stance{left}", below=38)
        return ax

    @checked
    def accession(self, ax: Axes | None = None) -> Axes:
        """Cumulative probability of invitation, signature and accession, with 95% intervals (Wilson)."""
        outcomes, runs = self.result.outcomes_by_member, self.result.runs
        days = pd.DatetimeIndex(self.result.data["step"].to_numpy())
        with house_style():
            ax = ax or new_axes()
            highest = 0.05
            for colour, name in zip((COLOURS[0], COLOURS[1], SUPPORTIVE), MILESTONES, strict=True):
                reached = outcomes[f"{name}_date"].dropna().sort_values().to_numpy()
                count = np.searchsorted(reached, days.to_numpy(), side="right")
                levels, inverse = np.unique(count, return_inverse=True)
                low, high = np.array([wilson(int(level), runs) for level in levels]).T
                ax.fill_between(days, low[inverse], high[inverse], color=colour, alpha=0.2, linewidth=0)
                ax.plot(days, count / runs, color=colour, label=f"{name} {count[-1] / runs:.1%}")
                highest = max(highest, high.max())
            ax.set_ylim(0, min(1.0, highest * 1.1))
            ax.yaxis.set_major_formatter(matplotlib.ticker.PercentFormatter(1.0, decimals=0))
            ax.set_ylabel("probability by the date")
            time_axis(ax)
            ax.margins(x=0)
            label_ends(ax)
            s = self.result.scenario
            ax.set_title(literal(f"{s.candidate.name}: {s.title or 'accession'}"))
            note_runs(ax, runs, "at the right: by the horizon; bands: 95% intervals")
        return ax

    # --- members ----------------------------------------------------------------------------------------------------

    @checked
    def network(self, threshold: float = SHOWN_WEIGHT, ax: Axes | None = None) -> Axes:
        """Who sways whom: arrows of influence weights above a threshold, members coloured by median stance at the end.

        Args:
            threshold: weight from which an arrow is drawn.
            ax: where to draw.
        """
        with house_style():
            ax = ax or new_axes(figsize=(8.0, 7.0))
            draw_network(ax, self.result.scenario, self._median(), threshold)
            note_runs(ax, self.result.runs)
        return ax

    @checked
    def map(self, when: str | None = None, ax: Axes | None = None) -> Axes:
        """Median stance of every member on a map, and which members object because of the war in most runs.

        Args:
            when: a date; by default the horizon.
            ax: where to draw.

        Raises:
            ValueError: the date is outside the result, or stances were not recorded.
        """
        days = pd.DatetimeIndex(self.result.data["step"].to_numpy())
        day = days[-1] if when is None else pd.Timestamp(when)
        if not days[0] <= day <= days[-1]:
            raise ArgumentError(f"when = {when}: expected a date from {days[0].date()} to {days[-1].date()}")
        step = int(days.get_indexer(pd.DatetimeIndex([day]), method="nearest")[0])
        candidate = self.result.scenario.candidate.name
        with house_style():
            ax = ax or new_axes(figsize=(8.0, 5.4))
            draw_map(ax, self._median(step), candidate, self._barred(step))
            ax.set_title(f"Median stance, {days[step]:%Y-%m-%d}")
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
        """Why a member moved: a waterfall by mechanism from its first stance to its last, which adds up.

        Args:
            member: its code.
            run: number of a run; by default the mean over all runs.
            start: first day; by default that of the scenario.
            end: last day; by default the horizon.
            strategy: the function that was passed to ``simulate``, if one was.
            mechanisms: likewise.
            ax: where to draw.
        """
        made: dict[str, Any] = {"strategy": strategy, "mechanisms": mechanisms}
        parts = waterfall(self.result.explain(member, run, start=start, end=end, **made))
        with house_style():
            ax = ax or new_axes()
            colours = [COLOURS[0] if row.whole else SUPPORTIVE if row.height >= 0 else OPPOSED for row in parts]
            labels, heights = [literal(p.label) for p in parts], [p.height for p in parts]
            ax.bar(labels, heights, bottom=[p.bottom for p in parts], color=colours)
            for place, part in enumerate(parts):
                top = max(part.bottom, part.bottom + part.height)
                shown = part.bottom + part.height if part.whole else part.height
                label = ax.annotate(signed(shown), (place, top), (0, 2), textcoords="offset points", ha="center")
                label.set(fontsize=8, va="bottom", bbox={"color": "white", "alpha": 0.85, "pad": 0.5})
            ax.axhline(0, color="black", linewidth=0.8)
            ax.use_sticky_edges = False
            ax.margins(y=0.12)
            ax.set_ylabel("stance, contributions added up")
            ax.tick_params(axis="x", rotation=40)
            for text in ax.get_xticklabels():
                text.set_horizontalalignment("right")
            ax.grid(visible=False, axis="x")
            s = self.result.scenario
            between = f"{start or s.start} to {end or s.horizon}"
            ax.set_title(f"Why {self._name(member)} moved" + ("" if run is None else f" in run {run}"))
            which = "the mean over all" if run is None else "of which one is explained"
            note_runs(ax, self.result.runs, f"{which}; {between}", below=62)
        return ax

    @checked
    def save_all(self, folder: str | Path, figures: Sequence[str] = DEFAULT_FIGURES) -> list[Path]:
        """Draw figures with their defaults into a folder, as PNG files.

        Args:
            folder: made if it does not exist.
            figures: names of methods; those that need what was not recorded are left out.

        Raises:
            ValueError: there is no figure of a name, or it needs to know whom to draw.
        """
        for name in figures:
            if name not in DEFAULT_FIGURES:
                raise ArgumentError(f"figures: {name!r}: there is no such figure{nearest(name, DEFAULT_FIGURES)}")
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        paths = []
        for name in figures:
            if "stance" not in self.result.data and name not in ("accession", "holdouts"):
                continue
            paths.append(save_figure(getattr(self, name), folder / f"{name}.png"))
        return paths

    # --- what they are drawn from -----------------------------------------------------------------------------------

    def _variable(self, name: str) -> np.ndarray:
        if name not in self.result.data:
            raise ValueError(f"{name} was not recorded: simulate with record=({name!r},)")
        values: np.ndarray = self.result.data[name].to_numpy()
        return values

    def _stance(self, code: str) -> np.ndarray:
        return self._variable("stance")[:, :, self.result.scenario.members().index(code)]

    def _median(self, step: int = -1) -> pd.Series[float]:
        stance = np.median(self._variable("stance")[:, step], axis=0)
        return pd.Series(stance, index=self.result.data["member"].to_numpy())

    def _barred(self, step: int) -> tuple[str, ...]:
        """Members that object because of the war in most runs."""
        at_war = np.median(self._variable("war_intensity")[:, step] > np.float32(self.result.scenario.war.hot_line))
        return Setup.of(self.result.scenario).barred_by(bool(at_war > 0.5))

    def _members(self, member: str | Sequence[str] | None, most: int) -> list[str]:
        roster = self.result.scenario.members()
        if member is None:
            return [code for code in TELLING if code in roster.iso3][:most] or list(roster.iso3[:most])
        chosen = [member] if isinstance(member, str) else list(member)
        for code in chosen:
            roster.index(code)
        return chosen

    def _name(self, code: str) -> str:
        roster = self.result.scenario.members()
        return roster.names[roster.index(code)]

    def _place(self, run: int | None) -> int:
        if run is None:
            return 0
        check_run(self.result, run)
        return int(np.flatnonzero(self.result.data["run"].to_numpy() == run)[0])

    def _label_stances(self, ax: Axes) -> None:
        line = self.result.scenario.accession.objection_line
        label_ends(ax, [(line, "objects below", OPPOSED)])

    def _stance_frame(self, ax: Axes, label: bool = True) -> None:
        stance_axis(ax, self.result.scenario.accession.objection_line, label)
        time_axis(ax)


def _figure(ax: Any) -> Figure:  # noqa: ANN401 - Axes.figure is loosely typed
    figure: Figure = ax.get_figure()
    return figure
