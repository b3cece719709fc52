"""Leaves all that waits for a recipient as one file, JSON lines or CSV, with a manifest beside it."""

import hashlib
import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

import polars as pl

from svoc.formulas import harmless
from svoc.notices.base import Notice, envelope
from svoc.notices.file_drop import box_of
from svoc.whole_files import write_whole

__all__ = ["BatchDrop", "out_of_batches"]

MANIFEST = ".manifest.json"
ENVELOPE = ("notice", "kind", "reference", "party", "person", "purpose", "basis", "run", "retracts")
"""Columns of a CSV batch before the facts."""


@dataclass(frozen=True, slots=True)
class BatchDrop:
    """A folder for each recipient; for each delivery a file and its manifest, named by what is in it.

    The manifest (`NAME.manifest.json`) is written last: a file without one is not to be read yet. It names the file,
    its format, its SHA-256, how many notices it holds and which, in their order. A notice that a manifest in the folder
    names is not written again. In a CSV a text that a spreadsheet would run as a formula has an apostrophe before it.
    """

    folder: Path
    format: Literal["csv", "jsonl"]

    def send_all(self, notices: Sequence[Notice]) -> None:
        """Leave the notices of one recipient, but for those that are there."""
        if not notices:
            return
        box = box_of(self.folder, notices[0].recipient)
        known = {each for manifest in _manifests(box) for each in manifest["notices"]}
        fresh = [notice for notice in notices if notice.notice not in known]
        if not fresh:
            return
        content = _csv(fresh) if self.format == "csv" else _lines(fresh)
        ids = [notice.notice for notice in fresh]
        name = hashlib.blake2b("\x1f".join(ids).encode(), digest_size=10).hexdigest()
        _write(box / f"batch-{name}.{self.format}", content, self.format, ids)


def out_of_batches(folder: Path, notices: Collection[str]) -> int:
    """Take notices out of the batches that still lie in the outbox; give how many files were written anew or removed.

    A batch of which nothing is left is removed, and its manifest with it.
    """
    touched = 0
    for box in sorted(each for each in folder.glob("*") if each.is_dir()):
        for manifest in list(_manifests(box)):
            left = [each for each in manifest["notices"] if each not in notices]
            if len(left) < len(manifest["notices"]):
                _rewrite(box / manifest["file"], manifest, left)
                touched += 1
    return touched


def _rewrite(file: Path, manifest: dict[str, Any], left: list[str]) -> None:
    beside = file.with_name(file.name + MANIFEST)
    if not left:
        file.unlink(missing_ok=True)
        beside.unlink(missing_ok=True)
        return
    gone = set(manifest["notices"]) - set(left)
    if manifest["format"] == "csv":
        frame = pl.read_csv(file, infer_schema=False)
        content = frame.filter(~pl.col("notice").is_in(sorted(gone))).write_csv()
    else:
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        content = "".join(line for line in lines if json.loads(line)["id"] not in gone)
    _write(file, content, manifest["format"], left)


def _write(file: Path, content: str, kind: str, notices: Sequence[str]) -> None:
    held = {"file": file.name, "format": kind, "sha256": hashlib.sha256(content.encode()).hexdigest()}
    write_whole(file, content)
    beside = file.with_name(file.name + MANIFEST)
    write_whole(beside, json.dumps({**held, "count": len(notices), "notices": list(notices)}, indent=2))


def _manifests(box: Path) -> Iterator[dict[str, Any]]:
    for file in sorted(box.glob(f"*{MANIFEST}")):
        said = json.loads(file.read_text(encoding="utf-8"))
        if isinstance(said, dict) and isinstance(said.get("notices"), list):
            yield said


def _lines(notices: Sequence[Notice]) -> str:
    return "".join(json.dumps(envelope(notice), ensure_ascii=False) + "\n" for notice in notices)


def _csv(notices: Sequence[Notice]) -> str:
    """Give a row for each notice: its envelope, then every fact that any of them holds."""
    facts = sorted({fact for notice in notices for fact in notice.payload})
    rows = [
        {
            **{name: _text(getattr(notice, name)) for name in ENVELOPE},
            **{f: _text(notice.payload.get(f)) for f in facts},
        }
        for notice in notices
    ]
    frame = pl.DataFrame(rows, schema=dict.fromkeys([*ENVELOPE, *facts], pl.String()), orient="row")
    out = BytesIO()
    harmless(frame).write_csv(out)
    return out.getvalue().decode()


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
