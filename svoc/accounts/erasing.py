"""Takes records out of the store for good: out of every run, change, case, link, notice, event, decision and reason.

What stays is what others are: a person who had held an erased record stands, in the runs in which it did, without what
that record said; an identifier that nobody is left behind is a tombstone in every run since it was given, so that no
run that is shown or gone back to holds the person again.
"""

import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl
from sqlalchemy import Connection, and_, delete, func, insert, or_, select, update

from svoc.sources.clean import content
from svoc.store import tables
from svoc.store.bulk import read_rows
from svoc.store.frames import decoded
from svoc.store.standing import MENTION, of_table
from svoc.survivorship.policy import GROUPS
from svoc.words.changes import Cause, ChangeKind
from svoc.words.mentions import EVENTS_SOURCE, PLACED
from svoc.words.persons import FACTS
from svoc.words.records import conform

__all__ = ["Erased", "erase_rows"]

(
    ACT, APPROVAL, CASE, CHANGE, DECISION, DOUBT, EVENT, FORGOTTEN, FORWARD, FOUNDED, HOUSEHOLD, HOUSEHOLD_FORWARD,
    HOUSEHOLD_FOUNDED, LINK, MEMBER, MENTION_ROW, NOTICE, PERSON, PROTECTION, REFUSED, RUN,
) = map(
    of_table,
    (
        tables.ActRow, tables.Approval, tables.CaseRow, tables.ChangeRow, tables.Decision, tables.DoubtRow,
        tables.EventRow, tables.Forgotten, tables.ForwardRow, tables.FoundedRow, tables.HouseholdRow,
        tables.HouseholdForwardRow, tables.HouseholdFoundedRow, tables.LinkRow, tables.MemberRow, tables.MentionRow,
        tables.NoticeRow, tables.PersonRow, tables.ProtectionRow, tables.RefusedPlan, tables.Run,
    ),
)  # fmt: skip

ERASED = "[erased]"
"""Stands in a text that people wrote where a word of the erased person stood."""

LATER = 2**31 - 1
PORTION = 500


@dataclass(slots=True)
class Erased:
    """What was taken out: rows by table, the persons of whom nothing is left, and the notices that were of them.

    `recipients`: the systems that had been told, and of how many changes; `words`: what the person's records said by
    which they may still be found in files; `files`: how many such were removed.
    """

    rows: dict[str, int] = field(default_factory=dict)
    persons: set[str] = field(default_factory=set)
    notices: set[str] = field(default_factory=set)
    recipients: dict[str, int] = field(default_factory=dict)
    words: set[str] = field(default_factory=set)
    files: int = 0

    def took(self, table: str, count: int) -> None:
        """Count rows."""
        self.rows[table] = self.rows.get(table, 0) + count


def erase_rows(connection: Connection, mentions: Collection[str], *, by_right: bool = True) -> Erased:
    """Take mentions, and all that was ever said of them, out of every table; the caller's transaction holds it whole.

    They stand in the published run no more. Unless it is done `by_right` of the person, but because it is long ago, the
    keys stay as those that are never given again, and what people wrote of the person stays. Nothing is said here of
    pages or files (`svoc.store.scrubbing`).
    """
    done, keys = Erased(), sorted(mentions)
    held = _held(connection, keys)
    rows = _mentions(connection, keys)
    done.words = _words(rows, keys)
    _notices(connection, held, rows, done)
    _persons(connection, held, keys, done)
    _changes(connection, held, set(keys), done, by_right=by_right)
    _records(connection, rows, keys, done)
    _identifiers(connection, held, done)
    _beside(connection, keys, done)
    if by_right:
        _texts(connection, done)
    elif keys:
        connection.execute(insert(FORGOTTEN), [{"mention": key} for key in keys])
    return done


@dataclass(frozen=True, slots=True)
class Holding:
    """A person of a lane who held erased mentions, and in which runs: `from_run`, and `to_run` after the last."""

    lane: str
    person: str
    spans: tuple[tuple[int, int], ...]

    def at(self, run: int) -> int:
        """Count the erased mentions that were the person's in a run."""
        return sum(low <= run < high for low, high in self.spans)

    def within(self, run: int) -> bool:
        """Say whether any was in a run, or in the one before it."""
        return any(low <= run <= high for low, high in self.spans)


