"""Life events: deaths from the General Register Office and registrars, moves, births, names and corrections told."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from pathlib import Path

import polars as pl

from svoc.errors import Fault, InputFaults, SettingsError, nearest
from svoc.settings import SourceSettings
from svoc.sources.base import Extract, Layout, Source
from svoc.sources.clean import content
from svoc.sources.contacts import contacts_of
from svoc.sources.event_columns import read_columns
from svoc.sources.govuk_events import read_govuk
from svoc.sources.gro_xml import read_gro
from svoc.sources.signed_events import Trust
from svoc.sources.statements import Statement, frame_of, sift, today_here
from svoc.sources.strict_json import values_in
from svoc.sources.told_once import is_told_once, read_told_once
from svoc.words.events import ALIVE, DECEASED, LIFE_EVENTS, STEWARD, EventAction, EventKind
from svoc.words.informants import EMPTY_INFORMANTS
from svoc.words.mentions import EVENTS_SOURCE
from svoc.words.records import NEW, SORTED_BY, conform

__all__ = ["LIFE_EVENTS_SOURCE", "LifeEvents", "as_records", "in_force", "read_events"]

LOOKED_AT = 4096
"""Bytes at the top of a file that tell XML, JSON and columns apart."""

ROLES = {
    EventKind.DEATH: "deceased",
    EventKind.MOVE: "mover",
    EventKind.BIRTH: "parent",
    EventKind.NAME: "renamed",
    EventKind.CORRECTION: "corrected",
    EventKind.CONTACT: "contacted",
}

OF_THE_FIRST = ("previous_surnames", "new_title", "new_forename", "new_middle_names", "new_surname", "new_dob",
                "new_phone", "new_email")  # fmt: skip
"""What an event says of the one whom it names first, and of nobody else."""

NAMED = (EventKind.NAME, EventKind.CORRECTION)
TOLD_NOW = (EventKind.CONTACT, EventKind.MOVE, EventKind.CORRECTION)
RENEWS = {
    "title": (NAMED, ["new_title"]),
    "name": (NAMED, ["new_forename", "new_middle_names"]),
    "surname": (NAMED, ["new_surname"]),
    "dob": ((EventKind.CORRECTION,), ["new_dob"]),
    "home": ((EventKind.MOVE,), ["new_address", "new_postcode"]),
    "phone": (TOLD_NOW, ["new_phone"]),
    "email": (TOLD_NOW, ["new_email"]),
}
"""Which events say that a fact is so from now on, and in which columns; the groups are those of survivorship."""

NAMES = ("title", "forename", "middle_names", "surname")

AFTER_ALL = datetime.fromisoformat("9999-12-31")
WEIGHTS = {EventAction.ASSERTED: 0, EventAction.CORRECTED: 1, EventAction.RETRACTED: 2}

SIGNED = "eyJ"
"""How every signed token begins: an object in base64."""

NOBODYS_WORD = Trust()
Read = tuple[list[Statement], list[Fault], list[Fault]]


@dataclass(frozen=True, slots=True)
class LifeEvents:
    """What a file of life events says.

    `events`: frame of `svoc.words.events.LIFE_EVENTS`; `counts`: events, each kind, corrected, retracted, refused,
    repeated; `faults`: events that could not be used, each with its line; `warnings`: events that were taken but are
    doubtful; `informants`: frame of `svoc.words.informants.INFORMANTS`, the living people who told of them. A refused
    event takes nothing from the rest.
    """

    events: pl.DataFrame
    counts: Mapping[str, int]
    faults: tuple[Fault, ...] = ()
    warnings: tuple[Fault, ...] = ()
    informants: pl.DataFrame = field(default_factory=lambda: EMPTY_INFORMANTS)


def read_events(
    path: Path | str,
    columns: Mapping[str, str | Sequence[str]] | None = None,
    *,
    today: date | None = None,
    dated: date | None = None,
    trust: Trust = NOBODYS_WORD,
) -> LifeEvents:
    """Read life events from a file, whichever it is: GRO XML, GOV.UK life events as JSON, svoc's own
    JSON (`svoc.sources.told_once`), a registrar's CSV.

    `columns` maps svoc's names (`svoc.sources.event_headings.EVENT_COLUMNS`) to a CSV's own; well-known headings are
    recognised unaided. `today` is the day after which nothing can have happened, else this machine's; `dated` the day
    of the file, which counts where a sender does not say when an event was recorded; `trust` whose signed events are
    believed. Raises `SettingsError` for a file or column that is not there, `InputFaults` for a file that cannot be
    read at all.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder) / "deaths.csv"
    ...     _ = file.write_text("Entry No,Surname,Forenames,Date of Death\\n12,MARLOW,Jane Ann,May 2026\\n")
    ...     told = read_events(file, today=date(2026, 11, 2))
    >>> told.events.select("surname", "forename", "middle_names", "happened_latest", "verification").row(0)
    ('MARLOW', 'JANE', 'ANN', datetime.date(2026, 5, 31), 3)
    """
    file = Path(path)
    end = today or today_here()
    statements, faults, warnings = _read(file, columns or {}, trust, end)
    if dated:
        statements = [
            s if s.recorded_at else replace(s, recorded_at=datetime.combine(dated, time())) for s in statements
        ]
    sifted = sift(file.name, statements, today=end)
    # What is right is a steward's word by svoc account alone, whoever a file says that it is from.
    events = frame_of(sifted.statements).with_columns(pl.col("sender").replace(STEWARD, f"{STEWARD}-by-file"))
    counts = _counts(events, len(statements), refused=len(faults) + len(statements) - len(sifted.statements))
    told = sorted([*faults, *sifted.faults], key=_place), sorted([*warnings, *sifted.warnings], key=_place)
    return LifeEvents(events, counts, tuple(told[0]), tuple(told[1]), contacts_of(sifted.statements))


def _read(file: Path, columns: Mapping[str, str | Sequence[str]], trust: Trust, today: date) -> Read:
    start = _start(file)
    if start.startswith("<"):
        return (*read_gro(file), [])
    if start.startswith(("{", "[")):
        values = values_in(file)
        if values and is_told_once(values[0][1]):
            return read_told_once(file, values)
        return (*read_govuk(file, values, trust=trust, today=today), [])
    if start.startswith(SIGNED):
        tokens = [(at, token) for at, line in enumerate(_lines(file), 1) if (token := line.strip())]
        return (*read_govuk(file, tokens, trust=trust, today=today), [])
    return read_columns(file, columns)


def _lines(file: Path) -> list[str]:
    return file.read_bytes().decode("ascii", "replace").splitlines()


def _start(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            raw = opened.read(LOOKED_AT)
    except FileNotFoundError:
        there = [p.name for p in file.parent.iterdir()] if file.parent.is_dir() else []
        hint = nearest(file.name, there)
        raise SettingsError(f"{file.name}: no such file" + (f"; did you mean {hint}?" if hint else "")) from None
    except OSError as fault:
        raise SettingsError(f"{file.name}: cannot be read ({type(fault).__name__})") from None
    return raw.replace(b"\0", b"").decode("utf-8-sig", "ignore").lstrip("\ufeff\xff\xfe \t\r\n")


def _counts(events: pl.DataFrame, stated: int, *, refused: int) -> dict[str, int]:
    kinds = Counter(events["kind"].to_list())
    actions = Counter(events["action"].to_list())
    return {
        "events": events.height,
        **{f"{kind}s": kinds[kind] for kind in EventKind},
        "corrected": actions[EventAction.CORRECTED],
        "retracted": actions[EventAction.RETRACTED],
        "refused": refused,
        "repeated": max(0, stated - events.height - refused),
    }


def _place(fault: Fault) -> tuple[int, str]:
    return fault.line or 0, fault.column or ""


def in_force(events: pl.DataFrame) -> pl.DataFrame:
    """Keep of each event (sender and reference) the last statement, so that a correction replaces what it corrects.

    Retracted events stay, as retracted: whoever used the claim must hear that it is gone. Last is what the sender
    recorded last, and a correction or retraction of which the time is not known comes after all; of one time, a
    retraction, then a correction, then the one that stands later in its file. So the order in which statements came
    does not matter.
    """
    weight = pl.col("action").replace_strict(WEIGHTS, return_dtype=pl.Int8).alias("weight")
    timeless = pl.col("recorded_at").is_null() & (pl.col("action") != EventAction.ASSERTED)
    return (
        events.with_columns(weight, when=pl.when(timeless).then(AFTER_ALL).otherwise("recorded_at"))
        .sort("sender", "reference", "when", "weight", "line", "event", nulls_last=False)
        .unique(["sender", "reference"], keep="last", maintain_order=True)
        .select(LIFE_EVENTS.keys())
    )


def as_records(events: pl.DataFrame, *, source: str = EVENTS_SOURCE) -> pl.DataFrame:
    """Give events as records, so that each finds its person by the road that every record takes.

    Takes a frame of `LIFE_EVENTS`, gives one of `RECORDS`: one row for each event in force that is not retracted and
    each person it is about, its reference being `sender:reference`. A move's new address is the forwarding address and
    its day ends the stay; a new name stands as the surname, with the one it replaces as previous surname; a birth is
    about the parents, and names no child.
    """
    live = _parties(in_force(events).filter(pl.col("action") != EventAction.RETRACTED))
    died, moved = (pl.col("kind") == kind for kind in (EventKind.DEATH, EventKind.MOVE))
    renamed = pl.col("kind").is_in([EventKind.NAME, EventKind.CORRECTION])
    changed = renamed & pl.col("new_surname").is_not_null() & (pl.col("new_surname") != pl.col("surname"))
    renews = pl.concat_list(_renewed()).list.drop_nulls()
    from_then_on = (renews.list.len() > 0) & ~moved
    right = (pl.col("kind") == EventKind.CORRECTION) & (pl.col("sender") == STEWARD)
    lives = pl.col("update_reason").replace_strict({DECEASED: True, ALIVE: False}, default=None)
    records = live.with_columns(
        pl.lit(source).alias("source"),
        _record().alias("record"),
        pl.lit("person").alias("kind"),
        pl.col("kind").replace_strict(ROLES).alias("role"),
        pl.when(died).then(pl.lit(True)).when(right).then(lives).alias("deceased"),
        pl.when(died | right).then("happened").alias("died"),
        pl.when(from_then_on & ~right).then(pl.coalesce("happened", pl.col("recorded_at").dt.date())).alias("since"),
        pl.when(moved).then("happened").alias("until"),
        pl.when(moved).then("new_address").alias("forwarding_address"),
        pl.when(moved).then("new_postcode").alias("forwarding_postcode"),
        pl.when(renews.list.len() > 0).then(renews).alias("markers"),
        *(pl.when(renamed).then(pl.coalesce("new_" + n, n)).otherwise(n).alias(n) for n in NAMES),
        pl.when(pl.col("kind") == EventKind.CORRECTION)
        .then(pl.coalesce("new_dob", "dob"))
        .otherwise("dob")
        .alias("dob"),
        pl.col("new_phone").alias("phone"),
        pl.col("new_email").alias("email"),
        pl.when(changed).then("surname").otherwise(pl.col("previous_surnames").list.first()).alias("previous_surname"),
    )
    return content(conform(records)).sort(SORTED_BY)


def _renewed() -> list[pl.Expr]:
    """Mark of each event which facts it gives anew: no older record is heard of them (`svoc.steps.merge`)."""
    return [
        pl.when(pl.col("kind").is_in(kinds) & pl.any_horizontal(pl.col(columns).is_not_null())).then(
            pl.lit(NEW + group)
        )
        for group, (kinds, columns) in RENEWS.items()
    ]


def _parties(live: pl.DataFrame) -> pl.DataFrame:
    """Give each event a row (`party` from 1) for whoever it is about: the one it names first, then the others."""
    first = live.with_columns(party=pl.lit(1, dtype=pl.Int64))
    named = ("title", "dob", *(name for name in LIFE_EVENTS if name in OF_THE_FIRST))
    halves = pl.col("others").str.split_exact(", ", 1)
    given = halves.struct.field("field_1").str.splitn(" ", 2).struct
    others = (
        live.filter(pl.col("others").list.len() > 0)
        .explode("others")
        .with_columns(*(pl.lit(None, dtype=LIFE_EVENTS[name]).alias(name) for name in named))
        .with_columns(
            party=pl.int_range(2, pl.len() + 2).over("event"),
            name=pl.col("others"),
            surname=halves.struct.field("field_0"),
            forename=given.field("field_0"),
            middle_names=given.field("field_1"),
        )
    )
    return pl.concat([first.drop("others"), others.drop("others")])


def _record() -> pl.Expr:
    return pl.concat_str("sender", "reference", separator=":")


def _extract(settings: SourceSettings, path: Path) -> Extract:
    told = read_events(path, settings.columns)
    if told.faults:
        raise InputFaults(told.faults)
    gone = in_force(told.events).filter(pl.col("action") == EventAction.RETRACTED)
    last = told.events["recorded_at"].cast(pl.Date).max()
    return Extract(
        source=settings.name,
        kind="life_events",
        files=(path,),
        records=as_records(told.events, source=settings.name),
        content_date=settings.content_date or (last if isinstance(last, date) else None),
        mode="update",
        withdrawn=gone.select(_record().alias("record")).unique().sort("record"),
        counts=told.counts,
        warnings=told.warnings,
    )


WORDS = (
    "GRO XML, GOV.UK JSON or signed tokens, svoc's own JSON, or a list with named columns: the file itself tells which"
)

LIFE_EVENTS_SOURCE = Source(
    kind="life_events",
    words="deaths, moves, births, new names and corrections that the council is told of",
    layouts={"columns": Layout("columns", WORDS, _extract)},
    lists_once=False,
)
