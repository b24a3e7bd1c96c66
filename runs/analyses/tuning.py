"""Tuning: parameters fitted to targets, as a best point or a posterior, and a scenario file that one can run."""

from __future__ import annotations

import json
import math
import warnings
from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, final

import numpy as np
import pandas as pd

from article10.model.scenario import Scenario, ScenarioError, all_declarations
from article10.model.scenario_file import ROOT, read_scenario, shipped
from article10.runs.analyses.answer import NUMBER, PERCENT, Answer, Shown, listed
from article10.runs.analyses.best_point import Search, search_best
from article10.runs.analyses.evidence import TooFewRunsWarning, check_count
from article10.runs.analyses.identifiability import Identifiability, identifiability
from article10.runs.analyses.posterior import ROUNDS, Posterior, sample_posterior
from article10.runs.analyses.target_evaluation import Evaluator, bar, ranges_of
from article10.runs.analyses.targets import Targets, as_targets
from article10.runs.batch import Progress
from article10.runs.design import Range
from article10.runs.summary import Z95

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FEWEST_EFFECTIVE = 50
"""Effective points at the least before a posterior is stated: its standard deviations are then known to about 10%."""

NOISE_SHARE = 0.5
"""Noise of finite runs, in tolerances, that adds an eighth to what is not known of a target."""

MISSED = 0.01
"""Posterior predictive p-value below which a target is said to be missed."""

N_DRAWS = 1000
"""Draws of a posterior that are kept as a table."""


class Tuning(Answer):
    """Parameters fitted to targets.

    Attributes:
        scenario: that was tuned.
        source: its name or path, the base of the tuned scenario.
        targets: what it was tuned to.
        ranges: that were searched, by full key.
        runs: at each point.
        points: simulated.
        seed: of all random streams.
    """

    source: str
    targets: Targets
    ranges: Mapping[str, Range]
    points: int

    @property
    def question(self) -> str:
        """What was asked."""
        return f"Which {listed(self.ranges)} fit {len(self.targets)} targets ({self.scenario.name})?"

    @property
    @abstractmethod
    def tuned(self) -> dict[str, float | int]:
        """The tuned value of each parameter: of the simulated point that fits best."""

    @property
    @abstractmethod
    def fitted(self) -> pd.DataFrame:
        """A row a target: ``given``, ``tolerance``, ``model`` (with an interval where there is one)."""

    @property
    @abstractmethod
    def draws(self) -> pd.DataFrame:
        """Points worth running, full keys as columns, for ``Design.from_frame``."""

    @abstractmethod
    def notes(self) -> list[str]:
        """What a tuned scenario file says of each parameter and of the fit."""

    def scenario_toml(self) -> str:
        """A scenario file with the tuned values; comments say what they were tuned to."""
        lines = [
            f"# Tuned from {self.source} to {len(self.targets)} targets: {self.points:,} points of {self.runs:,} runs,"
        ]
        lines += [f"# seed {self.seed}.", *(f"# {text}" for text in self.notes()), "# Target: given, here:"]
        for label, row in self.fitted.iterrows():
            lines.append(f"#   {label}: {row['given']:g} ± {row['tolerance']:g}, {row['at_tuned']:.4g}")
        lines.append(f'title = "{self._title()}"')
        lines.append(f'base = "{self.source}"')
        for key in ("start", "horizon", "step_days"):
            lines.append(f"{key} = {getattr(self.scenario, key)}")
        groups: dict[str, list[str]] = {}
        for key, value in {**self._changed(), **self.tuned}.items():
            group, name = key.split(".")
            groups.setdefault(group, []).append(f"{name} = {json.dumps(value)}")
        for group, values in groups.items():
            lines += ["", f"[{group}]", *values]
        return "\n".join(lines) + "\n"

    def _changed(self) -> dict[str, Any]:
        """Parameters in which the scenario differs from its base: it may have been given as a value."""
        base = {d.key: d.default for d in all_declarations(read_scenario(self.source))}
        return {d.key: d.default for d in all_declarations(self.scenario) if d.default != base[d.key]}

    def _title(self) -> str:
        title = (self.scenario.title or self.scenario.name).replace("\\", "").replace('"', "'")
        return f"{title}, tuned"

    def tuned_scenario(self) -> Scenario:
        """The scenario with the tuned values."""
        return self.scenario.with_(self.tuned)

    def save(self, folder: Path) -> list[Path]:
        """Write what every answer writes, and ``tuned.toml``, ``targets.toml`` and ``draws.csv``.

        Raises:
            OSError: it cannot be written.
        """
        paths = super().save(folder)
        for name, text in (
            ("tuned.toml", self.scenario_toml()),
            ("targets.toml", self.targets.to_toml()),
            ("draws.csv", self.draws.to_csv(index=False)),
        ):
            paths.append(folder / name)
            paths[-1].write_text(text, "utf-8")
        return paths

    def provenance(self) -> dict[str, Any]:
        """What it takes to reproduce the answer."""
        asked = {"points": self.points, "ranges": dict(self.ranges), "targets": self.targets.model_dump(mode="json")}
        return {**super().provenance(), **asked}


