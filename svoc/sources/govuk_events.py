"""GOV.UK life events: security event tokens (RFC 8417) as JSON, one or a list, or one a line."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from svoc.errors import Fault, InputFaults
from svoc.sources.gro_xml import UPDATE_REASONS
from svoc.sources.partial_dates import PartialDate, read_partial
from svoc.sources.statements import Named, Refused, Statement, Where
from svoc.words.events import EventAction, Evidence, Precision

__all__ = ["read_govuk"]

PARTS = ("Title", "GivenName", "FamilyName")
REASONS = {words.replace(" ", "_"): action for words, action in UPDATE_REASONS.values()}
BEFORE_STREET = ("organisationName", "departmentName", "subBuildingName", "buildingName")
AFTER_STREET = ("doubleDependentAddressLocality", "dependentAddressLocality", "addressLocality")
"""The parts of an address in the order in which they are written; the number shares a line with its street."""


def read_govuk(path: Path) -> tuple[list[Statement], list[Fault]]:
    """Read every event of a file; give statements, and the faults of the events that cannot be used.

    Raises `InputFaults` where nothing in the file is JSON.
    """
    statements: list[Statement] = []
    faults: list[Fault] = []
    for line, token in _tokens(path):
        try:
            if isinstance(token, Refused):
                raise token
            statements.extend(_statements(token, line))
        except Refused as why:
            faults.append(why.at(path.name, line))
    if not statements and not faults:
        raise InputFaults([Fault(path.name, expected="life events, found none")])
    return statements, faults


def _tokens(path: Path) -> Iterator[tuple[int, Any]]:
    try:
        written = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise InputFaults([Fault(path.name, expected="JSON in UTF-8")]) from None
    try:
        whole = json.loads(written)
    except (ValueError, RecursionError):
        yield from _lines(path, written)
        return
    yield from ((1, token) for token in (whole if isinstance(whole, list) else [whole]))


def _lines(path: Path, written: str) -> Iterator[tuple[int, Any]]:
    lines = [(at, line) for at, line in enumerate(written.splitlines(), 1) if line.strip()]
    parsed = [(at, _parsed(line)) for at, line in lines]
    if all(isinstance(token, Refused) for _, token in parsed):
        raise InputFaults([Fault(path.name, parsed[0][0] if parsed else None, expected="JSON")])
    yield from parsed


def _parsed(line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return Refused("JSON, one event a line")


def _statements(token: Any, line: int) -> Iterator[Statement]:
    events = _object(_object(token).get("events"))
    if not events:
        raise Refused("an event within 'events'", column="events")
    for name, body in events.items():
        yield _statement(str(name).rpartition("/")[2], _object(body), _object(token), line)


def _statement(name: str, body: Mapping[str, Any], token: Mapping[str, Any], line: int) -> Statement:
    if name not in ("deathRegistered", "deathRegistrationUpdated"):
        raise Refused("deathRegistered or deathRegistrationUpdated", column="events")
    subject = _object(body.get("subject"))
    names = [_object(each) for each in _list(subject.get("name"))]
    current, *others = [_named(each) for each in names] or [Named()]
    former = [each.family for each in others if each.given == current.given and each.family != current.family]
    update, action = _reason(body) if name == "deathRegistrationUpdated" else (None, EventAction.ASSERTED)
    return Statement(
        sender="govuk",
        reference=_reference(body) or _text(token.get("jti")),
        line=line,
        action=action,
        update_reason=update,
        recorded_at=_recorded(body, token),
        evidence=Evidence.GRO_NOTIFICATION,
        name=current,
        previous_surnames=tuple(family for family in former if family),
        aliases=tuple(each.plain for each in others if each.plain),
        born=_first_date(_list(subject.get("birthDate")), "birthDate"),
        happened=_died(body),
        where=next(iter([_where(_object(each)) for each in _list(subject.get("address"))]), Where()),
    )


def _reference(body: Mapping[str, Any]) -> str | None:
    """Give the registration's number, out of its URN where it comes as one."""
    written = _text(body.get("deathRegistrationID")) or _text(body.get("deathRegistration"))
    return None if written is None else written.rpartition(":")[2]


def _reason(body: Mapping[str, Any]) -> tuple[str, EventAction]:
    written = body.get("deathRegistrationUpdateReason")
    code = _text(written.get("value") if isinstance(written, Mapping) else written)
    if code is not None and code in UPDATE_REASONS:
        return UPDATE_REASONS[code]
    word = (code or "").rpartition("/")[2].casefold().replace(" ", "_").replace("-", "_")
    if word not in REASONS:
        raise Refused(f"one of {', '.join(sorted(REASONS))}", column="deathRegistrationUpdateReason")
    return word.replace("_", " "), REASONS[word]


def _recorded(body: Mapping[str, Any], token: Mapping[str, Any]) -> datetime | None:
    written = next((body[key] for key in ("recordUpdateTime", "deathRegistrationTime") if body.get(key)), None)
    text = _text(written.get("value") if isinstance(written, Mapping) else written)
    seconds = token.get("toe", token.get("iat"))
    try:
        if text is not None:
            return datetime.fromisoformat(text).replace(tzinfo=None)
        return None if seconds is None else datetime.fromtimestamp(float(seconds), tz=UTC).replace(tzinfo=None)
    except (ValueError, TypeError, OverflowError, OSError):
        raise Refused("a time as 2026-11-02T09:30:00", column="recordUpdateTime") from None


def _named(name: Mapping[str, Any]) -> Named:
    parts = [(_text(_object(p).get("type")), _text(_object(p).get("value"))) for p in _list(name.get("nameParts"))]
    title, given, family = ([v for kind, v in parts if kind == wanted and v] for wanted in PARTS)
    return Named(" ".join(title) or None, tuple(given), " ".join(family) or None)


def _died(body: Mapping[str, Any]) -> PartialDate:
    found = _first_date(_list(body.get("deathDate")), "deathDate")
    words = _text(body.get("freeFormatDeathDate"))
    return PartialDate(found.year, found.month, found.day, found.qualifier or words)


def _first_date(dates: list[Any], column: str) -> PartialDate:
    if not dates:
        return PartialDate()
    first = dates[0] if isinstance(dates[0], Mapping) else {"value": dates[0]}
    found = read_partial(_text(first.get("value")))
    if found.precision is Precision.TEXT:
        raise Refused("a date as 2026-11-02, 2026-11 or 2026", column=column)
    return PartialDate(found.year, found.month, found.day, _text(first.get("description")))


def _where(address: Mapping[str, Any]) -> Where:
    streets = [s for s in (_text(address.get("dependentStreetName")), _text(address.get("streetName"))) if s]
    number = _text(address.get("buildingNumber"))
    if number:
        streets[:1] = [" ".join([number, *streets[:1]])]
    before, after = ([_text(address.get(part)) for part in parts] for parts in (BEFORE_STREET, AFTER_STREET))
    lines = [line for line in (*before, *streets, *after) if line]
    return Where(tuple(lines), _text(address.get("postalCode")), _text(address.get("uprn")))


def _object(value: Any) -> Mapping[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise Refused("an object")
    return value


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, (dict, list)):
        return None
    return " ".join(str(value).split()) or None
