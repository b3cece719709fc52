"""What PostgreSQL refuses is told in one sentence, with the exit code that says whether to try again."""

from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from svoc.errors import SettingsError, StoreUnavailable, SvocError
from svoc.store.store import Store


def refused(url: str) -> SvocError:
    with pytest.raises(SvocError) as told, closing(Store.open(url, Path())) as store:
        store.decide("same", "a/1/1", "b/1/1", steward="s", because="b")
    assert "\n" not in str(told.value)
    return told.value


def test_a_database_or_a_user_that_is_not_there_is_a_setting_to_mend(postgres_url: str) -> None:
    for other in (make_url(postgres_url).set(database="nowhere"), make_url(postgres_url).set(username="nobody_here")):
        assert isinstance(refused(other.render_as_string(hide_password=False)), SettingsError)


def test_a_read_only_database_is_told(postgres_url: str) -> None:
    Store.open(postgres_url, Path()).close()
    read_only = make_url(postgres_url).update_query_dict({"options": "-cdefault_transaction_read_only=on"})
    told = refused(read_only.render_as_string(hide_password=False))
    assert isinstance(told, StoreUnavailable)
    assert "read-only" in str(told)


def test_a_night_whose_lock_broke_writes_nothing_more(postgres_url: str) -> None:
    store = Store.open(postgres_url, Path())
    other = create_engine(postgres_url)
    with store.night():
        with other.begin() as connection:
            holder = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
            assert connection.execute(text(holder)).all()
        with pytest.raises(StoreUnavailable), store.working():
            pytest.fail("a night without its lock")
    with store.night():
        assert store.published() == 0
    other.dispose()
    store.close()
