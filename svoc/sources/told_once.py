"""svoc's own file of life events, as JSON: every kind of event, who told of it, and who may be told.

It holds what the government's Tell Us Once service asks for, as far as a council has a use for it. The file that the
government sends to councils is not public, and this is not that file: it is what an adapter, a web form or a
registrar's system can write. `svoc/defaults/told_once.schema.json` is its JSON Schema (draft 2020-12), and says of
every key what it means.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from svoc.errors import Fault, InputFaults, nearest
from svoc.sources.partial_dates import PartialDate, read_partial
from svoc.sources.statements import Contact, Named, Refused, Statement, Where
from svoc.sources.strict_json import list_of, number_of, object_of, text_of
from svoc.words.events import EventAction, EventKind, Evidence, Precision
from svoc.words.informants import InformantRole
from svoc.words.services import service_of

__all__ = ["FORMAT", "REGISTERED_BY", "is_told_once", "read_told_once"]

FORMAT = "svoc-life-events"
"""What the key `format` says, by which a file of this kind is known."""

VERSION = 1

REGISTERED_BY: Mapping[str, tuple[Evidence, int]] = MappingProxyType(
    {
        **dict.fromkeys(("register", "attestation", "manual-entry"), (Evidence.REGISTRAR_NOTIFICATION, 3)),
        **dict.fromkeys(("interim-certificate", "fact-of-death"), (Evidence.CORONER, 0)),
        **dict.fromkeys(("consulate", "armed-forces", "civil-aviation", "shipping"), (Evidence.DEATH_CERTIFICATE, 3)),
        "outside": (Evidence.UNSTATED, 0),
    }
)
"""What each source of a registration is as evidence, and the level (0 to 3) to which it verifies a death: by the UK
Government Data Standards Catalogue (see `svoc.words.events.EVIDENCE`) an interim certificate verifies none."""

Word = TypeVar("Word", EventKind, EventAction, Evidence, InformantRole)


def is_told_once(value: Any) -> bool:
    """Say whether a JSON value is a file of this kind."""
    return isinstance(value, Mapping) and value.get("format") == FORMAT


def read_told_once(path: Path, values: Sequence[tuple[int, Any]]) -> tuple[list[Statement], list[Fault], list[Fault]]:
    """Read every event; give statements, the faults of events that cannot be used, and warnings.

    Raises `InputFaults` where the file as a whole is none that this version knows.
    """
    (line, whole), *more = values
    try:
        _known("file", whole)
        if more or number_of(whole.get("version"), "version") != VERSION:
            raise Refused(f"one file of version {VERSION}", column="version")
        sender, events = (text_of(whole.get("sender")) or "tell-us-once").casefold(), list_of(whole.get("events"))
    except Refused as why:
        raise InputFaults([why.at(path.name, line)]) from None
    statements: list[Statement] = []
    faults: list[Fault] = []
    for number, event in enumerate(events, 1):
        try:
            statements.append(_statement(event, sender, line))
        except Refused as why:
            faults.append(Fault(path.name, line, f"event {number}{f', {why.column}' if why.column else ''}",
                                why.expected, why.nearest))  # fmt: skip
    if not events:
        raise InputFaults([Fault(path.name, line, "events", "life events, found none")])
    warnings = [
        Fault(path.name, said.line, column, "a date as 2026-11-02, 2026-11 or 2026, kept as words")
        for said in statements
        for column, when in (("happened", said.happened), ("born", said.born))
        if when.precision is Precision.TEXT
    ]
    return statements, faults, warnings


def _statement(value: Any, sender: str, line: int) -> Statement:
    event = _known("event", value)
    about, new, registered = (_known(each, event.get(each)) for each in ("about", "new", "registration"))
    kind = _word(EventKind, event, "kind", None)
    evidence, level = _evidence(event, registered, sender)
    stated = number_of(event.get("verification"), "verification")
    services = event.get("services")
    return Statement(
        sender=sender,
        reference=text_of(event.get("reference")),
        line=line,
        kind=kind,
        action=_word(EventAction, event, "action", EventAction.ASSERTED),
        recorded_at=_moment(event.get("recorded_at") or registered.get("registered")),
        verification=level if stated is None else int(stated),
        evidence=evidence,
        person=text_of(about.get("person")),
        name=_named(about),
        previous_surnames=_texts(about.get("previous_surnames")),
        aliases=_texts(about.get("aliases")),
        born=_date(about.get("born"), "about.born"),
        happened=_date(event.get("happened"), "happened"),
        where=_where(about.get("address")),
        new_name=_named(new),
        new_dob=_date(new.get("born"), "new.born"),
        new_where=_where(new.get("address")),
        new_phone=text_of(new.get("phone")),
        new_email=text_of(new.get("email")),
        household=text_of(event.get("household")),
        consents=None if services is None else tuple(service_of(word) for word in _texts(services)),
        others=tuple(_named(_known("other", each)) for each in list_of(event.get("others"))),
        adults_left=_counted(event, "adults_left"),
        blue_badge=text_of(event.get("blue_badge")),
        contacts=tuple(_contact(each) for each in list_of(event.get("contacts"))),
    )


def _evidence(event: Mapping[str, Any], registered: Mapping[str, Any], sender: str) -> tuple[Evidence, int | None]:
    source = text_of(registered.get("source"))
    if source is not None and source not in REGISTERED_BY:
        raise _unknown("registration.source", source, REGISTERED_BY)
    by_source = REGISTERED_BY[source] if source else None
    usual = Evidence.TELL_US_ONCE if sender == "tell-us-once" else Evidence.UNSTATED
    stated = _word(Evidence, event, "evidence", by_source[0] if by_source else usual)
    return stated, by_source[1] if by_source and event.get("evidence") is None else None


def _contact(value: Any) -> Contact:
    said = _known("contact", value)
    return Contact(
        role=_word(InformantRole, said, "role", None),
        name=_named(said),
        where=_where(said.get("address")),
        organisation=text_of(said.get("organisation")),
        relationship=text_of(said.get("relationship")),
        phone=text_of(said.get("phone")),
        email=text_of(said.get("email")),
        deals_with_estate=_yes(said, "deals_with_estate"),
        may_be_contacted=_yes(said, "may_be_contacted"),
        language=text_of(said.get("language")),
    )


def _named(said: Mapping[str, Any]) -> Named:
    given = tuple((text_of(said.get("forenames")) or "").split())
    return Named(text_of(said.get("title")), given, text_of(said.get("surname")))


def _where(value: Any) -> Where:
    said = _known("address", value)
    return Where(_texts(said.get("lines")), text_of(said.get("postcode")), text_of(said.get("uprn")))


def _date(value: Any, column: str) -> PartialDate:
    try:
        return read_partial(text_of(value))
    except Refused as why:
        raise Refused(why.expected, column=column) from None


def _moment(value: Any) -> datetime | None:
    written = text_of(value)
    try:
        return datetime.fromisoformat(written).replace(tzinfo=None) if written else None
    except ValueError:
        raise Refused("a time as 2026-11-02T09:30:00", column="recorded_at") from None


def _counted(said: Mapping[str, Any], column: str) -> int | None:
    number = number_of(said.get(column), column)
    if number is not None and not (number == int(number) and 0 <= number <= MOST_ADULTS):
        raise Refused(f"a whole number from 0 to {MOST_ADULTS}", column=column)
    return None if number is None else int(number)


def _yes(said: Mapping[str, Any], column: str) -> bool | None:
    value = said.get(column)
    if value is not None and not isinstance(value, bool):
        raise value if isinstance(value, Refused) else Refused("true or false", column=column)
    return value


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(text for each in list_of(value) if (text := text_of(each)))


def _word(words: type[Word], said: Mapping[str, Any], column: str, otherwise: Word | None) -> Word:
    written = text_of(said.get(column))
    if written is None and otherwise is not None:
        return otherwise
    if written not in set(words):
        raise _unknown(column, written or "", words)
    return words(written)


def _known(what: str, value: Any) -> Mapping[str, Any]:
    """Give an object of which every key is known."""
    said, there = object_of(value), _keys()[what]
    for key in said:
        if key not in there:
            raise _unknown(what, key, there)
    return said


def _unknown(column: str, word: str, there: Any) -> Refused:
    """Name svoc's own words; nothing of a file is echoed, for it may be of people."""
    choices = sorted(str(each) for each in there)
    return Refused(f"one of {', '.join(choices)}", column=column, nearest=nearest(word, choices))


MOST_ADULTS = 1_000


@cache
def _keys() -> Mapping[str, frozenset[str]]:
    """Read which keys each object may have from the schema, so that neither can say what the other does not."""
    schema = json.loads(files("svoc.defaults").joinpath("told_once.schema.json").read_text(encoding="utf-8"))
    parts: Mapping[str, Mapping[str, Any]] = schema["$defs"]
    named = {name: frozenset(part["properties"]) for name, part in parts.items() if "properties" in part}
    return {**named, "file": frozenset(schema["properties"])}
