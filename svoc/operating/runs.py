"""Lists the nights with their figures, and shows one in full."""

from pathlib import Path
from typing import Any

from svoc.errors import SettingsError
from svoc.settings import CouncilSettings
from svoc.store.runs import taken_in
from svoc.store.store import Store

__all__ = ["one_run", "runs_of"]

SHOWN = ("mentions", "new", "amended", "withdrawn", "persons", "joined", "parted", "cases", "notices")
"""The figures by which nights are told apart in a list."""


def runs_of(settings: Path) -> tuple[dict[str, Any], str]:
    """List the nights that were published, the last first, with their figures; raise `SettingsError` before any."""
    store = _opened(settings)
    try:
        runs = [_in_short(row) for row in store.runs()]
    finally:
        store.close()
    head = ["run", "as_of", "finished", *SHOWN]
    rows = [[_cell(run.get(name)) for name in head] for run in runs]
    widths = [max(len(line[at]) for line in [head, *rows]) for at in range(len(head))]
    lines = ["  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)) for line in [head, *rows]]
    return {"runs": runs}, "\n".join(lines)


def one_run(settings: Path, run: int) -> tuple[dict[str, Any], str]:
    """Show one night in full: inputs, fingerprints, versions, counts and seconds; raise `SettingsError` for another."""
    store = _opened(settings)
    try:
        rows = {row["run"]: row for row in store.runs()}
        if run not in rows:
            raise SettingsError(f"there is no run {run}; there are {min(rows)} to {max(rows)}")
        row, inputs = rows[run], taken_in(store, run)
    finally:
        store.close()
    told = {**{name: row[name] for name in ("run", "state", "as_of", "started", "finished")}, "inputs": inputs}
    figures = {**told, "figures": row["summary"], "manifest": row["manifest"]}
    return figures, "\n".join(_lines(figures))


def _opened(settings: Path) -> Store:
    told = CouncilSettings.read(settings)
    store = Store.there(told.council.database, told.folder)
    if store is None or not store.published():
        raise SettingsError("there is no night to show yet: run one first")
    return store


def _in_short(row: dict[str, Any]) -> dict[str, Any]:
    kept = {name: row[name] for name in ("run", "as_of", "started", "finished")}
    return {**kept, **{name: row["summary"].get(name) for name in SHOWN}}


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    return f"{value:%Y-%m-%d %H:%M}" if hasattr(value, "hour") else str(value)


def _lines(told: dict[str, Any], indent: str = "") -> list[str]:
    """Lay out what is nested, a line a value."""
    lines: list[str] = []
    for name, value in told.items():
        if isinstance(value, dict) and value:
            lines += [f"{indent}{name}:", *_lines(value, indent + "  ")]
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            lines += [f"{indent}{name}:", *(f"{indent}  {', '.join(_words(item))}" for item in value)]
        else:
            lines.append(f"{indent}{name}: {_cell(value)}")
    return lines


def _words(item: dict[str, Any]) -> list[str]:
    return [f"{name} {_cell(value)}" for name, value in item.items()]
