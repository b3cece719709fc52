"""What each of some files is: a gazetteer, Council Tax, the register, life events, another list, or none of these."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path

from svoc.beginning.found import GAZETTEER, LIFE_EVENTS, PEOPLE, Found, Line
from svoc.beginning.gazetteers import flat_view, published
from svoc.beginning.headings import heading_of, known_headings, meanings
from svoc.beginning.mapping import Certainty, columns_of
from svoc.beginning.people import kind_of, people_found
from svoc.beginning.registers import supplier_layout
from svoc.beginning.shapes import looks_like_values, shapes
from svoc.errors import SvocError
from svoc.sources.academy import TABLES
from svoc.sources.event_headings import EVENT_COLUMNS
from svoc.sources.property_lists import recognise_property_list
from svoc.sources.register_layouts import REGISTER_COLUMNS
from svoc.sources.tables import Table, read_table, recognised

__all__ = ["recognise"]

TOP = 4096
EVENT_NAMES: Mapping[str, str] = {
    "event_kind": "kind",
    "event_date": "date",
    "event_reference": "reference",
    "record": "reference",
    "name": "name",
    "title": "title",
    "forename": "forenames",
    "middle_names": "middle_names",
    "surname": "surname",
    "previous_surname": "previous_surname",
    "dob": "dob",
    "address": "address",
    "postcode": "postcode",
    "uprn": "uprn",
}
"""What a list of life events calls a meaning."""
NOBODY = "it names neither people nor properties"


def recognise(files: Sequence[Path], kinds: Mapping[str, str]) -> list[Found]:
    """Find out what files are, those of one making together; `kinds` says it of files by name where it is known."""
    academy = _academy(files)
    rest = [file for file in files if academy is None or file not in academy.files]
    each = [_one(file, kinds.get(file.name)) for file in rest]
    each.sort(key=_making)
    return ([academy] if academy else []) + [_together(list(group)) for _, group in groupby(each, key=_making)]


def _one(path: Path, kind: str | None) -> Found:
    if kind in (None, GAZETTEER) and (found := published(path)):
        return found
    if kind in (None, LIFE_EVENTS) and (found := _events_by_form(path)):
        return found
    if kind is None and (listed := recognise_property_list(path)):
        told = f"a list of properties, an export of {listed.supplier}: svoc place reads it, a night does not"
        return Found((path,), "", Certainty.SURE, told)
    try:
        table = _opened(path)
    except SvocError as fault:
        bare = supplier_layout(path, []) if kind in (None, "electoral_register") else None
        return _headless(path, bare.name, bare.words, bare.change) if bare else _none(path, str(fault))
    return _of_columns(table, path, kind)


def _of_columns(table: Table, path: Path, kind: str | None) -> Found:
    if looks_like_values(table.headings):
        bare = supplier_layout(path, []) if kind in (None, "electoral_register") else None
        told = "its first row does not look like headings: give it a row of headings"
        return _headless(path, bare.name, bare.words, bare.change) if bare else _none(path, told)
    looks = shapes(table.frame)
    if kind in (None, GAZETTEER) and (found := flat_view(table, looks)):
        return found
    if kind == LIFE_EVENTS or (kind is None and _tells_of_events(table)):
        return _events(table, path)
    who, certainty, why = (kind, Certainty.SURE, "you said so") if kind in PEOPLE else kind_of(table, path)
    if who == "electoral_register" and (layout := supplier_layout(path, table.headings)):
        mode = "update" if layout.change else "full"
        return Found(
            (path,), who, certainty, f"{why}; {layout.words}", layout.name, mode, headings=tuple(table.headings)
        )
    found = people_found(table, looks, who, certainty, why, (path,))
    named = any(line.name in ("surname", "name", "liable_parties", "forename") for line in found.lines)
    return found if named or kind else _none(path, NOBODY)


def _opened(path: Path) -> Table:
    others = (h for columns in (EVENT_COLUMNS, REGISTER_COLUMNS) for each in columns.values() for h in each)
    return read_table(path, known=[*known_headings(), *others])


def _none(path: Path, why: str) -> Found:
    return Found((path,), "", Certainty.SURE, why)


def _headless(path: Path, layout: str, words: str, change: str | None) -> Found:
    mode = "update" if change else "full"
    return Found((path,), "electoral_register", Certainty.LIKELY, f"{words}: its columns look so", layout, mode)


# --- life events


def _events_by_form(path: Path) -> Found | None:
    """Recognise what is told in XML or JSON, which no list of people is."""
    with path.open("rb") as file:
        top = file.read(TOP).lstrip(b"\xef\xbb\xbf \t\r\n")
    form = {b"<": "XML", b"{": "JSON", b"[": "JSON"}.get(top[:1])
    return Found((path,), LIFE_EVENTS, Certainty.LIKELY, f"{form}, as registrars send it") if form else None


def _tells_of_events(table: Table) -> bool:
    said = [(heading_of(h), m) for h in table.headings for m in meanings(heading_of(h)) if m.share == 1]
    told = {m.name for _, m in said} & {"event_kind", "event_date"}
    return bool(told) and not any(heading.kinds & {"council_tax", "electoral_register"} for heading, _ in said)


def _events(table: Table, path: Path) -> Found:
    """Map what the reader of life events would not recognise by itself."""
    unaided = recognised(table, EVENT_COLUMNS)
    mapped = columns_of(shapes(table.frame), LIFE_EVENTS, EVENT_NAMES)
    lines = []
    for meaning, columns in mapped.columns.items():
        name = EVENT_NAMES[meaning]
        known = name in unaided or f"{name}_1" in unaided or any(c.heading in unaided.values() for c in columns)
        if not known:
            lines.append(Line.of(name, columns, needed=name in ("surname", "name", "date")))
    return Found(
        (path,), LIFE_EVENTS, Certainty.SURE, "it tells what happened to people, and when", lines=tuple(lines),
        headings=tuple(table.headings),
    )  # fmt: skip


# --- several files


def _academy(files: Sequence[Path]) -> Found | None:
    """Recognise the tables of Academy among the files by their headings."""
    tables: dict[str, Path] = {}
    for path in files:
        try:
            table = read_table(path, known=[h for each in TABLES.values() for spelt in each.values() for h in spelt])
        except (SvocError, OSError):
            continue
        counts = {name: len(recognised(table, columns)) / len(columns) for name, columns in TABLES.items()}
        best = max(counts, key=lambda name: counts[name])
        if counts[best] >= 0.6 and best not in tables:
            tables[best] = path
    if not {"ctaccount", "ctoccupation", "ctproperty"} <= set(tables):
        return None
    named = {name: path.name for name, path in tables.items()}
    return Found(
        tuple(tables.values()), "council_tax", Certainty.SURE, "its tables are those of Academy", "academy",
        tables=named,
    )  # fmt: skip


def _making(found: Found) -> tuple[str, ...]:
    """Give what two extracts of one system have in common: all but the figures in their names."""
    first = found.files[0]
    plain = "".join("#" if letter.isdigit() else letter for letter in first.name)
    if not found.kind or found.kind == GAZETTEER:
        return (found.kind, str(first))
    return (found.kind, found.layout, str(first.parent), plain, *found.headings)


def _together(group: list[Found]) -> Found:
    """Take several extracts of one making as one, the last of them for what is said of it."""
    return replace(group[-1], files=tuple(path for found in group for path in found.files))
