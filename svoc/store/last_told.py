"""Tells what a system was told last of one of its records, so that it is not told the same again."""

from collections.abc import Collection, Mapping

from sqlalchemy import and_, select

from svoc.notices.routes import TAKEN_BACK, first_told
from svoc.store import tables
from svoc.store.lineage import spans, within
from svoc.store.opening import told_plainly
from svoc.store.standing import PORTION, of_table, published_run
from svoc.store.store import Store

__all__ = ["About", "last_told"]

About = tuple[str, str, str]
"""A recipient, its own reference of a record, and the kind of change."""

NOTICE = of_table(tables.NoticeRow)


def last_told(store: Store, references: Collection[str]) -> Mapping[About, tuple[str, str | None]]:
    """Give of each record, by its system's reference, the payload and the cause of the last notice of each kind.

    Only notices count that were not withdrawn, of nights that hold; what was taken back is not told any more.
    """
    last: dict[About, tuple[str, str | None]] = {}
    wanted = sorted(references)
    names = ("recipient", "reference", "kind", "payload", "because")
    with told_plainly(), store.engine.connect() as connection:
        held = and_(NOTICE.c.withdrawn_by.is_(None), within(NOTICE.c.run, spans(connection, published_run(connection))))
        for at in range(0, len(wanted), PORTION):
            its = and_(held, NOTICE.c.reference.in_(wanted[at : at + PORTION]))
            asked = select(*(NOTICE.c[name] for name in names)).where(its).order_by(NOTICE.c.id)
            for row in connection.execute(asked):
                about = (row.recipient, row.reference, first_told(row.kind))
                if row.kind.endswith(TAKEN_BACK):
                    last.pop(about, None)
                else:
                    last[about] = (row.payload, row.because)
    return last
