"""Work on files alone, no council needed: give addresses their UPRN, find which records are the same.

What it finds out by itself: CSV or Parquet, an electoral system's list of properties, and the columns that it needs
by their well-known headings. What it used and what it did without is told among the counts.
"""

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import polars as pl
from rich.console import Console
from rich.progress import Progress

from gazetteer import OUTCOMES, RUNGS, Gazetteer, GazetteerError, resolve
from gazetteer.errors import FormatError
from matchers import MatchersError, Model, Overlap, SameDate, cluster
from matchers import link as linked
from matchers.comparisons.handover import Handover
from svoc.binding import as_faults
from svoc.errors import Fault, InputFaults, SettingsError, nearest
from svoc.exporting import FORMATS, export
from svoc.person_model import read_model
from svoc.sources.clean import address as joined_lines
from svoc.sources.clean import by_value, day, postcode_in, tidied, unreadable
from svoc.sources.clean import postcode as as_postcode
from svoc.sources.clean import uprn as as_uprn
from svoc.sources.property_lists import PropertyList, recognise_property_list
from svoc.sources.tables import Table, fold_heading, read_table

__all__ = ["link_files", "place_file"]

ANSWERS = ("outcome", "uprn", "rung", "certainty", "reason", "matched", "rivals")
"""What `place_file` adds; a column of the input that is called so keeps its place as supplied_outcome and so on."""

BATCH = 20_000
"""Addresses placed between two steps of the progress bar."""

LINE = re.compile(r"^(?:property|site|full)?(?:addressline|address|addrline|addr|add)(\d)$")
WHOLE = ("full address", "address full", "single line address", "whole address", "property address", "address text")
FIRST = ("address", "addr")
AFTER = ("locality", "town", "post town", "city")
POSTCODES = ("postcode", "post code", "property postcode", "address postcode")
UPRNS = ("uprn", "supplied uprn", "property uprn", "unique property reference number")

SPELLINGS: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "title": ("salutation", "elector title"),
        "forename": ("first name", "forenames", "given name", "first names", "elector forename"),
        "middle_names": ("middle name", "other names", "elector middle name"),
        "surname": ("last name", "family name", "elector surname"),
        "previous_surname": ("maiden name", "former surname"),
        "dob": ("date of birth", "birth date", "elector dob"),
        "phone": ("telephone", "phone number", "mobile"),
        "email": ("email address", "e-mail"),
        "postcode": POSTCODES[1:],
        "place": UPRNS,
        "since": ("liability start", "start date", "from"),
        "until": ("liability end", "end date", "to"),
    }
)
"""Headings by which the columns of the person model are known, beside their own names."""


def place_file(
    gazetteer: Path, addresses: Path, out: Path, *, address: list[str], postcode: str | None, uprn: str | None
) -> dict[str, Any]:
    """Give every address of a file its UPRN, or a reason why not.

    `gazetteer`: a file or folder in any format of `gazetteer.formats`, or one saved; `addresses`: CSV or Parquet;
    `out`: CSV or Parquet by its ending, with all columns and rows of `addresses` in their order and `ANSWERS`. The
    address's columns are found by their headings unless they are named. Gives how many there are of each outcome and
    rung, and which columns were read. Raises `SettingsError` for a path or column that is not there, `InputFaults`
    with every fault of a file.
    """
    _writable(out, addresses, gazetteer)
    supplied, asked, told = _questions(addresses, address, postcode, uprn)
    answers = _placed(asked, _gazetteer(gazetteer))
    _write(pl.concat([_making_room(supplied), answers], how="horizontal"), out)
    counts = {f"outcome_{name}": answers.filter(pl.col("outcome") == name).height for name in OUTCOMES}
    rungs = {f"rung_{each.name}": answers.filter(pl.col("rung") == each.name).height for each in RUNGS}
    return {"addresses": answers.height, **counts, **{name: n for name, n in rungs.items() if n}, **told}


