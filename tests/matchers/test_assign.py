"""Households: what an officer would answer, and the laws that any household obeys."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from matchers.assign import MARGIN, Assignment, assign
from matchers.errors import ColumnFault, PairFault

CASES = pl.read_csv(Path(__file__).parents[1] / "cases" / "households.csv", infer_schema=False)
HOUSEHOLDS = CASES["household"].unique(maintain_order=True).to_list()
MENTION_SCHEMA = {
    "id": pl.String,
    "place": pl.Int64,
    "source": pl.String,
    "lists_once": pl.Boolean,
    "since": pl.Date,
    "until": pl.Date,
}
PAIR_SCHEMA = {"left": pl.String, "right": pl.String, "weight": pl.Int32}
WORDS = {"same": "same", "cannot_tell": "ask"}


def mention(
    name: str, *, place: int = 1, source: str = "", stay: str = "2020-01-01/", once: bool = True
) -> tuple[object, ...]:
    since, until = (date.fromisoformat(day) if day else None for day in stay.split("/"))
    return name, place, source or name, once, since, until


def mentions_frame(rows: Sequence[tuple[object, ...]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=MENTION_SCHEMA, orient="row")


def pairs_frame(rows: Sequence[tuple[str, str, int]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=PAIR_SCHEMA, orient="row")


def two(pairs: Sequence[tuple[str, str]]) -> pl.DataFrame:
    return pl.DataFrame(pairs, schema={"left": pl.String, "right": pl.String}, orient="row")


def answers(assignment: Assignment) -> dict[tuple[str, str], str]:
    return {(left, right): answer for left, right, answer in assignment.links.select("left", "right", "answer").rows()}


def read_household(rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    ends = pl.concat([rows.select(id="one", stay="one_stay"), rows.select(id="other", stay="other_stay")]).unique()
    assert ends["id"].is_unique().all(), "a mention has one stay"
    found = [
        mention(name, source=name[:2], stay=stay, once=not name.startswith("LIB"))
        for name, stay in ends.sort("id").rows()
    ]
    bits = (pl.col("bits").cast(pl.Float64) * 1_000).cast(pl.Int32)
    return mentions_frame(found), rows.select(left="one", right="other", weight=bits)


def decided(rows: pl.DataFrame, word: str) -> pl.DataFrame:
    return rows.filter(pl.col("decided") == word).select(left="one", right="other")


@pytest.mark.parametrize("household", HOUSEHOLDS)
def test_household_is_answered_as_an_officer_would(household: str) -> None:
    rows = CASES.filter(pl.col("household") == household)
    mentions, pairs = read_household(rows)
    found = assign(mentions, pairs, must=decided(rows, "same"), must_not=decided(rows, "different"))
    given_answers = {pair: WORDS[answer] for pair, answer in answers(found).items()}
    for one, other, wanted in rows.select("one", "other", "answer").rows():
        pair = (min(one, other), max(one, other))
        assert given_answers.pop(pair, "different") == wanted, f"{one} and {other}"
    assert not given_answers, "answers nobody asked for"
    cases = [case for case in rows["case"].unique().to_list() if case is not None]
    assert found.doubts["kind"].to_list() == cases


def test_the_doubt_names_everyone_in_it_and_how_close_it_was() -> None:
    rows = CASES.filter(pl.col("household") == "one account two electors; one is likelier")
    doubts = assign(*read_household(rows)).doubts
    wanted = (1, ["CT1: MR J SMITH", "ER1: JOHN SMITH", "ER2: JANE SMITH"], "narrow", 2_000, True)
    assert doubts.rows() == [wanted]


def test_margin_is_what_the_best_household_loses() -> None:
    rows = CASES.filter(pl.col("household") == "mr and mrs")
    links = assign(*read_household(rows)).links
    assert links.select("left", "weight", "margin").rows() == [
        ("CT1: MR J PATEL", 6_000, 6_000),
        ("CT2: MRS PATEL", 5_000, 5_000),
    ]


def test_a_wider_margin_asks_more_and_a_narrower_rival_is_not_shown() -> None:
    mentions = mentions_frame([mention("a"), mention("b"), mention("c", source="b")])
    pairs = pairs_frame([("a", "b", 9_000), ("a", "c", 2_000)])
    assert answers(assign(mentions, pairs, margin=7_000)) == {("a", "b"): "same"}
    assert answers(assign(mentions, pairs, margin=7_001)) == {("a", "b"): "cannot_tell", ("a", "c"): "cannot_tell"}
    assert answers(assign(mentions, pairs, margin=7_001, doubt=7_000)) == {("a", "b"): "cannot_tell"}


def test_places_do_not_touch_each_other() -> None:
    mentions = mentions_frame([mention(f"{name}{place}", place=place) for place in (1, 2) for name in "ab"])
    pairs = pairs_frame([("a1", "b1", 9_000), ("a2", "b2", -9_000)])
    assert assign(mentions, pairs).links.select("place", "left", "right").rows() == [(1, "a1", "b1")]
    with pytest.raises(PairFault, match="1 pairs reach from one place to another"):
        assign(mentions, pairs_frame([("a1", "b2", 9_000)]))


def test_a_place_solved_alone_is_as_it_is_among_others() -> None:
    """So a night may solve only the places that it touched."""
    rows = CASES.with_columns(place=pl.col("household").rank("dense").cast(pl.Int64))
    rows = rows.with_columns(pl.concat_str("place", pl.lit("/"), name).alias(name) for name in ("one", "other"))
    mentions, pairs = [], []
    for (place,), household in rows.partition_by("place", as_dict=True).items():
        read = read_household(household.with_columns(pl.col("one", "other").str.replace(r"^\d+/", "")))
        named = f"{place}/" + pl.col("id")
        mentions.append(read[0].with_columns(id=named, place=pl.lit(place, pl.Int64)))
        pairs.append(household.select(left="one", right="other", weight=read[1]["weight"]))
    together = assign(pl.concat(mentions), pl.concat(pairs))
    alone = [assign(here, scored) for here, scored in zip(mentions, pairs, strict=True)]
    assert_frame_equal(together.links, pl.concat(each.links for each in alone).sort("place", "left", "right"))
    assert together.doubts.height == sum(each.doubts.height for each in alone)


def test_must_holds_without_a_score_and_through_a_third_that_is_elsewhere() -> None:
    mentions = mentions_frame([mention("a"), mention("b")])
    through = assign(mentions, pairs_frame([]), must=two([("a", "gone"), ("gone", "b")]))
    assert through.links.select("left", "right", "weight", "margin", "answer").rows() == [
        ("a", "b", None, None, "same")
    ]
    parted = assign(
        mentions, pairs_frame([("a", "b", 9_000)]), must=two([("gone", "a")]), must_not=two([("b", "gone")])
    )
    assert parted.links.is_empty()


def test_must_not_parts_whole_units() -> None:
    mentions = mentions_frame([mention(name) for name in "abcd"])
    pairs = pairs_frame([(left, right, 9_000) for left, right in combinations("abcd", 2)])
    found = assign(mentions, pairs, must=two([("a", "b"), ("c", "d")]), must_not=two([("d", "a")]))
    assert answers(found) == {("a", "b"): "same", ("c", "d"): "same"}


def test_nobody_is_nothing() -> None:
    found = assign(mentions_frame([]), pairs_frame([]))
    assert found.links.is_empty()
    assert found.doubts.is_empty()


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([("a", "z", 1)], "1 pairs name a mention that is not among the mentions"),
        ([("a", "b", 1), ("b", "a", 1)], "1 pairs are scored twice"),
        ([("a", "a", 1)], "paired with itself"),
        ([("a", "b", None)], "1 pairs have no weight"),
    ],
)
def test_faulty_pairs_are_refused(rows: list[tuple[str, str, int | None]], message: str) -> None:
    with pytest.raises(PairFault, match=message):
        assign(mentions_frame([mention("a"), mention("b")]), pl.DataFrame(rows, schema=PAIR_SCHEMA, orient="row"))


def test_faulty_mentions_are_refused() -> None:
    with pytest.raises(PairFault, match="1 mentions repeat an id"):
        assign(mentions_frame([mention("a"), mention("a", place=2)]), pairs_frame([]))
    with pytest.raises(PairFault, match="without place"):
        assign(mentions_frame([mention("a")]).with_columns(place=pl.lit(None, pl.Int64)), pairs_frame([]))
    with pytest.raises(ColumnFault, match="'lists_once'"):
        assign(mentions_frame([]).drop("lists_once"), pairs_frame([]))
    with pytest.raises(ValueError, match="from 1 to 10"):
        assign(mentions_frame([]), pairs_frame([]), exact_up_to=11)
    with pytest.raises(ValueError, match="a tie would be guessed"):
        assign(mentions_frame([]), pairs_frame([]), margin=0)


@dataclass(frozen=True)
class House:
    """A small household drawn at random, as plain values."""

    mentions: list[tuple[object, ...]]
    weights: dict[tuple[str, str], int]
    must: list[tuple[str, str]]
    must_not: list[tuple[str, str]]


@st.composite
def houses(draw: st.DrawFn, *, most: int = 6) -> House:
    names = "abcdefghijklmnop"[: draw(st.integers(2, most))]
    starts = st.dates(date(2020, 1, 1), date(2020, 1, 6))
    mentions: list[tuple[object, ...]] = []
    for name in names:
        since = draw(st.none() | starts)
        until = draw(st.none() | starts)
        mentions.append((name, 1, draw(st.sampled_from(["x", "y", "z"])), draw(st.booleans()), since, until))
    everyone = list(combinations(names, 2))
    scored = draw(st.lists(st.sampled_from(everyone), unique=True, min_size=len(everyone) // 2))
    size = st.sampled_from([-9_000, -4_000, 0, 3_000, 5_000, 9_000]) | st.integers(-12_000, 12_000)
    some = st.lists(st.sampled_from(everyone), max_size=2, unique=True)
    return House(mentions, {pair: draw(size) for pair in scored}, draw(some), draw(some))


def every_partition(names: Sequence[str]) -> Iterator[list[list[str]]]:
    if not names:
        yield []
        return
    for rest in every_partition(names[1:]):
        yield [[names[0]], *rest]
        for number, part in enumerate(rest):
            yield [*rest[:number], [names[0], *part], *rest[number + 1 :]]


def live_at_once(one: tuple[object, ...], other: tuple[object, ...]) -> bool:
    def days(row: tuple[object, ...]) -> tuple[int, int]:
        since = row[4].toordinal() if isinstance(row[4], date) else 0
        until = row[5].toordinal() if isinstance(row[5], date) else 10**7
        return since, max(until, since + 1) if since else until

    (one_since, one_until), (other_since, other_until) = days(one), days(other)
    return one_since < other_until and other_since < one_until


def oracle(house: House) -> dict[tuple[str, str], int]:
    """Margins of pairs by trying every partition, one after another, straight from the definition."""
    by_name = {str(row[0]): row for row in house.mentions}
    same = {name: {name} for name in by_name}
    for left, right in house.must:
        union = same[left] | same[right]
        for name in union:
            same[name] = union
    if any(right in same[left] for left, right in house.must_not):
        raise AssertionError("the oracle knows no contradictions")

    def worth(part: list[str]) -> int | None:
        total = 0
        for left, right in combinations(sorted(part), 2):
            if (left, right) in banned:
                return None
            if right in same[left]:
                total += house.weights.get((left, right), 0)
                continue
            one, other = by_name[left], by_name[right]
            twice = one[2] == other[2] and one[3] and other[3] and live_at_once(one, other)
            if twice or (left, right) not in house.weights:
                return None
            total += house.weights[left, right]
        return total if all(same[name] <= set(part) for name in part) else None

    banned = {(min(pair), max(pair)) for pair in house.must_not}
    best: dict[tuple[tuple[str, str], bool], int] = {}
    for partition in every_partition(sorted(by_name)):
        worths = [worth(part) for part in partition]
        if None in worths:
            continue
        total = sum(each for each in worths if each is not None)
        for left, right in combinations(sorted(by_name), 2):
            key = (left, right), any(left in part and right in part for part in partition)
            best[key] = max(best.get(key, total), total)
    pairs = list(combinations(sorted(by_name), 2))
    return {pair: best[pair, True] - best.get((pair, False), -(10**9)) for pair in pairs if (pair, True) in best}


def contradicts(house: House) -> bool:
    same = {str(row[0]): {str(row[0])} for row in house.mentions}
    for left, right in house.must:
        union = same[left] | same[right]
        for name in union:
            same[name] = union
    return any(right in same[left] for left, right in house.must_not)


def solve(house: House, **options: int) -> Assignment:
    pairs = pairs_frame([(*pair, weight) for pair, weight in house.weights.items()])
    return assign(mentions_frame(house.mentions), pairs, must=two(house.must), must_not=two(house.must_not), **options)


@settings(deadline=None, max_examples=100)
@given(houses())
def test_margins_are_those_of_trying_everything(house: House) -> None:
    if contradicts(house):
        return
    wanted = {pair: margin for pair, margin in oracle(house).items() if margin > -MARGIN}
    found = {
        (left, right): margin for left, right, margin in solve(house).links.select("left", "right", "margin").rows()
    }
    assert found.keys() == wanted.keys()
    for pair, margin in found.items():
        assert margin == wanted[pair] if margin is not None else wanted[pair] > 10**8


@settings(deadline=None, max_examples=100)
@given(houses(most=8))
def test_what_is_called_exact_is_so_when_a_household_is_reduced_by_proof(house: House) -> None:
    whole = {row[1:3]: row for row in solve(house).links.rows()}
    reduced = {row[1:3]: row for row in solve(house, exact_up_to=3).links.rows()}
    for pair, row in reduced.items():
        if row[-1]:
            assert whole[pair][5] == row[5]
        if row[-1] and row[4] is not None and abs(row[4]) < MARGIN:
            assert whole[pair][4] == row[4]


@settings(deadline=None, max_examples=100)
@given(houses(most=8), st.integers(1, 9))
def test_no_decision_and_no_rule_is_broken(house: House, exact_up_to: int) -> None:
    found = solve(house, exact_up_to=exact_up_to)
    told = answers(found)
    same = {pair for pair, answer in told.items() if answer == "same"}
    assert not same & {(min(pair), max(pair)) for pair in house.must_not}
    if not contradicts(house):
        assert {(min(pair), max(pair)) for pair in house.must} <= same
        assert "conflict" not in found.doubts["kind"]
    for left, right in same:
        for third in {end for pair in same for end in pair} - {left, right}:
            if tuple(sorted((right, third))) in same:
                assert tuple(sorted((left, third))) in same, "the same through a third is the same"
    assert set(found.doubts.filter(pl.col("kind") != "conflict")["ids"].explode(empty_as_null=True)) == {
        end for pair, answer in told.items() if answer == "cannot_tell" for end in pair
    }


@settings(deadline=None, max_examples=25)
@given(houses(most=8), st.randoms(use_true_random=False), st.sampled_from([3, 9]))
def test_the_order_of_rows_and_ends_does_not_matter(house: House, random: object, exact_up_to: int) -> None:
    assert hasattr(random, "sample")
    mixed = House(
        random.sample(house.mentions, len(house.mentions)),
        dict(random.sample(list(house.weights.items()), len(house.weights))),
        [(right, left) for left, right in reversed(house.must)],
        [(right, left) for left, right in reversed(house.must_not)],
    )
    one, other = solve(house, exact_up_to=exact_up_to), solve(mixed, exact_up_to=exact_up_to)
    assert_frame_equal(one.links, other.links)
    assert_frame_equal(one.doubts, other.doubts)


def test_a_crowd_of_one_person_is_proved_not_searched() -> None:
    names = [f"m{number:02d}" for number in range(30)]
    mentions = mentions_frame([mention(name) for name in names])
    pairs = pairs_frame([(*pair, 12_000) for pair in combinations(names, 2)])
    links = assign(mentions, pairs).links
    assert links["answer"].unique().to_list() == ["same"]
    assert links["exact"].all()
    assert links.height == 30 * 29 // 2


def test_twelve_mentions_of_two_john_smiths_tie_only_where_they_do() -> None:
    """Six sources know father and son by middle name; a seventh knows one JOHN SMITH."""
    father, son = ([f"{who}{source}" for source in range(6)] for who in "FS")
    mentions = mentions_frame([mention(name, source=name[1]) for name in [*father, *son]] + [mention("J6")])
    pairs = [(*pair, 10_000) for side in (father, son) for pair in combinations(side, 2)]
    pairs += [(one, other, -8_000) for one in father for other in son if one[1] != other[1]]
    pairs += [(min("J6", name), max("J6", name), 2_000) for name in [*father, *son]]
    found = assign(mentions, pairs_frame(pairs))
    told = answers(found)
    assert {told[pair] for side in (father, son) for pair in combinations(side, 2)} == {"same"}
    assert {told[min("J6", name), max("J6", name)] for name in [*father, *son]} == {"cannot_tell"}
    assert found.doubts.select("kind", "margin", "exact").rows() == [("tie", 0, True)]


def test_twenty_thousand_places_take_a_moment() -> None:
    places = 20_000
    number = np.arange(places * 4)
    names = pl.Series([f"m{each:06d}" for each in number])
    mentions = pl.DataFrame(
        {"id": names, "place": number // 4, "source": pl.Series(number % 2).cast(pl.String)}
    ).with_columns(lists_once=True, since=date(2020, 1, 1), until=pl.lit(None, pl.Date))
    base = np.arange(places) * 4
    rows = [
        (base + one, base + two_, 9_000 if two_ == one + 1 and one % 2 == 0 else -9_000)
        for one, two_ in combinations(range(4), 2)
    ]
    pairs = pl.concat(
        pl.DataFrame({"left": names.gather(one), "right": names.gather(other)}).with_columns(
            weight=pl.lit(weight, pl.Int32)
        )
        for one, other, weight in rows
    )
    start = time.process_time()  # whatever else the machine does
    links = assign(mentions, pairs).links
    assert time.process_time() - start < 10
    assert links.height == places * 2
    assert links["answer"].unique().to_list() == ["same"]
