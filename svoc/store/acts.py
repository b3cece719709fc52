"""Keeps what was done for people's rights, and the signs of what no night may use."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import polars as pl
from sqlalchemy import Connection, and_, delete, insert, select, update

from svoc.errors import SettingsError
from svoc.store import tables
from svoc.store.opening import told_plainly, writing
from svoc.store.standing import of_table
from svoc.store.store import Store
from svoc.words.rights import ACTS, SIGNS, ActKind, Outcome

__all__ = ["act", "acts_of", "answer_objection", "end", "objectors", "restricted", "signs_in_force"]

NO_COUNTS: Mapping[str, int] = {}
ACT, WITHHELD = of_table(tables.ActRow), of_table(tables.WithheldRow)


def act(
    store: Store,
    kind: ActKind,
    *,
    actor: str,
    because: str,
    person: str,
    lane: str,
    mentions: Sequence[str] = (),
    signs: pl.DataFrame | None = None,
    purpose: str | None = None,
    outcome: Outcome | None = None,
    counts: Mapping[str, int] = NO_COUNTS,
    beside: Callable[[Connection], object] = lambda _: None,
) -> int:
    """Write down what is done for a person, with the signs of what is withheld by it; give its number.

    `beside`: what else is written in the same transaction; `counts`: numbers that are kept with it.
    """
    said: dict[str, Any] = {
        "kind": kind.value, "actor": actor, "because": because, "at": datetime.now(UTC), "person": person,
        "lane": lane, "mentions": sorted(mentions), "purpose": purpose, "outcome": outcome.value if outcome else None,
        "counts": dict(counts),
    }  # fmt: skip
    with told_plainly(), writing(store.engine) as connection:
        written = connection.execute(insert(tables.ActRow).values(**said))
        number = int((written.inserted_primary_key or [0])[0])
        if signs is not None and signs.height:
            rows = signs.select(n for n in SIGNS if n != "act").with_columns(act=pl.lit(number))
            connection.execute(insert(tables.WithheldRow), rows.to_dicts())
        beside(connection)
    return number


def end(store: Store, number: int, *, actor: str, because: str) -> bool:
    """End an act that holds, and forget its signs; say whether there was one. Who ended it, when and why is kept."""
    holds = and_(ACT.c.act == number, ACT.c.ended_at.is_(None), ACT.c.kind != ActKind.ERASE.value)
    how = {"ended_by": actor, "ended_because": because, "ended_at": datetime.now(UTC)}
    with told_plainly(), writing(store.engine) as connection:
        ended = connection.execute(update(ACT).where(holds).values(**how)).rowcount
        if ended:
            connection.execute(delete(WITHHELD).where(WITHHELD.c.act == number))
    return bool(ended)


def acts_of(store: Store, *, kind: ActKind | None = None, holding: bool = True) -> pl.DataFrame:
    """Give acts as a frame of `ACTS`; those that were ended are left out unless `holding` is false."""
    columns = [ACT.c[name] for name in ACTS]
    query = select(*columns).order_by(ACT.c.act)
    if kind:
        query = query.where(ACT.c.kind == kind.value)
    if holding:
        query = query.where(ACT.c.ended_at.is_(None))
    with told_plainly(), store.engine.connect() as connection:
        rows = [_in_utc(dict(row)) for row in connection.execute(query).mappings()]
    return pl.DataFrame(rows, schema=ACTS, orient="row")


def signs_in_force(store: Store) -> pl.DataFrame:
    """Give the signs of all that no night may use, as a frame of `SIGNS`."""
    with told_plainly(), store.engine.connect() as connection:
        rows = connection.execute(select(*(WITHHELD.c[name] for name in SIGNS)).order_by(WITHHELD.c.id)).all()
    return pl.DataFrame([tuple(row) for row in rows], schema=SIGNS, orient="row")


def answer_objection(store: Store, number: int, outcome: Outcome, *, actor: str, because: str) -> int:
    """Write down what became of an objection in a new act, and end the one that was answered; give the new number."""
    found = acts_of(store, kind=ActKind.OBJECT).filter(pl.col("act") == number)
    if found.is_empty():
        raise SettingsError(f"there is no objection {number} that stands")
    row = found.row(0, named=True)
    kept = {name: row[name] for name in ("person", "lane", "mentions", "purpose")}
    answered = act(store, ActKind.OBJECT, actor=actor, because=because, outcome=outcome, **kept)
    end(store, number, actor=actor, because=because)
    return answered


def objectors(store: Store, purpose: str) -> list[str]:
    """Give the mentions of all whose objection to a purpose was upheld."""
    upheld = ACT.c.kind == ActKind.OBJECT.value, ACT.c.purpose == purpose, ACT.c.outcome == Outcome.UPHELD.value
    query = select(ACT.c.mentions).where(*upheld, ACT.c.ended_at.is_(None))
    with told_plainly(), store.engine.connect() as connection:
        return sorted({mention for mentions in connection.scalars(query) for mention in mentions})


def restricted(store: Store) -> list[str]:
    """Give the mentions whose use is restricted: they are kept, however long ago their source listed them."""
    return sorted(set(acts_of(store, kind=ActKind.RESTRICT)["mentions"].explode().drop_nulls().to_list()))


def _in_utc(row: dict[str, Any]) -> dict[str, Any]:
    """SQLite keeps no time zone."""
    return {n: v.replace(tzinfo=UTC) if isinstance(v, datetime) and v.tzinfo is None else v for n, v in row.items()}
