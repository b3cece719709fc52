"""Tells what systems were told of their records, so that they are not told the same again."""

from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import and_, select

from svoc.store import tables
from svoc.store.lineage import spans, within
from svoc.store.opening import told_plainly
from svoc.store.standing import PORTION, of_table, published_run
from svoc.store.store import Store

__all__ = ["told_of"]

NOTICE = of_table(tables.NoticeRow)
SAID = ("recipient", "reference", "kind", "payload", "because")


def told_of(store: Store, references: Collection[str]) -> Iterator[dict[str, Any]]:
    """Give the notices about records by their systems' references, the oldest first: the columns of `SAID`.

    Only those count that were not withdrawn, of nights that hold.
    """
    wanted = sorted(references)
    with told_plainly(), store.engine.connect() as connection:
        held = and_(NOTICE.c.withdrawn_by.is_(None), within(NOTICE.c.run, spans(connection, published_run(connection))))
        for at in range(0, len(wanted), PORTION):
            its = and_(held, NOTICE.c.reference.in_(wanted[at : at + PORTION]))
            asked = select(*(NOTICE.c[name] for name in SAID)).where(its).order_by(NOTICE.c.id)
            yield from map(dict, connection.execute(asked).mappings())
