"""Reads and marks the outbox: what every notice told, and how far it has come.

A notice's state follows from its moments, so that no two of them can say different things (`STATE`).
"""

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
from sqlalchemy import Connection, and_, case, func, or_, select, update

from svoc.store import tables
from svoc.store.lineage import in_spans, spans
from svoc.store.opening import told_plainly, writing
from svoc.store.scrubbing import cut_log, erasing
from svoc.store.standing import of_table, published_run
from svoc.store.store import Store
from svoc.words.notices import ERASED, NOTICES, OUTBOX, State

__all__ = [
    "STATE",
    "acknowledge",
    "answered",
    "drop",
    "escalated",
    "in_utc",
    "last_sent",
    "mark_sent",
    "mark_tried",
    "overdue",
    "reasons_of",
    "retry",
    "told",
    "unanswered",
]

NOTICE = of_table(tables.NoticeRow)

STATE: Any = case(
    (NOTICE.c.withdrawn_by.is_not(None), State.WITHDRAWN.value),
    (NOTICE.c.rejected.is_not(None), State.REJECTED.value),
    (NOTICE.c.actioned.is_not(None), State.ACTIONED.value),
    (NOTICE.c.acknowledged.is_not(None), State.ACKNOWLEDGED.value),
    (NOTICE.c.sent.is_not(None), State.SENT.value),
    (NOTICE.c.dead.is_not(None), State.DEAD.value),
    else_=State.WAITING.value,
)
"""The state of a notice, in SQL."""

ANSWERS = (State.ACKNOWLEDGED, State.ACTIONED, State.REJECTED)
"""What a recipient may say of a notice."""


def told(
    store: Store,
    where: Any = None,
    *,
    run: int | None = None,
    states: Collection[State] = (),
    recipients: Collection[str] = (),
    references: Collection[str] = (),
    notices: Collection[str] = (),
) -> pl.DataFrame:
    """Give all notices that published runs wrote, as a frame of `OUTBOX`, in the order in which they were written.

    `states`, `recipients`, `references`, `notices`: only those, where any are named; `where`: a condition of the
    store's own; `run`: what stands in which run says which nights hold; the published one's unless given.
    """
    kept = [*NOTICES, "lane", "run", "retracts", "due", "tries"]
    flags = {"sent": NOTICE.c.sent, "acknowledged": NOTICE.c.acknowledged, "withdrawn": NOTICE.c.withdrawn_by}
    query = select(
        *(NOTICE.c[name] for name in kept), *(column.is_not(None).label(name) for name, column in flags.items()),
        NOTICE.c.sent.label("sent_at"), NOTICE.c.acknowledged.label("acknowledged_at"), STATE.label("state"),
    )  # fmt: skip
    chosen = (
        (STATE, [s.value for s in states]), (NOTICE.c.recipient, recipients), (NOTICE.c.reference, references),
        (NOTICE.c.notice, notices),
    )  # fmt: skip
    wanted = [column.in_(list(these)) for column, these in chosen if these]
    if where is not None:
        wanted.append(where)
    with told_plainly(), store.engine.connect() as connection:
        last = published_run(connection)
        held = spans(connection, last if run is None else run)
        found = connection.execute(query.where(NOTICE.c.run <= last, *wanted).order_by(NOTICE.c.id)).mappings()
        rows = [{**row, "holds": in_spans(row["run"], held)} for row in found]
    moments = ("sent_at", "acknowledged_at")
    plain = [{**row, **{name: _naive(row[name]) for name in moments}} for row in rows]
    return pl.DataFrame(plain, schema=OUTBOX, orient="row")


def overdue(store: Store, on: date) -> list[dict[str, Any]]:
    """Give the rows of notices whose acknowledgement was wanted before a day and has not come, the oldest first."""
    with told_plainly(), store.engine.connect() as connection:
        rows = connection.execute(select(NOTICE).where(unanswered(on)).order_by(NOTICE.c.due, NOTICE.c.id)).mappings()
        return [dict(row) for row in rows]


def unanswered(on: date) -> Any:
    """Say in SQL of notices whether their acknowledgement was wanted before a day and has not come."""
    return and_(NOTICE.c.due < on, State.SENT.value == STATE)


def in_utc(moment: datetime | None) -> datetime | None:
    """Give a moment with its zone, which SQLite does not keep."""
    return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment


def _naive(moment: datetime | None) -> datetime | None:
    return moment.astimezone(UTC).replace(tzinfo=None) if moment and moment.tzinfo else moment


# ---------------------------------------------------------------- delivery


def mark_sent(store: Store, notices: Sequence[dict[str, Any]], *, channel: str | None, now: datetime) -> None:
    """Note that notices, rows of the outbox, were sent, by which channel, and by when each is to be acknowledged."""
    with told_plainly(), writing(store.engine) as connection:
        for notice in notices:
            within = notice["acknowledge_within"]
            due = now.date() + timedelta(days=within) if within else None
            its = and_(NOTICE.c.notice == notice["notice"], NOTICE.c.sent.is_(None))
            values = {"sent": now, "due": due, "next_try": None, "dead": None, "reason": None}
            connection.execute(update(NOTICE).where(its).values(**values, channel=channel or notice["channel"]))
        emptied = _empty(connection, [notice["notice"] for notice in notices if notice["kind"] == ERASED])
    if emptied:
        cut_log(store.engine, ["notice"])


