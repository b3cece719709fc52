"""Takes what erased records said out of golden records, and out of what nights changed."""

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, and_, delete, select, update

from svoc.accounts.erasing.erased import LATER, Erased, Holding
from svoc.store import tables
from svoc.store.standing import of_table
from svoc.survivorship.policy import GROUPS
from svoc.words.changes import Cause, ChangeKind
from svoc.words.persons import FACTS

__all__ = ["erase_from_changes", "erase_from_persons"]

CHANGE, PERSON = of_table(tables.ChangeRow), of_table(tables.PersonRow)


def erase_from_persons(
    connection: Connection, held: Mapping[tuple[str, str], Holding], keys: Collection[str], done: Erased
) -> None:
    """Take what erased records said out of every golden record; one that rested on nothing else goes."""
    for (lane, person), holding in held.items():
        its = and_(PERSON.c.lane == lane, PERSON.c.person == person)
        for row in connection.execute(select(PERSON).where(its)).mappings().all():
            taken = holding.at(row["from_run"])
            if row["records"] <= taken:
                connection.execute(delete(PERSON).where(PERSON.c.id == row["id"]))
                done.took("person", 1)
            elif taken or _rests_on(row["provenance"], keys):
                connection.execute(update(PERSON).where(PERSON.c.id == row["id"]).values(**_without(row, keys, taken)))
                done.took("person", 1)


def _rests_on(provenance: str | None, keys: Collection[str]) -> bool:
    return any(why.get("mention") in keys for why in json.loads(provenance or "{}").values())


def _without(row: Any, keys: Collection[str], taken: int) -> dict[str, Any]:
    why = json.loads(row["provenance"] or "{}")
    gone = [group for group, told in why.items() if told.get("mention") in keys]
    facts = {fact: None for group in gone for fact in GROUPS[group]}
    kept = json.dumps({group: told for group, told in why.items() if group not in gone}, ensure_ascii=False)
    return {**facts, "records": row["records"] - taken, "provenance": kept}


def erase_from_changes(
    connection: Connection,
    held: Mapping[tuple[str, str], Holding],
    keys: set[str],
    done: Erased,
    *,
    by_right: bool,
) -> None:
    """Say of every change of theirs what it says without the erased records; one that says nothing then goes."""
    for (lane, person), holding in held.items():
        its = and_(CHANGE.c.lane == lane, CHANGE.c.person == person)
        standing = (
            connection.execute(select(PERSON).where(PERSON.c.lane == lane, PERSON.c.person == person)).mappings().all()
        )
        for row in connection.execute(select(CHANGE).where(its)).mappings().all():
            said = _said_without(row, standing, holding, keys, by_right=by_right)
            if said is None:
                connection.execute(delete(CHANGE).where(CHANGE.c.id == row["id"]))
                done.took("change", 1)
            elif any(said[name] != row[name] for name in said):
                connection.execute(update(CHANGE).where(CHANGE.c.id == row["id"]).values(**said))
                done.took("change", 1)


def _said_without(
    row: Any, standing: Iterable[Any], holding: Holding, keys: set[str], *, by_right: bool
) -> dict[str, Any] | None:
    """Give what a change says without the erased records, nothing where nothing is left of it.

    That somebody is gone stays: it is the tombstone's day.
    """
    kind, run = row["kind"], row["run"]
    mention = None if row["mention"] in keys else row["mention"]
    bare = {"mention": mention, "source": row["source"] if mention else None}
    now = next((v for v in standing if v["from_run"] <= run and (v["to_run"] or LATER) > run), None)
    if kind == ChangeKind.GONE.value:
        return {**bare, "cause": Cause.RIGHT.value if by_right and holding.within(run) else row["cause"]}
    if kind in {ChangeKind.NEW.value, ChangeKind.SPLIT.value} and holding.within(run):
        return None if now is None else {**bare, "after": _told(now)}
    if kind == ChangeKind.MEMBERS.value:
        before, after = (_listed(row[name], keys) for name in ("before", "after"))
        return None if before == after or now is None else {**bare, "before": before, "after": after}
    if kind == ChangeKind.CHANGED.value and holding.within(run):
        then = next((v for v in standing if v["from_run"] <= run - 1 and (v["to_run"] or LATER) > run - 1), None)
        before, after = (_value(v, row["field"]) for v in (then, now))
        return None if now is None or before == after else {**bare, "before": before, "after": after}
    return {**bare}


def _listed(text: str | None, keys: set[str]) -> str | None:
    if text is None:
        return None
    return json.dumps([key for key in json.loads(text) if key not in keys], ensure_ascii=False, separators=(",", ":"))


def _value(row: Mapping[str, Any] | None, fact: str) -> str | None:
    value = row[fact] if row else None
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None else str(value)


def _told(row: Mapping[str, Any]) -> str:
    """Write all that is known of a person as a change does."""
    known = {fact: row[fact] for fact in FACTS if row[fact] is not None}
    return json.dumps(known, ensure_ascii=False, default=str)
