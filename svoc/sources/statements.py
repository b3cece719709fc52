"""What one sender states about one event, on its way from a file to a row of `LIFE_EVENTS`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from hashlib import blake2b

import polars as pl

from svoc.errors import Fault
from svoc.sources.clean import folded, postcode, postcode_in, text, tidied
from svoc.sources.clean import uprn as uprn_of
from svoc.sources.partial_dates import PartialDate
from svoc.words.events import EVIDENCE, LIFE_EVENTS, EventAction, EventKind, Evidence
from svoc.words.informants import InformantRole

__all__ = ["Contact", "Named", "Refused", "Sifted", "Statement", "Where", "frame_of", "sift", "today_here"]

UNKNOWN = PartialDate()
SORTED_BY = ["sender", "reference", "recorded_at", "line"]
LATER = ("household", "consents", "new_phone", "new_email", "others", "adults_left", "blue_badge", "token")
"""Columns that came later: they count in the identity of a statement only where they say something, so that a file
that was read before they came is known again."""
NAMES = ["title", "forename", "middle_names", "surname", "new_title", "new_forename", "new_middle_names", "new_surname"]


class Refused(Exception):
    """Carries why one statement cannot be used; the rest of its file can."""

    def __init__(self, expected: str, *, column: str | None = None, nearest: str | None = None) -> None:
        super().__init__(expected)
        self.expected, self.column, self.nearest = expected, column, nearest

    def at(self, file: str, line: int | None) -> Fault:
        """Give the fault that a reader is shown."""
        return Fault(file, line, self.column, self.expected, self.nearest)


@dataclass(frozen=True, slots=True)
class Named:
    """A name in its parts, as supplied."""

    title: str | None = None
    given: tuple[str, ...] = ()
    family: str | None = None
    suffix: str | None = None

    @property
    def full(self) -> str | None:
        """Write the name in full."""
        return " ".join(p for p in (self.title, *self.given, self.family, self.suffix) if p) or None

    @property
    def plain(self) -> str | None:
        """Write forenames and surname alone, for an alias."""
        return " ".join(p for p in (*self.given, self.family) if p) or None

    @property
    def listed(self) -> str | None:
        """Write the surname, a comma, and the forenames, so that the two can be told apart again."""
        return f"{self.family or ''}, {' '.join(self.given)}" if self.plain else None


@dataclass(frozen=True, slots=True)
class Where:
    """An address as supplied: its lines, postcode and UPRN."""

    lines: tuple[str, ...] = ()
    postcode: str | None = None
    uprn: str | None = None

    @property
    def joined(self) -> str | None:
        """Write the lines as one text, without a line that only repeats the postcode."""
        code = _tight(self.postcode)
        return ", ".join(line for line in self.lines if line and (not code or _tight(line) != code)) or None


@dataclass(frozen=True, slots=True)
class Contact:
    """One of the living people whom a statement names beside the one it is about (`svoc.words.informants`)."""

    role: InformantRole
    name: Named = field(default_factory=Named)
    where: Where = field(default_factory=Where)
    organisation: str | None = None
    relationship: str | None = None
    phone: str | None = None
    email: str | None = None
    deals_with_estate: bool | None = None
    may_be_contacted: bool | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement about one event, values as the sender wrote them."""

    sender: str
    reference: str | None
    line: int
    kind: EventKind = EventKind.DEATH
    action: EventAction = EventAction.ASSERTED
    update_reason: str | None = None
    recorded_at: datetime | None = None
    verification: int | None = None
    evidence: Evidence = Evidence.UNSTATED
    person: str | None = None
    name: Named = field(default_factory=Named)
    previous_surnames: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    born: PartialDate = UNKNOWN
    happened: PartialDate = UNKNOWN
    where: Where = field(default_factory=Where)
    new_name: Named = field(default_factory=Named)
    new_dob: PartialDate = UNKNOWN
    new_where: Where = field(default_factory=Where)
    new_phone: str | None = None
    new_email: str | None = None
    household: str | None = None
    consents: tuple[str, ...] | None = None
    others: tuple[Named, ...] = ()
    adults_left: int | None = None
    blue_badge: str | None = None
    token: str | None = None
    contacts: tuple[Contact, ...] = ()


@dataclass(frozen=True, slots=True)
class Sifted:
    """What one file states: usable statements, what was refused and what is doubtful."""

    statements: tuple[Statement, ...]
    faults: tuple[Fault, ...] = ()
    warnings: tuple[Fault, ...] = ()


def sift(file: str, statements: Iterable[Statement], *, today: date) -> Sifted:
    """Part the statements that can be used from those that cannot, and say why, without naming anybody.

    The rules on dates are those of the UK Government Data Standards Catalogue: no event lies in the future
    (refused); none lies before the birth (kept, but doubtful: the birth date may be what is wrong).
    """
    kept: list[Statement] = []
    faults: list[Fault] = []
    warnings: list[Fault] = []
    for statement in statements:
        wrong = _wrong(statement, today)
        faults.extend(Fault(file, statement.line, column, expected) for column, expected in wrong)
        if not wrong:
            kept.append(statement)
            warnings.extend(Fault(file, statement.line, c, expected) for c, expected in _doubtful(statement))
    return Sifted(tuple(kept), tuple(faults), tuple(warnings))


