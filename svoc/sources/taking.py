"""Which extracts a night takes: those not taken yet, in the order of their dates, known again by their content."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

import polars as pl

from svoc.errors import SettingsError, nearest
from svoc.settings import SourceSettings
from svoc.side_by_side import side_by_side
from svoc.sources.finish import day_in

__all__ = ["NONE_ASIDE", "Waiting", "latest_taken", "next_night", "waiting"]

CHUNK = 1 << 20
NONE_ASIDE = pl.DataFrame(schema={"source": pl.String(), "sha256": pl.String()})


@dataclass(frozen=True, slots=True)
class Waiting:
    """An extract that no night has taken: its source, where it lies, its name, its date and its content's hash.

    `after`: where it has come too late, the day of the extract that its source gave before.
    """

    source: str
    path: Path
    name: str
    dated: date
    sha256: str
    after: date | None = None


def waiting(
    settings: SourceSettings,
    folder: Path,
    taken: pl.DataFrame,
    *,
    aside: pl.DataFrame = NONE_ASIDE,
    required: bool = True,
) -> list[Waiting]:
    """List a source's extracts that have not been taken, the oldest first.

    `taken`: frame of `svoc.words.plan.TAKEN`, in the order of the nights; `aside`: the same, for content that is never
    taken, as its night was undone. The path in council.toml is a file, a glob
    or a folder; a file that was overwritten is a new extract, even if it says again what it said before. The content
    of an earlier night under a new name is new only where its date is later than all that was taken. What is older than
    an extract that was taken is marked as late (`after`), for it would undo what the later one said. Raises
    `SettingsError` where nothing lies there; unless one is `required`, an empty folder is nothing wrong.
    """
    paths = list(_paths(settings, folder, required=required))
    hashes = side_by_side(*(partial(fingerprint, _parts(settings, path)) for path in paths))
    found = [
        Waiting(settings.name, path, name_of(path, folder), settings.content_date or dated(path), sha256)
        for path, sha256 in zip(paths, hashes, strict=True)
    ]
    before = taken.filter(pl.col("source") == settings.name)
    latest = latest_taken(before).get(settings.name)
    undone = set(aside.filter(pl.col("source") == settings.name)["sha256"])
    new = [w for w in found if w.sha256 not in undone and _is_new(w, before)]
    marked = [replace(w, after=latest) if latest and _is_before(w, settings, latest) else w for w in new]
    return sorted(marked, key=lambda w: (w.dated, w.name))


def _is_before(extract: Waiting, settings: SourceSettings, latest: date) -> bool:
    """Say whether an extract is older; the day on which a file was written may be out by one where midnights differ."""
    told = settings.content_date or day_in(extract.path.name)
    return extract.dated < (latest if told else latest - timedelta(days=1))


def latest_taken(taken: pl.DataFrame) -> dict[str, date]:
    """Give the latest day of which each source has given an extract; `taken`: frame of `svoc.words.plan.TAKEN`."""
    return dict(taken.drop_nulls("content_date").group_by("source").agg(pl.col("content_date").max()).iter_rows())


def _is_new(extract: Waiting, taken: pl.DataFrame) -> bool:
    if taken.is_empty() or extract.sha256 == taken["sha256"][-1]:
        return taken.is_empty()
    named = taken.filter(pl.col("file") == extract.name)["sha256"]
    if len(named):
        return bool(named[-1] != extract.sha256)
    latest = taken["content_date"].max()
    later = isinstance(latest, date) and extract.dated > latest
    return later or extract.sha256 not in set(taken["sha256"])


def name_of(path: Path, folder: Path) -> str:
    """Give the path by which an extract is known: from council.toml's folder, with slashes on every system."""
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.name


def next_night(by_source: Sequence[tuple[SourceSettings, list[Waiting]]], taken: pl.DataFrame) -> list[Waiting]:
    """Choose what the coming night takes.

    The night's date is the oldest that waits, or, while some source has never been taken, the latest of the first
    extracts of such sources. A full source then gives its next extract up to that date, an updating one all of them.
    What has come too late is left where it lies.
    """
    seen = set(taken["source"])
    by_source = [(source, [w for w in extracts if not w.after]) for source, extracts in by_source]
    firsts = [w[0].dated for s, w in by_source if w and s.name not in seen]
    oldest = [w[0].dated for _, w in by_source if w]
    if not oldest:
        return []
    night = max(firsts) if firsts else min(oldest)
    chosen: list[Waiting] = []
    for settings, extracts in by_source:
        due = [w for w in extracts if w.dated <= night]
        chosen += due if settings.mode == "update" else due[:1]
    return chosen


def dated(path: Path) -> date:
    """Read the date in a file's name, or give the day on which it was last written.

    >>> dated(Path("register_2026-11-02.csv"))
    datetime.date(2026, 11, 2)
    """
    named = day_in(path.name)
    if named:
        return named
    return datetime.fromtimestamp(path.stat().st_mtime, tz=UTC).date()


def fingerprint(files: Iterable[Path]) -> str:
    """Give the SHA-256 of files' content, in order."""
    digest = hashlib.sha256()
    for file in files:
        with file.open("rb") as stream:
            while chunk := stream.read(CHUNK):
                digest.update(chunk)
    return digest.hexdigest()


def _paths(settings: SourceSettings, folder: Path, *, required: bool) -> list[Path]:
    """Find a source's extracts: files, or folders where a layout has several tables."""
    place = folder / settings.path
    wanted = Path.is_dir if settings.tables else Path.is_file
    if wanted(place):
        return [place]
    if settings.tables and place.is_file():
        return [place.parent]
    if place.is_dir():
        return sorted(p for p in place.iterdir() if p.is_file() and not p.name.startswith("."))
    globbed = place.parent.glob(place.name) if Path(settings.path).is_absolute() else folder.glob(settings.path)
    found = sorted(p for p in globbed if wanted(p))
    if not found and (required or not place.parent.is_dir()):
        raise SettingsError(_nothing_there(settings, place))
    return found


def _parts(settings: SourceSettings, path: Path) -> list[Path]:
    """Give the files that an extract consists of; a layout of several tables has one each."""
    if not settings.tables:
        return [path]
    parts = [path / name for name in settings.tables.values()]
    for part in parts:
        if not part.is_file():
            raise SettingsError(_nothing_there(settings, part))
    return parts


def _nothing_there(settings: SourceSettings, place: Path) -> str:
    there = [p.name for p in place.parent.iterdir()] if place.parent.is_dir() else []
    hint = nearest(place.name, there)
    told = settings.path if any(sign in place.name for sign in "*?[") else place.name
    return f"[sources.{settings.name}] {told}: no such file" + (f"; did you mean {hint}?" if hint else "")
