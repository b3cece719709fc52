"""Carries stewards' decisions to another council as a CSV, and takes those of another: for two that become one.

The file has a row for every decision that was ever made, under the columns of `COLUMNS`:

- `id`: what the decision is known by everywhere; the same file taken twice is taken once;
- `verdict`: same, different, unsure, confirmed or rejected;
- `left`, `right`: two mention keys as `source/record/n`, of which `left` may be a life event; no name, no address;
- `steward`, `because`, `at`: who, why, and the moment with its time zone; `expires`: a day, or nothing;
- `people`: how many different people have to say so of a life event, or nothing: one;
- `state`: holds, superseded or undone; `undone_by`, `undone_because`, `undone_at`: who took it back.

References of a source and reasons are personal data all the same: the file is made for its owner only.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from matchers.decisions import settled
from matchers.graph import grouped
from svoc.council import Council
from svoc.errors import Fault, InputFaults, SettingsError, nearest
from svoc.formulas import harmless, restored
from svoc.sources.tables import read_table, showable
from svoc.steps.contradict import in_conflict
from svoc.store import ledger
from svoc.whole_files import write_whole
from svoc.words.audit import Kind
from svoc.words.decisions import DECISIONS, Verdict, ends_of, holding, known_as
from svoc.words.mentions import EVENTS_SOURCE

__all__ = ["COLUMNS", "STATES", "Brought", "export_decisions", "import_decisions", "state_of"]

COLUMNS = (
    "id", "verdict", "left", "right", "steward", "because", "at", "expires", "state", "undone_by", "undone_because",
    "undone_at", "people",
)  # fmt: skip
"""The columns of the file, in their order."""
SINCE = frozenset({"people"})
"""Columns that files of earlier versions lack: nothing stands in them then."""
STATES = ("holds", "superseded", "undone")
SAME, DIFFERENT = Verdict.SAME.value, Verdict.DIFFERENT.value
KEY = "a mention key as source/record/1"


@dataclass(frozen=True, slots=True)
class Brought:
    """What became of the decisions of a file.

    `taken`: how many were taken; `known`: how many are here already; `agreeing`: how many say what holds here anyhow;
    `past`: how many hold no longer where they come from; `asleep`: how many of those taken are about a mention that is
    not here; `conflicts`: those that contradict what holds here, or each other, and were left out, in words;
    `taken_back`: decisions that hold here and were taken back since where they come from, in words; `strangers`:
    sources that this council does not have -> how many decisions name them.
    """

    taken: int
    known: int
    agreeing: int
    past: int
    asleep: int
    conflicts: tuple[str, ...]
    taken_back: tuple[str, ...]
    strangers: Mapping[str, int]

    def words(self) -> str:
        """Tell it in lines."""
        counted = (
            f"{self.taken} decisions taken, of which {self.asleep} sleep; {self.known} were here already, "
            f"{self.agreeing} say what holds here, {self.past} hold no longer where they come from"
        )
        unknown = [
            f"{number} name the source {source}, which is not here: name the one it is with --map {source}=NAME"
            for source, number in self.strangers.items()
        ]
        return "\n".join([counted, *unknown, *(f"not taken: {words}" for words in self.conflicts), *self.taken_back])


def state_of(decision: Mapping[str, Any]) -> str:
    """Say whether a decision (row of `DECISIONS`) holds, was superseded or undone; expiry is the night's to count."""
    if decision["superseded_by"] is None:
        return "holds"
    return "undone" if decision["superseded_by"] == decision["decision"] else "superseded"


def export_decisions(council: Council, path: Path, *, purpose: str | None = None, by: str | None = None) -> int:
    """Write the ledger, as far as a purpose may read it, as a CSV that only its owner can read; give how many rows.

    `purpose`, `by`: what it is for and who asks, those in council.toml unless given.
    """
    told = council.reader(purpose, actor=by).decisions()
    rows = [{**row, "id": known_as(row), "state": state_of(row)} for row in told.to_dicts()]
    cells = [["" if row[name] is None else _written(row[name]) for name in COLUMNS] for row in rows]
    frame = pl.DataFrame(cells, schema=dict.fromkeys(COLUMNS, pl.String), orient="row")
    write_whole(path, lambda file: harmless(frame).write_csv(file))
    return len(rows)