def link_files(
    records: Path, others: Path | None, out: Path, *, model: Path | None, id_column: str, clusters: bool
) -> dict[str, Any]:
    """Find which records are one, within a file or, where there are `others`, between the two.

    Writes the pairs that may be one: `left`, `right` (the records' own ids; `left` of the first file, `right` of the
    second), `answer` (same, ask, or possible: likelier than not, and no more), `probability`, `weight` Int32 in
    thousandths of a bit, `context`, and what each comparison found, in words. With `clusters` it writes `id`,
    `cluster` for every record instead, and `source`, the file's name, where there are two.

    Without `model` the shipped person model is used; what it reads and a file lacks is taken as unknown, and told
    among the counts. Raises `SettingsError` and `InputFaults` as `place_file` does.
    """
    _writable(out, *(path for path in (records, others, model) if path))
    chosen = _model(model)
    tables = [_table(path) for path in (records, others) if path]
    files = [_Records.of(table, chosen, id_column, shipped=model is None) for table in tables]
    people = pl.concat(each.frame.with_columns(source=pl.lit(str(n))) for n, each in enumerate(files, 1))
    people = people.with_columns(id=pl.concat_str("source", pl.lit("/"), "id"))
    pairs = _pairs(people, chosen, between=others is not None)
    same = pairs.filter(pl.col("answer") == "same")
    members = cluster(people["id"], same.select("left", "right", "weight")).members
    _write(_members(members, tables) if clusters else _told(pairs, chosen), out)
    answers = {name: pairs.filter(pl.col("answer") == name).height for name in ("same", "ask", "possible")}
    lacking = {f"{each.name} lacks": ", ".join(each.lacks) for each in files if each.lacks}
    vague = {f"{each.name} dates not read": each.unreadable for each in files if each.unreadable}
    return {"records": people.height, **answers, "clusters": members["cluster"].n_unique(), **vague, **lacking}


# --- files


def _table(path: Path, known: Sequence[str] = ()) -> Table:
    """Read CSV as text, Parquet as it is; `lines` counts a Parquet's rows from 1."""
    if path.suffix.lower() in {".xlsx", ".xls", ".ods"}:
        raise SettingsError(f"{path.name}: expected CSV or Parquet; save the sheet as CSV")
    if path.suffix.lower() != ".parquet" or not path.is_file():
        return read_table(path, known=known)
    try:
        frame = pl.read_parquet(path)
    except pl.exceptions.PolarsError:
        raise InputFaults([Fault(path.name, expected="a Parquet file")]) from None
    return Table(path, frame, pl.int_range(1, frame.height + 1, eager=True).alias("line"))


def _writable(out: Path, *read: Path) -> None:
    """Refuse a place for the answer before anything is read."""
    if out.suffix.removeprefix(".") not in FORMATS:
        raise SettingsError(f"--out {out.name}: expected a name that ends in .{' or .'.join(FORMATS)}")
    if not out.parent.is_dir():
        raise SettingsError(f"--out: there is no folder {out.parent.name} to write {out.name} into")
    if out.is_dir() or any(out.exists() and path.exists() and out.samefile(path) for path in read):
        raise SettingsError(f"--out {out.name}: expected another file than those that are read, and no folder")


def _write(frame: pl.DataFrame, out: Path) -> None:
    """Write CSV or Parquet, whole or not at all; in CSV a list is its items with spaces between."""
    form = out.suffix.removeprefix(".")
    lists = [name for name, dtype in frame.schema.items() if isinstance(dtype, pl.List)]
    joined = pl.col(lists).cast(pl.List(pl.String)).list.join(" ").replace("", None)
    export({out.stem: frame.with_columns(joined) if form == "csv" else frame}, out.parent, form=form)


def _column(table: Table, wanted: str, option: str) -> str:
    """Give the file's heading for a column that somebody named."""
    found = table.find(wanted)
    if found is None:
        hint = nearest(wanted, table.headings)
        told = f"did you mean {hint}?" if hint else f"it has {', '.join(table.headings[:30])}"
        raise SettingsError(f"{table.path.name}: has no column {wanted} ({option}); {told}")
    return found


def _first_of(table: Table, headings: Sequence[str]) -> str | None:
    return next(filter(None, map(table.find, headings)), None)


# --- addresses


def _questions(
    path: Path, address: list[str], postcode: str | None, uprn: str | None
) -> tuple[pl.DataFrame, pl.DataFrame, dict[str, str]]:
    """Give the rows as supplied, what is asked of each (address, postcode, supplied_uprn), and what was read."""
    listed = None if address or path.suffix.lower() == ".parquet" else recognise_property_list(path)
    if listed:
        return *_of_list(listed), {"read as": listed.supplier}
    table = _table(path, known=[*WHOLE, *FIRST, *POSTCODES, *UPRNS, *(f"address {n}" for n in range(1, 7))])
    lines = [_column(table, each, "--address") for each in address] or _address_lines(table)
    if not lines:
        told = ", ".join(table.headings[:30])
        raise SettingsError(
            f"{path.name}: no column is known to hold an address; name it with --address; it has {told}"
        )
    code = _column(table, postcode, "--postcode") if postcode else _first_of(table, POSTCODES)
    known = _column(table, uprn, "--uprn") if uprn else _first_of(table, UPRNS)
    used = {"address from": ", ".join(lines), "postcode from": code, "uprn from": known}
    return table.frame, _asked(table.frame, lines, code, known), {name: str(v) for name, v in used.items() if v}


