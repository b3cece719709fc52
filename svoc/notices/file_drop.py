"""Leaves each notice as a JSON file in the recipient's folder, whole or not at all."""

import json
from dataclasses import dataclass
from pathlib import Path

from svoc.notices.base import Notice, envelope
from svoc.whole_files import write_whole

__all__ = ["FileDrop", "box_of"]


@dataclass(frozen=True, slots=True)
class FileDrop:
    """A folder for each recipient; a file for each notice, named by its identifier, which tells nothing of a person.

    The file is a CloudEvents 1.0 envelope in JSON. It is written beside its place and then renamed, so that a
    reader never meets half a notice; a notice that is already there is not written again.
    """

    folder: Path

    def send(self, notice: Notice) -> None:
        """Leave the notice, unless it is there; raise `ValueError` for a recipient that is no name of a folder."""
        final = box_of(self.folder, notice.recipient) / f"{notice.notice}.json"
        if not final.exists():
            write_whole(final, json.dumps(envelope(notice), ensure_ascii=False, indent=2))


def box_of(folder: Path, recipient: str) -> Path:
    """Give the recipient's own folder, made if need be, for its owner alone; raise `ValueError` for no such name."""
    if not recipient or recipient.startswith(".") or Path(recipient).name != recipient:
        raise ValueError("the recipient of a notice is the name of a source, and a folder of that name")
    box = folder / recipient
    for each in (folder, box):
        each.mkdir(parents=True, exist_ok=True, mode=0o700)
    return box
