"""Life events as delimited files: a registrar's weekly list, or a service's own forms, by named columns."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, time
from pathlib import Path
from typing import Any, TypeVar

from svoc.errors import Fault, SettingsError, nearest
from svoc.sources.event_headings import ACTIONS, CONTACT, EVENT_COLUMNS, EVIDENCES, GROUPS, KINDS, TELL
from svoc.sources.partial_dates import PartialDate, read_partial
from svoc.sources.statements import Contact, Named, Refused, Statement, Where
from svoc.sources.tables import Table, fold_heading, pick, read_table, recognised
from svoc.words.events import EventAction, EventKind, Evidence, Precision
from svoc.words.services import SERVICES, service_of

__all__ = ["EVENT_COLUMNS", "read_columns"]

YES = ("yes", "y", "true", "1", "x", "on", "agreed")
Row = Mapping[str, str | None]
Chosen = TypeVar("Chosen")


def read_columns(
    path: Path, columns: Mapping[str, str | Sequence[str]]
) -> tuple[list[Statement], list[Fault], list[Fault]]:
    """Read a delimited file of events; give statements, faults of rows that cannot be used, and warnings.

    `columns` maps svoc's names (`EVENT_COLUMNS`; `address` and `new_address` take a list) to the file's. Raises
    `SettingsError` for a column that is not there or a name that svoc does not know, `InputFaults` for a broken file.
    """
    wanted = _wanted(columns)
    known = [*wanted.values(), *(heading for each in EVENT_COLUMNS.values() for heading in each)]
    table = read_table(path, known=known)
    mapping = {**_unaided(table, wanted), **wanted}
    if not {"surname", "name", "person"} & set(mapping):
        raise SettingsError(_nameless(table))
    rows = pick(table, mapping, setting="life_events.columns").rows(named=True)
    statements: list[Statement] = []
    faults: list[Fault] = []
    warnings: list[Fault] = []
    for row in rows:
        line = int(row.pop("line"))
        try:
            statements.append(_statement(row, line))
        except Refused as why:
            column = mapping.get(why.column or "", why.column)
            faults.append(Fault(path.name, line, column, why.expected, why.nearest))
        else:
            warnings.extend(_worded(path.name, mapping, statements[-1]))
    return statements, faults, warnings


def _wanted(columns: Mapping[str, str | Sequence[str]]) -> dict[str, str]:
    """Check svoc's side of the mapping, and number the columns of a list."""
    wanted: dict[str, str] = {}
    for name, headings in columns.items():
        first = GROUPS.get(name, name)
        if first not in EVENT_COLUMNS:
            hint = nearest(name, [*EVENT_COLUMNS, *GROUPS])
            told = f"; did you mean {hint}?" if hint else ""
            raise SettingsError(f"[life_events.columns] has no column {name}{told}")
        each = [headings] if isinstance(headings, str) else list(headings)
        wanted |= {f"{first[:-1]}{at}" if first != name else name: h for at, h in enumerate(each, 1)}
    return wanted


def _unaided(table: Table, wanted: Mapping[str, str]) -> dict[str, str]:
    """Recognise what is not mapped, never a column that a mapping has taken, nor one twice."""
    taken = {table.find(heading) for heading in wanted.values()}
    grouped = {name[:-1] for name in wanted if name[-1].isdigit()}
    found = recognised(table, {n: s for n, s in EVENT_COLUMNS.items() if n not in wanted and n[:-1] not in grouped})
    return {name: heading for name, heading in found.items() if heading not in taken}


def _nameless(table: Table) -> str:
    """Say that no column names anybody; of the file only headings that svoc knows, as others may be of people."""
    known = recognised(table, EVENT_COLUMNS).values()
    has = f"of the headings that svoc knows it has {', '.join(known)}" if known else "it has no heading that svoc knows"
    return (
        f"{table.path.name}: expected a column surname, name or person, found none of them "
        f"([life_events.columns] can map one); {has}"
    )


def _statement(row: Row, line: int) -> Statement:
    kind = _chosen(row, "kind", KINDS, EventKind.DEATH)
    return Statement(
        sender=(row.get("sender") or "registrar").casefold(),
        reference=row.get("reference"),
        line=line,
        kind=kind,
        action=_chosen(row, "action", ACTIONS, EventAction.ASSERTED),
        recorded_at=_recorded(row),
        verification=_level(row),
        evidence=_chosen(row, "evidence", EVIDENCES, _usual(kind, row)),
        person=row.get("person"),
        previous_surnames=tuple(filter(None, [row.get("previous_surname")])),
        aliases=tuple(_listed(row, "aliases") or ()),
        where=_where(row, ""),
        new_dob=read_partial(row.get("new_dob")),
        new_where=_where(row, "new_"),
        new_phone=row.get("new_phone"),
        new_email=row.get("new_email"),
        household=row.get("household"),
        consents=_consents(row),
        adults_left=_tried(int, row.get("adults_left"), "a number of adults", "adults_left"),
        blue_badge=row.get("blue_badge"),
        contacts=_contacts(row),
        **_who(row, kind),
    )


