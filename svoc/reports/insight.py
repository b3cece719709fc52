"""Write the figures of insight: a CSV for each table, and one page with a bar for each figure."""

from pathlib import Path

from svoc.insight import PURPOSE, Insight
from svoc.reports.beside import write_beside
from svoc.reports.night_report import environment

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
    return write_beside(made.frames, final, text, called="figures")
