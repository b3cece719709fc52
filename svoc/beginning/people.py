"""Lists of people: which kind a file is, and its columns under the names that its kind's reader knows."""

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from svoc.beginning.found import PEOPLE, Found, Line
from svoc.beginning.headings import heading_of, meanings
from svoc.beginning.mapping import Certainty, Column, Mapped, columns_of
from svoc.beginning.shapes import Shape
from svoc.sources.council_tax import COLUMNS as COUNCIL_TAX
from svoc.sources.generic import COLUMNS as GENERIC
from svoc.sources.nfi import HEADINGS as NFI
from svoc.sources.register_layouts import REGISTER_COLUMNS
from svoc.sources.tables import Table, recognised

__all__ = ["kind_of", "people_found"]

NAMES: Mapping[str, Mapping[str, str]] = {
    "council_tax": {
        "record": "account_reference",
        "name": "liable_parties",
        "since": "liability_start",
        "until": "liability_end",
    },
    "electoral_register": {"record": "elector"},
    "generic": {},
}
"""What the reader of a kind calls a meaning, where it has a name of its own for it."""

KNOWN: Mapping[str, tuple[str, ...]] = {
    "council_tax": (*COUNCIL_TAX, "name_2", "surname_2", "forename_2", "title_2"),
    "electoral_register": (*(name for name in REGISTER_COLUMNS if not name.startswith("address")), "address"),
    "generic": GENERIC,
}
FILE_WORDS = {
    "council_tax": ("council_tax", "counciltax", "ctax", "council tax", "council-tax"),
    "electoral_register": ("register", "elector", "canvass"),
}
IN_PARTS = ("surname", "forename")


def kind_of(table: Table, path: Path) -> tuple[str, Certainty, str]:
    """Say of which kind a list of people is, how sure that is, and why."""
    votes: Counter[str] = Counter()
    for heading in table.headings:
        taken = heading_of(heading)
        exact = {m.kind for m in meanings(taken) if m.share == 1}
        votes.update({kind for kind in (*taken.kinds, *(exact if "" not in exact else ())) if kind in PEOPLE})
    named = [kind for kind, words in FILE_WORDS.items() if any(word in path.stem.casefold() for word in words)]
    votes.update(named)
    ranked = votes.most_common()
    if not ranked:
        return "generic", Certainty.LIKELY, "nothing in it points to Council Tax or the register"
    (kind, most), second = ranked[0], ranked[1][1] if len(ranked) > 1 else 0
    why = f"{most} of its headings or its name point to it"
    if most == second:
        return kind, Certainty.LOOK, f"{why}, and as many to {ranked[1][0]}"
    return kind, Certainty.SURE if most >= 2 and most >= 2 * second else Certainty.LIKELY, why


def people_found(
    table: Table, shapes: Mapping[str, Shape], kind: str, certainty: Certainty, why: str, files: tuple[Path, ...]
) -> Found:
    """Suggest the mapping of a list of people of a kind."""
    own = NAMES[kind]
    meant = {next((m for m, name in own.items() if name == known), known) for known in KNOWN[kind]}
    mapped = columns_of(shapes, kind, meant)
    if kind == "council_tax" and _in_two(mapped):
        return _nfi(table, mapped, certainty, why, files)
    columns = _seconds(dict(mapped.columns)) if kind == "council_tax" else _register(dict(mapped.columns), kind)
    columns = _not_whole_and_parts(columns)
    needed = _needed(kind, columns)
    lines = [Line.of(own.get(name, name), each, needed=name in needed) for name, each in columns.items()]
    missing = tuple(own.get(name, name) for name in needed if name not in columns)
    used = {heading for line in lines for heading in line.headings}
    others = tuple(heading for heading in table.headings if heading not in used)
    order = [own.get(name, name) for name in KNOWN[kind]]
    lines.sort(key=lambda line: order.index(line.name) if line.name in order else len(order))
    return Found(
        files, kind, certainty, why, "columns", lines=tuple(lines), others=others,
        headings=tuple(table.headings), missing=missing,
    )  # fmt: skip


def _needed(kind: str, columns: Mapping[str, tuple[Column, ...]]) -> tuple[str, ...]:
    who = ("name",) if "name" in columns else ("surname",)
    if kind == "electoral_register" and {"prefix", "number"} <= set(columns):
        return ("prefix", "number", *who, "address")
    return ("record", *who, "address")


def _register(columns: dict[str, tuple[Column, ...]], kind: str) -> dict[str, tuple[Column, ...]]:
    """Let an elector's number be told by one column, or by its parts."""
    if kind != "electoral_register":
        return columns
    parts = ("prefix", "number", "suffix")
    if {"prefix", "number"} <= set(columns):
        columns.pop("record", None)
        columns.pop("elector", None)
    elif "record" not in columns and "number" in columns:
        columns["record"] = columns.pop("number")
    if "record" in columns:
        for part in parts:
            columns.pop(part, None)
    columns.pop("status", None)
    return columns


def _seconds(columns: dict[str, tuple[Column, ...]]) -> dict[str, tuple[Column, ...]]:
    """Let a second name field of an account follow the first, for both are liable."""
    if "name" in columns and "name_2" in columns:
        columns["name"] = (*columns["name"], *columns["name_2"])
    return {name: each for name, each in columns.items() if not name.endswith("_2")}


def _not_whole_and_parts(columns: dict[str, tuple[Column, ...]]) -> dict[str, tuple[Column, ...]]:
    """Take a name from its parts where they are there, else from the one field."""
    if "surname" in columns and "name" in columns and _sure(columns, IN_PARTS) >= _sure(columns, ("name",)):
        return {name: each for name, each in columns.items() if name != "name"}
    if "name" in columns:
        return {name: each for name, each in columns.items() if name not in ("surname", "forename", "middle_names")}
    return columns


def _sure(columns: Mapping[str, tuple[Column, ...]], names: Iterable[str]) -> int:
    return min((column.certainty for name in names for column in columns.get(name, ())), default=0)


def _in_two(mapped: Mapped) -> bool:
    return "surname" in mapped.columns and "surname_2" in mapped.columns


def _nfi(table: Table, mapped: Mapped, certainty: Certainty, why: str, files: tuple[Path, ...]) -> Found:
    """Map accounts that name two people in columns of their own: the layout of the National Fraud Initiative."""
    aided = {name for name, heading in recognised(table, NFI).items()}
    lines = []
    for name, columns in mapped.columns.items():
        grouped = name in ("address", "forwarding_address")
        each = [(f"{name}_{n}", column) for n, column in enumerate(columns, 1)] if grouped else [(name, columns[0])]
        lines += [Line.of(as_read, (column,), needed=as_read == "address_1") for as_read, column in each]
    known = [line for line in lines if line.name in NFI]
    missing = tuple(
        n for n in ("record", "surname", "address_1") if n not in aided and n not in {k.name for k in known}
    )
    used = {heading for line in known for heading in line.headings}
    others = tuple(heading for heading in table.headings if heading not in used)
    told = f"{why}; two people of an account stand in columns of their own, which layout nfi reads (it has no dates)"
    return Found(
        files, "council_tax", certainty, told, "nfi", lines=tuple(known), others=others,
        headings=tuple(table.headings), missing=missing,
    )  # fmt: skip
