"""Find which records of one file, or of two, are the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import polars as pl

from matchers import MatchersError, Model, Overlap, SameDate, cluster
from matchers import link as linked
from matchers.comparisons.handover import Handover
from svoc.by_file.files import (
    POSTCODES,
    UPRNS,
    check_writable,
    first_known,
    named_column,
    table_of,
    write_frame,
)
from svoc.errors import Fault, InputFaults, SettingsError
from svoc.person_model import read_model
from svoc.sources.clean import by_value, day, tidied, unreadable
from svoc.sources.clean import uprn as as_uprn
from svoc.sources.tables import Table

__all__ = ["link_files"]

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
    check_writable(out, *(path for path in (records, others, model) if path))
    chosen = _model(model)
    tables = [table_of(path) for path in (records, others) if path]
    files = [_Records.of(table, chosen, id_column, shipped=model is None) for table in tables]
    people = pl.concat(each.frame.with_columns(source=pl.lit(str(n))) for n, each in enumerate(files, 1))
    people = people.with_columns(id=pl.concat_str("source", pl.lit("/"), "id"))
    pairs = _pairs(people, chosen, between=others is not None)
    same = pairs.filter(pl.col("answer") == "same")
    members = cluster(people["id"], same.select("left", "right", "weight")).members
    write_frame(_members(members, tables) if clusters else _told(pairs, chosen), out)
    answers = {name: pairs.filter(pl.col("answer") == name).height for name in ("same", "ask", "possible")}
    lacking = {f"{each.name} lacks": ", ".join(each.lacks) for each in files if each.lacks}
    vague = {f"{each.name} dates not read": each.unreadable for each in files if each.unreadable}
    return {"records": people.height, **answers, "clusters": members["cluster"].n_unique(), **vague, **lacking}


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
        own = _ids(table, named_column(table, id_column, "--id"))
        wanted = list(dict.fromkeys([*model.columns, *(c for block in model.blocks for c in block.columns)]))
        found = {name: first_known(table, (name, *spellings.get(name, ()))) for name in wanted}
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
