"""The migration report of councils that become one."""

from pathlib import Path
from typing import Any

import polars as pl
import structlog

from gazetteer.districts import SHARED, STREETS_SHARED
from gazetteer.errors import FormatError, GazetteerError
from svoc.binding import as_faults
from svoc.council import Council
from svoc.districts import read_districts
from svoc.errors import InputFaults, SettingsError
from svoc.reports.migration import PURPOSE, Material, migration_lists, write_migration
from svoc.settings import CouncilSettings
from svoc.words.audit import Kind

__all__ = ["report_migration"]

log = structlog.get_logger("svoc")
PLACES = ("uprn", "postcode")
REFERENCES = ("records", "mention", "mentions", "other", "reference")
"""Columns that lead to a record of a source."""


def report_migration(
    settings: Path, folder: Path, *, purpose: str | None = None, actor: str | None = None
) -> dict[str, Any]:
    """Write what the councils have in common, after the last night; give how long each list is, and the page.

    It is read for the purpose `migration` unless another is named: what that one may not see is in no list.
    """
    with Council.open(settings) as council:
        reader = council.reader(purpose or PURPOSE, actor=actor)
        reads = reader.purpose
        councils = {source.name: source.council for source in council.settings.sources}
        if len(set(councils.values()) - {""}) < 2:
            raise SettingsError("[[sources]] council: expected two councils or more; say of each source whose it is")
        stands = reader.standing()
        if stands.as_of is None:
            raise SettingsError("there is nothing to compare yet: run a night first")
        properties, streets = _shared(council.settings)
        given = Material(
            mentions=reader.marked(stands.mentions),
            state=stands.state,
            councils=councils,
            kinds=council.policy.kinds,
            properties=properties,
            streets=streets,
            as_of=stands.as_of,
        )
        section = council.settings.council
        lists = migration_lists(given)
        rows = sum(frame.height for frame in lists.values())
        reader.note(Kind.LIST, counts={"rows": rows}, run=stands.run, about={"list": "migration"})
    if reads.fields is not None:
        hidden = [place for place in PLACES if place not in reads.fields]
        hidden += [] if reads.references else REFERENCES
        lists = {name: frame if name == "sources" else _without(frame, hidden) for name, frame in lists.items()}
    figures = {name: frame.height for name, frame in lists.items()}
    as_of = stands.as_of.isoformat()
    page = write_migration(lists, folder, whose=section.name, as_of=as_of, purpose=reads.code)
    log.info("migration", purpose=reads.code, actor=actor or section.actor, run=stands.run, **figures)
    return {**figures, "page": str(page)}


def _shared(settings: CouncilSettings) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Give the UPRNs and the USRNs that stand in two gazetteers; none where there is one gazetteer alone."""
    if not settings.gazetteers:
        return pl.DataFrame(schema=SHARED), pl.DataFrame(schema=STREETS_SHARED)
    try:
        joined = read_districts(settings)
    except FormatError as fault:
        raise InputFaults(as_faults(fault)) from None
    except GazetteerError as fault:
        raise SettingsError(f"[[gazetteers]] {fault}") from None
    return joined.shared, joined.streets


def _without(frame: pl.DataFrame, hidden: list[str]) -> pl.DataFrame:
    return frame.drop([name for name in frame.columns if name.removesuffix("_other") in hidden])
