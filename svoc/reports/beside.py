"""Write tables as CSVs and, beside them, the page that shows them."""

import errno
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from svoc.errors import SettingsError, StoreUnavailable
from svoc.exporting import export
from svoc.whole_files import write_whole

__all__ = ["FULL", "write_beside"]

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def write_beside(frames: Mapping[str, pl.DataFrame], page: Path, text: str, *, called: str) -> Path:
    """Write each frame as a CSV into the folder of a page, and the page; give its path.

    `called`: what they are, for whoever reads why they could not be written. Each file appears whole or not at all, is
    readable by its owner only, and replaces that of an earlier run. Raises `SettingsError` where the folder cannot be
    used, `StoreUnavailable` where the disk is full.
    """
    try:
        export(dict(frames), page.parent)
        write_whole(page, text)
    except OSError as fault:
        if fault.errno in FULL or fault.errno is None:  # polars passes the system's refusal on without its number
            raise StoreUnavailable(f"the {called} cannot be written: make room on the disk and run it again") from None
        why = fault.strerror or type(fault).__name__
        raise SettingsError(f"{page.parent.name}: the {called} cannot be written there ({why})") from None
    return page
