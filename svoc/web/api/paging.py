"""Pages of a list: a cursor says where the next begins, and holds nothing of anybody."""

import base64
import binascii
import json
from collections.abc import Sequence
from hashlib import blake2b
from typing import TypeVar

from svoc.web.api.problems import Refused

__all__ = ["MOST", "page"]

MOST = 200
T = TypeVar("T")


def page(rows: Sequence[T], names: Sequence[str], cursor: str | None, limit: int) -> tuple[list[T], str | None]:
    """Give the rows after a cursor, and the cursor of the next page, if there is one.

    `names`: what each row is known by. A cursor says after which row, as a hash, and at which place: where the row is
    gone meanwhile, the place counts.

    >>> first, cursor = page("abc", "abc", None, 2)
    >>> page("bc", "bc", cursor, 2)
    (['c'], None)
    """
    begin = 0
    if cursor is not None:
        place, last = _read(cursor)
        begin = next((at + 1 for at, name in enumerate(names) if _hash(name) == last), min(place, len(rows)))
    end = begin + limit
    following = _cursor(end, names[end - 1]) if end < len(rows) else None
    return list(rows[begin:end]), following


def _cursor(place: int, name: str) -> str:
    return base64.urlsafe_b64encode(json.dumps([place, _hash(name)]).encode()).decode().rstrip("=")


def _read(cursor: str) -> tuple[int, str]:
    try:
        told = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        place, last = told
    except (ValueError, TypeError, binascii.Error, RecursionError):
        raise Refused("not-understood", "this is no cursor that a page gave") from None
    if isinstance(place, bool) or not isinstance(place, int) or place < 0 or not isinstance(last, str):
        raise Refused("not-understood", "this is no cursor that a page gave")
    return place, last


def _hash(name: str) -> str:
    return blake2b(name.encode(), digest_size=8).hexdigest()
