"""The General Register Office's death extract (OGDDeathExtract, XML)."""

import xml.etree.ElementTree as ET  # types and the tree builder only: defusedxml parses
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from svoc.errors import Fault, InputFaults
from svoc.sources.partial_dates import PartialDate, read_partial
from svoc.sources.statements import Named, Refused, Statement, Where
from svoc.sources.tables import LONGEST_FIELD
from svoc.words.events import EventAction, Evidence, Precision

__all__ = ["UPDATE_REASONS", "read_gro"]

UPDATE_REASONS: Mapping[str, tuple[str, EventAction]] = MappingProxyType(
    {
        "1": ("formal correction", EventAction.CORRECTED),
        "2": ("quality assurance", EventAction.CORRECTED),
        "3": ("typographical", EventAction.CORRECTED),
        "4": ("cancelled", EventAction.RETRACTED),
        "5": ("cancellation removed", EventAction.ASSERTED),
    }
)
"""What each RecordUpdateReason means, and what it does with the claim."""

LINE = "{svoc}line"
DEEPEST = 30
"""Elements within each other; extracts have six."""
Value = TypeVar("Value")


class _TooMuch(Exception):
    """Says what of a document is more than any extract has, before it is held."""


class _Numbered(ET.TreeBuilder):
    """Notes on every element the line on which it begins, and stops at what no extract has."""

    parser: Any = None
    depth = 0
    letters = 0

    def start(self, tag: Any, attrs: dict[Any, Any], /) -> Any:
        self.depth, self.letters = self.depth + 1, 0
        if self.depth > DEEPEST:
            raise _TooMuch(f"at most {DEEPEST} elements within each other")
        element = super().start(tag.rpartition("}")[2], attrs)
        element.set(LINE, str(self.parser.CurrentLineNumber))
        return element

    def end(self, tag: Any, /) -> Any:
        self.depth, self.letters = self.depth - 1, 0
        return super().end(tag.rpartition("}")[2])

    def data(self, data: Any, /) -> Any:
        self.letters += len(data)
        if self.letters > LONGEST_FIELD:
            raise _TooMuch(f"at most {LONGEST_FIELD:,} letters in one element")
        return super().data(data)


def read_gro(path: Path) -> tuple[list[Statement], list[Fault]]:
    """Read every registration of an extract.

    Gives statements and the faults of those that cannot be used. Raises `InputFaults` where the file as a whole
    cannot: it is not XML, is cut short, declares a document type or entities (which no extract needs), is nested deeper
    or holds a longer text than any extract, or holds no registration.
    """
    root = _parsed(path)
    statements: list[Statement] = []
    faults: list[Fault] = []
    registrations = list(root.iter("DeathRegistration"))
    if root.tag not in ("DeathRegistrationGroup", "DeathRegistration"):
        raise InputFaults([Fault(path.name, _line(root), expected="DeathRegistrationGroup, found another document")])
    for registration in registrations:
        try:
            statements.append(_statement(registration))
        except Refused as why:
            faults.append(why.at(path.name, _line(registration)))
    counted = _text(root, "RecordCount")
    if counted is not None and counted != str(len(registrations)):
        expected = f"{counted} registrations, as it says itself, found {len(registrations)}"
        faults.append(Fault(path.name, column="RecordCount", expected=expected))
    return statements, faults


