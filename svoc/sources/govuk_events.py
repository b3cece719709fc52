"""GOV.UK life events: security event tokens (RFC 8417) as JSON or signed, one or a list, or one a line."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from svoc.errors import Fault, InputFaults
from svoc.sources.gro_xml import UPDATE_REASONS
from svoc.sources.partial_dates import PartialDate, read_partial
from svoc.sources.signed_events import Trust, looks_signed
from svoc.sources.statements import Named, Refused, Statement, Where
from svoc.sources.strict_json import list_of, object_of, text_of
from svoc.words.events import EventAction, Evidence, Precision

__all__ = ["read_govuk"]

PARTS = ("Title", "GivenName", "FamilyName")
REASONS = {words.replace(" ", "_"): action for words, action in UPDATE_REASONS.values()}
BEFORE_STREET = ("organisationName", "departmentName", "subBuildingName", "buildingName")
AFTER_STREET = ("doubleDependentAddressLocality", "dependentAddressLocality", "addressLocality")
"""The parts of an address in the order in which they are written; the number shares a line with its street."""


def read_govuk(
    path: Path, values: Sequence[tuple[int, Any]], *, trust: Trust, today: date
) -> tuple[list[Statement], list[Fault]]:
    """Read every event among a file's values; give statements, and the faults of the events that cannot be used.

    A text is a signed token, which `trust` opens. Raises `InputFaults` where there is none.
    """
    statements: list[Statement] = []
    faults: list[Fault] = []
    for line, token in values:
        try:
            statements.extend(_opened(token, line, trust, today))
        except Refused as why:
            faults.append(why.at(path.name, line))
    if not statements and not faults:
        raise InputFaults([Fault(path.name, expected="life events, found none")])
    return statements, faults


def _opened(token: Any, line: int, trust: Trust, today: date) -> list[Statement]:
    if isinstance(token, Refused):
        raise token
    if looks_signed(token):
        claims, seal = trust.opened(token, today=today)
        return [replace(said, token=seal) for said in _statements(claims, line)]
    trust.unsigned()
    return list(_statements(token, line))


def _statements(token: Any, line: int) -> Iterator[Statement]:
    events = object_of(object_of(token).get("events"))
    if not events:
        raise Refused("an event within 'events'", column="events")
    for name, body in events.items():
        yield _statement(str(name).rpartition("/")[2], object_of(body), object_of(token), line)


def _statement(name: str, body: Mapping[str, Any], token: Mapping[str, Any], line: int) -> Statement:
    if name not in ("deathRegistered", "deathRegistrationUpdated"):
        raise Refused("deathRegistered or deathRegistrationUpdated", column="events")
    subject = object_of(body.get("subject"))
    names = [object_of(each) for each in list_of(subject.get("name"))]
    current, *others = [_named(each) for each in names] or [Named()]
    former = [each.family for each in others if each.given == current.given and each.family != current.family]
    update, action = _reason(body) if name == "deathRegistrationUpdated" else (None, EventAction.ASSERTED)
    return Statement(
        sender="govuk",
        reference=_reference(body) or text_of(token.get("jti")),
        line=line,
        action=action,
        update_reason=update,
        recorded_at=_recorded(body, token),
        evidence=Evidence.GRO_NOTIFICATION,
        name=current,
        previous_surnames=tuple(family for family in former if family),
        aliases=tuple(each.plain for each in others if each.plain),
        born=_first_date(list_of(subject.get("birthDate")), "birthDate"),
        happened=_died(body),
        where=next(iter([_where(object_of(each)) for each in list_of(subject.get("address"))]), Where()),
    )


def _reference(body: Mapping[str, Any]) -> str | None:
    """Give the registration's number, out of its URN where it comes as one."""
    written = text_of(body.get("deathRegistrationID")) or text_of(body.get("deathRegistration"))
    return None if written is None else written.rpartition(":")[2]


def _reason(body: Mapping[str, Any]) -> tuple[str, EventAction]:
    written = body.get("deathRegistrationUpdateReason")
    code = text_of(written.get("value") if isinstance(written, Mapping) else written)
    if code is not None and code in UPDATE_REASONS:
        return UPDATE_REASONS[code]
    word = (code or "").rpartition("/")[2].casefold().replace(" ", "_").replace("-", "_")
    if word not in REASONS:
        raise Refused(f"one of {', '.join(sorted(REASONS))}", column="deathRegistrationUpdateReason")
    return word.replace("_", " "), REASONS[word]


def _recorded(body: Mapping[str, Any], token: Mapping[str, Any]) -> datetime | None:
    written = next((body[key] for key in ("recordUpdateTime", "deathRegistrationTime") if body.get(key)), None)
    text = text_of(written.get("value") if isinstance(written, Mapping) else written)
    seconds = token.get("toe", token.get("iat"))
    try:
        if text is not None:
            return datetime.fromisoformat(text).replace(tzinfo=None)
        return None if seconds is None else datetime.fromtimestamp(float(seconds), tz=UTC).replace(tzinfo=None)
    except (ValueError, TypeError, OverflowError, OSError):
        raise Refused("a time as 2026-11-02T09:30:00", column="recordUpdateTime") from None


def _named(name: Mapping[str, Any]) -> Named:
    parts = [
        (text_of(object_of(p).get("type")), text_of(object_of(p).get("value"))) for p in list_of(name.get("nameParts"))
    ]
    title, given, family = ([v for kind, v in parts if kind == wanted and v] for wanted in PARTS)
    return Named(" ".join(title) or None, tuple(given), " ".join(family) or None)


def _died(body: Mapping[str, Any]) -> PartialDate:
    found = _first_date(list_of(body.get("deathDate")), "deathDate")
    words = text_of(body.get("freeFormatDeathDate"))
    return PartialDate(found.year, found.month, found.day, found.qualifier or words)


def _first_date(dates: list[Any], column: str) -> PartialDate:
    if not dates:
        return PartialDate()
    first = dates[0] if isinstance(dates[0], Mapping) else {"value": dates[0]}
    found = read_partial(text_of(first.get("value")))
    if found.precision is Precision.TEXT:
        raise Refused("a date as 2026-11-02, 2026-11 or 2026", column=column)
    return PartialDate(found.year, found.month, found.day, text_of(first.get("description")))


def _where(address: Mapping[str, Any]) -> Where:
    streets = [s for s in (text_of(address.get("dependentStreetName")), text_of(address.get("streetName"))) if s]
    number = text_of(address.get("buildingNumber"))
    if number:
        streets[:1] = [" ".join([number, *streets[:1]])]
    before, after = ([text_of(address.get(part)) for part in parts] for parts in (BEFORE_STREET, AFTER_STREET))
    lines = [line for line in (*before, *streets, *after) if line]
    return Where(tuple(lines), text_of(address.get("postalCode")), text_of(address.get("uprn")))