def _held(connection: Connection, keys: list[str]) -> dict[tuple[str, str], Holding]:
    spans: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for some in _portions(keys):
        for row in connection.execute(select(MEMBER).where(MEMBER.c.mention.in_(some))).mappings():
            spans.setdefault((row["lane"], row["person"]), []).append((row["from_run"], row["to_run"] or LATER))
    return {key: Holding(*key, tuple(found)) for key, found in spans.items()}


def _mentions(connection: Connection, keys: list[str]) -> list[dict[str, Any]]:
    return [
        dict(row)
        for some in _portions(keys)
        for row in connection.execute(select(MENTION_ROW).where(MENTION_ROW.c.mention.in_(some))).mappings()
    ]


def _words(rows: Iterable[Mapping[str, Any]], keys: Iterable[str]) -> set[str]:
    """Give the keys of the records, and names in full, phones and mail addresses: what a text may name a person by."""
    found = set(keys)
    for row in rows:
        names = [n for n in (row["forename"], row["surname"]) if n]
        found |= {" ".join(names)} if len(names) > 1 else set()
        found |= {row[name] for name in ("phone", "email", "record", "name") if row[name] and len(row[name]) > 3}
    return found


# ---------------------------------------------------------------- persons and changes


def _persons(
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


def _changes(
    connection: Connection,
    held: Mapping[tuple[str, str], Holding],
    keys: set[str],
    done: Erased,
    *,
    by_right: bool,
) -> None:
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


# ---------------------------------------------------------------- records


def _records(connection: Connection, rows: list[dict[str, Any]], keys: list[str], done: Erased) -> None:
    """Take the records out, and what the records of those named beside them say of them."""
    for some in _portions(keys):
        for table, column in (
            (MENTION_ROW, "mention"),
            (MEMBER, "mention"),
            (FORGOTTEN, "mention"),
            (PROTECTION, "mention"),
        ):
            gone = connection.execute(delete(table).where(table.c[column].in_(some))).rowcount
            done.took(table.name, gone)
        for table, ends in ((LINK, ("left", "right")), (DECISION, ("left", "right")), (DOUBT, ("mention", "may_be"))):
            of = or_(*(table.c[end].in_(some) for end in ends))
            done.took(table.name, connection.execute(delete(table).where(of)).rowcount)
    shared = sorted({(row["source"], row["record"]) for row in rows if row["source"] != EVENTS_SOURCE})
    for source, record in shared:
        its = and_(MENTION_ROW.c.source == source, MENTION_ROW.c.record == record)
        done.took("mention", _rename(connection, its))
    told = {row["record"] for row in rows if row["source"] == EVENTS_SOURCE}
    for row in connection.execute(select(EVENT.c.id, EVENT.c.statement)).all():
        said = json.loads(row.statement)
        if f"{said.get('sender')}:{said.get('reference')}" in told:
            connection.execute(delete(EVENT).where(EVENT.c.id == row.id))
            done.took("event", 1)


def _rename(connection: Connection, its: Any) -> int:
    """Let parties that were named beside an erased one be named alone; give in how many rows."""
    rows = read_rows(connection, MENTION_ROW, ["id", *MENTION], its)
    parts = [pl.col(name) for name in ("title", "forename", "middle_names", "surname")]
    own = pl.concat_str(parts, separator=" ", ignore_nulls=True)
    said = content(conform(decoded(rows, PLACED)).with_columns(name=pl.when(own != "").then(own)))
    for number, name, mark in zip(rows["id"], said["name"], said["content"], strict=True):
        connection.execute(update(MENTION_ROW).where(MENTION_ROW.c.id == number).values(name=name, content=mark))
    return rows.height


def _notices(
    connection: Connection,
    held: Mapping[tuple[str, str], Holding],
    rows: Iterable[Mapping[str, Any]],
    done: Erased,
) -> None:
    """Take out every notice of a person while an erased record was theirs, and all that was said of it since."""
    told: dict[str, str] = {}
    for (lane, person), holding in held.items():
        its = and_(NOTICE.c.lane == lane, NOTICE.c.person == person)
        for row in connection.execute(select(NOTICE).where(its)).mappings():
            if holding.within(row["run"]):
                told[row["notice"]] = row["recipient"]
                if row["sent"]:
                    done.recipients[row["recipient"]] = done.recipients.get(row["recipient"], 0) + 1
    for some in _portions(sorted(told)):
        of = or_(NOTICE.c.notice.in_(some), NOTICE.c.retracts.in_(some))
        done.notices |= set(connection.scalars(select(NOTICE.c.notice).where(of)))
        done.took("notice", connection.execute(delete(NOTICE).where(of)).rowcount)


# ---------------------------------------------------------------- identifiers


def _identifiers(connection: Connection, held: Mapping[tuple[str, str], Holding], done: Erased) -> None:
    """Let identifiers that nobody is left behind be tombstones since they were given, those of households too."""
    for lane, person in held:
        if _count(connection, PERSON, PERSON.c.lane == lane, PERSON.c.person == person):
            continue
        done.persons.add(person)
        of = and_(HOUSEHOLD.c.lane == lane, HOUSEHOLD.c.person == person)
        homes = set(connection.scalars(select(HOUSEHOLD.c.household).where(of)))
        done.took("household", connection.execute(delete(HOUSEHOLD).where(of)).rowcount)
        _entomb(connection, FORWARD, FOUNDED, "person", lane, person)
        for home in sorted(homes):
            if not _count(connection, HOUSEHOLD, HOUSEHOLD.c.lane == lane, HOUSEHOLD.c.household == home):
                _entomb(connection, HOUSEHOLD_FORWARD, HOUSEHOLD_FOUNDED, "household", lane, home)


def _entomb(connection: Connection, forward: Any, founded: Any, column: str, lane: str, name: str) -> None:
    its = and_(founded.c.lane == lane, founded.c[column] == name)
    given = connection.scalar(select(func.min(founded.c.from_run)).where(its))
    if given is None:
        return
    connection.execute(delete(forward).where(forward.c.lane == lane, forward.c.retired == name))
    connection.execute(insert(forward).values(lane=lane, retired=name, current=None, from_run=given, to_run=None))
    leads = and_(forward.c.lane == lane, forward.c.current == name)
    connection.execute(update(forward).where(leads).values(current=None))


def _count(connection: Connection, table: Any, *where: Any) -> int:
    return int(connection.scalar(select(func.count()).select_from(table).where(*where)) or 0)


# ---------------------------------------------------------------- what is said beside


def _beside(connection: Connection, keys: list[str], done: Erased) -> None:
    """Take out cases that name an erased mention, and earlier acts about it."""
    gone = set(keys)
    for key in keys:
        like = CASE.c.mentions.contains(json.dumps(key), autoescape=True)
        found = connection.execute(select(CASE.c.id, CASE.c.mentions).where(like)).all()
        numbers = [row.id for row in found if gone & set(json.loads(row.mentions))]
        if numbers:
            done.took("open_case", connection.execute(delete(CASE).where(CASE.c.id.in_(numbers))).rowcount)
    for number, named in connection.execute(select(ACT.c.act, ACT.c.mentions)).all():
        left = [key for key in named if key not in gone]
        if left != named:
            bare = {"mentions": left, **({} if left else {"person": None, "lane": None})}
            connection.execute(update(ACT).where(ACT.c.act == number).values(**bare))


def _texts(connection: Connection, done: Erased) -> None:
    """Put a mark in the place of the person's names and references in what people wrote, and in what runs keep."""
    longest = sorted(done.words, key=len, reverse=True)
    words = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest))})(?!\w)", re.IGNORECASE)
    for table, key, names in (
        (DECISION, "decision", ("because", "undone_because")),
        (APPROVAL, "id", ("because", "reasons")),
        (PROTECTION, "id", ("because",)),
        (REFUSED, "id", ("reasons", "figures")),
        (RUN, "run", ("summary", "manifest")),
        (ACT, "act", ("because", "ended_because")),
    ):
        for row in connection.execute(select(table.c[key], *(table.c[n] for n in names))).mappings().all():
            said = {name: _masked(row[name], words) for name in names}
            if any(said[name] != row[name] for name in names):
                connection.execute(update(table).where(table.c[key] == row[key]).values(**said))
                done.took(table.name, 1)


def _masked(value: Any, words: re.Pattern[str]) -> Any:
    if isinstance(value, str):
        return words.sub(ERASED, value)
    if isinstance(value, Mapping):
        return {name: _masked(part, words) for name, part in value.items()}
    return [_masked(part, words) for part in value] if isinstance(value, list) else value


def _portions(keys: list[str]) -> Iterable[list[str]]:
    return (keys[at : at + PORTION] for at in range(0, len(keys), PORTION))