def _written(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def import_decisions(
    council: Council,
    path: Path,
    *,
    renamed: Mapping[str, str],
    by: str,
    purpose: str | None = None,
    dry_run: bool = False,
) -> Brought:
    """Take the decisions of a file that hold where they come from, all or none of what can be taken.

    `renamed`: name of a source there -> its name here. What contradicts a decision that holds here, directly or through
    third records, is told and left out; so are two of the file that contradict each other. What stands here is that of
    the lane of a `purpose`, that in council.toml unless given: a record of another lane is not here. Raises
    `InputFaults` for every fault of the file, `SettingsError` for a name that cannot be mapped.
    """
    reader = council.reader(purpose, actor=by)
    told = _renamed(_read(path), renamed, set(council.policy.kinds), path)
    yesterday = council.store.yesterday()
    here = {known_as(row): row for row in yesterday.decisions.iter_rows(named=True)}
    standing = [row for row in told if row["state"] == "holds"]
    fresh = [row for row in standing if row["id"] not in here]
    stands = reader.standing(yesterday)
    held = holding(stands.decisions, yesterday.as_of or date.min)
    agreeing, other = _beside(fresh, held)
    refused = _contradictory(other, held)
    wanted = [row for row in other if row["line"] not in refused]
    mentions = set(stands.mentions["mention"])
    if not dry_run:
        about = {"purpose": reader.purpose.code, "lane": reader.lane.name}
        with council.audit.acting(Kind.IMPORT, actor=by, counts={"decisions": len(wanted)}, **about):
            ledger.bring(council.store.engine, [_of_the_ledger(row) for row in wanted], by=by)
    return Brought(
        taken=len(wanted),
        known=len(standing) - len(fresh),
        agreeing=agreeing,
        past=len(told) - len(standing),
        asleep=sum(not {row["left"], row["right"]} <= mentions for row in wanted),
        conflicts=tuple(f"{path.name}, line {line}: {words}" for line, words in sorted(refused.items())),
        taken_back=tuple(_taken_back(told, here)),
        strangers=_strangers(wanted, {*council.policy.kinds, EVENTS_SOURCE}),
    )


def _read(path: Path) -> list[dict[str, Any]]:
    """Read the file into rows with their lines, or raise every fault of it."""
    table = read_table(path, known=COLUMNS)
    missing = [name for name in COLUMNS if name not in table.headings and name not in SINCE]
    if missing:
        shown = table.headings if len(missing) * 2 < len(COLUMNS) else showable(table)
        raise InputFaults(Fault(path.name, 1, name, "a column of this name", nearest(name, shown)) for name in missing)
    lacking = [pl.lit("").alias(name) for name in COLUMNS if name not in table.headings]
    told = restored(table.frame.with_columns(lacking).select(COLUMNS).fill_null(""))
    rows: list[dict[str, Any]] = [
        {**row, "line": line} for row, line in zip(told.iter_rows(named=True), table.lines, strict=True)
    ]
    faults = [fault for row in rows for fault in _faults(path.name, row)]
    twice = {ident for ident, count in Counter(row["id"] for row in rows).items() if count > 1}
    faults += [Fault(path.name, row["line"], "id", "every id once") for row in rows if row["id"] in twice]
    if faults:
        raise InputFaults(sorted(faults))
    return [_typed(row) for row in rows]


def _faults(file: str, row: Mapping[str, Any]) -> Iterator[Fault]:
    line = row["line"]
    for name, words in (("verdict", tuple(Verdict)), ("state", STATES)):
        if row[name] not in words:
            yield Fault(file, line, name, f"one of {', '.join(words)}", nearest(row[name], words))
    for name in ("id", "steward", "because"):
        if not row[name].strip():
            yield Fault(file, line, name, "something")
    for name in ("left", "right"):
        if not _is_key(row[name]):
            yield Fault(file, line, name, KEY)
    if row["left"] == row["right"]:
        yield Fault(file, line, "right", "another mention than in left")
    if _moment(row["at"]) is None:
        yield Fault(file, line, "at", "a moment with its time zone, as 2026-11-02T09:30:00+00:00")
    if row["people"] not in {"", "1", "2"}:
        yield Fault(file, line, "people", "1 or 2, or nothing")
    if row["expires"] and _day(row["expires"]) is None:
        yield Fault(file, line, "expires", "a date as 2026-11-02, or nothing")


def _is_key(text: str) -> bool:
    parts = text.split("/")
    return len(parts) >= 3 and all(parts) and parts[-1].isdecimal()


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _typed(row: Mapping[str, Any]) -> dict[str, Any]:
    expires, people = _day(row["expires"]) if row["expires"] else None, int(row["people"]) if row["people"] else None
    return {**row, "at": _moment(row["at"]), "expires": expires, "people": people}


def _renamed(
    rows: list[dict[str, Any]], renamed: Mapping[str, str], sources: set[str], path: Path
) -> list[dict[str, Any]]:
    """Give every key the name that its source has here."""
    named = {_source(row[end]) for row in rows for end in ("left", "right")}
    for old, new in renamed.items():
        if old not in named:
            hint = nearest(old, named) or ", ".join(sorted(named))
            raise SettingsError(f"--map {old}={new}: {path.name} names no source {old}; did you mean {hint}?")
        if new not in sources:
            hint = nearest(new, sources) or ", ".join(sorted(sources))
            raise SettingsError(f"--map {old}={new}: council.toml has no source {new}; did you mean {hint}?")

    def here(key: str) -> str:
        source = _source(key)
        return renamed.get(source, source) + key[len(source) :]

    ends = (ends_of(row["verdict"], here(row["left"]), here(row["right"])) for row in rows)
    return [{**row, "left": left, "right": right} for row, (left, right) in zip(rows, ends, strict=True)]


def _source(key: str) -> str:
    return key.partition("/")[0]


def _beside(rows: list[dict[str, Any]], held: pl.DataFrame) -> tuple[int, list[dict[str, Any]]]:
    """Count the rows that say what holds here, and give the others."""
    said = {(left, right): verdict for left, right, verdict in held.select("left", "right", "verdict").iter_rows()}
    other = [row for row in rows if said.get((row["left"], row["right"])) != row["verdict"]]
    return len(rows) - len(other), other


def _contradictory(rows: list[dict[str, Any]], held: pl.DataFrame) -> dict[int, str]:
    """Say by line why a row cannot hold beside what holds here, or beside another row."""
    numbers = dict(zip(zip(held["left"], held["right"], strict=True), held["decision"], strict=True))
    found: dict[int, str] = {}
    for row in rows:
        number = numbers.get((row["left"], row["right"]))
        if number is not None:
            found[row["line"]] = f"{row['verdict']} contradicts decision {number} about the same two"
    all_said = pl.concat([held.select("verdict", "left", "right"), _pairs(rows)])
    must, must_not = (all_said.filter(pl.col("verdict") == verdict) for verdict in (SAME, DIFFERENT))
    at_odds = set(settled(must, must_not).conflicts["id"])
    knots = grouped(pl.concat([must["left"], must["right"]]), must)
    knot = dict(knots.iter_rows())
    members = dict(knots.group_by("group").agg("id").iter_rows())
    for row in rows:
        one, other = knot.get(row["left"]), knot.get(row["right"])
        tied = row["verdict"] in {SAME, DIFFERENT} and one is not None and one == other and row["left"] in at_odds
        if tied and row["line"] not in found:
            found[row["line"]] = f"{row['verdict']} contradicts {_others(rows, row, members[one], held)}"
    return found


def _pairs(rows: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    schema = {name: DECISIONS[name] for name in ("verdict", "left", "right")}
    return pl.DataFrame([{name: row[name] for name in schema} for row in rows], schema=schema, orient="row")


def _others(rows: Sequence[Mapping[str, Any]], row: Mapping[str, Any], ids: list[str], held: pl.DataFrame) -> str:
    """Name what a row is at odds with through third records: decisions here, and lines of the file."""
    here = [str(number) for number, _ in in_conflict(held, ids)]
    lines = [str(r["line"]) for r in rows if r is not row and {r["left"], r["right"]} <= set(ids)]
    named = [f"decisions {', '.join(here)}"] if here else []
    return " and ".join([*named, *([f"lines {', '.join(lines)}"] if lines else [])]) + " through third records"


def _taken_back(told: list[dict[str, Any]], here: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Tell which decisions hold here though they were taken back since in the council that they are from."""
    for row in told:
        ours = here.get(row["id"])
        if row["state"] == "undone" and ours is not None and ours["superseded_by"] is None:
            yield f"decision {ours['decision']} was taken back where it comes from and still holds here"


def _strangers(rows: list[dict[str, Any]], sources: set[str]) -> dict[str, int]:
    named = Counter(s for row in rows for s in {_source(row["left"]), _source(row["right"])})
    return {source: count for source, count in sorted(named.items()) if source not in sources}


def _of_the_ledger(row: Mapping[str, Any]) -> dict[str, Any]:
    kept = ("verdict", "left", "right", "steward", "because", "at", "expires", "people")
    return {**{name: row[name] for name in kept}, "origin": row["id"]}