def _empty(connection: Connection, notices: list[str]) -> int:
    """Leave of notices that somebody was erased not even the reference by which the recipient knew whom; count them."""
    if not notices:
        return 0
    erasing(connection)
    done = and_(NOTICE.c.notice.in_(notices), or_(NOTICE.c.sent.is_not(None), NOTICE.c.withdrawn_by.is_not(None)))
    return connection.execute(update(NOTICE).where(done).values(reference=None, party=None)).rowcount


def mark_tried(store: Store, notice: str, why: str, *, next_try: datetime | None, now: datetime) -> None:
    """Note that sending a notice failed, and when it is tried again; never, without `next_try`: it is a dead letter."""
    its = and_(NOTICE.c.notice == notice, NOTICE.c.sent.is_(None))
    dead = None if next_try else now
    with told_plainly(), writing(store.engine) as connection:
        values = {"tries": NOTICE.c.tries + 1, "next_try": next_try, "dead": dead, "reason": why}
        connection.execute(update(NOTICE).where(its).values(**values))


def last_sent(store: Store, recipient: str, channel: str) -> datetime | None:
    """Say when a recipient was last sent anything by a channel."""
    its = and_(NOTICE.c.recipient == recipient, NOTICE.c.channel == channel)
    with told_plainly(), store.engine.connect() as connection:
        return in_utc(connection.scalar(select(func.max(NOTICE.c.sent)).where(its)))


def retry(store: Store, notices: Collection[str] = ()) -> int:
    """Let notices go with the next delivery, as if none had failed; all that wait unless named, but not dead letters.

    Gives how many.
    """
    named = NOTICE.c.notice.in_(list(notices)) if notices else NOTICE.c.dead.is_(None)
    unsent = and_(named, NOTICE.c.sent.is_(None), NOTICE.c.withdrawn_by.is_(None))
    with told_plainly(), writing(store.engine) as connection:
        values = {"next_try": None, "dead": None} | ({"tries": 0} if notices else {})
        return connection.execute(update(NOTICE).where(unsent).values(**values)).rowcount


def drop(store: Store, notice: str) -> bool:
    """Withdraw a notice that was not sent; say whether there is such a one."""
    its = and_(NOTICE.c.notice == notice, NOTICE.c.sent.is_(None), NOTICE.c.withdrawn_by.is_(None))
    with told_plainly(), writing(store.engine) as connection:
        gone = connection.execute(update(NOTICE).where(its).values(withdrawn_by=published_run(connection)))
        erased = and_(NOTICE.c.notice == notice, NOTICE.c.kind == ERASED)
        emptied = _empty(connection, list(connection.scalars(select(NOTICE.c.notice).where(erased))))
    if emptied:
        cut_log(store.engine, ["notice"])
    return gone.rowcount > 0


# ---------------------------------------------------------------- answers


def acknowledge(store: Store, notice: str) -> bool:
    """Note that a recipient has acknowledged a notice; say whether there is such a one that was sent."""
    return answered(store, notice, State.ACKNOWLEDGED)


def answered(
    store: Store, notice: str, state: State, *, reason: str | None = None, recipient: str | None = None
) -> bool:
    """Note what a recipient said of a notice that was sent to it; say whether there is such a one.

    The last word counts: what was rejected may be acted on after all. Said twice is said once, and what was acted on
    is not merely acknowledged again.
    """
    if state not in ANSWERS:
        raise ValueError(f"a recipient says {', '.join(ANSWERS)}, and not {state}")
    sent = and_(NOTICE.c.notice == notice, NOTICE.c.sent.is_not(None))
    if recipient is not None:
        sent = and_(sent, NOTICE.c.recipient == recipient)
    now = datetime.now(UTC)
    with told_plainly(), writing(store.engine) as connection:
        row = connection.execute(select(NOTICE.c.acknowledged, NOTICE.c[state.value]).where(sent)).first()
        if row is None:
            return False
        values: dict[str, Any] = {"acknowledged": row[0] or now, state.value: row[1] or now}
        if state is State.REJECTED:
            values |= {"actioned": None, "reason": reason}
        elif state is State.ACTIONED:
            values |= {"rejected": None, "reason": reason}
        connection.execute(update(NOTICE).where(sent).values(**values))
    return True


def escalated(store: Store, notices: Collection[str], *, now: datetime) -> None:
    """Note that somebody was told that the acknowledgement of notices is overdue."""
    with told_plainly(), writing(store.engine) as connection:
        connection.execute(update(NOTICE).where(NOTICE.c.notice.in_(list(notices))).values(escalated=now))


def reasons_of(store: Store, notices: Collection[str]) -> dict[str, str]:
    """Say why notices were rejected, as their recipient put it, and what went wrong with those that did not arrive."""
    with told_plainly(), store.engine.connect() as connection:
        named = connection.execute(select(NOTICE.c.notice, NOTICE.c.reason).where(NOTICE.c.reason.is_not(None)))
        return {notice: reason for notice, reason in named if notice in set(notices)}
