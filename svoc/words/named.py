"""Who was meant by an answer about a life event: kept with it as hashes, so that it is never taken for another.

A decision is about keys, and a key may come to stand for somebody else: a system writes another name into the party of
an account, a sender uses a number twice. Then the answer was not about them.
"""

from collections.abc import Collection, Mapping
from hashlib import blake2b
from typing import Any

__all__ = ["PARTS", "another", "named_as", "of_claim", "of_record", "parts_of"]

PARTS = ("forename", "middle_names", "surname", "dob")
"""What tells one person from another; a title, an address or an account does not."""

Row = Mapping[str, Any]


def named_as(record: Row | None, claim: Row | None = None) -> str | None:
    """Keep as hashes whom a record names, and whom a claim does (rows with the columns of `PARTS`).

    >>> ann, bob = ({"forename": name, "middle_names": None, "surname": "REED", "dob": None} for name in ("ANN", "BOB"))
    >>> kept = named_as(ann, bob)
    >>> another(of_record(kept), of_record(named_as(ann))), another(of_record(kept), of_claim(kept))
    (False, True)
    """
    if record is None and claim is None:
        return None
    told = ("" if row is None else ".".join(each for name in PARTS for each in _kept(row[name]))
            for row in (record, claim))  # fmt: skip
    return "/".join(told)


def of_record(named: str | None) -> str:
    """Give whom the record named, of what `named_as` keeps; nothing where that is not known."""
    return (named or "").partition("/")[0]


def of_claim(named: str | None) -> str:
    """Give whom the claim named, of what `named_as` keeps; nothing where that is not known."""
    return (named or "").partition("/")[2]


def parts_of(row: Row) -> set[tuple[str, str]]:
    """Give the parts of a name and the birth that a row tells: fact and hash."""
    return {(name, _kept(row[name])[0]) for name in PARTS if row[name]}


def another(then: str, now: str, told: Collection[tuple[str, str]] = ()) -> bool:
    """Say whether one half of what `named_as` keeps names somebody else than another does.

    An initial may be written out, and what was not said be said; who bears one forename and was born on one day may
    have taken another surname. `told`: parts (`parts_of`) that the person is known to bear since then. Where nothing
    was kept nobody knows better.

    >>> def who(forename, middle=None, surname="REED", dob=None):
    ...     return {"forename": forename, "middle_names": middle, "surname": surname, "dob": dob}
    >>> ann, a, mabel, moore = (
    ...     of_record(named_as(row))
    ...     for row in (who("ANN", "MARY"), who("A"), who("ANN", "MABEL"), who("ANN", surname="MOORE"))
    ... )
    >>> [another(ann, other) for other in (ann, a, mabel, moore)]
    [False, False, True, True]
    >>> another(ann, moore, parts_of(who(None, surname="MOORE")))
    False
    """
    if not then or not now or then == now:
        return False
    before, after = _read(then), _read(now)
    alike = [_alike(name, before[name], after[name]) or (name, after[name][0]) in told for name in PARTS]
    one = all(after[name][0] and before[name][0] == after[name][0] for name in ("dob", "forename"))
    return not (one or all(alike))


def _read(half: str) -> dict[str, tuple[str, str]]:
    said = half.split(".")
    return dict(zip(PARTS, zip(said[::2], said[1::2], strict=True), strict=True))


def _alike(name: str, then: tuple[str, str], now: tuple[str, str]) -> bool:
    """Say whether one part is no other part; nobody is known again without a surname, unless they had none."""
    if name != "surname" and not (then[0] and now[0]):
        return True
    initial = name != "dob" and then[1] == now[1] and (then[0] == then[1] or now[0] == now[1])
    return then[0] == now[0] or (initial and name != "surname")


def _kept(value: Any) -> tuple[str, str]:
    """Give the hash of a part, and of its initial: where the initial is all that is said they are one."""
    said = "" if value is None else " ".join(str(value).upper().replace("-", " ").replace(".", " ").split())
    return (_hash(said), _hash(said[0])) if said else ("", "")


def _hash(said: str) -> str:
    return blake2b(said.encode(), digest_size=6).hexdigest()
