"""Keeps a gazetteer's frames in a folder: parquet files, and a manifest that tells whether they are whole."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from gazetteer.errors import UnreadableIndex
from gazetteer.formats.base import Supply

_MANIFEST = "manifest.json"
# Goes up whenever addresses come to be read otherwise, as the variants are kept as they were read.
_VERSION = 3


def is_saved(folder: Path) -> bool:
    """Tells whether a folder is one that `write_frames` wrote."""
    return (folder / _MANIFEST).is_file()


def write_frames(folder: Path, frames: Mapping[str, pl.DataFrame], supply: Supply) -> Path:
    """Writes frames with a manifest of their counts, SHA-256 sums and supply; gives the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in frames.items():
        frame.write_parquet(folder / f"{name}.parquet")
    told = asdict(supply) | {"date": supply.date.isoformat() if supply.date else None}
    sums = {name: _sum_of(folder / f"{name}.parquet") for name in frames}
    counts = {name: frame.height for name, frame in frames.items()}
    manifest = {"version": _VERSION, "supply": told, "sha256": sums, "counts": counts}
    (folder / _MANIFEST).write_text(json.dumps(manifest, indent=2, sort_keys=True), encoding="utf-8")
    return folder


def read_frames(folder: Path, names: Iterable[str]) -> tuple[dict[str, pl.DataFrame], Supply]:
    """Reads what `write_frames` wrote; raises UnreadableIndex where a file is missing, altered or of old."""
    manifest = _manifest(folder)
    for name, wanted in manifest["sha256"].items():
        file = folder / f"{name}.parquet"
        if not file.is_file() or _sum_of(file) != wanted:
            raise UnreadableIndex(f"{file.name} is missing or was altered; build the gazetteer again")
    return {name: pl.read_parquet(folder / f"{name}.parquet") for name in names}, _supply_of(manifest["supply"])


def _sum_of(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _manifest(folder: Path) -> dict[str, Any]:
    file = folder / _MANIFEST
    try:
        manifest: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UnreadableIndex(f"{folder.name} holds no saved gazetteer: {_MANIFEST} cannot be read") from error
    if manifest.get("version") != _VERSION:
        raise UnreadableIndex(f"{folder.name} was saved by another version; build the gazetteer again")
    return manifest


def _supply_of(told: dict[str, Any]) -> Supply:
    """Reads a supply from its manifest; JSON has neither dates nor tuples."""
    values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in told.items()}
    return Supply(**{**values, "date": date.fromisoformat(told["date"]) if told["date"] else None})
