"""Law: whoever is erased, of whatever small street, is nowhere, and the others are as if they had never been there."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from svoc.accounts import erase
from svoc.council import Council
from svoc.verifying import verify
from tests.svoc.accounts.conftest import (
    BRISTOW,
    CORVANE,
    MERRIDEW,
    QUILLON,
    TAMSETH,
    YSOLDA,
    Somebody,
    Street,
)

SOURCES = ("council_tax", "electoral_register", "library")
WHY = {"actor": "j.okafor", "because": "request 2026/121", "purpose": "subject-access"}

Who = Mapping[str, set[frozenset[tuple[str, ...]]]]


@st.composite
def streets(draw: st.DrawFn) -> tuple[list[Somebody], Somebody]:
    """Draw who lives where and is listed by whom, and one of them to be erased; a library card finds everybody."""
    drawn = []
    for somebody in (QUILLON, MERRIDEW, TAMSETH, CORVANE):
        listed = draw(st.sets(st.sampled_from(SOURCES[:2]), min_size=1))
        house = draw(st.sampled_from([2, 5]))
        drawn.append(replace(somebody, house=house, sources=(*sorted(listed), "library")))
    return [*drawn, BRISTOW, YSOLDA], draw(st.sampled_from(drawn))


def street_of(folder: Path, people: list[Somebody]) -> Street:
    street = Street(folder, people={one.forename: one for one in people})
    street.night()
    street.night()
    return street


def who_is_who(council: Council) -> Who:
    """Give who is one person in each lane, by source, reference and name: parties of a record are counted anew."""
    yesterday = council.store.yesterday()
    names = {
        row[0]: row[1:] for row in yesterday.mentions.select("mention", "source", "record", "forename").iter_rows()
    }
    return {
        lane: {
            frozenset(names[mention] for mention in mentions)
            for mentions in state.members.group_by("person").agg(pl.col("mention"))["mention"].to_list()
        }
        for lane, state in yesterday.lanes.items()
    }


def _is(who: frozenset[tuple[str, ...]], somebody: Somebody) -> bool:
    return ("library", somebody.card, somebody.forename.upper()) in who


@settings(
    max_examples=2,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
@given(streets())
def test_whoever_is_erased_is_nowhere_and_the_others_are_as_if_they_had_never_been(
    drawn: tuple[list[Somebody], Somebody],
) -> None:
    people, gone = drawn
    others = [one for one in people if one is not gone]
    shared = {one.surname for one in others}
    tokens = [token for token in gone.tokens if token not in shared]
    with TemporaryDirectory() as folder:
        street, never = street_of(Path(folder) / "street", people), street_of(Path(folder) / "never", others)
        assert street.files_with(tokens), "what is nowhere before proves nothing after"
        with Council.open(street.settings) as council, Council.open(never.settings) as without:
            person = street.person(council, gone)
            theirs = {name for who in who_is_who(council)["statutory"] for *_, name in who if _is(who, gone)}
            assume(theirs == {gone.forename.upper()})  # of two taken for one both would go
            erase(council, person, **WHY)
            assert who_is_who(council) == who_is_who(without)
            assert street.files_with(tokens) == {}, "while the database is open, its log included"
        for each in (street, never):
            each.night()
        with Council.open(street.settings) as council, Council.open(never.settings) as without:
            assert who_is_who(council) == who_is_who(without), "tomorrow's extract brings nobody back"
            found = verify(council.store, council.policy)
            assert found.sound, found.words()
        assert street.files_with(tokens) == {}
