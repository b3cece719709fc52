"""A small town's first two nights, planned once, and the figures and pages that tell of them."""

from dataclasses import dataclass, replace
from typing import Any

import pytest

from svoc.council import Council
from svoc.rehearsal import rehearse
from svoc.reports.figures import figures
from svoc.reports.night_report import page
from svoc.words.plan import LanePlan, LaneState, Plan, Yesterday


@dataclass(frozen=True)
class Night:
    plan: Plan
    yesterday: Yesterday

    @property
    def told(self) -> dict[str, Any]:
        return figures(self.plan, self.yesterday)

    @property
    def page(self) -> str:
        return page(self.told)


@pytest.fixture(scope="session")
def nights(tmp_path_factory: pytest.TempPathFactory) -> tuple[Night, Night, Night]:
    """Give the first night, the second, and one that settles what was decided without reading anything."""
    town = rehearse(tmp_path_factory.mktemp("town"), dwellings=200, seed=3)
    planned = []
    with Council.open(town.settings) as council:
        for settled in (False, False, True):
            yesterday = council.store.yesterday()
            plan = council.settle() if settled else council.plan()
            planned.append(Night(plan, yesterday))
            council.commit(plan)
    first, second, settling = planned
    return first, second, settling


@pytest.fixture(scope="session")
def first(nights: tuple[Night, Night, Night]) -> Night:
    return nights[0]


@pytest.fixture(scope="session")
def second(nights: tuple[Night, Night, Night]) -> Night:
    return nights[1]


@pytest.fixture
def empty(first: Night) -> Night:
    """Give a night on which nothing was ever there."""
    plan = replace(
        first.plan,
        mentions=first.plan.mentions.clear(),
        taken=first.plan.taken.clear(),
        lanes={name: LanePlan(LaneState()) for name in first.plan.lanes},
        counts={},
        events=first.plan.events.clear(),
        seconds={},
    )
    return Night(plan, Yesterday())
