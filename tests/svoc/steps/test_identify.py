"""Identifiers: by overlap, for good, in one hop, never twice."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from svoc.steps.identify import ALPHABET, Identified, identifier, identify, is_identifier
from svoc.words.persons import FORWARDS, MEMBERS
from svoc.words.plan import FOUNDED

KEY = "a secret of the tests"


def clusters(*groups: str) -> pl.DataFrame:
    """Give clusters of mentions named by one letter: `clusters("ab", "c")`."""
    rows = [(mention, min(group)) for group in groups for mention in group]
    return pl.DataFrame(rows, schema={"mention": pl.String(), "cluster": pl.String()}, orient="row")


def members(**persons: str) -> pl.DataFrame:
    rows = [(mention, person) for person, group in persons.items() for mention in group]
    return pl.DataFrame(rows, schema=MEMBERS, orient="row").sort("mention")


def forwards(**leads: str | None) -> pl.DataFrame:
    return pl.DataFrame(list(leads.items()), schema=FORWARDS, orient="row")


def founded(**runs: int) -> pl.DataFrame:
    return pl.DataFrame(list(runs.items()), schema=FOUNDED, orient="row")


def who(found: Identified) -> dict[str, str]:
    return dict(found.members.iter_rows())


def led(found: Identified) -> dict[str, str | None]:
    return dict(found.forwards.iter_rows())


def test_the_first_night_gives_each_cluster_an_identifier_that_can_be_checked() -> None:
    found = identify(clusters("ab", "c"), members(), forwards(), founded(), key=KEY, run=1)

    assert who(found)["a"] == who(found)["b"] != who(found)["c"]
    assert all(is_identifier(person) for person in who(found).values())
    assert found.forwards.is_empty()
    assert found.split.is_empty()


def test_a_cluster_keeps_its_person_whatever_joins_or_leaves_it() -> None:
    found = identify(clusters("bx"), members(P="abc"), forwards(), founded(P=1), key=KEY, run=2)

    assert who(found) == {"b": "P", "x": "P"}
    assert found.retired.is_empty()


def test_of_two_persons_that_become_one_the_larger_overlap_stays_and_the_other_leads_to_it() -> None:
    found = identify(clusters("abc"), members(P="a", Q="bc"), forwards(), founded(P=1, Q=2), key=KEY, run=3)

    assert set(who(found).values()) == {"Q"}
    assert led(found) == {"P": "Q"}
    assert found.retired.rows() == [("P", "Q")]


@pytest.mark.parametrize(("runs", "stays"), [({"P": 5, "Q": 2}, "Q"), ({"P": 2, "Q": 5}, "P"), ({"P": 2, "Q": 2}, "P")])
def test_of_two_alike_the_older_stays_and_then_the_smaller_identifier(runs: dict[str, int], stays: str) -> None:
    found = identify(clusters("ab"), members(P="a", Q="b"), forwards(), founded(**runs), key=KEY, run=6)

    assert set(who(found).values()) == {stays}


def test_a_person_taken_apart_stays_with_the_larger_part_and_the_other_says_where_it_came_from() -> None:
    found = identify(clusters("ab", "c"), members(P="abc"), forwards(), founded(P=1), key=KEY, run=2)

    assert who(found)["a"] == "P"
    assert who(found)["c"] not in {"P"}
    assert found.split.rows() == [(who(found)["c"], "P")]
    assert found.retired.is_empty()


def test_overlaps_are_allotted_globally_not_cluster_by_cluster() -> None:
    """Cluster `abcx` overlaps P in three and Q in one; `y` overlaps Q in two: each gets its best."""
    found = identify(clusters("abcx", "yz"), members(P="abc", Q="xyz"), forwards(), founded(P=1, Q=1), key=KEY, run=2)

    assert (who(found)["a"], who(found)["y"]) == ("P", "Q")


def test_who_loses_the_first_choice_takes_the_next() -> None:
    found = identify(clusters("abx", "cdey"), members(P="abcde", Q="xy"), forwards(), founded(P=1, Q=1), key=KEY, run=2)

    assert (who(found)["c"], who(found)["a"]) == ("P", "Q")
    assert found.split.is_empty()


def test_whoever_is_left_without_records_is_a_tombstone() -> None:
    found = identify(clusters("b"), members(P="a", Q="b"), forwards(), founded(P=1, Q=1), key=KEY, run=2)

    assert led(found) == {"P": None}


def test_a_retired_person_leads_where_most_of_its_records_went() -> None:
    before = members(P="abc", Q="d", R="efgh")
    found = identify(clusters("ad", "bcefgh"), before, forwards(), founded(P=2, Q=1, R=1), key=KEY, run=3)

    assert who(found)["a"] == "Q"
    assert led(found) == {"P": "R"}


def test_older_forwards_are_led_on_in_one_hop() -> None:
    before, older = members(Q="b", R="cd"), forwards(P="Q", O=None)
    joined = identify(clusters("bcd"), before, older, founded(P=1, Q=1, R=1, O=1), key=KEY, run=3)
    gone = identify(clusters("cd"), before, older, founded(P=1, Q=1, R=1, O=1), key=KEY, run=3)

    assert led(joined) == {"O": None, "P": "R", "Q": "R"}
    assert led(gone) == {"O": None, "P": None, "Q": None}


def test_a_record_that_returns_founds_a_new_person_and_the_tombstone_stands() -> None:
    before = identify(clusters("a"), members(), forwards(), founded(), key=KEY, run=1)
    old = who(before)["a"]
    found = identify(clusters("a"), members(), forwards(**{old: None}), founded(**{old: 1}), key=KEY, run=3)

    assert who(found)["a"] != old
    assert led(found) == {old: None}


def test_an_identifier_that_was_ever_given_is_not_given_again() -> None:
    """Even where founding mention, run and key would make the very same one."""
    once = identifier("a@2", key=KEY)
    found = identify(clusters("a"), members(), forwards(**{once: None}), founded(**{once: 1}), key=KEY, run=2)

    assert who(found)["a"] != once
    assert is_identifier(who(found)["a"])


def test_the_same_key_and_run_give_the_same_identifiers_and_another_key_or_run_others() -> None:
    def made(key: str, run: int) -> str:
        return who(identify(clusters("ab"), members(), forwards(), founded(), key=key, run=run))["a"]

    assert made(KEY, 1) == made(KEY, 1)
    assert len({made(KEY, 1), made(KEY, 2), made("another", 1)}) == 3


GROUPS = st.lists(st.integers(0, 4), min_size=8, max_size=8)


def partition(numbers: list[int], *, absent: int) -> pl.DataFrame:
    groups: dict[int, str] = {}
    for mention, number in zip("abcdefgh", numbers, strict=True):
        groups[number] = groups.get(number, "") + mention
    return clusters(*(group for number, group in groups.items() if number != absent))


@settings(max_examples=40)
@given(st.lists(GROUPS, min_size=2, max_size=5), st.randoms(use_true_random=False))
def test_over_many_nights_every_identifier_is_in_use_or_leads_on_and_order_is_nothing(
    nights: list[list[int]], random: object
) -> None:
    then, leads, ever = members(), forwards(), founded()
    for run, numbers in enumerate(nights, start=1):
        tonight = partition(numbers, absent=run % 5)
        found = identify(tonight, then, leads, ever, key=KEY, run=run)
        turned = identify(tonight.reverse(), then.reverse(), leads.reverse(), ever.reverse(), key=KEY, run=run)
        living, retired = set(found.members["person"]), set(found.forwards["retired"])

        assert turned.members.equals(found.members)
        assert turned.forwards.equals(found.forwards)
        assert turned.split.equals(found.split)
        assert found.members.group_by("mention").len()["len"].to_list() == [1] * tonight.height
        assert tonight["cluster"].n_unique() == len(living)
        assert not living & retired
        assert set(found.forwards["current"].drop_nulls()) <= living
        assert set(leads["retired"]) <= retired
        new = found.members.select("person").unique().join(ever, on="person", how="anti")
        ever = pl.concat([ever, new.with_columns(run=pl.lit(run, dtype=pl.Int64))])
        assert living | retired == set(ever["person"])
        then, leads = found.members, found.forwards


class TestTheSigns:
    """What can be said aloud and checked."""

    def test_no_two_signs_look_alike(self) -> None:
        assert not set("01ILO") & set(ALPHABET)
        assert len(set(ALPHABET)) == 31

    @settings(max_examples=100)
    @given(st.text(max_size=12), st.integers(0, 8), st.sampled_from(ALPHABET))
    def test_one_wrong_sign_is_found(self, seed: str, place: int, wrong: str) -> None:
        signs = list(identifier(seed, key=KEY).replace("-", ""))
        right = signs[place]
        signs[place] = wrong

        assert is_identifier("".join(signs)) is (right == wrong)

    @settings(max_examples=100)
    @given(st.text(max_size=12), st.integers(0, 7))
    def test_two_neighbours_that_swap_are_found(self, seed: str, place: int) -> None:
        signs = list(identifier(seed, key=KEY).replace("-", ""))
        same = signs[place] == signs[place + 1]
        signs[place], signs[place + 1] = signs[place + 1], signs[place]

        assert is_identifier("".join(signs)) is same

    @pytest.mark.parametrize("said", ["mc78-rz8y-s", " MC78 RZ8Y S ", "MC78RZ8YS"])
    def test_case_and_spaces_do_not_matter(self, said: str) -> None:
        assert is_identifier(said)

    @pytest.mark.parametrize("said", ["", "MC78-RZ8Y", "MC78-RZ8Y-SS", "MC78-RZ8O-S", "hello"])
    def test_what_is_none_is_none(self, said: str) -> None:
        assert not is_identifier(said)


def test_who_returns_has_the_identifier_of_before_and_nobody_else_does() -> None:
    gone = pl.DataFrame({"retired": ["P1", "P2"], "current": [None, "P3"]}, schema=FORWARDS)
    former = pl.DataFrame({"mention": ["a", "b"], "person": ["P1", "P2"]})
    yesterday = pl.DataFrame({"mention": ["c"], "person": ["P3"]})
    founded = pl.DataFrame({"person": ["P1", "P2", "P3"], "run": [1, 1, 1]}, schema=FOUNDED)
    clusters = pl.DataFrame({"mention": ["a", "b", "c"], "cluster": ["a", "b", "c"]})
    found = identify(clusters, yesterday, gone, founded, key="k", run=5, former=former)
    of = dict(found.members.iter_rows())
    assert (of["a"], of["c"]) == ("P1", "P3")
    assert of["b"] not in {"P1", "P2", "P3"}, "who leads to somebody is not brought back"
    assert found.forwards.rows() == [("P2", "P3")]


def test_what_joins_somebody_who_is_known_brings_no_tombstone_back() -> None:
    gone = pl.DataFrame({"retired": ["P1"], "current": [None]}, schema=FORWARDS)
    former = pl.DataFrame({"mention": ["a"], "person": ["P1"]})
    yesterday = pl.DataFrame({"mention": ["c"], "person": ["P3"]})
    founded = pl.DataFrame({"person": ["P1", "P3"], "run": [1, 1]}, schema=FOUNDED)
    clusters = pl.DataFrame({"mention": ["a", "c"], "cluster": ["a", "a"]})
    found = identify(clusters, yesterday, gone, founded, key="k", run=5, former=former)
    assert set(found.members["person"]) == {"P3"}
    assert found.forwards.rows() == [("P1", None)]