def _of_list(listed: PropertyList) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Read an electoral system's list of properties: its columns as supplied, a heading that stands twice numbered."""
    headings: list[str] = []
    for at, heading in enumerate(listed.headings, 1):
        free = heading.strip() or f"column_{at}"
        headings.append(f"{free}_{at}" if free in headings else free)
    table = read_table(listed.path, headless=headings)
    supplied = table.frame.with_columns(table.lines).filter(pl.col("line") > 1)
    read = listed.read().rename({name: f"asked {name}" for name in ("address", "postcode", "supplied_uprn")})
    both = supplied.join(read, on="line", how="left", maintain_order="left")
    asked = both.select(pl.col(f"asked {name}").alias(name) for name in ("address", "postcode", "supplied_uprn"))
    return both.select(headings), asked


def _address_lines(table: Table) -> list[str]:
    """Find the columns of an address: numbered lines with town or locality behind them, else one column with all."""
    numbered: dict[str, str] = {}
    for heading in table.headings:
        if line := LINE.match(fold_heading(heading)):
            numbered.setdefault(line[1], heading)
    whole, first = _first_of(table, WHOLE), _first_of(table, FIRST)
    if whole or not (numbered or first):
        return [whole] if whole else []
    if first and "1" not in numbered:
        numbered["0"] = first
    after = [found for each in AFTER if (found := table.find(each))] if len(numbered) > 1 or not first else []
    return [*(numbered[n] for n in sorted(numbered)), *after]


def _asked(frame: pl.DataFrame, lines: Sequence[str], code: str | None, known: str | None) -> pl.DataFrame:
    wanted = {**{f"line_{n}": name for n, name in enumerate(lines)}, "code": code, "known": known}
    texts = tidied(
        frame.select(
            (pl.col(name).cast(pl.String) if name else pl.lit(None, pl.String)).alias(ours)
            for ours, name in wanted.items()
        )
    )
    code_given = as_postcode(pl.col("code"))
    whole = joined_lines([pl.col(f"line_{n}") for n in range(len(lines))], code_given)
    return texts.select(
        address=whole, postcode=pl.coalesce(code_given, postcode_in(whole)), supplied_uprn=as_uprn(pl.col("known"))
    )


def _gazetteer(path: Path) -> Gazetteer:
    try:
        return Gazetteer.read(path)
    except FormatError as fault:
        raise InputFaults(as_faults(fault)) from None
    except GazetteerError as fault:
        there = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
        hint = None if path.exists() else nearest(path.name, there)
        raise SettingsError(f"{fault}" + (f"; did you mean {hint}?" if hint else "")) from None


def _placed(asked: pl.DataFrame, gazetteer: Gazetteer) -> pl.DataFrame:
    """Place the addresses batch by batch, with a bar where somebody is watching."""
    bar = Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty())
    with bar:
        task = bar.add_task("placing addresses", total=asked.height)
        answers = []
        for batch in _batches(asked):
            answers.append(resolve(batch, gazetteer).select(ANSWERS).with_columns(pl.col("certainty").round(6)))
            bar.advance(task, batch.height)
    return pl.concat(answers)


def _batches(frame: pl.DataFrame) -> Iterator[pl.DataFrame]:
    yield from (frame.slice(start, BATCH) for start in range(0, max(frame.height, 1), BATCH))


def _making_room(supplied: pl.DataFrame) -> pl.DataFrame:
    """Rename the input's own columns that are called as an answer is."""
    new: dict[str, str] = {}
    for name in set(ANSWERS) & set(supplied.columns):
        free = f"supplied_{name}"
        while free in supplied.columns:
            free += "_"
        new[name] = free
    return supplied.rename(new)


# --- records


