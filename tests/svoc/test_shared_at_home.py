"""What people of one home share makes nobody of two: the homes are rows of `tests/cases/shared_at_home.csv`.

All of them live one night together, in a council whose library knows telephones, mail and dates of birth.
"""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.scenes import NOBODY_ELSE, Scene, opened

CASES = Path(__file__).parents[1] / "cases" / "shared_at_home.csv"
with CASES.open(encoding="utf-8", newline="") as file:
    HOMES = list(csv.DictReader(file))


@pytest.fixture(scope="module")
def morning() -> Iterator[Scene]:
    said = {
        source: "; ".join(cell for home in HOMES if (cell := home[column]))
        for source, column in (("electoral_register", "register"), ("library", "library"))
    }
    with opened(houses=100) as scene:
        scene.fall(**said, council_tax=NOBODY_ELSE["council_tax"].replace("at 12", "at 99"))
        yield scene


@pytest.mark.parametrize("home", HOMES, ids=lambda home: home["case"])
def test_what_a_home_shares(morning: Scene, home: dict[str, str]) -> None:
    for said in home["then"].split("; "):
        assert morning.true(said), f"{said} ({home['why']})"
