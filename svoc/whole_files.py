"""Writes files that only their owner may read, and that a reader meets whole or not at all."""

import os
from collections.abc import Callable
from io import BufferedWriter
from pathlib import Path

__all__ = ["owners", "write_whole"]

NEW_AND_OWNERS = os.O_WRONLY | os.O_CREAT | os.O_EXCL


def owners(new: Path) -> BufferedWriter:
    """Open a file that is not there yet, to be written by its owner and read by nobody else, from the first byte on.

    >>> import tempfile
    >>> with owners(Path(tempfile.mkdtemp()) / "frame.arrow") as file:
    ...     file.write(b"whole")
    5
    """
    return os.fdopen(os.open(new, NEW_AND_OWNERS, 0o600), "wb")


def write_whole(final: Path, content: str | Callable[[BufferedWriter], object]) -> None:
    """Write a text as UTF-8, or let a function fill the file, so that it is there whole or not at all.

    It is written as a draft that only its owner can read, brought to the disk, and put in place in one move. A run
    that is interrupted or fails leaves what stood there before, and no draft; one that is killed or loses its power
    may leave the draft, `.NAME.PROCESS.part`, which nothing reads. Raises `OSError` as the system gives it.

    >>> import tempfile
    >>> answer = Path(tempfile.mkdtemp()) / "answer.txt"
    >>> write_whole(answer, "whole")
    >>> answer.read_text()
    'whole'
    """
    draft = final.with_name(f".{final.name}.{os.getpid()}.part")
    draft.unlink(missing_ok=True)
    # Opened inside, and written through what was opened: an interrupt at any point meets the `finally`, and nothing
    # that is still writing can make the draft again by its name.
    try:
        with owners(draft) as file:
            if isinstance(content, str):
                file.write(content.encode())
            else:
                content(file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(final)
    finally:
        # An interrupt that ends a question of polars is told twice: by polars, which brings us here, and then by Python
        # itself, as early as in these lines.
        try:
            draft.unlink(missing_ok=True)
        finally:
            draft.unlink(missing_ok=True)
