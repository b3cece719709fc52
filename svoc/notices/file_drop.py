"""Leaves each notice as a JSON file in the recipient's folder, whole or not at all."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

from svoc.notices.base import Notice

__all__ = ["FileDrop"]

OWNER_ONLY = os.O_WRONLY | os.O_CREAT | os.O_EXCL


@dataclass(frozen=True, slots=True)
class FileDrop:
    """A folder for each recipient; a file for each notice, named by its identifier, which tells nothing of a person.

    The file is a CloudEvents 1.0 envelope in JSON. It is written beside its place and then renamed, so that a
    reader never meets half a notice; a notice that is already there is not written again.
    """

    folder: Path

    def send(self, notice: Notice) -> None:
        """Leave the notice, unless it is there; raise `ValueError` for a recipient that is no name of a folder."""
        name = notice.recipient
        if not name or name.startswith(".") or Path(name).name != name:
            raise ValueError("the recipient of a notice is the name of a source, and a folder of that name")
        box = self.folder / notice.recipient
        for folder in (self.folder, box):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        final = box / f"{notice.notice}.json"
        if final.exists():
            return
        draft = box / f".{notice.notice}.{os.getpid()}.part"
        try:
            with os.fdopen(os.open(draft, OWNER_ONLY, 0o600), "w", encoding="utf-8") as file:
                json.dump(_envelope(notice), file, ensure_ascii=False, indent=2)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(final)
        finally:
            draft.unlink(missing_ok=True)


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
