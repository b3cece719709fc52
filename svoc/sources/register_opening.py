"""Opens a register: reads it as text, and finds which of its columns is which."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from svoc.errors import InputFaults, SettingsError, nearest
from svoc.settings import SourceSettings
from svoc.sources.register_layouts import LAYOUTS, REGISTER_COLUMNS, RegisterLayout
from svoc.sources.tables import Table, pick, read_table, recognised, require

__all__ = ["OpenRegister", "open_register"]


@dataclass(frozen=True, slots=True)
class OpenRegister:
    """Rows as supplied, and which heading of the file stands for which of svoc's names."""

    table: Table
    columns: Mapping[str, str]


def open_register(layout: RegisterLayout, settings: SourceSettings, path: Path) -> OpenRegister:
    """Read a register as text and find its columns: those mapped, those recognised by headings or by position.

    Raises `InputFaults` for a file that cannot be read, `SettingsError` where it is not of its layout.
    """
    own = _own_columns(settings)
    if layout.name == "columns" and own:
        table = read_table(path, known=[*own.values(), *layout.known])
        return _taken(table, own)
    try:
        table = read_table(path, known=[*own.values(), *layout.known], banner=layout.banner)
    except InputFaults:
        headless = _headless(layout, path)
        if headless is None:
            raise
        return headless
    mapping = {**_unaided(table, layout), **own}
    missing = [name for name in _required(layout, mapping) if name not in mapping]
    if not missing:
        return _taken(table, mapping)
    headless = _headless(layout, path)
    if headless is None:
        raise SettingsError(_unlike(layout, table, missing))
    return headless


def _own_columns(settings: SourceSettings) -> dict[str, str]:
    """Check svoc's side of the mapping; number the columns of a list."""
    mapping: dict[str, str] = {}
    for name, headings in settings.columns.items():
        if name not in REGISTER_COLUMNS and name != "address":
            hint = nearest(name, [*REGISTER_COLUMNS, "address"])
            told = f"; did you mean {hint}?" if hint else f"; expected one of {', '.join(REGISTER_COLUMNS)}"
            raise SettingsError(f"[sources.columns] {settings.name}: a register has no column {name}{told}")
        each = [headings] if isinstance(headings, str) else list(headings)
        if len(each) > 1 and name != "address":
            raise SettingsError(f"[sources.columns] {settings.name}: {name} takes one column")
        mapping |= {f"address_{n}" if name == "address" else name: heading for n, heading in enumerate(each, 1)}
    return mapping


def _unaided(table: Table, layout: RegisterLayout) -> dict[str, str]:
    """Recognise a layout's columns by their headings, each column of the file once."""
    found = recognised(table, layout.headings)
    if {"prefix", "number"} <= set(found):
        found.pop("elector", None)
    taken: dict[str, str] = {}
    for name, heading in found.items():
        if heading not in taken.values():
            taken[name] = heading
    return {**taken, **_after_postcode(table, layout, taken)}


def _after_postcode(table: Table, layout: RegisterLayout, mapping: Mapping[str, str]) -> dict[str, str]:
    """Take Eros's last column, whatever it is called: some councils' holds UPRNs, others' an opt-out flag."""
    if layout.name != "eros" or "postcode" not in mapping:
        return {}
    at = table.headings.index(mapping["postcode"]) + 1
    last = table.headings[at] if at < len(table.headings) else None
    return {"flag_or_uprn": last} if last and last not in mapping.values() else {}


def _required(layout: RegisterLayout, mapping: Mapping[str, str]) -> tuple[str, ...]:
    if layout.required:
        named = ("name",) if "name" in mapping else ("surname",)
        return (*(r for r in layout.required if r != "surname"), *named)
    return ("elector",) if "number" not in mapping else ("prefix", "number")


def _taken(table: Table, mapping: Mapping[str, str]) -> OpenRegister:
    if not ({"elector"} <= set(mapping) or {"prefix", "number"} <= set(mapping)):
        raise SettingsError(f"{table.path.name}: [sources.columns] expected elector, or prefix and number")
    columns = {name: heading for name, heading in mapping.items() if not name.startswith("_")}
    require(table, columns)
    return OpenRegister(table, columns)


def _headless(layout: RegisterLayout, path: Path) -> OpenRegister | None:
    """Read a file without a header by the positions of its columns, where its width is one of the layout's."""
    for order in layout.orders:
        try:
            table = read_table(path, headless=order, banner=layout.banner)
        except InputFaults:
            continue
        numbered = pick(table, {"number": "number"})["number"].str.contains(r"\d").fill_null(value=False)
        kept = numbered | (table.lines > table.lines.min())
        body = Table(table.path, table.frame.filter(kept), table.lines.filter(kept))
        return OpenRegister(body, {name: name for name in order if not name.startswith("_")})
    return None


def _unlike(layout: RegisterLayout, table: Table, missing: list[str]) -> str:
    """Say what a file lacks to be of its layout, and of which it seems to be.

    Only headings that svoc knows are named: the first row of a file without a header is an elector.
    """
    likely = [
        other.name
        for other in LAYOUTS
        if other.required and set(_required(other, found := _unaided(table, other))) <= set(found)
    ]
    known = recognised(table, REGISTER_COLUMNS).values()
    has = f"of the headings that svoc knows it has {', '.join(known)}" if known else "it has no heading that svoc knows"
    hint = f"it looks like layout {' or '.join(likely)}" if likely else has
    return f"{table.path.name}: is not of layout {layout.name}, which needs {', '.join(missing)}; {hint}"
