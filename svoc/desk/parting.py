"""Taking a person apart as they were looked at: their records in groups, or some of them moved to somebody else."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from svoc.desk.desk import Desk
from svoc.desk.looking import seen_as
from svoc.desk.regrouping import Said, moved, refuse_others, split, that_are_records
from svoc.desk.sitting import ChangedMeanwhile, WithAnother, hold
from svoc.errors import SettingsError
from svoc.store.leases import release
from svoc.words.persons import Person

__all__ = ["Whole", "moving", "regroup_looked_at", "splitting", "whole"]


@dataclass(frozen=True, slots=True)
class Whole:
    """A person as they stand in a lane (`stands`): `records`: their rows of `PLACED`, as the purpose may see them.

    Life events are left out: they go with the record that they rest on. `token`: what was seen, as a hash.
    """

    stands: Person
    records: tuple[Mapping[str, Any], ...]
    token: str

    @property
    def person(self) -> str:
        """Give their identifier."""
        return self.stands.id

    @property
    def name(self) -> str:
        """Give their name, "" where the purpose may not see it or nobody knows it."""
        return self.stands.name or ""

    @property
    def mentions(self) -> tuple[str, ...]:
        """Give the keys of the records."""
        return tuple(record["mention"] for record in self.records)


def whole(desk: Desk, person: str) -> Whole:
    """Open a person and all that is theirs, noted; `SettingsError` where the purpose knows nobody of that name."""
    stands = desk.reader().person(person)
    keys = that_are_records(mentions_of(desk, person))
    records = tuple(desk.records(keys).sort("mention").iter_rows(named=True))
    return Whole(stands, records, seen_as(desk, keys, person))


def mentions_of(desk: Desk, person: str) -> list[str]:
    """Name the records of a person, as the last night has it."""
    members = desk.standing().state.members
    return sorted(mention for mention, whose in members.select("mention", "person").iter_rows() if whose == person)


def splitting(parted: Whole, groups: Sequence[Collection[str]]) -> list[Said]:
    """Say of all records of a person in groups who is who; `SettingsError` where some are not theirs or left out."""
    refuse_others(groups, parted.mentions)
    if len(groups) < 2:
        raise SettingsError("all records are in one group: nobody would be taken apart")
    return split(groups)


def moving(desk: Desk, parted: Whole, mentions: Collection[str], into: str) -> list[Said]:
    """Say that some of a person's records are those of another person (`into`, an identifier that stands)."""
    if into == parted.person:
        raise SettingsError("the records are this person's already")
    if set(mentions) - set(parted.mentions):
        raise SettingsError("one of the records is no record of this person")
    desk.reader().person(into)
    theirs = that_are_records(mentions_of(desk, into))
    return moved(mentions, out_of=set(parted.mentions) - set(mentions), into=theirs)


def regroup_looked_at(desk: Desk, parted: Whole, said: Sequence[Said], *, token: str, because: str) -> list[int]:
    """Decide of a person's records in one act, if they are as they were when the `token` was given.

    Raises `WithAnother` where somebody else decides about the person at this moment, `ChangedMeanwhile` where their
    records or what is decided about them have changed.
    """
    engine = desk.council.store.engine
    lease = hold(desk, parted.person, patient=True)
    if not lease.is_of(desk.steward):
        raise WithAnother(lease)
    try:
        if seen_as(desk, parted.mentions, parted.person) != token:
            raise ChangedMeanwhile
        return desk.decide_all(said, because=because)
    finally:
        release(engine, parted.person, steward=desk.steward)
