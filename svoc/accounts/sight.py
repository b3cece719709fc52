"""What an account of a person is made of: their records, what these hold or held, and what everybody else is called."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl
from sqlalchemy import select

from svoc.accounts.others import Others
from svoc.accounts.subject import Subject
from svoc.council import Council
from svoc.store import tables
from svoc.store.opening import told_plainly
from svoc.store.standing import of_table
from svoc.words.persons import FACTS
from svoc.words.plan import LaneState, Yesterday

__all__ = ["Sight", "identifiers_of", "persons_of", "plainly", "sight_of"]

MENTION = of_table(tables.MentionRow)


@dataclass(frozen=True, slots=True)
class Sight:
    """What an account is made of.

    `rows`: frame of `PLACED`, the person's records; `labels`: what each is called; `values`: fact -> all values that
    these records hold or held.
    """

    council: Council
    subject: Subject
    yesterday: Yesterday
    rows: pl.DataFrame
    labels: Mapping[str, str]
    values: Mapping[str, frozenset[str]]
    others: Others

    def own(self, fact: str, value: Any) -> Any:
        """Give a value where a record of the person's says so, or said so."""
        return value if value is not None and str(value) in self.values.get(fact, ()) else None

    def of_mine(self, mentions: Iterable[str]) -> list[str] | None:
        """Give what records are called, nothing where any is somebody else's."""
        named = [self.labels.get(mention) for mention in mentions]
        return None if None in named else [label for label in named if label]


def sight_of(council: Council, subject: Subject) -> Sight:
    """Look at a person's records, those too that stand no more."""
    rows, yesterday = subject.rows(council), council.store.yesterday()
    with told_plainly(), council.store.engine.connect() as connection:
        columns = [MENTION.c[fact] for fact in FACTS]
        ever = connection.execute(select(*columns).where(MENTION.c.mention.in_(subject.mentions))).mappings().all()
    values = {fact: frozenset(str(row[fact]) for row in ever if row[fact] is not None) for fact in FACTS}
    labels = {mention: str(number) for number, mention in enumerate(rows["mention"], start=1)}
    return Sight(council, subject, yesterday, rows, labels, values, Others.of(yesterday.mentions, rows))


def persons_of(sight: Sight) -> list[tuple[str, dict[str, Any]]]:
    """Give the golden records of every lane behind which a record of the person's stands."""
    found = []
    for name, lane in sorted(sight.yesterday.lanes.items()):
        mine = lane.members.filter(pl.col("mention").is_in(sight.subject.mentions))
        persons = lane.persons.join(mine, on="person", how="semi")
        found += [(name, row) for row in persons.iter_rows(named=True)]
    return found


def identifiers_of(sight: Sight) -> list[tuple[str, str]]:
    """Give each identifier that is the person's today or leads to one, with its lane."""
    found = {(sight.subject.lane, sight.subject.person), *((lane, row["person"]) for lane, row in persons_of(sight))}
    for lane, person in list(found):
        state: LaneState = sight.yesterday.lane(lane)
        found |= {(lane, old) for old in state.forwards.filter(pl.col("current") == person)["retired"]}
    return sorted(found)


def plainly(value: Any) -> Any:
    """Give a value as JSON can hold it."""
    return value.isoformat() if hasattr(value, "isoformat") else value