def _parsed(path: Path) -> ET.Element:
    builder = _Numbered()
    parser = DefusedXMLParser(target=builder, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    builder.parser = parser.parser
    try:
        parser.feed(path.read_bytes())
        root: ET.Element = parser.close()
    except _TooMuch as fault:
        raise InputFaults([Fault(path.name, parser.parser.CurrentLineNumber, expected=str(fault))]) from None
    except DefusedXmlException:
        raise InputFaults([Fault(path.name, expected="XML without document type and entities")]) from None
    except ET.ParseError as fault:
        raise InputFaults([Fault(path.name, fault.position[0], expected="whole, well-formed XML")]) from None
    except (ValueError, LookupError):
        raise InputFaults([Fault(path.name, expected="XML in an encoding that it names rightly")]) from None
    return root


def _statement(registration: ET.Element) -> Statement:
    reason, action = _reason(registration)
    reference = _text(registration, "RegistrationID")
    if reference is None:
        raise Refused("a registration number", column="RegistrationID")
    aliases = [_named(alias).plain for alias in registration.findall("DeceasedAliasName")]
    return Statement(
        sender="gro",
        reference=reference,
        line=_line(registration),
        action=action,
        update_reason=reason,
        recorded_at=_recorded(registration),
        verification=_level(registration.find("DeceasedDeathDate")),
        evidence=Evidence.GRO_NOTIFICATION,
        name=_named(registration.find("DeceasedName")),
        previous_surnames=_texts(registration, "DeceasedMaidenName"),
        aliases=tuple(alias for alias in aliases if alias),
        born=_date(registration, "DeceasedBirthDate/PersonBirthDate", "Birth"),
        happened=_date(registration, "DeceasedDeathDate/PersonDeathDate", "Death"),
        where=_where(registration.find("DeceasedAddress")),
    )


def _reason(registration: ET.Element) -> tuple[str | None, EventAction]:
    code = _text(registration, "RecordUpdateReason")
    if code is None:
        updated = registration.find("RecordUpdateDateTime") is not None
        return None, EventAction.CORRECTED if updated else EventAction.ASSERTED
    if code not in UPDATE_REASONS:
        raise Refused("an update reason from 1 to 5", column="RecordUpdateReason")
    return UPDATE_REASONS[code]


def _recorded(registration: ET.Element) -> datetime | None:
    written = _text(registration, "RecordUpdateDateTime") or _text(registration, "RecordLockedDateTime")
    if written is None:
        return None
    found = _tried(datetime.fromisoformat, written, "a time as 2026-11-02T09:30:00", "RecordUpdateDateTime")
    return found.replace(tzinfo=None)


def _level(dated: ET.Element | None) -> int | None:
    written = None if dated is None else _text(dated, "VerificationLevel")
    return None if written is None else _tried(int, written, "00, 01, 02 or 03", "VerificationLevel")


def _named(name: ET.Element | None) -> Named:
    if name is None:
        return Named()
    title, family, suffix = (_text(name, f"Person{part}") for part in ("NameTitle", "FamilyName", "NameSuffix"))
    return Named(title, _texts(name, "PersonGivenName"), family, suffix)


def _where(address: ET.Element | None) -> Where:
    if address is None:
        return Where()
    flat = _text(address, "Flat")
    unit = f"FLAT {flat}" if flat and flat[:1].isdigit() else flat
    lines = (unit, _text(address, "Building"), *_texts(address, "Line"))
    return Where(tuple(line for line in lines if line), _text(address, "Postcode"))


def _date(registration: ET.Element, path: str, event: str) -> PartialDate:
    """Read the whole date, else year and month of it, with what is added in words."""
    whole = _text(registration, path)
    if whole is not None:
        found = read_partial(whole)
        if found.precision in (None, Precision.TEXT):
            raise Refused("a date as 2026-11-02", column=path.rpartition("/")[2])
        return found
    year, month = (_text(registration, f"Partial{part}Of{event}") for part in ("Year", "Month"))
    added = [f"FreeFormat{event}Date", *(["QualifierText"] if event == "Death" else [])]
    qualifier = "; ".join(word for tag in added if (word := _text(registration, tag))) or None

    def made(_: str) -> PartialDate:
        known = int(year) if year else None
        return PartialDate(known, int(month) if month and known else None, qualifier=qualifier)

    return _tried(made, "", "a year, and a month from 1 to 12", f"PartialYearOf{event}")


def _tried(make: Callable[[str], Value], written: str, expected: str, column: str) -> Value:
    try:
        return make(written)
    except ValueError:
        raise Refused(expected, column=column) from None


def _texts(element: ET.Element, tag: str) -> tuple[str, ...]:
    tidy = (" ".join((found.text or "").split()) for found in element.findall(tag))
    return tuple(text for text in tidy if text)


def _text(element: ET.Element, tag: str) -> str | None:
    return next(iter(_texts(element, tag)), None)


def _line(element: ET.Element) -> int:
    return int(element.get(LINE, "0"))
