"""Leaves each notice as a JSON file in the recipient's folder, whole or not at all."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

from svoc.notices.base import Notice

__all__ = ["FileDrop"]


@dataclass(frozen=True, slots=True)
class FileDrop:
    """A folder for each recipient; a file for each notice, named by its identifier, which tells nothing of a person.

    The file is a CloudEvents 1.0 envelope in JSON. It is written beside its place and then renamed, so that a
    reader never meets half a notice; a notice that is already there is not written again.
    """

    folder: Path

    def send(self, notice: Notice) -> None:
        """Leave the notice, unless it is there."""
        box = self.folder / notice.recipient
        box.mkdir(parents=True, exist_ok=True, mode=0o700)
        final = box / f"{notice.notice}.json"
        if final.exists():
            return
        draft = box / f".{notice.notice}.{os.getpid()}.part"
        try:
            with draft.open("x", encoding="utf-8", opener=_owner_only) as file:
                json.dump(_envelope(notice), file, ensure_ascii=False, indent=2)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(final)
        finally:
            draft.unlink(missing_ok=True)


def _owner_only(path: str, flags: int) -> int:
    return os.open(path, flags, mode=0o600)


def _envelope(notice: Notice) -> dict[str, object]:
    return {
        "specversion": "1.0",
        "id": notice.notice,
        "source": "svoc",
        "type": f"svoc.{notice.kind}",
        "subject": notice.reference,
        "datacontenttype": "application/json",
        "data": {"person": notice.person, "basis": notice.basis, "run": notice.run, "facts": dict(notice.payload)},
    }
