"""Keeps beside a saved gazetteer what answering would otherwise have to build first: its keys, facts and references.

Each is an Arrow file of its own, read and checked against its sum when it is first asked for, so that a few addresses
cost only what they need. What is missing, altered or of another version of polars (whose hashes order the
keys) is built again, which costs time and changes no answer.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from gazetteer.sums import sum_of

__all__ = ["Ready", "read_ready", "write_ready"]

_MANIFEST = "ready.json"


@dataclass(frozen=True, slots=True)
class Ready:
    """The frames that lie ready in a folder, by name, with the sum of each."""

    folder: Path
    sums: Mapping[str, str]

    def frame(self, name: str) -> pl.DataFrame | None:
        """Gives a frame, or None where it has to be built again."""
        file = self.folder / f"{name}.arrow"
        if name not in self.sums or not file.is_file() or sum_of(file) != self.sums[name]:
            return None
        return pl.read_ipc(file)


def write_ready(folder: Path, frames: Mapping[str, pl.DataFrame]) -> None:
    """Writes frames into a folder; the list of them comes last, so that none is believed half written."""
    (folder / _MANIFEST).unlink(missing_ok=True)
    for name, frame in frames.items():
        frame.write_ipc(folder / f"{name}.arrow", compression="uncompressed")
    told = {"polars": pl.__version__, "sha256": {name: sum_of(folder / f"{name}.arrow") for name in frames}}
    (folder / _MANIFEST).write_text(json.dumps(told, indent=2, sort_keys=True), encoding="utf-8")


def read_ready(folder: Path) -> Ready | None:
    """Gives what `write_ready` wrote, None where there is nothing that can be used."""
    try:
        told = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
        usable = told["polars"] == pl.__version__
        return Ready(folder, {str(name): str(found) for name, found in told["sha256"].items()}) if usable else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
