"""Code that users wrote with earlier names still works."""

from typing import ClassVar, Literal

import numpy as np

import article10
from article10.model.events import Event


def test_a_kind_of_event_with_the_earlier_class_variables_lasts_and_draws_as_it_says():
    shapes = []

    class Festival(Event):
        kind: Literal["festival"] = "festival"
        weeks: int = 3
        lasts: ClassVar[bool] = True
        by_chance: ClassVar[int] = 2

        def apply(self, world, now, outcome):
            shapes.append(outcome.shape)

    assert (Festival.has_duration, Festival.n_random) == (True, 2)
    event = {"kind": "festival", "name": "music", "date": "2026-01-05"}
    scenario = article10.read_scenario("baseline", {"horizon": "2026-03-02", "events": [event]})
    acts = article10.simulate(scenario, runs=2).data["event_music"]
    assert acts.sum("interval").to_numpy().tolist() == [3, 3]
    assert set(shapes) == {(2, 2)}


def test_a_mechanism_reads_the_earlier_attributes_of_the_world():
    read = []

    def weariness(world):
        read.append((world.hot is not None, np.array_equal(world.hot, world.is_war_hot)))
        read.append((True, np.array_equal(world.war_bar, world.bars_states_at_war)))
        return np.zeros_like(world.members.stance)

    article10.simulate(
        runs=2, changes={"horizon": "2026-02-02"}, mechanisms={**article10.MECHANISMS, "weariness": weariness}
    )
    assert read
    assert all(both == (True, True) for both in read)


def test_explore_takes_the_earlier_name_of_its_parameters():
    panel = article10.explore("baseline", levers=["stance.peer_rate"], runs=2)
    assert list(panel.sliders) == ["stance.peer_rate"]