@final
@dataclass(frozen=True, repr=False)
class BestPoint(Tuning):
    """The point that fits the targets best.

    Attributes:
        search: the trials and the best of them.
        tuned_changes: the best point as changes.
    """

    scenario: Scenario
    source: str
    targets: Targets
    ranges: Mapping[str, Range]
    runs: int
    points: int
    seed: int
    search: Search
    tuned_changes: Mapping[str, float | int]

    @property
    def tuned(self) -> dict[str, float | int]:
        """The values of the best trial."""
        return dict(self.tuned_changes)

    @property
    def draws(self) -> pd.DataFrame:
        """The best point alone."""
        return pd.DataFrame([self.tuned])

    @cached_property
    def fitted(self) -> pd.DataFrame:
        """A row a target: given, tolerance, what the best point gives with a 95% interval, and tolerances off."""
        s = self.search
        frame = _given(self.targets)
        frame["model"] = frame["at_tuned"] = s.values
        low, high = _possible(self.targets)
        frame["model_low"] = np.clip(s.values - Z95 * s.errors, low, high)
        frame["model_high"] = np.clip(s.values + Z95 * s.errors, low, high)
        frame["off_by"] = (s.values - s.wanted) / s.tolerances
        return frame

    def sentences(self) -> list[str]:
        """The best point, how well it fits, and what it does not say."""
        values = listed(f"{key} = {value:.3g}" for key, value in self.tuned.items())
        off = self.fitted["off_by"].abs()
        fit = "all targets are within one tolerance"
        if not (off <= 1).all():
            fit = f"farthest off is {off.idxmax()}, by {off.max():.1f} tolerances"
        return [
            f"Of {self.points:,} points the best is {values}: {fit} (loss {self.search.trials['loss'].min():.3g}).",
            'A best point says nothing of how well the targets tell the parameters: method="posterior" does.',
        ]

    def notes(self) -> list[str]:
        """How the fit was found."""
        return ["The best point of a search (Optuna, TPE); other points may fit as well."]

    def tables(self) -> dict[str, Shown]:
        """Targets, then trials."""
        trials = self.search.trials.sort_values("loss")
        return {
            "targets": Shown("Targets: given, and at the best point", self.fitted.drop(columns="at_tuned"), _FORMATS),
            "trials": Shown("Trials, the best first", trials, dict.fromkeys(map(str, trials), "{:.3g}"), most=5),
        }

    def figures(self) -> dict[str, Callable[[], Axes]]:
        """Loss over trials, and targets."""
        from article10.runs.analyses import tuning_figures as draw

        return {"loss": partial(draw.loss_over_trials, self), "targets": partial(draw.targets, self)}


