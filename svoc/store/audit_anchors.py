"""Holds the audit trail to what others wrote down of it, and takes down that some of it is lost.

A chain of hashes shows what was changed inside it. That its end is gone, or that all of it is another, is shown by what
lies elsewhere: each night keeps, in the council's database, the event with which it saw the trail end. What is lost can
be owned up to, event by event, in the trail itself: it is told as lost ever after, and hides no other loss.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, select

from svoc.store import tables
from svoc.store.audit_chain import Head, appended, lost_in, read_body, sealed
from svoc.store.audit_tables import AUDIT, EVENT
from svoc.store.opening import told_plainly, writing
from svoc.store.standing import of_table
from svoc.words.audit import Kind

__all__ = ["CUT_OFF", "Loss", "heads_of", "holds", "last_head", "losses", "missing", "own_up"]

RUN = of_table(tables.Run)

LOOKED_AT = 50
"""Of how many nights the last that wrote an end down is looked for: a going back writes none."""

CUT_OFF = (
    "the audit trail does not hold event {}, with which night {} saw it end: it was lost, cut off or replaced, or is "
    "older than the council's database. Put the right one back. If what is missing is lost for good, own up to it, "
    'which stays in the trail: svoc audit council.toml --lost --because "..." --by WHO'
)


@dataclass(frozen=True, slots=True)
class Loss:
    """An end of the trail that is lost: of which night, and in which event who owned up to it when."""

    run: int
    head: Head
    seq: int
    actor: str
    at: str

    def words(self) -> str:
        """Tell it in a line."""
        return (
            f"event {self.head.seq}, with which night {self.run} saw the trail end, is lost, as {self.actor} owned up "
            f"to on {self.at[:10]} (event {self.seq})"
        )


def heads_of(engine: Engine) -> dict[int, Head]:
    """Give the ends of the audit trail that the published nights of a council's database wrote down, by night."""
    with told_plainly(), engine.connect() as connection:
        rows = connection.execute(select(RUN.c.run, RUN.c.manifest).where(RUN.c.state == "published")).all()
    noted = {row.run: (row.manifest or {}).get("audit") for row in rows}
    return {run: Head(int(head["seq"]), str(head["hash"])) for run, head in sorted(noted.items()) if head}


def last_head(engine: Engine) -> tuple[int, Head] | None:
    """Give the last night that wrote down an end of the trail, and which; nothing where none did."""
    published = (
        select(RUN.c.run, RUN.c.manifest).where(RUN.c.state == "published").order_by(RUN.c.run.desc()).limit(LOOKED_AT)
    )
    with told_plainly(), engine.connect() as connection:
        for row in connection.execute(published):
            if head := (row.manifest or {}).get("audit"):
                return row.run, Head(int(head["seq"]), str(head["hash"]))
    return None


def holds(connection: Connection, head: Head) -> bool:
    """Say whether the trail holds an event as it was written down; of what was pruned under a seal it is taken so."""
    before = sealed(connection)
    if head.seq <= before.seq:
        return head.seq < before.seq or head.hash == before.hash
    return connection.scalar(select(EVENT.c.hash).where(EVENT.c.seq == head.seq)) == head.hash


def losses(connection: Connection) -> list[Loss]:
    """Give what was owned up to, in its order."""
    rows = connection.execute(select(EVENT).where(EVENT.c.kind == Kind.LOST.value).order_by(EVENT.c.seq))
    told = [(row, lost_in(row.body), read_body(row.body).get("run", 0)) for row in rows]
    return [Loss(int(run), head, row.seq, row.actor, row.at) for row, head, run in told if head]


def missing(connection: Connection, heads: Mapping[int, Head]) -> dict[int, Head]:
    """Give, of the ends that nights wrote down, those that the trail neither holds nor owns up to have lost."""
    known = {loss.head for loss in losses(connection)}
    return {run: head for run, head in heads.items() if head not in known and not holds(connection, head)}


def own_up(engine: Engine, lost: Iterable[tuple[int, Head]], *, actor: str, because: str) -> int:
    """Take down, in an event for each, that ends of the trail are lost for good; give how many."""
    count = 0
    with told_plainly(), writing(engine, AUDIT) as connection:
        for run, head in lost:
            said = {"counts": {"last": head.seq}, "about": {"head": head.hash}, "run": run, "because": because}
            appended(connection, {"kind": Kind.LOST.value, "actor": actor, **said})
            count += 1
    return count
