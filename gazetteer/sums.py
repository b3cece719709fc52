"""Sums files up, so that one can tell whether a file is still the one that it was."""

import hashlib
from pathlib import Path


def sum_of(file: Path) -> str:
    """Gives a file's SHA-256 sum, as 64 hexadecimal digits; the file is read as a stream."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