@final
@dataclass(frozen=True, repr=False)
class PosteriorTuning(Tuning):
    """What the targets tell of the parameters.

    Attributes:
        posterior: points with weights.
        tuned_changes: the point of greatest weight against the prior, as changes.
        whole: keys of parameters that are whole numbers.
    """

    scenario: Scenario
    source: str
    targets: Targets
    ranges: Mapping[str, Range]
    runs: int
    points: int
    seed: int
    posterior: Posterior
    tuned_changes: Mapping[str, float | int]
    whole: frozenset[str] = frozenset()

    @property
    def tuned(self) -> dict[str, float | int]:
        """The values of the simulated point that fits best."""
        return dict(self.tuned_changes)

    @cached_property
    def identifiability(self) -> Identifiability:
        """What the targets tell, and which parameters they cannot tell apart."""
        return identifiability(self.posterior)

    @property
    def is_supported(self) -> bool:
        """Whether enough points carry the posterior to state it."""
        return self.posterior.effective_size >= FEWEST_EFFECTIVE

    @property
    def points_needed(self) -> int:
        """About how many points would carry a posterior that can be stated."""
        return math.ceil(self.points * FEWEST_EFFECTIVE / self.posterior.effective_size)

    @cached_property
    def draws(self) -> pd.DataFrame:
        """Equally weighted draws of the posterior, full keys as columns; usable with ``Design.from_frame``."""
        frame = pd.DataFrame(self.posterior.draws(N_DRAWS, self.seed), columns=list(self.ranges))
        return frame.astype({key: int for key in self.ranges if key in self.whole})

    @cached_property
    def fitted(self) -> pd.DataFrame:
        """The posterior predictive check, a row a target.

        ``model`` is the posterior mean of what the model gives, with a 95% interval of what would be seen: parameters,
        tolerance and the noise of finite runs; ``p_value`` is twice the smaller share of what would be seen to either
        side of what is given (Gelman, Meng & Stern 1996).
        """
        post, frame = self.posterior, _given(self.targets)
        known = post.weights > 0
        weights, values, scatter = post.weights[known], post.values[known], post.scatter[known]
        frame["model"] = weights @ values
        frame["model_low"], frame["model_high"] = np.clip(
            _seen(weights, values, scatter, self.seed), *_possible(self.targets)
        )
        above = _share_above(weights, values, scatter, post.wanted)
        frame["p_value"] = 2 * np.minimum(above, 1 - above)
        frame["at_tuned"] = post.values[int(np.argmin(post.misfit))]
        return frame

    @property
    def p_value(self) -> float:
        """Of all targets together: how often what the model gives would miss by more than the targets are missed."""
        from scipy.stats import chi2

        known = self.posterior.weights > 0
        tail = chi2.sf(self.posterior.misfit[known], len(self.targets))
        return float(self.posterior.weights[known] @ tail)

    def too_few(self) -> str:
        """Why the posterior is not stated."""
        size = self.posterior.effective_size
        return (
            f"the posterior rests on {size:.0f} effective points of {self.points:,}, too few to state it: about "
            f"{self.points_needed:,} points would do, or wider tolerances, or fewer parameters"
        )

    def sentences(self) -> list[str]:
        """How well the targets are met, what they tell, what they cannot tell apart."""
        if not self.is_supported:
            text = self.too_few()
            return [text[0].upper() + text[1:] + "."]
        return [self._fit(), *self.identifiability.sentences(), *self._noise(), self._carried()]

    def _noise(self) -> list[str]:
        """Targets that the runs blur more than their tolerances do, and how many runs would not."""
        post = self.posterior
        times = np.sqrt(post.weights @ np.nan_to_num(post.errors) ** 2) / post.tolerances
        if times.max() <= 1:
            return []
        blurred = [t.label for t, much in zip(self.targets, times, strict=True) if much > 1]
        needed = math.ceil(self.runs * (NOISE_SHARE**-2) * times.max() ** 2)
        return [
            f"At {self.runs:,} runs a point, the noise of the runs exceeds the tolerance of {listed(blurred)}; "
            f"about {needed:,} runs would bring it down to half."
        ]

    def _fit(self) -> str:
        missed = self.fitted[self.fitted["p_value"] < MISSED]
        if self.p_value < MISSED or len(missed):
            which = f": {listed(map(str, missed.index))}" if len(missed) else " together"
            return f"The model does not meet the targets anywhere in the ranges{which} (p = {self.p_value:.2g})."
        return f"The model meets the {len(self.targets)} targets within their tolerances (p = {self.p_value:.2g})."

    def _carried(self) -> str:
        return (
            f"{self.points:,} points of {self.runs:,} runs in the same worlds carry a posterior worth "
            f"{self.posterior.effective_size:.0f} independent draws."
        )

    def notes(self) -> list[str]:
        """The interval of each parameter, or that it is not supported."""
        if not self.is_supported:
            return [f"NOT SUPPORTED: {self.too_few()}."]
        rows = self.identifiability.parameters.iterrows()
        head = "The simulated point that fits best; 90% posterior intervals, and contraction of the prior:"
        return [
            head,
            *(f"  {key}: {r['low']:.4g} to {r['high']:.4g}, {max(0.0, r['contraction']):.0%}" for key, r in rows),
        ]

    def tables(self) -> dict[str, Shown]:
        """Targets, parameters, correlations and directions; parameters only where they are supported."""
        title = "Targets: given, and under the posterior with a 95% interval of what would be seen"
        tables = {"targets": Shown(title, self.fitted, _FORMATS)}
        if self.is_supported:
            told = self.identifiability
            frame = told.parameters.drop(columns=["low", "high"])
            formats = {**dict.fromkeys(map(str, frame), "{:.3g}"), "contraction": PERCENT}
            tables["parameters"] = Shown("Parameters: posterior mean, in brackets 95% of the posterior", frame, formats)
            tables["correlations"] = Shown(
                "Correlations", told.correlations, dict.fromkeys(map(str, told.correlations), "{:+.2f}")
            )
            forms = {**dict.fromkeys(map(str, told.directions), "{:+.2f}"), "variance": NUMBER}
            tables["directions"] = Shown(
                "Directions, the best known first (variance: prior = 1)", told.directions, forms
            )
        return tables

    def figures(self) -> dict[str, Callable[[], Axes]]:
        """Targets, prior and posterior, pairs."""
        from article10.runs.analyses import tuning_figures as draw

        figures: dict[str, Callable[[], Axes]] = {"targets": partial(draw.targets, self)}
        if self.is_supported:
            figures["parameters"] = partial(draw.prior_and_posterior, self)
            if len(self.ranges) > 1:
                figures["pairs"] = partial(draw.pairs, self)
        return figures


