"""Write the lists of a migration: one CSV each, and one page that says of each what it means and what to do."""

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from svoc.errors import SettingsError, StoreUnavailable
from svoc.exporting import export
from svoc.reports.beside import FULL
from svoc.reports.custodian.page import SHOWN, shown
from svoc.reports.migration.lists import LISTS
from svoc.reports.night_report import environment
from svoc.whole_files import write_whole

__all__ = ["write_migration"]


def write_migration(lists: Mapping[str, pl.DataFrame], folder: Path, *, whose: str, as_of: str, purpose: str) -> Path:
    """Write each list as a CSV and migration.html beside them; give the path of the page.

    Each file appears whole or not at all, is readable by its owner only, and replaces that of an earlier run. Raises
    `SettingsError` where the folder cannot be used, `StoreUnavailable` where the disk is full.
    """
    final = folder / "migration.html"
    told = [{"kind": kind, "rows": lists[kind.name].height, "kinds": {}, **shown(lists[kind.name])} for kind in LISTS]
    text = (
        environment()
        .get_template("migration.html")
        .render(whose=whose, as_of=as_of, purpose=purpose, lists=told, shown=SHOWN)
    )
    try:
        export(dict(lists), folder)
        write_whole(final, text)
    except OSError as fault:
        if fault.errno in FULL:
            raise StoreUnavailable("the disk is full: make room and run the same command again") from None
        why = fault.strerror or type(fault).__name__
        raise SettingsError(f"{folder.name}: the lists cannot be written there ({why})") from None
    return final
