"""All that somebody looks at of one person: each fact with where it comes from, who is around them, what happened."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from svoc.reading import Reader
from svoc.reading.around import living_with, notices_of, protection_of
from svoc.survivorship.policy import GROUPS
from svoc.words.changes import ChangeKind
from svoc.words.persons import Person
from svoc.words.plan import Yesterday

__all__ = ["About", "Fact", "Happened", "about", "about_fact"]

OF_GROUP = {fact: group for group, facts in GROUPS.items() for fact in facts}


@dataclass(frozen=True, slots=True)
class Fact:
    """One golden fact: what it says, the record that it was taken from, by which rules, and since when that record.

    `source`, `record`: "" where the purpose may not know; `rules`: names of `svoc.survivorship.rules.RULES`, the first
    before the next.
    """

    field: str
    value: Any
    source: str = ""
    record: str = ""
    rules: tuple[str, ...] = ()
    since: date | None = None


@dataclass(frozen=True, slots=True)
class Happened:
    """What one night changed of a person: `came`, `went`: the keys of records, where it was those."""

    day: date | None
    kind: str
    field: str = ""
    before: str = ""
    after: str = ""
    cause: str = ""
    source: str = ""
    came: tuple[str, ...] = ()
    went: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class About:
    """A person as a purpose may see them.

    `person`, `facts`: as they stand, or as the nights had it on `day`; `records`: rows of
    `svoc.reading.masking.RECORDS_GIVEN`; `household`: who lives with them; `notices`: rows of `HOW_FAR`; `happened`:
    the latest first; `forgotten`: from when on that is kept, where some is not; `protection`: what they are protected
    by, to who may know. Records, household, notices and protection are of today alone.
    """

    person: Person
    facts: tuple[Fact, ...]
    records: tuple[Mapping[str, Any], ...]
    household: tuple[Person, ...]
    notices: tuple[Mapping[str, Any], ...]
    happened: tuple[Happened, ...]
    protection: tuple[str, ...]
    forgotten: str = ""
    day: date | None = None


def about(
    reader: Reader, person: str, *, day: date | None = None, yesterday: Yesterday | None = None, notices: bool = True
) -> About:
    """Open a person, each read noted; `day`: as the nights had it then; `yesterday`: what stands, if it was read;
    `notices`: whether these are read too.

    Raises `SettingsError` where the purpose knows no such person, and says whom the identifier leads to today.
    """
    if day is not None:
        then = reader.as_of(person, day)
        return About(then, _facts(then), (), (), (), _happened(reader, person), (), reader.forgotten(person) or "", day)
    stands = reader.person(person)
    return About(
        person=stands,
        facts=_facts(stands),
        records=tuple(reader.records(person).iter_rows(named=True)),
        household=tuple(living_with(reader, person, yesterday=yesterday)),
        notices=tuple(notices_of(reader, person).iter_rows(named=True)) if notices else (),
        happened=_happened(reader, person),
        protection=protection_of(reader, person),
        forgotten=reader.forgotten(person) or "",
    )


def about_fact(person: Person, field: str) -> Fact | None:
    """Give one fact of a person; nothing where it is not known."""
    return next((fact for fact in _facts(person) if fact.field == field), None)


def _facts(person: Person) -> tuple[Fact, ...]:
    told = []
    for field, group in OF_GROUP.items():
        value = getattr(person, field)
        if value is None:
            continue
        why = person.provenance.get(group, {})
        source, _, record = (why.get("mention") or "").partition("/")
        since = date.fromisoformat(why["since"]) if why.get("since") else None
        rules = tuple(rule for rule in (why.get("rule") or "").split(", ") if rule)
        told.append(Fact(field, value, why.get("source") or source, record.rpartition("/")[0], rules, since))
    return tuple(told)


def _happened(reader: Reader, person: str) -> tuple[Happened, ...]:
    told = []
    for row in reader.history(person).reverse().iter_rows(named=True):
        before, after = row["before"] or "", row["after"] or ""
        came, went = (), ()
        if row["kind"] == ChangeKind.MEMBERS.value:
            then, now = set(json.loads(before or "[]")), set(json.loads(after or "[]"))
            came, went, before, after = tuple(sorted(now - then)), tuple(sorted(then - now)), "", ""
        elif row["kind"] in {ChangeKind.NEW.value, ChangeKind.SPLIT.value}:
            after = ""  # the facts that a person began with, which the day before what changed of them tells
        told.append(
            Happened(
                row["as_of"], row["kind"], row["field"] or "", before, after, row["cause"], row["source"] or "",
                came, went,
            )
        )  # fmt: skip
    return tuple(told)
