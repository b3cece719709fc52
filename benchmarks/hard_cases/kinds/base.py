"""What the kinds share: the register, the row, and the pen with which people write."""

import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import polars as pl

from benchmarks.hard_cases import words
from benchmarks.hard_cases.model import Line, Place, Town

ROWS: dict[str, pl.DataType] = {
    "row": pl.String(),
    "kind": pl.Int64(),
    "address": pl.String(),
    "postcode": pl.String(),
    "want": pl.String(),  # exact, building or none
    "uprn": pl.Int64(),
    "also": pl.List(pl.Int64()),
}
TRIES = 400


@dataclass(frozen=True, slots=True)
class Parts:
    """An address in parts, as it is about to be written; a part that is "" is left out."""

    unit: str = ""
    name: str = ""
    number: str = ""
    street: str = ""
    locality: str = ""
    town: str = ""
    postcode: str = ""
    before: str = ""  # an organisation or a recipient
    after: str = ""  # whatever comes last

    @property
    def numbered(self) -> str:
        """Number and street."""
        return f"{self.number} {self.street}".strip()


@dataclass(frozen=True, slots=True)
class Written:
    """One written address and its wanted answer.

    `want` is exact or building with a UPRN, or none (no property at all, or none that can be told). `also` are other
    answers that are as right. `said` is checked against the town: exactly one property may answer to it.
    """

    text: str
    postcode: str
    want: str
    uprn: int | None = None
    also: tuple[int, ...] = ()
    said: Mapping[str, object] | None = None


Make = Callable[["Pen"], Written | None]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of hard case; `share` is its assumed part of a council's real traffic, in rows per 1,000."""

    number: int
    name: str
    share: float
    make: Make

    @property
    def meaning(self) -> str:
        """What is written, in a sentence."""
        return (self.make.__doc__ or "").strip()


KINDS: dict[int, Kind] = {}


def kind(number: int, name: str, share: float) -> Callable[[Make], Make]:
    """Registers a kind of hard case."""

    def register(make: Make) -> Make:
        assert number not in KINDS, f"kind {number} twice"
        KINDS[number] = Kind(number, name, share, make)
        return make

    return register


def rows(town: Town, numbers: dict[int, int]) -> pl.DataFrame:
    """Writes so many rows of each kind, with the columns of ROWS; the town's seed decides them.

    A row is kept only where the town has exactly one property that its words can mean; a kind of which a town holds
    too few properties yields fewer rows.
    """
    out = []
    for number, many in numbers.items():
        rng = random.Random(f"kind {number} {town.seed}")
        pen = Pen(rng, town)
        made: dict[tuple[str, str], Written] = {}
        for _ in range(TRIES + 20 * many):
            if len(made) == many:
                break
            written = KINDS[number].make(pen)
            if written is not None and _determined(town, written):
                made.setdefault((written.text, written.postcode), written)
        for at, one in enumerate(made.values()):
            out.append(
                (f"{town.seed}-{number}-{at}", number, one.text, one.postcode, one.want, one.uprn, list(one.also))
            )
    return pl.DataFrame(out, schema=ROWS, orient="row")


def _determined(town: Town, written: Written) -> bool:
    if written.said is None:
        return True
    meant = town.meant(**written.said)  # type: ignore[arg-type]
    if written.want == "none":
        return not meant - set(written.also)
    return bool(meant) and meant <= {written.uprn, *written.also}