_FORMATS = {
    **dict.fromkeys(("given", "tolerance", "model", "at_tuned"), "{:.3g}"),
    "off_by": "{:+.1f}",
    "p_value": "{:.2f}",
}


def _given(targets: Targets) -> pd.DataFrame:
    frame = pd.DataFrame(index=pd.Index([target.label for target in targets], name="target"))
    frame["given"] = [float(target.value) for target in targets]
    frame["tolerance"] = [float(target.tolerance) for target in targets]
    return frame


def _possible(targets: Targets) -> tuple[np.ndarray, np.ndarray]:
    low, high = np.array([target.possible for target in targets]).T
    return low, high


def _seen(weights: np.ndarray, values: np.ndarray, scatter: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Ends of the 95% interval of what would be seen of each target, (target,) each."""
    rng = np.random.default_rng(seed)
    chosen = rng.choice(len(weights), size=4000, p=weights)
    seen = values[chosen] + scatter[chosen] * rng.standard_normal((4000, values.shape[1]))
    low, high = np.quantile(seen, (0.025, 0.975), axis=0)
    return low, high


def _share_above(weights: np.ndarray, values: np.ndarray, scatter: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    from scipy.stats import norm

    return np.asarray(weights @ norm.sf(wanted, values, scatter))


# --- the call -------------------------------------------------------------------------------------------------------


def tune(
    scenario: str | Path | Scenario = "baseline",
    parameters: Mapping[str, Sequence[float]] | Sequence[str] = (),
    targets: Targets | str | Path = "targets.toml",
    *,
    method: Literal["posterior", "best"] = "posterior",
    runs: int = 200,
    points: int = 512,
    seed: int = 0,
    out: str | Path | None = None,
    workers: int | None = None,
    progress: bool = True,
) -> Tuning:
    """Fit parameters of a scenario to targets.

    All points are run in the same worlds (common random numbers), so that the fit is a function of the parameters.

    Args:
        scenario: name of a shipped scenario, path of a TOML file, or a scenario.
        parameters: low and high by full key, or a list of keys for their plausible ranges.
        targets: values with tolerances, or the path of their TOML file.
        method: ``posterior``: all that fits, with how well the targets tell each parameter; or ``best``: one point.
        runs: at each point; the error that they leave is added to the tolerances.
        points: of the parameters to simulate.
        seed: of all random streams and of the search.
        out: a folder to write to; what is simulated is kept there, and the same call goes on after a stop.
        workers: processes, by default one a core; ``best`` goes point by point, in this one.
        progress: whether to show a bar on a terminal and in a notebook.

    Returns:
        The tuning; ``scenario_toml`` and ``save`` give a scenario that can be run.

    Raises:
        ScenarioError: scenario, targets or parameters are wrong, or the folder holds something else.
        ValueError: ``method``, ``runs``, ``points`` or ``seed`` is.

    Warns:
        TooFewRunsWarning: too few points carry the posterior; the message says how many would do.
    """
    if method not in ("posterior", "best"):
        raise ValueError(f"method = {method!r}: expected 'posterior' or 'best'")
    for name, value, least in (("runs", runs, 2), ("points", points, 8), ("seed", seed, 0)):
        check_count(name, value, least)
    read, ranges, wanted = read_scenario(scenario), ranges_of(parameters), as_targets(targets)
    wanted.check(read)
    folder = None if out is None else Path(out)
    evaluate = Evaluator(read, wanted, ranges, runs, seed, folder, 1 if method == "best" else workers)
    asked = (read, _source(scenario, read), wanted, ranges, runs, points, seed)
    fit = _best if method == "best" else _posterior
    tuning = fit(asked, evaluate, progress)
    if folder is not None:
        tuning.save(folder)
    return tuning


Asked = tuple[Scenario, str, Targets, dict[str, Range], int, int, int]


NOT_PARAMETERS = ("without", "roster", "ballots", "events")
"""Fields that a tuned file takes from its base as they are."""


def _source(scenario: str | Path | Scenario, read: Scenario) -> str:
    """What the tuned file names as its base: a path in full, for the file may be put anywhere.

    Raises:
        ScenarioError: a scenario given as a value has a roster, ballots or events that no shipped one of its name has.
    """
    if not isinstance(scenario, Scenario):
        return str(Path(scenario).absolute()) if str(scenario).endswith(".toml") else str(scenario)
    base = read.name if read.name in shipped() else ROOT
    other = [name for name in NOT_PARAMETERS if getattr(read, name) != getattr(read_scenario(base), name)]
    if other:
        raise ScenarioError(
            f"scenario {read.name!r}: its {listed(other)} differ from those of {base!r}, and a tuned file could not "
            "name its base: give the path of a scenario file"
        )
    return base


def _best(asked: Asked, evaluate: Evaluator, progress: bool) -> Tuning:
    _, _, targets, ranges, runs, points, seed = asked
    with bar(progress) as tell:

        def simulate(at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            found = evaluate(at)
            return found.values, found.errors

        def told(done: int) -> None:
            tell(Progress(runs=points * runs, done=done * runs))

        given = _given(targets)
        wanted, tolerances = given["given"].to_numpy(), given["tolerance"].to_numpy()
        search = search_best(simulate, ranges, wanted, tolerances, points=points, seed=seed, tell=told)
    return BestPoint(*asked, search, evaluate.changes(search.point.tolist()))


def _posterior(asked: Asked, evaluate: Evaluator, progress: bool) -> Tuning:
    _, _, targets, ranges, runs, points, seed = asked
    before = 0
    with bar(progress) as tell:

        def simulate(at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            nonlocal before

            def told(state: Progress) -> None:
                tell(Progress(runs=points * runs, found=before * runs + state.found, done=state.done))

            found = evaluate(at, told)
            before += len(at)
            return found.values, found.errors

        given = _given(targets)
        posterior = sample_posterior(
            simulate,
            ranges,
            given["given"].to_numpy(),
            given["tolerance"].to_numpy(),
            points=points,
            seed=seed,
            rounds=ROUNDS,
        )
    best = evaluate.changes(posterior.points[int(np.argmin(posterior.misfit))].tolist())
    whole = frozenset(key for key, value in best.items() if isinstance(value, int))
    tuning = PosteriorTuning(*asked, posterior, best, whole)
    if not tuning.is_supported:
        warnings.warn(tuning.too_few(), TooFewRunsWarning, stacklevel=3)
    return tuning
