"""Turning the pages of the audit trail, on both databases: what the database finds is what the words mean."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from svoc.store.audit import Audit
from svoc.store.audit_asking import Noted
from svoc.store.audit_turning import Wanted
from svoc.words.audit import Kind
from tests.postgres import EITHER, kept_on

ACTORS = ("j.okafor", "crm/j.okafor", "xj.okafor", "j_okafor", "b%", 'a" "purpose":"debt')
PURPOSES = ("debt", "data-quality", "data_quality")
KINDS = (Kind.VIEW, Kind.DECIDE, Kind.UNDO)


@pytest.fixture(scope="module", params=EITHER)
def trail(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Audit]:
    """Give a trail of 90 events of every kind, actor and purpose."""
    with kept_on(str(request.param), lambda: request.getfixturevalue("postgres_address")) as url:
        audit = Audit(url, tmp_path_factory.mktemp("trail"))
        for n in range(90):
            actor, purpose, kind = ACTORS[n % 6], PURPOSES[n // 2 % 3], KINDS[n // 3 % 3]
            why = "purpose debt" if n % 5 == 0 else None
            audit.note(kind, actor=actor, purpose=purpose, because=why, counts={"records": n})
        yield audit
        audit.close()


@settings(max_examples=40, deadline=None)
@given(
    kinds=st.frozensets(st.sampled_from(KINDS)),
    actor=st.sampled_from(("", "okafor", *ACTORS)),
    purpose=st.sampled_from(("", "deb", *PURPOSES)),
    since=st.integers(0, 91),
    until=st.integers(0, 91),
    most=st.integers(1, 40),
)
def test_what_is_turned_to_is_what_is_looked_for_the_newest_first_and_nothing_twice(
    trail: Audit, kinds: frozenset[Kind], actor: str, purpose: str, since: int, until: int, most: int
) -> None:
    every = list(trail.events())

    def moment(n: int) -> datetime | None:
        return datetime.fromisoformat(every[n - 1].at) + timedelta(microseconds=1) if 0 < n <= 90 else None

    wanted = Wanted(moment(since), moment(until), kinds, actor, purpose)
    seen, before = list[Noted](), None
    while (page := trail.turned(wanted, before=before, most=most)).events:
        seen += page.events
        before = page.older
        if before is None:
            break
    assert seen == [event for event in reversed(every) if wanted.admits(event)]
    assert all(event.because for event in seen if event.counts["records"] % 5 == 0)
