"""Write the figures of insight: a CSV for each table, and one page with a bar for each figure."""

from pathlib import Path

from svoc.errors import SettingsError, StoreUnavailable
from svoc.exporting import export
from svoc.insight import PURPOSE, Insight
from svoc.reports.custodian.page import FULL
from svoc.reports.night_report import environment
from svoc.whole_files import write_whole

__all__ = ["write_insight"]

TABLES = (
    ("services", "Systems that know somebody together", "Which systems hold a record of them today"),
    ("households", "Households", "With how many they live, themselves included"),
    ("arrivals", "Moves", "How long ago they came to where they live, by the latest day that a system gives"),
    ("completeness", "Completeness", "What any system holds of them"),
)


def write_insight(made: Insight, folder: Path, *, whose: str, as_of: str, cost: float | None = None) -> Path:
    """Write each table as a CSV and insight.html beside them; give the path of the page.

    `cost`: pounds a contact. Each file appears whole or not at all and is readable by its owner only. Raises
    `SettingsError` where the folder cannot be used, `StoreUnavailable` where the disk is full.
    """
    final = folder / "insight.html"
    told = [
        {"name": name, "heading": heading, "note": note, "rows": made.whole(name)} for name, heading, note in TABLES
    ]
    saved = None if cost is None else f"{made.notices * cost:,.2f}"
    rows = {name: frame.rows() for name, frame in made.frames.items()}
    page = environment().get_template("insight.html")
    text = page.render(whose=whose, as_of=as_of, purpose=PURPOSE, made=made, tables=told, rows=rows, saved=saved)
    try:
        export(dict(made.frames), folder)
        write_whole(final, text)
    except OSError as fault:
        if fault.errno in FULL or fault.errno is None:
            raise StoreUnavailable("the figures cannot be written: make room on the disk and run it again") from None
        why = fault.strerror or type(fault).__name__
        raise SettingsError(f"{folder.name}: the figures cannot be written there ({why})") from None
    return final
