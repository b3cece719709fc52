"""Keeps the last night's frames as files beside the database, so that the next need not read them out of it again.

The database alone is the truth. What is kept here serves only where it bears the token of the run that is published;
the folder may be deleted at any time, and whatever cannot be read is read from the database.
"""

import json
import os
import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields
from functools import partial
from pathlib import Path

import polars as pl
import structlog

from svoc.side_by_side import meanwhile, side_by_side
from svoc.whole_files import owners
from svoc.words.decisions import DECISIONS
from svoc.words.mentions import PLACED, TONIGHTS
from svoc.words.plan import LaneState, Plan
from svoc.words.workings import Workings

__all__ = ["Remembered", "new_token", "recall", "remembering"]

log = structlog.get_logger("svoc")

FORMAT = 1
INDEX = "index.json"


@dataclass(frozen=True, slots=True)
class Remembered:
    """What stands in a run, as far as it is kept: frame of `PLACED`, the lanes' states and the workings."""

    mentions: pl.DataFrame
    lanes: Mapping[str, LaneState]
    workings: Workings


def new_token() -> str:
    """Make what a run and the files that are kept of it are known by to each other."""
    return secrets.token_hex(12)


@contextmanager
def remembering(cache: Path | None, token: str, plan: Plan) -> Iterator[None]:
    """Keep what a plan holds that is published within, in place of what was kept before; the writing goes on meanwhile.

    Where the plan was not published, what was kept before stays. Without a folder, or of a plan without workings,
    nothing is kept. What cannot be written is done without, and said.
    """
    if cache is None or plan.workings is None:
        yield
        return
    draft = cache / f".night-{token}.{os.getpid()}.part"
    try:
        with meanwhile(partial(_write, draft, plan, plan.workings)) as written:
            yield
            _put_in_place(written, draft, cache / f"night-{token}")
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    _let_go(cache, but=f"night-{token}")


def _put_in_place(written: Callable[[], None], draft: Path, final: Path) -> None:
    try:
        written()
        draft.rename(final)
    except OSError as fault:
        log.warning("the night is not kept for the next, which takes longer", because=type(fault).__name__)


def recall(cache: Path | None, token: str | None) -> Remembered | None:
    """Give what is kept of the run that bears a token, if it is there and whole."""
    folder = cache / f"night-{token}" if cache and token else None
    if folder is None or not folder.is_dir():
        return None
    try:
        return _read(folder)
    except (OSError, ValueError, KeyError, pl.exceptions.PolarsError) as fault:
        log.warning("what was kept of the last night is damaged, and is read anew", because=type(fault).__name__)
        return None


def _let_go(cache: Path, *, but: str) -> None:
    for old in [*cache.glob("night-*"), *cache.glob(".night-*.part")]:
        if old.name != but:
            shutil.rmtree(old, ignore_errors=True)  # a reader that has it open on Windows keeps it until the next night


def _write(folder: Path, plan: Plan, workings: Workings) -> None:
    folder.mkdir(mode=0o700, parents=True)
    absent = {name: pl.lit(None, dtype=PLACED[name]) for name in TONIGHTS}
    _frame(folder, "mentions", plan.mentions.with_columns(**absent))
    for name in ("people", "keys", "held"):
        _frame(folder, name, getattr(workings, name))
    lanes, sources = sorted(plan.lanes), sorted(workings.rows)
    for number, lane in enumerate(lanes):
        for part in fields(LaneState):
            _frame(folder, f"lane-{number}-{part.name}", getattr(plan.lanes[lane].state, part.name))
        _frame(folder, f"lane-{number}-pairs", workings.pairs[lane])
    for number, source in enumerate(sources):
        _frame(folder, f"rows-{number}", workings.rows[source][0])
    told = {source: dict(workings.rows[source][1]) for source in sources}
    index = {"format": FORMAT, "rests_on": workings.rests_on, "lanes": lanes, "rows": told}
    with owners(folder / INDEX) as file:
        file.write(json.dumps(index).encode())


def _read(folder: Path) -> Remembered | None:
    index = json.loads((folder / INDEX).read_text(encoding="utf-8"))
    if index["format"] != FORMAT:
        return None
    kept = _frames(folder)
    told = enumerate(sorted(index["rows"].items()))
    workings = Workings(
        rests_on=index["rests_on"],
        people=kept["people"],
        keys=kept["keys"],
        pairs={lane: kept[f"lane-{number}-pairs"] for number, lane in enumerate(index["lanes"])},
        held=kept["held"].match_to_schema(pl.Schema(DECISIONS)),
        rows={source: (kept[f"rows-{number}"], said) for number, (source, said) in told},
    )
    lanes = {
        lane: LaneState(**{part.name: kept[f"lane-{number}-{part.name}"] for part in fields(LaneState)})
        for number, lane in enumerate(index["lanes"])
    }
    return Remembered(kept["mentions"].match_to_schema(pl.Schema(PLACED)), lanes, workings)


def _frame(folder: Path, name: str, frame: pl.DataFrame) -> None:
    with owners(folder / f"{name}.arrow") as file:
        frame.write_ipc(file, compression="lz4")


def _frames(folder: Path) -> dict[str, pl.DataFrame]:
    files = list(folder.glob("*.arrow"))
    frames = side_by_side(*(partial(pl.read_ipc, file) for file in files))
    return {file.stem: frame for file, frame in zip(files, frames, strict=True)}
