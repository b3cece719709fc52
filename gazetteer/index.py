"""The gazetteer as something that can be asked: its addresses by key, its parents and children, its history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from gazetteer.address import Property
from gazetteer.errors import MissingInput
from gazetteer.evidence import ALONE, THEIRS, other_forms, postcode_parts, purpose, standing
from gazetteer.feedback import Feedback
from gazetteer.formats.base import Supply, Tables
from gazetteer.keys import block_keys, exact_keys, numbers
from gazetteer.lexicon import Lexicon
from gazetteer.lookup import Lookup
from gazetteer.ready import Ready, read_ready, write_ready
from gazetteer.rows import Rows, Seldom
from gazetteer.saved import is_saved, read_frames, refuse_other_sources, write_frames
from gazetteer.texts import text_keys
from gazetteer.tuning import Tuning
from gazetteer.units import unit_parts
from gazetteer.variants import UNUSABLE, lexicon_of, variants_of

_TABLES = ("properties", "addresses", "streets", "cross_references", "successors", "more")
_LIVE = (1, 6)
_TUNING = "tuning.json"
_LOOKUPS = ("exact", "texts", "blocks")
_FRAMES = ("outcomes", "judged", "parts", "references")
# Parts that do not make a house a block of flats.
_FLOOR_WORDS = r"(?i)FLOOR|\bFLO?R\b|\bFL\b|BASEMENT"
_OUTBUILDINGS = ("GARAGE", "PARKING", "ANNEXE")


class Known(NamedTuple):
    """What is known of a variant: its columns in `Gazetteer.facts`."""

    uprn: int
    status: int
    rank: int
    live: int
    parts: int
    class_code: str | None
    unit: str
    number: str
    names: str
    street: str


@dataclass(frozen=True, eq=False)
class Gazetteer:
    """Holds a local gazetteer, ready for `resolve` and `find`.

    `tables` are the supplier's records, `variants` every way of writing each property (columns: `variants.VARIANTS`),
    `lexicon` the words that it knows, `tuning` the figures to place by where they are not the shipped ones, `confirmed`
    the placements that people confirmed, `ready` what a saved one need not build again. Make one by `read`, `load` or
    `from_tables`.
    """

    tables: Tables
    variants: pl.DataFrame
    lexicon: Lexicon
    tuning: Tuning | None = None
    confirmed: Feedback | None = None
    ready: Ready | None = None

    @classmethod
    def read(cls, path: str | Path | Sequence[str | Path], columns: Mapping[str, str] | None = None) -> "Gazetteer":
        """Reads a supplier's file, several (a full supply and its changes), or a folder that `save` wrote.

        `columns` maps names of ours to the columns of a flat file. Raises FormatError with every fault of a file, and
        MissingInput where a path is not there.
        """
        paths = [Path(path)] if isinstance(path, str | Path) else [Path(one) for one in path]
        if missing := [one.name for one in paths if not one.exists()]:
            raise MissingInput(f"not there: {', '.join(missing)}")
        if len(paths) == 1 and is_saved(paths[0]):
            return cls.load(paths[0])
        from gazetteer.formats import read_tables

        return cls.from_tables(read_tables(path, columns=columns))

    @classmethod
    def from_tables(cls, tables: Tables) -> "Gazetteer":
        """Builds the gazetteer from a supplier's records."""
        lexicon = lexicon_of(tables)
        return cls(tables, variants_of(tables, lexicon), lexicon)

    def save(self, folder: str | Path, *, ready: bool = False) -> Path:
        """Writes the gazetteer as parquet files with a manifest of their date, sources, counts and SHA-256 sums.

        A tuning of its own is written beside them, and where `ready` all that answering looks things up in, so that
        the first answer of a loaded one comes as quickly as the second; that takes some ten times the room.
        """
        frames = {name: getattr(self.tables, name) for name in _TABLES} | {"variants": self.variants}
        written = write_frames(Path(folder), frames, self.supply)
        (written / _TUNING).unlink(missing_ok=True)
        if self.tuning:
            self.tuning.save(written / _TUNING)
        write_ready(written, self._prepared() if ready else {})
        return written

    def _prepared(self) -> dict[str, pl.DataFrame]:
        lookups = {name: getattr(self, name).frame for name in _LOOKUPS}
        return lookups | {name: getattr(self, name) for name in _FRAMES}

    def _kept(self, name: str) -> pl.DataFrame | None:
        return self.ready.frame(name) if self.ready else None

    @classmethod
    def load(cls, folder: str | Path, sources: Sequence[str | Path] | None = None) -> "Gazetteer":
        """Reads what `save` wrote.

        `sources` are the supplier's files that it should have been built from, where that is to be checked as well.
        Raises UnreadableIndex where a file is missing or altered, the folder is of another version, or its sources
        are others.
        """
        frames, supply = read_frames(Path(folder), (*_TABLES, "variants"))
        if sources is not None:
            refuse_other_sources(Path(folder), supply, [Path(one) for one in sources])
        tables = Tables(**{name: frames[name] for name in _TABLES}, supply=supply)
        own = Path(folder) / _TUNING
        tuning = Tuning.load(own) if own.is_file() else None
        return cls(tables, frames["variants"], lexicon_of(tables), tuning, ready=read_ready(Path(folder)))

    def tuned(self, tuning: Tuning | None = None) -> Tuning:
        """Gives the tuning to place by: the one given, else the gazetteer's own, else the shipped one."""
        return tuning or self.tuning or Tuning.shipped()

    @cached_property
    def properties(self) -> pl.DataFrame:
        """One row a UPRN: status, state, class_code, parent_uprn, postcode, coordinates, dates, ward.

        Candidates and rejected properties are in `tables` only: no address is placed on them, and nothing knows them.
        """
        return self.tables.properties.filter(~self._unusable())

    @staticmethod
    def _unusable() -> pl.Expr:
        return pl.col("status").fill_null(1).is_in(UNUSABLE)

    @property
    def more(self) -> pl.DataFrame:
        """What the supplier's files say beyond the tables: uprn Int64, and the files' own columns as text."""
        return self.tables.more

    @property
    def supply(self) -> Supply:
        """What was read: whose gazetteer, in which dialect, as of when."""
        return self.tables.supply

    def changed_since(self, other: "Gazetteer") -> pl.DataFrame:
        """Lists the UPRNs whose facts, addresses, references or successors differ between two gazetteers.

        Columns: uprn Int64, change String ("added", "removed" or "altered"); sorted by uprn.
        """
        mine, theirs = _prints(self.tables), _prints(other.tables)
        both = mine.join(theirs, on="uprn", how="full", coalesce=True, suffix="_before")
        change = (
            pl.when(pl.col("print_before").is_null())
            .then(pl.lit("added"))
            .when(pl.col("print").is_null())
            .then(pl.lit("removed"))
            .when(pl.col("print") != pl.col("print_before"))
            .then(pl.lit("altered"))
        )
        return both.select("uprn", change=change).drop_nulls().sort("uprn")

    @cached_property
    def exact(self) -> Lookup:
        """Finds variants by exact key."""
        if (kept := self._kept("exact")) is not None:
            return Lookup.of(kept)
        keys = exact_keys(self._spelt, "variant")
        return Lookup(keys["key"], keys["variant"])

    @cached_property
    def texts(self) -> Lookup:
        """Finds variants by their whole text and postcode."""
        if (kept := self._kept("texts")) is not None:
            return Lookup.of(kept)
        keys = text_keys(self.variants)
        return Lookup(keys["key"], keys["variant"])

    @cached_property
    def blocks(self) -> Lookup:
        """Finds variants by the loose keys that gather candidates."""
        if (kept := self._kept("blocks")) is not None:
            return Lookup.of(kept)
        keys = block_keys(self._spelt)
        return Lookup(keys["key"], keys["variant"])

    @cached_property
    def _spelt(self) -> pl.DataFrame:
        return self.variants.with_columns(numbers())

    @cached_property
    def facts(self) -> pl.DataFrame:
        """Each variant with what judging it takes: its numbers apart, its names together, and its property's facts."""
        facts = self.properties.select("uprn", "class_code", "parent_uprn", live="status")
        # A floor and a door that no word for the floor goes with came as a pair; see `units.Unit`.
        paired = pl.col("unit").str.contains("/", literal=True) & ~pl.col("text").str.contains(_FLOOR_WORDS)
        # Every hall has its BLOCK A, which says nothing of which hall it is.
        sao_name = pl.when(~pl.col("sao_name").str.starts_with("BLOCK ")).then("sao_name").otherwise(pl.lit(""))
        names = pl.concat_list(sao_name, "name", "organisation").list.eval(pl.element().filter(pl.element() != ""))
        return (
            self._spelt.join(facts, on="uprn", how="left", maintain_order="left")
            .join(self.parts.group_by("uprn").len("parts"), on="uprn", how="left", maintain_order="left")
            .with_columns(
                pl.col("parts").fill_null(0), pl.col("live").fill_null(1), names=names.list.join("|"), paired=paired
            )
        )

    @cached_property
    def judged(self) -> pl.DataFrame:
        """The facts that evidence is made of, by variant: `variant` Int64, and THEIRS (with prefix v_) and ALONE."""
        if (kept := self._kept("judged")) is not None:
            return kept
        codes = self.facts["unit"].unique()
        parts = [unit_parts(code) for code in codes]
        table = pl.DataFrame(
            {"unit": codes, "floor": [floor for floor, _ in parts], "door": [door for _, door in parts]},
            schema_overrides={"floor": pl.String, "door": pl.String},
        )
        facts = self.facts.join(table, on="unit", how="left", maintain_order="left").with_columns(
            *postcode_parts(),
            *other_forms(),
            standing(),
            purpose(),
            ranged=pl.col("number").str.contains("-", literal=True),
        )
        theirs = [pl.col(name).alias(f"v_{name}") for name in THEIRS]
        return facts.select(pl.col("variant").cast(pl.Int64), *theirs, *ALONE)

    @cached_property
    def judged_rows(self) -> Rows:
        """What `judged` has, for the few variants of one address."""
        return Rows(self.judged)

    @cached_property
    def known(self) -> Seldom["Known"]:
        """What an exact key is checked against and an answer's outcome depends on, by variant."""
        return Seldom(self.outcomes, Known._make)

    @cached_property
    def outcomes(self) -> pl.DataFrame:
        """The columns of `Known`, by variant."""
        if (kept := self._kept("outcomes")) is not None:
            return kept
        return self.facts.select(Known._fields)

    @cached_property
    def uprns(self) -> npt.NDArray[np.int64]:
        """The UPRN of each variant, ascending."""
        return self.variants["uprn"].to_numpy()

    def first_variant(self, uprn: int) -> int | None:
        """Gives the surest way of writing a property, or None where none is usable."""
        at = int(np.searchsorted(self.uprns, uprn))
        return at if at < len(self.uprns) and self.uprns[at] == uprn else None

    @cached_property
    def streets(self) -> list[str]:
        """The names of all streets, sorted, so that those that begin alike stand together."""
        return sorted(self.lexicon.streets)

    @cached_property
    def buildings(self) -> list[str]:
        """The names of all buildings, sorted."""
        return sorted(self.lexicon.buildings)

    @cached_property
    def postcodes(self) -> list[str]:
        """All postcodes, sorted."""
        return self.variants["postcode"].drop_nulls().unique().sort().to_list()

    @cached_property
    def outward(self) -> frozenset[str]:
        """The postcode areas and districts that the gazetteer has: EX and EX1."""
        return frozenset(self.judged["v_area"].unique()) | frozenset(self.judged["v_district"].unique())

    @cached_property
    def parts(self) -> pl.DataFrame:
        """The live units of each building, by PARENT_UPRN or by sharing its number and street: uprn, part; sorted."""
        if (kept := self._kept("parts")) is not None:
            return kept
        live = self.properties.filter(pl.col("status").is_in(_LIVE)).select("uprn", "parent_uprn")
        units = self.variants.filter(
            (pl.col("unit") != "") & ~pl.col("kind").is_in(_OUTBUILDINGS) & (pl.col("status") != 8)
        )
        units = units.join(live, on="uprn")
        told = units.filter(pl.col("parent_uprn").is_not_null()).select(uprn="parent_uprn", part="uprn")
        place = ["relation", "number", "street", "postcode"]
        whole = self.variants.filter((pl.col("unit") == "") & (pl.col("number") != "") & (pl.col("street") != ""))
        shared = whole.join(units, on=place, suffix="_part").select("uprn", part="uprn_part")
        both = pl.concat([told, shared]).filter(pl.col("uprn") != pl.col("part"))
        return both.unique().sort("uprn", "part")

    @cached_property
    def flats(self) -> dict[int, tuple[int, ...]]:
        """The flats among the parts of each building."""
        flats = self.variants.filter(pl.col("kind") == "FLAT").select(part="uprn").unique()
        grouped = self.parts.join(flats, on="part").sort("uprn", "part").group_by("uprn", maintain_order=True)
        return {uprn: tuple(several) for uprn, several in grouped.agg("part").iter_rows()}

    @cached_property
    def _part_pairs(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Each part, ascending, and beside it what it is part of."""
        told = self.properties.filter(pl.col("parent_uprn").is_not_null()).select(part="uprn", uprn="parent_uprn")
        pairs = pl.concat([told, self.parts.select("part", "uprn")]).sort("part")
        return pairs["part"].to_numpy(), pairs["uprn"].to_numpy()

    def is_part(self, part: int, building: int) -> bool:
        """Tells whether one property is part of another: a unit, an annexe or a garage."""
        parts, buildings = self._part_pairs
        first, last = np.searchsorted(parts, part, side="left"), np.searchsorted(parts, part, side="right")
        return bool((buildings[first:last] == building).any())

    @cached_property
    def _successors(self) -> dict[int, tuple[int, ...]]:
        open_ended = self.tables.successors.filter(pl.col("end").is_null() & (pl.col("uprn") != pl.col("successor")))
        # What was rejected stands nowhere, and nobody lives there.
        rejected = self.tables.properties.filter(self._unusable()).select(successor="uprn")
        open_ended = open_ended.join(rejected, on="successor", how="anti")
        grouped = open_ended.sort("uprn", "successor").group_by("uprn", maintain_order=True).agg("successor")
        return {uprn: tuple(dict.fromkeys(several)) for uprn, several in grouped.iter_rows()}

    @cached_property
    def _former(self) -> frozenset[int]:
        return frozenset(self.properties.filter(pl.col("status") == 8)["uprn"])

    @cached_property
    def _all(self) -> npt.NDArray[np.int64]:
        return self.properties["uprn"].sort().to_numpy()

    def knows(self, uprn: int) -> bool:
        """Tells whether a UPRN is on the gazetteer, live, to come or historical; a rejected one is not."""
        at = int(np.searchsorted(self._all, uprn))
        return at < len(self._all) and bool(self._all[at] == uprn)

    def current(self, uprn: int) -> tuple[int, ...]:
        """Follows a property's successors to those that stand today; a live property is its own answer.

        A historical property without successors answers with itself as well: there is nothing newer.
        """
        ends: dict[int, None] = {}
        seen: set[int] = set()
        waiting = [uprn]
        while waiting:
            at = waiting.pop(0)
            if at in seen:
                continue
            seen.add(at)
            later = self._successors.get(at, ()) if at in self._former else ()
            waiting.extend(later)
            if not later:
                ends[at] = None
        return tuple(ends) or (uprn,)

    @cached_property
    def references(self) -> pl.DataFrame:
        """Cross references that name one property only: source, reference (letters and digits only), uprn."""
        if (kept := self._kept("references")) is not None:
            return kept
        tidy = pl.col("reference").str.to_uppercase().str.replace_all(r"[^A-Z0-9]", "").str.strip_chars_start("0")
        rejected = self.tables.properties.filter(self._unusable()).select("uprn")
        rows = self.tables.cross_references.join(rejected, on="uprn", how="anti")
        rows = rows.sort("end", descending=True, nulls_last=False)
        rows = rows.select("source", "uprn", reference=tidy).filter(pl.col("reference") != "")
        alone = rows.group_by("source", "reference").agg(pl.col("uprn").unique())
        return alone.filter(pl.col("uprn").list.len() == 1).explode("uprn").sort("source", "reference")

    def property(self, uprn: int) -> Property | None:
        """Gives one property with the gazetteer's own text of its address, or None where it is not there.

        Its parts, dates and successors come with it.
        """
        rows = self.properties.filter(pl.col("uprn") == uprn).to_dicts()
        if not rows:
            return None
        row = rows[0]
        texts = self.variants.filter(pl.col("uprn") == uprn).sort("rank", "variant")["text"]
        return Property(
            uprn=uprn,
            text=texts[0] if len(texts) else "",
            status=row["status"],
            class_code=row["class_code"],
            parent=row["parent_uprn"],
            children=self.parts.filter(pl.col("uprn") == uprn).height,
            postcode=row["postcode"],
            start=row["start"],
            end=row["end"],
            successors=self._successors.get(uprn, ()),
        )


def _prints(tables: Tables) -> pl.DataFrame:
    """Writes all that is said of each UPRN as one text: uprn, print."""
    frames = []
    for place, name in enumerate(("properties", "addresses", "cross_references", "successors")):
        frame: pl.DataFrame = getattr(tables, name)
        told = [
            pl.col(column).cast(pl.String).fill_null("\\N")
            for column in sorted({*frame.columns} - {"uprn", "updated", "key"})
        ]
        frames.append(frame.select("uprn", print=pl.concat_str([pl.lit(str(place)), *told], separator="\x1f")))
    return pl.concat(frames).group_by("uprn").agg(pl.col("print").sort().str.join("\x1e"))
