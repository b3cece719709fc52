"""Keeps a gazetteer's frames in a folder: parquet files, and a manifest that tells whether they are whole.

`manifest.json` holds the version of the form, the supply (its dialect and its date among them), the source files by
name, without folders, with their SHA-256 sums, the counts of rows by table and of properties and addresses by status,
and the SHA-256 sum of each file that was written.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from gazetteer.errors import MissingInput, UnreadableIndex
from gazetteer.formats.base import Supply
from gazetteer.sums import sum_of

_MANIFEST = "manifest.json"
# Goes up whenever addresses come to be read otherwise, as the variants are kept as they were read.
_VERSION = 4
_AGAIN = "build the gazetteer again"


def is_saved(folder: Path) -> bool:
    """Tells whether a folder is one that `write_frames` wrote."""
    return (folder / _MANIFEST).is_file()


def write_frames(folder: Path, frames: Mapping[str, pl.DataFrame], supply: Supply) -> Path:
    """Writes frames with a manifest that tells what they are; gives the folder.

    The old manifest goes first and the new one comes last, so that a folder half written is no saved gazetteer.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _MANIFEST).unlink(missing_ok=True)
    for name, frame in frames.items():
        frame.write_parquet(folder / f"{name}.parquet")
    told = asdict(supply) | {"date": supply.date.isoformat() if supply.date else None}
    manifest = {
        "version": _VERSION,
        "sources": [{"name": name, "sha256": found} for name, found in told.pop("sources")],
        "supply": told,
        "counts": {name: frame.height for name, frame in frames.items()},
        "statuses": {name: _statuses(frames[name]) for name in ("properties", "addresses") if name in frames},
        "sha256": {name: sum_of(folder / f"{name}.parquet") for name in frames},
    }
    (folder / _MANIFEST).write_text(json.dumps(manifest, indent=2, sort_keys=True), encoding="utf-8")
    return folder


def _statuses(frame: pl.DataFrame) -> dict[str, int]:
    counted = frame.group_by(pl.col("status").cast(pl.String).fill_null("none")).len().sort("status")
    return dict(counted.iter_rows())


def read_frames(folder: Path, names: Iterable[str]) -> tuple[dict[str, pl.DataFrame], Supply]:
    """Reads what `write_frames` wrote; raises UnreadableIndex where a file is missing, altered or of old."""
    manifest = _manifest(folder)
    try:
        sums = {name: str(manifest["sha256"][name]) for name in names}
        supply = _supply_of(manifest)
        counts = {name: int(manifest["counts"][name]) for name in sums}
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UnreadableIndex(f"{folder.name}: {_MANIFEST} does not say all it should; {_AGAIN}") from error
    for name, wanted in sums.items():
        _refuse_altered(folder / f"{name}.parquet", wanted)
    frames = {name: pl.read_parquet(folder / f"{name}.parquet") for name in sums}
    for name, frame in frames.items():
        if frame.height != counts[name]:
            told = f"{name}.parquet has {frame.height} rows and {_MANIFEST} says {counts[name]}"
            raise UnreadableIndex(f"{folder.name}: {told}; {_AGAIN}")
    return frames, supply


def _refuse_altered(file: Path, wanted: str) -> None:
    if not file.is_file():
        raise UnreadableIndex(f"{file.parent.name}: {file.name} is missing; {_AGAIN}")
    if sum_of(file) != wanted:
        raise UnreadableIndex(f"{file.parent.name}: {file.name} was altered since it was saved; {_AGAIN}")


def refuse_other_sources(folder: Path, supply: Supply, sources: Sequence[Path]) -> None:
    """Raises UnreadableIndex where a saved gazetteer was not built from these very files."""
    if missing := [file.name for file in sources if not file.is_file()]:
        raise MissingInput(f"not there: {', '.join(missing)}")
    was = set(supply.sources)
    now = {(file.name, sum_of(file)) for file in sources}
    names = {name for name, _ in was}
    other = [f"{name} has changed since" for name, found in sorted(now - was) if name in names]
    other += [f"{name} was not among its files" for name, found in sorted(now - was) if name not in names]
    other += [f"{name} was among its files" for name in sorted(names - {name for name, _ in now})]
    if other:
        raise UnreadableIndex(f"{folder.name} was saved from other files: {'; '.join(other)}; {_AGAIN}")


def _manifest(folder: Path) -> dict[str, Any]:
    file = folder / _MANIFEST
    try:
        manifest: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UnreadableIndex(f"{folder.name} holds no saved gazetteer: {_MANIFEST} cannot be read") from error
    if not isinstance(manifest, dict) or manifest.get("version") != _VERSION:
        raise UnreadableIndex(f"{folder.name} was saved by another version; {_AGAIN}")
    return manifest


def _supply_of(manifest: dict[str, Any]) -> Supply:
    """Reads a supply from its manifest; JSON has neither dates nor tuples."""
    told = manifest["supply"]
    values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in told.items()}
    values["date"] = date.fromisoformat(told["date"]) if told["date"] else None
    values["sources"] = tuple((source["name"], source["sha256"]) for source in manifest["sources"])
    return Supply(**values)
