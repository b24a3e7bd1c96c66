"""Mesa's own SolaraViz shows an ``AccessionModel``, steps it and begins it again."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from article10.model.accession_model import AccessionModel

solara = pytest.importorskip("solara")
ipyvuetify = pytest.importorskip("ipyvuetify")
visualization = pytest.importorskip("mesa.visualization")

pytestmark = pytest.mark.filterwarnings("ignore:Widget.widgets is deprecated", "default:.*:UserWarning")
SHORT = {"horizon": "2026-06-01"}


class Followed(AccessionModel):
    """With the two parameters that the page offers; from Mesa 3.5 on, it would fill one named scenario itself."""

    last: Followed

    def __init__(self, seed: int | str = 7, peer_rate: float = 0.5) -> None:
        super().__init__("baseline", seed, changes={**SHORT, "stance.peer_rate": peer_rate})
        Followed.last = self


def buttons(box: Any) -> Iterator[Any]:
    """All buttons of a page."""
    for child in getattr(box, "children", ()):
        if isinstance(child, ipyvuetify.Btn):
            yield child
        yield from buttons(child)


def press(box: Any, label: str) -> None:
    (found,) = [button for button in buttons(box) if label in map(str, button.children)]
    found.click()


def wait_for(holds: Any) -> None:
    until = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.02)


@pytest.mark.parametrize("model_type", [AccessionModel, Followed])
def test_it_is_shown_and_stepped(model_type: type[AccessionModel]):
    model = model_type() if model_type is Followed else AccessionModel("baseline", 7, changes=SHORT)
    seed = {"type": "InputText", "value": 7, "label": "Seed"}

    @solara.component
    def page() -> None:
        with solara.AppLayout():
            visualization.SolaraViz(model, model_params={"seed": seed}, name="Article 10")

    box, rendered = solara.render(page(), handle_error=False)
    press(box, "Step")
    wait_for(lambda: model.world.step == 1)
    if model_type is Followed:
        press(box, "Reset")
        wait_for(lambda: Followed.last is not model)
        assert (Followed.last.world.step, Followed.last.seed_of_streams) == (0, 7)
    rendered.close()
