"""Remembers what each night was made of, and gives it back."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select, update

from svoc.store import tables
from svoc.store.opening import told_plainly, writing
from svoc.store.standing import of_table, published_run
from svoc.store.store import Store

__all__ = ["note", "taken_in"]

RUN, TAKEN = of_table(tables.Run), of_table(tables.Taken)


def note(store: Store, run: int, more: Mapping[str, Any]) -> None:
    """Add what became known after a night was published to its manifest; raise `StoreUnavailable`."""
    with told_plainly(), writing(store.engine) as connection:
        manifest = connection.scalar(select(RUN.c.manifest).where(RUN.c.run == run)) or {}
        connection.execute(update(RUN).where(RUN.c.run == run).values(manifest={**manifest, **more}))


def taken_in(store: Store, run: int) -> list[dict[str, Any]]:
    """Give the extracts that a published run took: source, file, hash, day of the content and rows."""
    columns = [TAKEN.c[name] for name in ("source", "file", "sha256", "content_date", "rows")]
    with told_plainly(), store.engine.connect() as connection:
        mine = (TAKEN.c.run == run) & (TAKEN.c.run <= published_run(connection))
        return [
            dict(row) for row in connection.execute(select(*columns).where(mine).order_by(TAKEN.c.taken)).mappings()
        ]
