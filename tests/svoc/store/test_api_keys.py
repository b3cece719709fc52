"""What is kept of a key comes back as it was, on both databases; a prefix is given once; what is revoked stays so."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy.exc import IntegrityError

from svoc.store.api_keys import KeptKey, keep_key, kept_keys, key_by_prefix, mark_used, revoke
from svoc.store.store import Store

MADE = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
KEY = KeptKey("k7m2q4xw3a", "00ff", "ab" * 32, "crm", ("officer",), ("debt",), date(2027, 1, 1), MADE, "a.bell")


def test_a_key_comes_back_as_it_was_kept_and_is_revoked_once(store: Store) -> None:
    keep_key(store.engine, KEY, because="told")
    mark_used(store.engine, KEY.prefix, date(2026, 11, 3))

    kept = key_by_prefix(store.engine, KEY.prefix)
    assert kept is not None
    assert (kept.roles, kept.purposes, kept.until, kept.digest) == (("officer",), ("debt",), KEY.until, KEY.digest)
    assert kept.last_used == date(2026, 11, 3)
    assert key_by_prefix(store.engine, "nobody") is None
    assert revoke(store.engine, KEY.prefix, by="m.patel", because="lost")
    assert not revoke(store.engine, KEY.prefix, by="j.okafor", because="again")
    (last,) = kept_keys(store.engine)
    assert (last.revoked_by, last.revoked is None) == ("m.patel", False)


def test_a_prefix_is_one_key_s_alone(store: Store) -> None:
    keep_key(store.engine, KEY, because="told")
    with pytest.raises(IntegrityError):
        keep_key(store.engine, KEY, because="told again")
