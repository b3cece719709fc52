"""Writes the records as pages for people, Markdown for a report to members, and JSON for machines."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from svoc.accountability.records import Record
from svoc.reports.night_report import environment
from svoc.whole_files import write_whole

__all__ = ["as_markdown", "as_page", "write_records"]


def write_records(records: Iterable[Record], folder: Path, *, on: str) -> list[Path]:
    """Write each record as NAME.html, NAME.md and NAME.json, for its owner alone; give the files.

    `on`: the day on which they are written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for record in records:
        forms = {
            "html": as_page(record, on=on),
            "md": as_markdown(record, on=on),
            "json": json.dumps({"on": on, **asdict(record), "open": record.open}, ensure_ascii=False, indent=2),
        }
        for form, text in forms.items():
            written.append(folder / f"{record.name}.{form}")
            write_whole(written[-1], text)
    return written


def as_page(record: Record, *, on: str) -> str:
    """Lay a record out as one HTML page that needs no other file, no network and no script."""
    return environment().get_template("record.html").render(record=record, on=on)


def as_markdown(record: Record, *, on: str) -> str:
    """Write a record as Markdown."""
    lines = [f"# {_plain(record.title)}", "", _plain(record.lead), "", f"Written on {on}."]
    for section in record.sections:
        lines += ["", f"## {_plain(section.heading)}"]
        for field, words in section.said:
            lines += ["", f"**{_plain(field)}.** {_plain(words)}"]
        if section.columns:
            lines += ["", _row(section.columns), _row(["---"] * len(section.columns)), *map(_row, section.rows)]
    return "\n".join([*lines, ""])


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(map(_plain, cells))} |"


def _plain(text: str) -> str:
    """Keep a council's own words from being read as Markdown or HTML."""
    for sign in "\\`*_[]<>|#":
        text = text.replace(sign, f"\\{sign}")
    return " ".join(text.split())
