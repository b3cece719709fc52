"""Nights under an anonymous flag: a part of the night ends as the whole would, and who is free of it comes back."""

from collections.abc import Iterator
from datetime import UTC, datetime

import polars as pl
import pytest

from svoc.words.plan import Yesterday
from svoc.words.protection import PROTECTION
from tests.scenes import Scene, key, opened
from tests.test_increments import both
from tests.worlds import extract, morrow, night

A1, E1, L1 = "council_tax/A1/1", "electoral_register/E1/1", "library/L1/1"
TAX = ("A1 | MRS ANN SMITH | 3", "A2 | MISS RUTH HILL | 4", "A3 | MR OWEN OAK | 5")
OTHERS = ("E2 | MISS RUTH HILL | 4", "E3 | MR OWEN OAK | 5")
ANN = "E1 | MRS ANN SMITH | 3"
LIBRARY = ("L1 | MRS ANN SMITH | 3 | .. | dob=1980-04-04", "L2 | MR OWEN OAK | 5")


def ledger(*acts: str) -> pl.DataFrame:
    """Give the ledger of protection after some acts about Ann's account, each `set` or `clear`."""
    at = datetime(2026, 11, 2, tzinfo=UTC)
    rows = [
        {"id": n, "number": n, "act": act, "kind": "anonymous", "mention": A1, "actor": "j.okafor", "because": "asked",
         "at": at}
        for n, act in enumerate(acts, start=1)
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=PROTECTION, orient="row")


@pytest.mark.parametrize(
    ("register", "library", "acts", "held"),
    [
        ((ANN, *OTHERS), (), ("set",), False),
        ((ANN, *OTHERS), (), ("set", "clear"), True),
        (OTHERS, (), ("set",), False),
        (("E1 | MRS ANN SMITH | 9 | .. | dob=1980-04-04", *OTHERS), LIBRARY, ("set",), False),
    ],
    ids=["an entry of hers comes", "it comes once the flag is lifted", "it is not there", "it comes by way of another"],
)
def test_a_part_of_a_night_under_the_flag_ends_as_the_whole(
    register: tuple[str, ...], library: tuple[str, ...], acts: tuple[str, ...], held: bool
) -> None:
    first = night(Yesterday(), extract("council_tax", *TAX), extract("electoral_register", *OTHERS))
    before = morrow(Yesterday(), first, protection=ledger(*acts))
    said = [extract("library", *library)] if library else []
    plan = both(before, extract("electoral_register", *register), *said)
    assert (E1 in plan.mentions["mention"]) is held


def test_an_entry_that_is_let_go_of_under_the_flag_goes_in_part_as_in_the_whole() -> None:
    first = night(Yesterday(), extract("council_tax", *TAX), extract("electoral_register", ANN, *OTHERS))
    plan = both(morrow(Yesterday(), first, protection=ledger("set")))
    assert E1 in plan.withdrawn["mention"]
    assert A1 in plan.mentions["mention"]


@pytest.fixture
def scene() -> Iterator[Scene]:
    """Give a council where Ann became anonymous after the register had her, and is anonymous no more."""
    with opened() as scene:
        scene.fall(
            council_tax="A1 MRS ANN SMITH at 3", electoral_register="E1 MRS ANN SMITH at 3; E2 MS RUTH HILL at 4"
        )
        scene.council.protect(
            scene.members()[key("A1")], "anonymous", purpose="registration", actor="j.okafor", because="an order"
        )
        scene.fall()
        assert scene.true("E1 absent")
        yield scene


def lift(scene: Scene) -> None:
    council, said = scene.council, {"purpose": "registration", "because": "the order has ended"}
    asked = council.ask_to_clear(scene.members()[key("A1")], actor="j.okafor", **said)
    council.confirm_clearing(asked.number, actor="m.patel", purpose="registration", because="saw the paper")


def test_whoever_is_anonymous_no_more_is_in_the_register_again(scene: Scene) -> None:
    scene.fall(electoral_register="E1 MRS ANN SMITH at 3; E2 MS RUTH HILL at 5")
    assert scene.true("E1 absent"), "her row says what it said, and is kept out"
    lift(scene)
    scene.fall(electoral_register="E1 MRS ANN SMITH at 3; E2 MS RUTH HILL at 6")
    assert scene.true("E1 is A1")


def test_after_a_flag_was_lifted_registers_are_read_as_before(scene: Scene) -> None:
    """Not whole, each night from then on: what is kept out leaves nothing to be known again by."""
    lift(scene)
    scene.fall(electoral_register="E1 MRS ANN SMITH at 3; E2 MS RUTH HILL at 5; E3 MR OWEN OAK at 6")
    assert scene.true("E1 is A1")
    scene.night += 1
    scene._write("electoral_register", "E1 MRS ANN SMITH at 3; E2 MS RUTH HILL at 7; E3 MR OWEN OAK at 6")
    (read,) = scene.council.reading(scene.council.store.yesterday()).extracts
    assert read.records["record"].to_list() == ["E-2"]