@dataclass
class Pen:
    """Picks properties and writes addresses as clerks and residents do."""

    rng: random.Random
    town: Town
    pools: dict[tuple[str, ...], list[Place]] = field(default_factory=dict)

    def pick(self, *sorts: str) -> Place | None:
        """Picks a property of one of the sorts, a live one."""
        if sorts not in self.pools:
            self.pools[sorts] = [p for sort in sorts for p in self.town.by_sort.get(sort, []) if p.status != 8]
        pool = self.pools[sorts]
        return self.rng.choice(pool) if pool else None

    def chance(self, share: float) -> bool:
        """Happens in such a share of cases."""
        return self.rng.random() < share

    def one(self, *things: str) -> str:
        """Picks one."""
        return self.rng.choice(things)

    def parts(self, place: Place, line: Line | None = None) -> Parts:
        """Takes a property's line (its preferred one) into parts, whole and clean."""
        line = line or place.line
        street = line.street
        return Parts(
            unit=line.unit,
            name=line.pao_text,
            number=line.number,
            street=line.street_name,
            locality=street.locality,
            town=street.town,
            postcode=place.postcode,
        )

    def where(self, parts: Parts) -> Parts:
        """Leaves out of the end of an address what people leave out when a postcode follows."""
        if parts.locality and self.chance(0.4):
            parts = replace(parts, locality="")
        if parts.postcode and self.chance(0.12):
            parts = replace(parts, town="", locality="" if self.chance(0.5) else parts.locality)
        return parts

    def lines(self, parts: Parts) -> list[str]:
        """Puts the parts in the usual order; a bare number before a building's name stays on its line."""
        unit, name = parts.unit, parts.name
        if unit and name and re.fullmatch(r"\d+[A-Z]?", unit):
            unit, name = "", f"{unit} {name}"
        ordered = [parts.before, unit, name, parts.numbered, parts.locality, parts.town, parts.after]
        return [part for part in ordered if part]

    def write(self, parts: Parts, *, noise: float = 0.35, lines: list[str] | None = None) -> tuple[str, str]:
        """Writes an address, and its postcode apart from it; with `noise`, as untidily as people do."""
        lines = lines or self.lines(parts)
        text, postcode = ", ".join(lines), parts.postcode
        if self.chance(noise):
            text = self.untidy(text)
            if postcode and self.chance(0.2):
                postcode = postcode.replace(" ", "") if self.chance(0.5) else postcode.lower()
        if postcode and self.chance(0.12):
            text, postcode = f"{text}, {postcode}", ""
        return text, postcode

    def untidy(self, text: str) -> str:
        """Writes as people type: case, commas, full stops, short words."""
        draw = self.rng.random()
        if draw < 0.35:
            text = text.title() if self.chance(0.7) else text.lower()
        if self.chance(0.3):
            text = text.replace(",", "") if self.chance(0.7) else text.replace(", ", ",")
        if self.chance(0.35):
            text = self.shortened(text)
        return text

    def shortened(self, text: str) -> str:
        """Abbreviates the kinds of street in a text."""
        for long, short in SHORT.items():
            if self.chance(0.8):
                said = self.rng.choice(short)
                text = re.sub(rf"(?<=[A-Za-z] ){long}(?=,| |$)", said, text, flags=re.IGNORECASE)
        return text

    def done(
        self,
        place: Place,
        parts: Parts,
        *,
        said: Mapping[str, object] | None = None,
        want: str = "exact",
        noise: float = 0.35,
        lines: list[str] | None = None,
        also: tuple[int, ...] = (),
    ) -> Written:
        """Writes the parts and wants the property; `said` is what to check, by default what the parts say."""
        text, postcode = self.write(parts, noise=noise, lines=lines)
        return Written(text, postcode, want, place.uprn, (*place.twins, *also), said or self.said(parts))

    @staticmethod
    def said(parts: Parts) -> dict[str, object]:
        """Gives what parts say, for `Town.meant`: parts as the gazetteer has them."""
        return {
            "unit": parts.unit,
            "number": parts.number,
            "name": parts.name or None,
            "street": parts.street or None,
            "place": tuple(p for p in (parts.locality, parts.town) if p),
            "postcode": parts.postcode or None,
        }


SHORT = {
    "ROAD": ["RD", "Rd", "RD."],
    "STREET": ["ST", "St", "STR"],
    "LANE": ["LN", "LA"],
    "AVENUE": ["AVE", "AV", "Ave."],
    "CRESCENT": ["CRES", "CR"],
    "GARDENS": ["GDNS", "GDN"],
    "TERRACE": ["TERR", "TCE", "TER"],
    "DRIVE": ["DR", "DRV"],
    "CLOSE": ["CL", "CLS"],
    "PLACE": ["PL"],
    "COURT": ["CT", "CRT"],
    "GROVE": ["GR", "GRV"],
    "SQUARE": ["SQ"],
    "PARADE": ["PDE"],
}

DWELLINGS = (
    "house",
    "flat",
    "blockflat",
    "numblockflat",
    "lettered",
    "named",
    "both",
    "range",
    "shop",
    "annexed",
    "plotted",
)
PLAIN = ("house", "house", "annexed", "shop", "plotted")
PEOPLE = words.PEOPLE
