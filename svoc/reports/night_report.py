"""Write the night's report: one page for people, and the same figures for machines beside it."""

import errno
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import polars as pl
from jinja2 import Environment, PackageLoader, StrictUndefined

from svoc.errors import SettingsError, StoreUnavailable
from svoc.reports.charts import columns
from svoc.reports.figures import figures
from svoc.reports.wording import FILTERS
from svoc.whole_files import write_whole
from svoc.words.plan import Plan, Yesterday

__all__ = ["drop_reports", "environment", "page", "write_report"]

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def write_report(
    plan: Plan,
    yesterday: Yesterday,
    folder: Path,
    *,
    arrivals: Mapping[str, pl.DataFrame] = MappingProxyType({}),
) -> Path:
    """Write a night's report into a folder and give the path of its page.

    `night_0001.html` is the page of run 1, one file that needs no other and no network; `night_0001.json` holds the
    same figures. Each appears whole or not at all and is readable by its owner only; a report of the same run is
    replaced. A refused plan and a dry run are reported too. `arrivals`: lane -> frame of
    `svoc.reconciling.BY_SERVICE`, what came of what systems were told. Raises `SettingsError` where the folder cannot
    be used and `StoreUnavailable` where the disk is full.

    >>> path = write_report(plan, yesterday, Path("reports"))       # doctest: +SKIP
    """
    told = figures(plan, yesterday, arrivals)
    final = folder / f"night_{plan.run:04}.html"
    texts = {final.with_suffix(".json"): as_json(told), final: page(told)}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, text in texts.items():
            write_whole(path, text)
    except OSError as fault:
        if fault.errno in FULL:
            raise StoreUnavailable("the disk is full: make room and run the same command again") from None
        why = fault.strerror or type(fault).__name__
        raise SettingsError(f"[reports] folder: {folder.name}: the report cannot be written ({why})") from None
    return final


def drop_reports(folder: Path, run: int) -> int:
    """Remove the reports of a run and of those before it; give how many files went. Raises `OSError`."""
    found = [path for path in folder.glob("night_*") if path.suffix in {".html", ".json"}]
    old = [path for path in found if path.stem[len("night_") :].isdigit() and int(path.stem[len("night_") :]) <= run]
    for path in old:
        path.unlink()
    return len(old)


def as_json(told: dict[str, Any]) -> str:
    """Write figures as JSON, a line for each part; the same figures give the same text."""
    # Indented throughout it would be written in Python, ten times as slowly.
    parts = (
        f"{json.dumps(name)}: {json.dumps(part, ensure_ascii=False, allow_nan=False)}" for name, part in told.items()
    )
    return "{\n" + ",\n".join(parts) + "\n}\n"


def page(told: dict[str, Any]) -> str:
    """Lay figures out as one HTML page."""
    return environment().get_template("night_report.html").render(told)


@cache
def environment() -> Environment:
    """Give the templates of the reports, with what they may call."""
    made = Environment(
        loader=PackageLoader("svoc.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(FILTERS)
    made.globals["columns"] = columns
    return made
