"""The council's gazetteer, indexed once and kept: in a folder whose content may be deleted at any time."""

import hashlib
import os
import shutil
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import structlog

from gazetteer import Gazetteer
from gazetteer.errors import GazetteerError
from svoc.binding import equip, gazetteer_files, read_gazetteer
from svoc.settings import CouncilSettings
from svoc.sources.taking import fingerprint

__all__ = ["indexed_gazetteer"]

log = structlog.get_logger("svoc")
TEXTS = (".py", ".txt", ".csv", ".toml", ".json")


def indexed_gazetteer(settings: CouncilSettings) -> Gazetteer:
    """Give the council's gazetteer as `read_gazetteer` does, from the index that is kept where it still holds.

    It holds for the very files, columns and readers that it was made by; else, and where it is damaged, it is made
    anew. An index that cannot be kept (`[council] cache` is empty, the folder cannot be written) is done without.
    """
    if not settings.council.cache:
        return read_gazetteer(settings)
    kept = settings.at(settings.council.cache) / f"gazetteer-{_made_of(settings)[:32]}"
    if kept.is_dir():
        try:
            return equip(Gazetteer.load(kept), settings)
        except GazetteerError:
            log.warning("gazetteer index damaged", made="anew")
            shutil.rmtree(kept, ignore_errors=True)
    gazetteer = read_gazetteer(settings)
    try:
        _keep(gazetteer, kept)
        return equip(Gazetteer.load(kept), settings)
    except (OSError, GazetteerError) as fault:
        log.warning("gazetteer index not kept", because=type(fault).__name__)
        return gazetteer


def _keep(gazetteer: Gazetteer, kept: Path) -> None:
    """Write an index whole or not at all, in place of those of before."""
    kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = kept.with_name(f".{kept.name}.{os.getpid()}.part")
    draft.mkdir(mode=0o700)
    try:
        gazetteer.save(draft, ready=True)
        if not kept.exists():
            draft.rename(kept)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    for old in kept.parent.glob("gazetteer-*"):
        if old != kept:
            shutil.rmtree(old, ignore_errors=True)


def _made_of(settings: CouncilSettings) -> str:
    """Give one hash of all that an index follows from."""
    found = gazetteer_files(settings)
    columns = [(each.council, sorted(each.columns.items())) for each in settings.gazetteers]
    columns.append(("", sorted(settings.gazetteer.columns.items())))
    told = (fingerprint(found), [file.name for file in found], columns, _readers())
    return hashlib.sha256(repr(told).encode()).hexdigest()


@cache
def _readers() -> str:
    digest = hashlib.sha256()
    _add(digest, files("gazetteer"))
    return digest.hexdigest()


def _add(digest: "hashlib._Hash", folder: Traversable) -> None:
    for each in sorted(folder.iterdir(), key=lambda one: one.name):
        if each.is_dir():
            _add(digest, each)
        elif each.name.endswith(TEXTS):
            digest.update(each.read_bytes())