def _who(row: Row, kind: EventKind) -> dict[str, Any]:
    """Say whom a row is about, and when it happened: of a birth that lists the child, the parents."""
    parents = [_whole(written) for column in ("parent", "other_parent") if (written := row.get(column))]
    others = tuple(_whole(written) for written in _listed(row, "others") or ())
    parts = [row[part] for part in ("date_day", "date_month", "date_year") if row.get(part)]
    written = row.get("date") or "/".join(filter(None, parts))
    name, born, happened = _named(row, ""), read_partial(row.get("dob")), read_partial(written)
    if kind is not EventKind.BIRTH or not parents:
        return {"name": name, "born": born, "happened": happened, "new_name": _named(row, "new_"), "others": others}
    day = happened if written else born
    return {"name": parents[0], "happened": day, "new_name": name, "others": (*parents[1:], *others)}


def _consents(row: Row) -> tuple[str, ...] | None:
    """Give the services that may be told; none is not the same as nothing said."""
    named, ticked = _listed(row, "consents"), {each: row.get(TELL + each) for each in SERVICES}
    if named is None and not any(ticked.values()):
        return None
    said = [service for service, word in ticked.items() if word and fold_heading(word) in YES]
    return tuple(service_of(word) for word in [*(named or ()), *said] if service_of(word) != "none")


def _contacts(row: Row) -> tuple[Contact, ...]:
    """Give the living people whom a row names beside the one it is about."""
    found = []
    for role, prefix in CONTACT.items():
        name, organisation = _named(row, f"{prefix}_"), row.get(f"{prefix}_organisation")
        if not (name.plain or organisation):
            continue
        relationship, phone, email, language, estate, asked = (
            row.get(f"{prefix}_{part}")
            for part in ("relationship", "phone", "email", "language", "deals_with_estate", "may_be_contacted")
        )
        where = _where(row, f"{prefix}_")
        told = (role, name, where, organisation, relationship, phone, email, _yes(estate), _yes(asked), language)
        found.append(Contact(*told))
    return tuple(found)


def _yes(word: str | None) -> bool | None:
    return None if word is None else fold_heading(word) in YES


def _listed(row: Row, column: str) -> list[str] | None:
    written = row.get(column)
    return None if written is None else [part.strip() for part in written.split(";") if part.strip()]


def _usual(kind: EventKind, row: Row) -> Evidence:
    """Give what a row rests on that does not say: a list of deaths without a sender is the registrar's."""
    listed = kind in (EventKind.DEATH, EventKind.BIRTH) and not row.get("sender")
    return Evidence.REGISTRAR_NOTIFICATION if listed else Evidence.UNSTATED


def _chosen(row: Row, column: str, words: Mapping[str, Chosen], otherwise: Chosen) -> Chosen:
    written = row.get(column)
    if not written:
        return otherwise
    folded = fold_heading(written)
    if folded not in words:
        # no value of a file is echoed, only svoc's own words
        choices = sorted({str(word) for word in words.values()})
        raise Refused(f"one of {', '.join(choices)}", column=column, nearest=nearest(folded, choices))
    return words[folded]


def _recorded(row: Row) -> datetime | None:
    written = row.get("recorded_at")
    if not written:
        return None
    try:
        return datetime.fromisoformat(written).replace(tzinfo=None)
    except ValueError:
        day = read_partial(written).value
    if day is None:
        raise Refused("a date as 2026-11-02 or 02/11/2026", column="recorded_at")
    return datetime.combine(day, time())


def _level(row: Row) -> int | None:
    return _tried(int, row.get("verification"), "0, 1, 2 or 3", "verification")


def _tried(make: Callable[[str], Chosen], written: str | None, expected: str, column: str) -> Chosen | None:
    try:
        return make(written) if written else None
    except ValueError:
        raise Refused(expected, column=column) from None


def _named(row: Row, prefix: str) -> Named:
    """Read a name from its columns, else from one field: SURNAME, Forenames or Forenames SURNAME."""
    given = tuple(" ".join(filter(None, (row.get(prefix + "forenames"), row.get(prefix + "middle_names")))).split())
    family, title, whole = (row.get(prefix + part) for part in ("surname", "title", "name"))
    return Named(title, given, family) if family or given or not whole else _whole(whole, title)


def _whole(written: str, title: str | None = None) -> Named:
    if "," in written:
        family, _, rest = written.partition(",")
        return Named(title, tuple(rest.split()), family.strip())
    *first, last = written.split()
    return Named(title, tuple(first), last)


def _where(row: Row, prefix: str) -> Where:
    lines = tuple(line for at in range(1, 7) if (line := row.get(f"{prefix}address_{at}")))
    return Where(lines, row.get(prefix + "postcode"), row.get(prefix + "uprn"))


def _worded(file: str, mapping: Mapping[str, str], statement: Statement) -> list[Fault]:
    """Warn of dates that stay words: they are kept, but no rule can use them."""
    dates: dict[str, PartialDate] = {"date": statement.happened, "dob": statement.born, "new_dob": statement.new_dob}
    return [
        Fault(file, statement.line, mapping.get(name), "a date as 2026-11-02 or 02/11/2026, kept as words")
        for name, found in dates.items()
        if found.precision is Precision.TEXT
    ]