def _wrong(statement: Statement, today: date) -> list[tuple[str, str]]:
    level, earliest = statement.verification, statement.happened.earliest
    ahead = earliest is not None and earliest > today and statement.kind is not EventKind.MOVE
    retracted = statement.action is EventAction.RETRACTED
    nameless = not (statement.name.plain or statement.person or retracted)
    childless = statement.kind is EventKind.BIRTH and not (statement.new_name.plain or statement.person or retracted)
    rules = (
        (nameless, "surname", "a name or a person's identifier"),
        (childless, "parent", "a parent's name beside the child's: a birth finds the parents"),
        (not statement.reference and statement.action is not EventAction.ASSERTED, "reference",
         "the reference of the event that is corrected or taken back"),
        (ahead, "date of the event", "a day that is not in the future"),
        (level is not None and not 0 <= level <= 3, "verification level", "0, 1, 2 or 3"),
    )  # fmt: skip
    return [(column, expected) for broken, column, expected in rules if broken]


def _doubtful(statement: Statement) -> list[tuple[str, str]]:
    latest, born = statement.happened.latest, statement.born.earliest
    standing = statement.kind is EventKind.DEATH and statement.action is not EventAction.RETRACTED
    undated = standing and statement.happened.precision is None
    rules = (
        (latest is not None and born is not None and latest < born, "date of birth", "a birth before the event"),
        (undated, "date of the event", "when it happened, found none"),
        (not statement.reference, "reference", "a reference of its own, without which it cannot be corrected later"),
    )
    return [(column, expected) for doubtful, column, expected in rules if doubtful]


def frame_of(statements: Sequence[Statement]) -> pl.DataFrame:
    """Give statements as a frame of `LIFE_EVENTS`, names folded, postcodes and UPRNs tidied, sorted."""
    rows = [_row(statement) for statement in statements]
    raw = {name: pl.String() if name in ("supplied_uprn", "new_uprn") else kind for name, kind in LIFE_EVENTS.items()}
    frame = tidied(pl.DataFrame(rows, schema=raw, orient="row"))
    return (
        frame.with_columns(
            *(folded(pl.col(name)) for name in NAMES),
            *(_each_folded(name) for name in ("previous_surnames", "aliases", "others")),
            *(_code(code, address) for code, address in (("postcode", "address"), ("new_postcode", "new_address"))),
            *(uprn_of(pl.col(name)) for name in ("supplied_uprn", "new_uprn")),
        )
        .unique("event", keep="first", maintain_order=True)
        .sort(SORTED_BY, nulls_last=True, maintain_order=True)
    )


def _each_folded(name: str) -> pl.Expr:
    return pl.col(name).list.eval(folded(text(pl.element())).drop_nulls())


def _code(code: str, address: str) -> pl.Expr:
    return pl.coalesce(postcode(pl.col(code)), postcode_in(pl.col(address))).alias(code)


def _row(statement: Statement) -> dict[str, object]:
    level = statement.verification if statement.verification is not None else EVIDENCE[statement.evidence]
    row: dict[str, object] = {
        **{n: getattr(statement, n) for n in ("sender", "update_reason", "recorded_at", "person", "line")},
        **{n: str(getattr(statement, n)) for n in ("kind", "action", "evidence")},
        **{n: list(getattr(statement, n)) for n in ("previous_surnames", "aliases")},
        "reference": statement.reference,
        "verification": level,
        "name": statement.name.full,
        **_name(statement.name, ""),
        **_name(statement.new_name, "new_"),
        "dob": statement.born.value,
        "dob_precision": statement.born.precision,
        "dob_text": statement.born.text,
        **_when(statement.happened),
        "address": statement.where.joined,
        "postcode": statement.where.postcode,
        "supplied_uprn": statement.where.uprn,
        "new_address": statement.new_where.joined,
        "new_postcode": statement.new_where.postcode,
        "new_uprn": statement.new_where.uprn,
        "new_dob": statement.new_dob.value,
        **{n: getattr(statement, n) for n in LATER if n not in ("consents", "others")},
        "consents": None if statement.consents is None else sorted(set(statement.consents)),
        "others": [other.listed for other in statement.others if other.listed] or None,
    }
    identity = _identity(row)
    whole = {**row, "event": identity, "reference": statement.reference or identity}
    return {name: whole[name] for name in LIFE_EVENTS}


def _name(name: Named, prefix: str) -> dict[str, str | None]:
    first, middle = next(iter(name.given), None), " ".join(name.given[1:]) or None
    parts = {"title": name.title, "forename": first, "middle_names": middle, "surname": name.family}
    return {prefix + part: value for part, value in parts.items()}


def _when(happened: PartialDate) -> dict[str, object]:
    return {
        "happened": happened.value,
        "happened_precision": happened.precision,
        "happened_text": happened.text,
        "happened_earliest": happened.earliest,
        "happened_latest": happened.latest,
    }


def _identity(row: dict[str, object]) -> str:
    """Give the same id to the same statement, wherever it stands in whichever file."""
    counts = [name for name in sorted(row) if name != "line" and not (name in LATER and row[name] is None)]
    said = "\x1f".join(f"{name}={row[name]}" for name in counts)
    return blake2b(said.encode(), digest_size=10).hexdigest()


def _tight(text_: str | None) -> str:
    return "".join((text_ or "").split()).casefold()


def today_here() -> date:
    """Give the day by this machine's clock."""
    return datetime.now(tz=UTC).date()
