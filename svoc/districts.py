"""The gazetteers of several councils that become one."""

from collections.abc import Sequence
from pathlib import Path

from gazetteer.districts import Joined, join_districts, read_district
from gazetteer.errors import MissingInput
from svoc.settings import CouncilSettings

__all__ = ["paths_of", "read_districts"]


def paths_of(settings: CouncilSettings, named: str | Sequence[str]) -> list[Path]:
    """Give the files of a gazetteer: those named, or those that a glob finds, in the order of their names."""
    paths: list[Path] = []
    for name in [named] if isinstance(named, str) else named:
        found = sorted(settings.folder.glob(name)) if any(c in name for c in "*?[") else []
        paths.extend(found or [settings.at(name)])
    return paths


def read_districts(settings: CouncilSettings) -> Joined:
    """Read every `[[gazetteers]]` by itself and join them; raise what a gazetteer raises."""
    read = {}
    for district in settings.gazetteers:
        paths = paths_of(settings, district.path)
        if missing := [path.name for path in paths if not path.exists()]:
            raise MissingInput(f"{district.council}: not there: {', '.join(missing)}")
        read[district.council] = read_district(paths, district.columns or None)
    return join_districts(read)
