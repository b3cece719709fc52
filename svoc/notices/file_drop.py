"""Leaves each notice as a JSON file in the recipient's folder, whole or not at all."""

import json
from dataclasses import dataclass
from pathlib import Path

from svoc.notices.base import Notice
from svoc.whole_files import write_whole

__all__ = ["FileDrop"]


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
        write_whole(final, json.dumps(_envelope(notice), ensure_ascii=False, indent=2))


def _envelope(notice: Notice) -> dict[str, object]:
    about = {"retracts": notice.retracts} if notice.retracts else {}
    facts = dict(notice.payload)
    return {
        "specversion": "1.0",
        "id": notice.notice,
        "source": "svoc",
        "type": f"svoc.{notice.kind}",
        "subject": notice.reference,
        "datacontenttype": "application/json",
        "data": {"person": notice.person, "basis": notice.basis, "run": notice.run, **about, "facts": facts},
    }
