"""Names what was handed out in files while a person was there: exports and lists, which no notice puts right.

The audit trail knows who took which facts of a lane, when, and of which night; nobody but the officer can say to whom
they went from there, and tell those (UK GDPR, Article 19).
"""

from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import and_, select

from svoc.council import Council
from svoc.store import tables
from svoc.store.audit_asking import Noted
from svoc.store.opening import told_plainly
from svoc.store.standing import of_table
from svoc.words.audit import Kind

__all__ = ["handed_out", "handed_out_wrong"]

PERSON = of_table(tables.PersonRow)
LATER = 2**31
WRITTEN = frozenset({"custodian", "migration"})
"""The lists that are written to files."""


def handed_out(council: Council, person: str, *, facts: Collection[str] = ()) -> list[str]:
    """Give the exports and lists that may name a person, each in a line; `facts`: those that held one of these."""
    return [_words(event) for event in _events(council, person) if not facts or set(facts) & set(event.fields)]


def handed_out_wrong(council: Council, person: str, lane: str, said: Mapping[str, str]) -> list[str]:
    """Give the exports and lists of nights in which a fact of a person was another than what is right (`said`)."""
    with told_plainly(), council.store.engine.connect() as connection:
        its = and_(PERSON.c.lane == lane, PERSON.c.person == person)
        rows = connection.execute(select(PERSON).where(its)).mappings().all()
    wrong = {
        fact: [(row["from_run"], row["to_run"] or LATER) for row in rows
               if row[fact] is not None and str(row[fact]).casefold() != value.casefold()]
        for fact, value in said.items()
    }  # fmt: skip
    return [_words(e) for e in _events(council, person) if any(_held(e, wrong[f]) for f in wrong.keys() & {*e.fields})]


def _held(event: Noted, spans: Iterable[tuple[int, int]]) -> bool:
    return event.run is not None and any(low <= event.run < high for low, high in spans)


def _events(council: Council, person: str) -> list[Noted]:
    """Give what was written to files: a list that was only shown names no kind of list."""
    events = council.audit.of_person(person)
    return [e for e in events if e.kind == Kind.EXPORT or (e.kind == Kind.LIST and e.about.get("list") in WRITTEN)]


def _words(event: Noted) -> str:
    about = event.about.get("list") or event.about.get("format") or ""
    return f"{event.kind} {about} of {event.at[:10]}, by {event.actor}, for {event.purpose} (event {event.seq})"
