"""Draw the pictures of the gallery and write its page: ``python docs/make/gallery.py`` (about a minute)."""

from __future__ import annotations

import ast
import contextlib
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import article10
from article10.runs.figures.style import house_style

FOLDER = Path(__file__).parents[1] / "gallery"
PAGE = FOLDER.with_suffix(".md")

GIVEN = """import article10

result = article10.simulate("baseline", runs=300, seed=7)"""

HEAD = f"""# Gallery

Every figure with the code that draws it; `python docs/make/gallery.py` draws the figures and writes this page.
Each figure states its number of runs. Figures show the model's runs, not a forecast. Confidence intervals cover
simulation uncertainty only; they do not say how sure the model is of the world. In the code below, `result` is

```python
{GIVEN}
```
"""

SCENARIOS = """scenarios = ("no_pressure", "baseline", "heavy_pressure", "holdout_turnover")
design = article10.Design(scenarios=scenarios, runs=500, seed=7)
article10.run_batch(design, "results/scenarios").plot.accession("invitation")"""

SWEEP = """guarantee = {"kind": "guarantee", "name": "binding", "date": "2027-07-01", "level": 0.6, "binding": True}
bound = article10.read_scenario("baseline", {"name": "binding guarantee", "events": [guarantee]})
rhos = {"guarantees.substitution": (-1.0, -0.5, 0.0, 0.5, 1.0)}
design = article10.Design(scenarios=(bound,), runs=500, seed=7, grid=rhos)
article10.run_batch(design, "results/sweep").plot.against("guarantees.substitution", "invitation")"""

MOVING = """five = article10.simulate("baseline", runs=300, seed=7, changes={"horizon": "2031-12-31"})
objects = (five.data["reason"] & 1).where(five.data["ballot"] >= 0)  # by its own stance, at each council
changed = (abs(objects.diff("council")) > 0).sum(["council", "member"])  # how often members began or ceased to object
invited = five.data["invitation_step"] > 0
five.animate(int(changed.where(invited, 0).idxmax("run")), "run.gif")  # or run.mp4, where ffmpeg is installed"""

FORK = """state = result.state(4, "2029-06-04")
as_before = article10.branch(state, runs=300, changes={"name": "as before"})
calm = article10.branch(state, runs=300, changes={"name": "Russia's pressure ends", "russia.effort": 0.0})
calm.plot.fan("HUN", against=as_before)"""

SLIDERS = """panel = article10.explore("baseline", seed=7)  # the last line of a notebook's cell shows it
panel.sliders["russia.strategy"].value = "inert"  # or move it by hand
panel.png()"""


@dataclass(frozen=True)
class Picture:
    """One picture.

    Attributes:
        file: its file name; a name without an ending is that of a PNG.
        said: its caption.
        code: the code that draws it; its last line returns the axes, the path of the file, or its content.
    """

    file: str
    said: str
    code: str

    @property
    def path(self) -> Path:
        """Path of the picture's file."""
        return FOLDER / (self.file if "." in self.file else f"{self.file}.png")


PICTURES: dict[str, tuple[Picture, ...]] = {
    "Decisions": (
        Picture("accession", "The probability of each milestone by each date", "result.plot.accession()"),
        Picture(
            "holdouts",
            "Who objects: by its own stance, only for a price, or only for the war",
            "result.plot.holdouts()",
        ),
        Picture("ledger", "Who paid for whose consent", "result.plot.ledger()"),
    ),
    "Stances": (
        Picture(
            "fan",
            "How stances develop: median, half and nine tenths of runs",
            "result.plot.fan()",
        ),
        Picture("trajectories", "One run, week by week", "result.plot.trajectories(run=3)"),
        Picture("heatmap", "Every member's median stance, the most willing first", "result.plot.heatmap()"),
        Picture(
            "explain",
            "Why a stance moved: the mechanisms' contributions add up",
            'result.plot.explain("SVK", run=3)',
        ),
        Picture(
            "explain_by_year",
            "The same year by year, with the net change",
            'result.plot.explain_by_year("SVK", run=3)',
        ),
    ),
    "Members": (
        Picture("map", "Median stances at the horizon on a map", "result.plot.map()"),
        Picture("network", "The influence network: which two members influence each most", "result.plot.network()"),
    ),
    "One run as an animation": (
        Picture(
            "run.gif",
            "A council that changes its mind, one frame per month: of the runs with an invitation by 2031, the one in "
            "which members most often began or ceased to object",
            MOVING,
        ),
    ),
    "One run with many futures": (
        Picture(
            "fork", "Run 4 up to June 2029, and 300 runs that fork from it, with and without Russian pressure", FORK
        ),
    ),
    "Sliders": (
        Picture(
            "explore",
            "A slider re-simulates the same runs; grey: the scenario as given",
            SLIDERS,
        ),
    ),
    "Batches": (
        Picture("batch_accession", "Several scenarios in paired runs", SCENARIOS),
        Picture("batch_against", "Guarantees, from stepping stone to substitute", SWEEP),
    ),
}


def run(code: str, names: dict[str, Any]) -> Any:  # noqa: ANN401 - the value of its last line has any type
    """Run the code of a picture, and return the value of its last line."""
    tree = ast.parse(code)
    last = tree.body.pop()
    assert isinstance(last, ast.Expr)
    exec(compile(tree, "gallery", "exec"), names)
    return eval(compile(ast.Expression(last.value), "gallery", "eval"), names)


def draw(picture: Picture, names: dict[str, Any]) -> None:
    """Draw a picture and write it to its file."""
    drawn = run(picture.code, names)
    if isinstance(drawn, bytes):
        picture.path.write_bytes(drawn)
    elif isinstance(drawn, Path):
        picture.path.write_bytes(drawn.read_bytes())
    else:
        with house_style():
            drawn.get_figure().savefig(picture.path, dpi=110)


def page() -> str:
    """Markdown of the page that shows the pictures."""
    parts = [HEAD]
    for title, pictures in PICTURES.items():
        parts.append(f"## {title}\n")
        for p in pictures:
            parts.append(f"{p.said}.\n\n```py\n{p.code}\n```\n\n![{p.said}](gallery/{p.path.name})\n")
    return "\n".join(parts)


def main() -> None:
    """Draw all pictures, in a temporary folder that takes the batches, and write the page."""
    names: dict[str, Any] = {}
    exec(GIVEN, names)
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        for picture in [picture for pictures in PICTURES.values() for picture in pictures]:
            draw(picture, names | {"article10": article10})
    PAGE.write_text(page(), "utf-8")


if __name__ == "__main__":
    main()
