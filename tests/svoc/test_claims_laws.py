"""Laws of claims: nothing is told that nobody confirmed, and in whatever order a claim's statements come, one truth is.

Each world has a street, a few records and one store, as a council has; a night is planned, amended and committed.
"""

import json
import shutil
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from svoc.amending import amended
from svoc.store.outbox import told
from svoc.store.store import Store
from tests.svoc.nights import commit, fall
from tests.worlds import death, event, extract, night

JOHN, CARD, EVENT = "council_tax/A1/1", "library/L1/1", "life_events/registrar:D1/1"
TAX = extract("council_tax", "A1 | MR JOHN SMITH & MRS ANN SMITH | 3 | 2015-04-01..", "A2 | MISS RUTH HILL | 5")
CARDS = extract("library", "L1 | JOHN SMITH | 3", "L2 | RUTH HILL | 5")
WIDOW = extract("council_tax", "A1 | MRS ANN SMITH | 3 | 2015-04-01..", "A2 | MISS RUTH HILL | 5")


@pytest.fixture(scope="module")
def lived() -> Iterator[Path]:
    """Give the folder of a store that has lived its first night."""
    with TemporaryDirectory() as folder:
        store = Store.open("sqlite:///council.db", Path(folder))
        commit(store, night(store.yesterday(), TAX, CARDS))
        store.close()
        yield Path(folder)


def stated(action: str, at: int, day: int) -> pl.DataFrame:
    """Give what the registrar recorded of the death at an hour."""
    said = death("D1", "MR JOHN SMITH", house=3, on=date(2026, 10, day), action=action)
    return said.with_columns(
        event=pl.lit(f"D1:{at}"), recorded_at=pl.lit(f"2026-11-02T{at:02}:00:00").str.to_datetime(time_unit="us")
    )


STATEMENTS = {
    "asserted": stated("asserted", 9, 20),
    "corrected": stated("corrected", 10, 21),
    "retracted": stated("retracted", 11, 21),
    "again": stated("asserted", 12, 22),
}


def act(store: Store, deed: str) -> None:
    if deed in STATEMENTS:
        store.tell(STATEMENTS[deed], by="registrar")
    elif deed in {"confirmed", "rejected"}:
        for mention in (JOHN, CARD):
            store.decide(deed, EVENT, mention, steward="j.okafor", because="seen")


def golden(store: Store) -> list[dict[str, Any]]:
    persons = store.persons("service").drop("provenance")
    return persons.sort("person").to_dicts()


def last_words(store: Store) -> dict[tuple[str, str | None], list[tuple[str, str | None]]]:
    """Give what each system was told of the death, word by word."""
    heard: dict[tuple[str, str | None], list[tuple[str, str | None]]] = {}
    for row in told(store).filter(pl.col("kind").str.starts_with("death")).iter_rows(named=True):
        died = None if row["kind"] == "death-retracted" else json.loads(row["payload"])["died"]
        heard.setdefault((row["recipient"], row["reference"]), []).append((row["kind"].partition("-")[2], died))
    return heard


def live(folder: Path, deeds: Sequence[str]) -> tuple[list[dict[str, Any]], dict[Any, list[Any]]]:
    """Do deeds in their order, with a night where one says so and at the end."""
    with TemporaryDirectory() as name:
        shutil.copytree(folder, Path(name) / "town")
        store = Store.open("sqlite:///council.db", Path(name) / "town")
        for deed in deeds:
            if deed == "night":
                fall(store)
            elif deed == "widowed":
                fall(store, WIDOW)
            else:
                act(store, deed)
        fall(store, WIDOW)
        assert fall(store).lanes["service"].notices.is_empty(), "a quiet night tells nobody anything"
        found = golden(store), last_words(store)
        store.close()
    return found


@settings(max_examples=2)
@given(
    statements=st.sets(st.sampled_from(sorted(STATEMENTS)), min_size=1).map(sorted),
    answer=st.sampled_from(["confirmed", "rejected"]),
    data=st.data(),
)
@example(statements=["asserted", "retracted"], answer="confirmed", data=None).via("a claim taken back")
def test_in_any_order_a_claim_ends_in_one_truth_and_everybody_who_was_told_knows_it(
    lived: Path, statements: list[str], answer: str, data: st.DataObject | None
) -> None:
    deeds = [*statements, answer]
    order = data.draw(st.permutations([*deeds, "night", "night", "widowed"])) if data else [
        "asserted", "confirmed", "night", "widowed", "retracted"
    ]  # fmt: skip

    persons, heard = live(lived, order)
    at_once, _ = live(lived, deeds)

    assert persons == at_once
    (john,) = [row for row in persons if row["forename"] == "JOHN"]
    for words in heard.values():
        kind, died = words[-1]
        assert (kind == "retracted") == (not john["deceased"])
        assert died == (john["died"].isoformat() if john["died"] else None)
        assert all(one != other for one, other in pairwise(words)), "nobody is told twice"
        assert words[0][0] == "", "nobody hears of a death first that it was none"
    if "retracted" in statements and "again" not in statements:
        never, _ = live(lived, [])
        assert persons == never, "what was taken back leaves the record as before"


NAMES = ("MR JOHN SMITH", "MRS ANN SMITH", "MR J SMITH DECD", "EXECUTORS OF JOHN SMITH", "MISS RUTH HILL")


@settings(max_examples=3)
@given(
    tax=st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from([3, 5]), st.booleans()), min_size=1, max_size=4),
    kinds=st.lists(st.sampled_from(["death", "move", "name"]), min_size=1, max_size=3),
    judged=st.lists(st.sampled_from(["", "half", "rejected", "confirmed"]), min_size=3, max_size=3),
)
def test_nothing_is_told_of_a_life_event_or_a_death_without_a_human_whatever_the_sources_say(
    lived: Path, tax: list[tuple[str, int, bool]], kinds: list[str], judged: list[str]
) -> None:
    lines = [
        f"A{n} | {name} | {house} | 2015-04-01.. | {'deceased=yes died=2026-10-01' if dead else ''}"
        for n, (name, house, dead) in enumerate(tax, start=1)
    ]
    with TemporaryDirectory() as name:
        shutil.copytree(lived, Path(name) / "town")
        store = Store.open("sqlite:///council.db", Path(name) / "town")
        events = [f"life_events/registrar:D{n}/1" for n, _ in enumerate(kinds)]
        for n, kind in enumerate(kinds):
            new = {"new_surname": "MOORE", "new_address": "7 KING STREET", "new_postcode": "BA1 1AA"}
            store.tell(
                event(f"D{n}", "MR JOHN SMITH", house=3, on=date(2026, 10, 20), kind=kind, **new), by="registrar"
            )
        answers = [(of, verdict) for of, verdict in zip(events, judged, strict=False) if verdict]
        for of, verdict in answers:
            said, people = ("confirmed", 2) if verdict == "half" else (verdict, None)
            store.decide(said, of, CARD, steward="j.okafor", because="seen", people=people)
        agreed = {of for of, verdict in answers if verdict == "confirmed"}
        for extracts in ((), (extract("council_tax", *lines),), (TAX,)):
            yesterday = store.yesterday()
            plan = commit(store, amended(night(yesterday, *extracts), yesterday, store))
            for lane in plan.lanes.values():
                rests_on = set(lane.notices["because"].drop_nulls())
                assert {b for b in rests_on if b.startswith("life_events/")} <= agreed
                dead = lane.notices.filter(pl.col("kind") == "death")
                assert set(dead["because"]) <= agreed, "a system's word alone tells nobody of a death"
        store.close()
