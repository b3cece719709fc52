"""Look at everything that a night would read, and tell all faults of all files at once; nothing is written."""

from pathlib import Path
from typing import Any

import polars as pl

from svoc.binding import policy_of, read_extracts, read_gazetteer
from svoc.errors import Fault, InputFaults
from svoc.settings import CouncilSettings
from svoc.words.plan import TAKEN

__all__ = ["check"]


def check(path: Path) -> dict[str, Any]:
    """Give the counts of what council.toml names; raise `SettingsError` or `InputFaults` with all that is wrong."""
    settings = CouncilSettings.read(path)
    policy_of(settings)
    faults: list[Fault] = []
    figures: dict[str, Any] = {}
    try:
        figures["gazetteer_properties"] = read_gazetteer(settings).properties.height
    except InputFaults as found:
        faults += found.faults
    try:
        for extract in read_extracts(settings, pl.DataFrame(schema=TAKEN))[0]:
            figures[f"{extract.source}_mentions"] = extract.records.height
            figures |= {f"{extract.source}_{name}": count for name, count in extract.counts.items()}
    except InputFaults as found:
        faults += found.faults
    if faults:
        raise InputFaults(faults)
    return figures
