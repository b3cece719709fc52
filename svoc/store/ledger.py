"""The ledger of stewards' decisions: appended, superseded, taken back, brought from another council, never erased."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, and_, func, insert, or_, select, update

from svoc.errors import DecidedMeanwhile
from svoc.store import tables
from svoc.store.opening import told_plainly, writing
from svoc.store.standing import of_table, published_run, seen_by
from svoc.words.answers import ANSWERS, stands_beside
from svoc.words.decisions import SEEN, Verdict, as_seen, ends_of
from svoc.words.named import PARTS, named_as
from svoc.words.protection import same_actor, written_actor

__all__ = ["answered_cases", "append", "append_all", "bring", "last_decision", "take_back"]

DECISION, MENTION = of_table(tables.Decision), of_table(tables.MentionRow)


def append(
    engine: Engine,
    verdict: str,
    left: str,
    right: str,
    *,
    steward: str,
    because: str,
    case: str | None = None,
    expires: date | None = None,
    seen: str | None = None,
    shown: str | None = None,
    people: int | None = None,
    after: int | None = None,
    claim: Mapping[str, Any] | None = None,
) -> int:
    """Append a decision about two mentions and give its number; an earlier one about the same two is superseded by it.

    The earlier one stays superseded when the later expires: who limits an answer in time wants to be asked again. With
    "unsure" goes what the two records say now, so that the question comes back when one of them says something else.
    `seen`, `shown`, `people`: of a life event, what the person saw and how many have to say so
    (`svoc.words.answers`); of those that take two the answers of two people stand side by side. With it goes whom the
    record names now, and the `claim` (a row of `LIFE_EVENTS`), so that it is never taken for an answer about another.
    `after`: the last decision that the steward knew of; raises `DecidedMeanwhile` where somebody else has answered the
    case since.
    """
    first, second = ends_of(verdict, left, right)
    with told_plainly(), writing(engine) as connection:
        if after is not None and case is not None:
            _refuse_answered(connection, case, after, steward, people)
        if verdict == Verdict.UNSURE.value:
            seen = _seen(connection, first, second)
        said = {"verdict": verdict, "left": first, "right": second, "steward": steward, "because": because}
        more = {"case": case, "expires": expires, "seen": seen, "shown": shown, "people": people}
        if verdict in ANSWERS:
            more["named"] = named_as(_record(connection, second), claim)
        return _written(connection, {**said, "at": datetime.now(UTC), **more})


def append_all(
    engine: Engine,
    said: Sequence[tuple[str, str, str]],
    *,
    steward: str,
    because: str,
    answers: Sequence[str | None] = (),
    expires: date | None = None,
    after: int | None = None,
) -> list[int]:
    """Append decisions (verdict, left, right) that are one act, all or none: with one moment, by which it is known.

    `answers`: the case that each answers. Raises `DecidedMeanwhile` as `append` does; an answer about a life event goes
    by that.
    """
    now, numbers = datetime.now(UTC), []
    with told_plainly(), writing(engine) as connection:
        for answered in sorted({each for each in answers if each}):
            if after is not None:
                _refuse_answered(connection, answered, after, steward, None)
        for case, (verdict, left, right) in zip(answers or [None] * len(said), said, strict=True):
            first, second = ends_of(verdict, left, right)
            seen = _seen(connection, first, second) if verdict == Verdict.UNSURE.value else None
            row = {"verdict": verdict, "left": first, "right": second, "steward": steward, "because": because}
            numbers.append(_written(connection, {**row, "at": now, "case": case, "expires": expires, "seen": seen}))
    return numbers


def bring(engine: Engine, decisions: Sequence[Mapping[str, Any]], *, by: str) -> list[int]:
    """Append decisions of another council, all or none: each with its own steward, reason, moment and `origin`."""
    now = datetime.now(UTC)
    numbers = []
    with told_plainly(), writing(engine) as connection:
        for said in decisions:
            unsure = said["verdict"] == Verdict.UNSURE.value
            seen = _seen(connection, said["left"], said["right"]) if unsure else None
            named = named_as(_record(connection, said["right"])) if said["verdict"] in ANSWERS else None
            here = {"seen": seen, "named": named, "brought_by": by, "brought_at": now}
            numbers.append(_written(connection, {**said, **here}))
    return numbers


def _written(connection: Connection, said: Mapping[str, Any]) -> int:
    """Write one decision and supersede what was said of the same two."""
    written = connection.execute(insert(tables.Decision).values(**said))
    number = int((written.inserted_primary_key or [0])[0])
    ends = (said["left"], said["right"])
    same = or_(*(and_(DECISION.c.left == one, DECISION.c.right == other) for one, other in (ends, ends[::-1])))
    earlier = and_(same, DECISION.c.superseded_by.is_(None), DECISION.c.decision != number)
    rows = connection.execute(select(DECISION).where(earlier)).mappings().all()
    later = {"people": None, "seen": None, "named": None, **said}
    gone = [row["decision"] for row in rows if not stands_beside(dict(row), later)]
    connection.execute(update(DECISION).where(DECISION.c.decision.in_(gone)).values(superseded_by=number))
    return number


def last_decision(engine: Engine) -> int:
    """Give the number of the last decision; 0 where there is none."""
    with told_plainly(), engine.connect() as connection:
        return int(connection.scalar(select(func.max(DECISION.c.decision))) or 0)


def _refuse_answered(connection: Connection, case: str, after: int, steward: str, people: int | None) -> None:
    """Refuse to answer a case that somebody else has answered since; where it takes two, a second answer is wanted."""
    since = and_(DECISION.c.case == case, DECISION.c.decision > after, DECISION.c.superseded_by.is_(None))
    rows = connection.execute(select(DECISION.c.steward, DECISION.c.people).where(since)).all()
    if any(not same_actor(who, steward) and max(people or 1, takes or 1) == 1 for who, takes in rows):
        raise DecidedMeanwhile


def _record(connection: Connection, mention: str) -> Mapping[str, Any] | None:
    """Give whom a record names in the published run (`PARTS`); nothing where it is not there."""
    its = and_(seen_by(tables.MentionRow, published_run(connection)), MENTION.c.mention == mention)
    row = connection.execute(select(*(MENTION.c[name] for name in PARTS)).where(its)).mappings().first()
    return dict(row) if row else None


def _seen(connection: Connection, left: str, right: str) -> str | None:
    """Say what the two records say in the published run; nothing where one of them is not there."""
    its = and_(seen_by(tables.MentionRow, published_run(connection)), MENTION.c.mention.in_([left, right]))
    rows = connection.execute(select(MENTION.c.mention, *(MENTION.c[name] for name in SEEN)).where(its)).mappings()
    said: dict[str, Mapping[str, Any]] = {row["mention"]: dict(row) for row in rows}
    return as_seen(said[left], said[right]) if said.keys() >= {left, right} else None


def take_back(engine: Engine, numbers: Sequence[int], *, steward: str, because: str) -> list[int]:
    """Take decisions back, all or none: they stay in the ledger, superseded by themselves, with who, when and why.

    What they had superseded holds again, so that a slip undone costs nobody's earlier answer. Gives the numbers of
    those that held: what is superseded, taken back or not there is left as it is.
    """
    how = {"undone_by": steward, "undone_because": because, "undone_at": datetime.now(UTC)}
    with told_plainly(), writing(engine) as connection:
        return sorted(n for n in sorted(numbers, reverse=True) if _undone(connection, n, how))


def _undone(connection: Connection, number: int, how: Mapping[str, Any]) -> bool:
    holds = and_(DECISION.c.decision == number, DECISION.c.superseded_by.is_(None))
    undone = connection.execute(update(DECISION).where(holds).values(superseded_by=number, **how)).rowcount
    if undone:
        before = and_(DECISION.c.superseded_by == number, DECISION.c.decision != number)
        connection.execute(update(DECISION).where(before).values(superseded_by=None))
    return bool(undone)


def answered_cases(engine: Engine, *, since: datetime | None = None, by: str | None = None) -> set[str]:
    """Name the cases that a decision answers which has not been superseded, of all decisions or those `since`.

    One that takes two people is answered for whoever has answered it (`by`), and for all once two have.
    """
    said = and_(DECISION.c.superseded_by.is_(None), DECISION.c.case.is_not(None))
    recent = said if since is None else and_(said, DECISION.c.at >= since)
    with told_plainly(), engine.connect() as connection:
        rows = connection.execute(select(DECISION.c.case, DECISION.c.people, DECISION.c.steward).where(said)).all()
        lately = set(connection.scalars(select(DECISION.c.case).where(recent)))
    whom: dict[str, set[str]] = {}
    for case, _, steward in rows:
        whom.setdefault(case, set()).add(written_actor(steward))
    alone = {case for case, people, _ in rows if (people or 1) > 1 and len(whom[case]) < 2}
    mine = written_actor(by or "")
    return (lately - alone) | {case for case in alone if mine in whom[case]}