@dataclass(frozen=True, slots=True)
class _Records:
    """A file's records as a model reads them: `frame` has id and the model's columns; what the file lacks is null."""

    name: str
    frame: pl.DataFrame
    lacks: tuple[str, ...]
    unreadable: int

    @classmethod
    def of(cls, table: Table, model: Model, id_column: str, *, shipped: bool) -> "_Records":
        spellings = SPELLINGS if shipped else {}
        own = _ids(table, _column(table, id_column, "--id"))
        wanted = list(dict.fromkeys([*model.columns, *(c for block in model.blocks for c in block.columns)]))
        found = {name: _first_of(table, (name, *spellings.get(name, ()))) for name in wanted}
        if not any(found.values()):
            raise SettingsError(f"{table.path.name}: has none of the columns that the model reads: {', '.join(wanted)}")
        texts = tidied(
            table.frame.select(
                (pl.col(there).cast(pl.String) if there else pl.lit(None, pl.String)).alias(name)
                for name, there in found.items()
            )
        )
        dates = _dates_of(model)
        vague = sum(texts.select(unreadable(pl.col(name)).sum()).item() for name in dates)
        read = texts.with_columns(
            *(by_value(texts[name], day).alias(name) for name in dates),
            *(_as_number(name) for name in wanted if "place" in name or name in {model.place, "uprn"}),
        ).with_columns(own)
        return cls(table.path.name, read, tuple(name for name, there in found.items() if there is None), vague)


def _ids(table: Table, column: str) -> pl.Series:
    """Give the ids of a file as text; every row that has none, or one that stands before it, is a fault."""
    ids = tidied(table.frame.select(pl.col(column).cast(pl.String).alias("id")))["id"]
    wrong = pl.DataFrame({"line": table.lines, "id": ids}).filter(
        pl.col("id").is_null() | ~pl.col("id").is_first_distinct()
    )
    faults = [
        Fault(table.path.name, line, column, "an id, found none" if own is None else "each id once, found it before")
        for line, own in wrong.select("line", "id").iter_rows()
    ]
    if faults:
        raise InputFaults(faults)
    return ids


def _dates_of(model: Model) -> list[str]:
    """Name the columns that the model reads as dates."""
    names: list[str] = []
    for each in model.comparisons:
        if isinstance(each, SameDate):
            names.append(each.column)
        if isinstance(each, Overlap | Handover):
            names += [each.since, each.until]
    return list(dict.fromkeys(names))


def _as_number(name: str) -> pl.Expr:
    """Write UPRNs one way, whatever a spreadsheet did to them; what is none stays as it is."""
    return pl.coalesce(as_uprn(pl.col(name)).cast(pl.String), pl.col(name)).alias(name)


def _model(path: Path | None) -> Model:
    if path is None:
        return read_model()
    try:
        model = Model.read(path)
        _ = model.knowledge
    except MatchersError as fault:
        raise SettingsError(f"--model {path.name}: {fault}") from None
    except (OSError, UnicodeDecodeError) as fault:
        raise SettingsError(f"--model {path.name}: cannot be read ({type(fault).__name__})") from None
    return model


def _pairs(people: pl.DataFrame, model: Model, *, between: bool) -> pl.DataFrame:
    """Give the pairs that may be one, with the model's answer."""
    limits = model.thresholds
    if between:
        found = linked(people, model, source="source", link_type="between", at_least=min(limits.ask, 0))
    else:
        found = linked(people, model, at_least=min(limits.ask, 0))
    weight = pl.col("weight")
    answer = pl.when(weight >= limits.same).then(pl.lit("same")).when(weight >= limits.ask).then(pl.lit("ask"))
    return found.with_columns(answer=answer.otherwise(pl.lit("possible")))


def _told(pairs: pl.DataFrame, model: Model) -> pl.DataFrame:
    """Write what each comparison found in words, likeliest pairs first."""
    levels = {each.name: dict(enumerate(each.levels)) for each in model.comparisons}
    found = [
        pl.col(f"grade_{name}").replace_strict(words, default=None, return_dtype=pl.String).alias(name)
        for name, words in levels.items()
    ]
    ends = [pl.col(end).str.slice(2) for end in ("left", "right")]
    return pairs.sort("weight", "left", "right", descending=[True, False, False]).select(
        *ends, "answer", "probability", "weight", "context", *found
    )


def _members(members: pl.DataFrame, tables: Sequence[Table]) -> pl.DataFrame:
    """Name the records as their files do, and a cluster by the first of its records (of two files, as 1/id or 2/id)."""
    names = [table.path.name for table in tables]
    sources = dict(zip("12", names if len(set(names)) == len(names) else ["first", "second"], strict=False))
    source = pl.col("id").str.head(1).replace_strict(sources, return_dtype=pl.String)
    own = [pl.col("id").str.slice(2), pl.col("cluster").str.slice(2)]
    if len(tables) == 1:
        return members.select(own).sort("id")
    return members.select(source.alias("source"), own[0], "cluster")
