"""A source has a time of its own: what it lists no more goes after that, out of every night that is kept."""

from datetime import UTC, datetime, timedelta

from svoc.accounts import let_go, restrict
from svoc.council import Council
from svoc.verifying import verify
from tests.svoc.accounts.conftest import MERRIDEW, QUILLON, Street

LATER = datetime.now(UTC) + timedelta(days=30)


def lists_no_more(street: Street) -> Street:
    """Let the library list two people no more, and nights go by."""
    text = street.settings.read_text(encoding="utf-8")
    street.settings.write_text(
        text.replace('path = "library_*.csv"', 'path = "library_*.csv"\nwithdrawn_days = 2'), encoding="utf-8"
    )
    for gone in (QUILLON, MERRIDEW):
        sources = ("council_tax", "electoral_register")
        street.people[gone.forename] = type(gone)(
            gone.forename, gone.surname, gone.house, gone.number, gone.title, sources
        )
    return street


def test_what_is_listed_no_more_goes_after_the_sources_own_time(lived: Street) -> None:
    street = lists_no_more(lived)
    street.night()
    with Council.open(street.settings) as council:
        assert let_go(council, now=LATER) == 0, "it was listed the night before"
    assert street.files_with([QUILLON.card, QUILLON.phone]) != {}
    for _ in range(2):
        street.night()
    with Council.open(street.settings) as council:
        assert let_go(council, now=LATER) == 2
        assert let_go(council, now=LATER) == 0
        found = verify(council.store, council.policy)
        assert found.sound, found.words()
        first = council.store.yesterday(run=1)
        assert "library/" + QUILLON.card + "/1" not in first.mentions["mention"], "nor in a night that is shown again"
        person = council.store.person_of(f"electoral_register/{QUILLON.elector}/1", "statutory")
        assert person in council.store.persons("statutory")["person"], "the others of the person stay"
        assert "library/" + QUILLON.card + "/1" in council.store.yesterday().known["mention"], "never given again"


def test_what_is_restricted_stays(lived: Street) -> None:
    with Council.open(lived.settings) as council:
        person, key = lived.person(council, QUILLON), f"library/{QUILLON.card}/1"
        restrict(council, person, record=key, actor="j", because="request 9", purpose="subject-access")
    street = lists_no_more(lived)
    for _ in range(3):
        street.night()
    with Council.open(street.settings) as council:
        assert let_go(council, now=LATER) == 1, "that of the other"
