"""What can go wrong in `matchers`, as a tree.

    MatchersError
    ├── ColumnFault      a column that a comparison, a block or a call needs is not there
    ├── ModelFault       a model that contradicts itself, or a file that holds none
    ├── NotTrained       a model asked to score before it has seen records
    └── PairFault        pairs or links that name nobody, or name somebody twice

Messages name columns and counts, never values: values are personal data.
"""

from collections.abc import Iterable
from difflib import get_close_matches


class MatchersError(Exception):
    """Anything that `matchers` refuses to do; catch this to catch them all."""


class ColumnFault(MatchersError):
    """A column that is needed is not there; the message lists all that are missing and the nearest names."""


class ModelFault(MatchersError):
    """A model that contradicts itself, or a file that is not a model of this version."""


class NotTrained(MatchersError):
    """A model that has no weights yet was asked to score."""


class PairFault(MatchersError):
    """Pairs or links that name an unknown record, or a record paired with itself."""


def require_columns(wanted: Iterable[str], present: Iterable[str], *, where: str) -> None:
    """Raise `ColumnFault` unless every wanted column is present; all missing ones are named at once."""
    there = list(present)
    missing = [column for column in dict.fromkeys(wanted) if column not in there]
    if missing:
        named = ", ".join(_with_hint(column, there) for column in missing)
        raise ColumnFault(f"columns missing from {where}: {named}")


def _with_hint(column: str, there: list[str]) -> str:
    near = get_close_matches(column, there, n=1)
    return f"{column!r} (did you mean {near[0]!r}?)" if near else repr(column)
