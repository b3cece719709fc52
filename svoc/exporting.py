"""Write what a purpose may read (`svoc.reading`) as files that other systems take."""

from collections.abc import Callable
from functools import partial
from io import BufferedWriter
from pathlib import Path

import polars as pl

from svoc.formulas import harmless
from svoc.whole_files import write_whole

__all__ = ["FORMATS", "export"]

FORMATS = ("csv", "parquet")
WRITERS: dict[str, Callable[[pl.DataFrame, BufferedWriter], None]] = {
    "csv": lambda frame, file: harmless(frame).write_csv(file),
    "parquet": lambda frame, file: frame.write_parquet(file),
}


def export(frames: dict[str, pl.DataFrame], folder: Path, *, form: str = "csv") -> list[Path]:
    """Write frames into a folder, each file whole or not at all and readable by its owner only; give the files."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {folder / f"{name}.{form}": frame for name, frame in frames.items()}
    for file, frame in files.items():
        write_whole(file, partial(WRITERS[form], frame))
    return list(files)
