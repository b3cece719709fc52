"""What is told of counts lets nobody learn one of them: each world that an attacker has to tell apart looks alike."""

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from svoc.insight import areas_of, at_least, whole_at_least
from svoc.insight.classes import services

Counts = dict[str, dict[str, dict[str, int]]]
SPLITS = {"one": 3, "two": 11, "three": 2}


@st.composite
def towns(draw: st.DrawFn) -> Counts:
    """A town of up to twelve areas, whose people are split in three ways; many counts end in 9."""
    count = st.one_of(st.integers(0, 30), st.sampled_from([9, 19, 0]))
    return {f"area {n}": draw(an_area(count)) for n in range(draw(st.integers(1, 12)))}


@st.composite
def an_area(draw: st.DrawFn, count: st.SearchStrategy[int]) -> dict[str, dict[str, int]]:
    parts = {table: draw(st.lists(count, min_size=n, max_size=n)) for table, n in SPLITS.items()}
    most = max(map(sum, parts.values()))
    for found in parts.values():
        found[0] += most - sum(found)
    return {table: {f"class {n}": count for n, count in enumerate(found)} for table, found in parts.items()}


def spread(much: int, told: Sequence[int]) -> list[int]:
    """Add to what is told of each up to nine, together so much."""
    given = []
    for one in told:
        more = min(9, much)
        given.append(one + more)
        much -= more
    assert not much, "what is told leaves no room for it"
    return given


def another_world(counts: Counts, area: str, table: str, chosen: str, value: int) -> Counts:
    """Make a town in which that class holds another number of the same ten, and all that is told should be the same."""
    whole, told = areas_of(counts)
    more = value - at_least(value)
    people = {one.name: one.people for one in told}
    people[area] += more
    others = [one.name for one in told if one.name != area]
    spare = spread(whole - sum(one.people for one in told), [people[name] for name in others])
    people |= dict(zip(others, spare, strict=True))
    made: Counts = {}
    for one in told:
        made[one.name] = {}
        for name, classes in one.classes.items():
            fixed = {chosen: value} if (one.name, name) == (area, table) else {}
            rest = {key: n for key, n in classes.items() if key not in fixed}
            left = people[one.name] - sum(fixed.values()) - sum(rest.values())
            filled = dict(zip(rest, spread(left, list(rest.values())), strict=True)) | fixed
            made[one.name][name] = {key: filled[key] for key in classes}
    return made


@given(towns(), st.data())
@settings(max_examples=60)
def test_a_count_could_be_any_of_its_ten_for_all_that_is_told(counts: Counts, data: st.DataObject) -> None:
    area = data.draw(st.sampled_from(sorted(counts)))
    table = data.draw(st.sampled_from(sorted(SPLITS)))
    chosen = data.draw(st.sampled_from(sorted(counts[area][table])))
    seen = areas_of(counts)
    told = next(one for one in seen[1] if one.name == area).classes[table][chosen]
    for value in range(told, told + 10):
        other = another_world(counts, area, table, chosen, value)
        assert other[area][table][chosen] == value
        assert areas_of(other) == seen


@given(towns(), towns(), st.data())
@settings(max_examples=30)
def test_of_two_nights_a_change_of_fewer_than_ten_is_never_known(
    first: Counts, second: Counts, data: st.DataObject
) -> None:
    """Each night looks alike for ten counts in a row, whatever the other was: their difference has as many values."""
    area = data.draw(st.sampled_from(sorted(set(first) & set(second))))
    before, after = (counts_alike(night, area) for night in (first, second))
    assert len(before) == len(after) == 10
    assert len({y - x for x in before for y in after}) == 19


def counts_alike(counts: Counts, area: str) -> set[int]:
    """Give what a class of that area could hold for the town to be told as it is."""
    seen = areas_of(counts)
    told = next(one for one in seen[1] if one.name == area).classes["two"]["class 1"]
    could = range(told, told + 10)
    return {n for n in could if areas_of(another_world(counts, area, "two", "class 1", n)) == seen}


@given(towns())
def test_overlapping_unions_of_areas_tell_no_small_count(counts: Counts) -> None:
    """Unions of areas are sums of what is told: the difference of any two is whole tens, and so never 1 to 9."""
    told = {one.name: one.people for one in areas_of(counts)[1]}
    assert {n % 10 for n in told.values()} == {0}
    assert all(sum(told[name] for name in counts) - told[one] in range(0, 10_000, 10) for one in counts)


@given(towns())
def test_what_is_told_is_never_more_than_the_truth_and_not_far_below(counts: Counts) -> None:
    whole, told = areas_of(counts)
    for one in told:
        true = counts[one.name]
        people = sum(true["one"].values())
        assert 0 <= people - one.people <= 9 + 9 * max(SPLITS.values())
        for table, classes in one.classes.items():
            assert all(n <= true[table][key] for key, n in classes.items())
            assert sum(classes.values()) <= one.people
            assert people - sum(classes.values()) <= 9 + 2 * 9 * max(SPLITS.values())
    assert whole <= sum(sum(true["one"].values()) for true in counts.values())


@pytest.mark.parametrize(
    ("count", "parts", "told"),
    [(90, [9] * 10, 80), (89, [9] * 9 + [8], 80), (19, [9, 10], 10), (18, [9, 9], 0), (27, [9, 9, 9], 10), (7, [7], 0)],
)
def test_a_total_is_told_as_far_as_it_leaves_its_parts_free(count: int, parts: list[int], told: int) -> None:
    assert whole_at_least(count, [[at_least(n) for n in parts]]) == told


def test_tables_that_hold_different_people_are_refused() -> None:
    counts: Mapping[str, Mapping[str, Mapping[str, int]]] = {"N": {"a": {"x": 3}, "b": {"y": 4}}}
    with pytest.raises(ValueError, match="different numbers"):
        areas_of(counts)


def test_more_systems_than_four_are_only_counted() -> None:
    assert len(services("abcd")) == 15
    assert services("abcde") == ("1 systems", "2 systems", "3 systems", "4 systems", "5 systems")
