"""Writes every address of a gazetteer in the parser's own terms, so that like meets like."""

from collections.abc import Callable, Iterable

import polars as pl

from gazetteer.formats.base import Tables
from gazetteer.lexicon import Lexicon
from gazetteer.parse import take_apart
from gazetteer.parsing import BOAT, NUMBER, Parsed
from gazetteer.relations import take_relation
from gazetteer.tidy import company, name_of, tidy, whole_words
from gazetteer.units import take_units, unit_code

# One row per way of writing a property. `variant` numbers the rows; `rank` is lower for the surer of two (approved
# before alternative, provisional and historic); `sao_name` is a part's name (THE STABLES), `names` all names together.
VARIANTS: dict[str, pl.DataType] = {
    "variant": pl.UInt32(),
    "uprn": pl.Int64(),
    "status": pl.Int16(),
    "rank": pl.Int16(),
    "unit": pl.String(),
    "kind": pl.String(),
    "relation": pl.String(),
    "number": pl.String(),
    "name": pl.String(),
    "sao_name": pl.String(),
    "organisation": pl.String(),
    "street": pl.String(),
    "locality": pl.String(),
    "town": pl.String(),
    "postcode": pl.String(),
    "text": pl.String(),
}
# LPI statuses that no address should be placed by: candidate and the two kinds of rejected (BS 7666, addresses.md 1.5).
UNUSABLE = (5, 7, 9)
_PROPERTY_RANKS = {1: 0, 3: 0, 6: 10, 8: 20}
_ADDRESS_RANKS = {1: 0, 3: 1, 6: 2, 8: 3}
# Of addresses of one rank the council's own stands first, and says where a property is; then other languages' and
# Royal Mail's, then those under a further name.
_LEADS = {"dpa": 2, "organisation": 3}


def number_text(start: str, end: str) -> pl.Expr:
    """Writes a pair of number columns as the parser does: "12A", "10-12" or ""."""

    def one(name: str) -> pl.Expr:
        return pl.col(name).cast(pl.String).fill_null("") + pl.col(f"{name}_suffix").fill_null("").str.to_uppercase()

    low, high = one(start), one(end)
    return pl.when((high == "") | (high == low)).then(low).otherwise(low + "-" + high)


def rendered() -> pl.Expr:
    """Writes the columns of an address in BS 7666 order, as a person reads them (OS GeographicAddress order)."""

    def text(name: str) -> pl.Expr:
        return pl.col(name).fill_null("").str.strip_chars()

    def spaced(*parts: pl.Expr) -> pl.Expr:
        return pl.concat_str(parts, separator=" ").str.replace_all(r" {2,}", " ").str.strip_chars()

    sao = spaced(text("sao_text"), number_text("sao_start", "sao_end"))
    street = pl.when(text("dependent_street") != "").then(text("dependent_street")).otherwise(text("street"))
    second = pl.when(text("dependent_street") != "").then(text("street")).otherwise(pl.lit(""))
    numbered = spaced(number_text("pao_start", "pao_end"), street)
    parts = [text("organisation"), sao, text("pao_text"), numbered, second, text("locality"), text("town")]
    joined = pl.concat_str([pl.when(part != "").then(part + ", ").otherwise(pl.lit("")) for part in parts])
    lines = (joined + text("postcode")).str.strip_chars(" ,")
    return pl.when(text("text") != "").then(text("text")).otherwise(lines)


def lexicon_of(tables: Tables) -> Lexicon:
    """Collects the streets, places and buildings of a gazetteer; single lines give theirs by a first reading."""
    written, streets = tables.addresses, tables.streets
    one_line = written.filter(pl.col("text").is_not_null() & pl.col("street").is_null())["text"].unique()
    read = [take_apart(text) for text in one_line]

    def column(frame: pl.DataFrame, *names: str) -> Iterable[str]:
        return pl.concat([frame[name] for name in names]).drop_nulls().unique().to_list()

    return Lexicon.of(
        streets=[*column(written, "street", "dependent_street"), *column(streets, "description"), *_streets_read(read)],
        places=[
            *column(written, "locality", "town"),
            *column(streets, "locality", "town", "administrative_area"),
            *_places_read(read),
        ],
        buildings=[name for name in column(written, "pao_text") if not NUMBER.fullmatch(tidy(name))],
    )


def _streets_read(read: list[Parsed]) -> list[str]:
    return [parsed.street for parsed in read if parsed.street]


def _places_read(read: list[Parsed]) -> list[str]:
    return [place for parsed in read for place in parsed.places]


def variants_of(tables: Tables, lexicon: Lexicon) -> pl.DataFrame:
    """Writes all usable addresses of a gazetteer as a frame with the columns of VARIANTS, sorted by uprn, then rank."""
    facts = tables.properties.select("uprn", live="status", locator="postcode")
    rows = tables.addresses.join(facts, on="uprn", how="left").filter(
        ~pl.col("status").fill_null(1).is_in(UNUSABLE) & ~pl.col("live").fill_null(1).is_in(UNUSABLE)
    )
    rows = pl.concat([rows, _under_other_names(rows, tables.streets)])
    rows = rows.with_columns(
        pl.col("status").fill_null(1),
        rank=pl.col("live").fill_null(1).replace_strict(_PROPERTY_RANKS, default=15, return_dtype=pl.Int16)
        + pl.col("status").fill_null(1).replace_strict(_ADDRESS_RANKS, default=2, return_dtype=pl.Int16),
        own=pl.coalesce("postcode", "locator"),
        postcode=pl.coalesce("postcode", "locator"),
    ).with_columns(
        shown=rendered(),
        lead=pl.col("origin").replace_strict(_LEADS, default=0, return_dtype=pl.Int8)
        + (pl.col("language").fill_null("ENG") != "ENG").cast(pl.Int8),
    )
    one_line = pl.col("street").is_null() & pl.col("pao_text").is_null() & pl.col("text").is_not_null()
    frames = [_structured(rows.filter(~one_line)), _read_whole(rows.filter(one_line), lexicon)]
    return _numbered(pl.concat(frames))


def _under_other_names(rows: pl.DataFrame, streets: pl.DataFrame) -> pl.DataFrame:
    """Writes standing addresses again under the other names of their streets: another language's, and former ones.

    A name that has ended makes a former address; another language's makes an alternative one.
    """
    names = streets.filter(pl.col("usrn").is_not_null() & pl.col("description").is_not_null())
    several = names.filter(pl.col("description").n_unique().over("usrn") > 1)
    told = several.select(
        "usrn", name="description", spoken="language", place="locality", city="town", over=pl.col("end").is_not_null()
    )
    standing = rows.filter(pl.col("street").is_not_null() & pl.col("status").fill_null(1).is_in([1, 3, 6]))
    again = standing.join(told, on="usrn").filter(pl.col("name") != pl.col("street"))
    return again.with_columns(
        status=pl.when("over").then(8).otherwise(3).cast(pl.Int16),
        street="name",
        language="spoken",
        locality=pl.coalesce("place", "locality"),
        town=pl.coalesce("city", "town"),
        text=pl.lit(None, pl.String),
    ).select(rows.columns)


def _numbered(rows: pl.DataFrame) -> pl.DataFrame:
    """Adds a row for a second postcode or street, drops what is told twice, and numbers the rows in a lasting order."""
    elsewhere = rows.filter(pl.col("locator").is_not_null() & (pl.col("locator") != pl.col("postcode")))
    along = rows.filter(pl.col("second_street") != "")
    every = pl.concat(
        [rows, elsewhere.with_columns(postcode="locator"), along.with_columns(street="second_street")]
    ).filter(pl.any_horizontal(pl.col("number", "name", "unit", "street", "organisation") != ""))
    columns = [name for name in VARIANTS if name != "variant"]
    return (
        every.select("lead", *(pl.col(name).cast(VARIANTS[name]) for name in columns))
        .sort(["uprn", "rank", "lead", *columns[3:]], nulls_last=True)
        .unique([name for name in columns if name not in ("status", "rank", "text")], keep="first", maintain_order=True)
        .drop("lead")
        .with_row_index("variant")
    )


def _structured(rows: pl.DataFrame) -> pl.DataFrame:
    """Reads the fields of LPIs and delivery points, each distinct text once."""
    sao = pl.concat_str(
        [pl.col("sao_text").fill_null(""), number_text("sao_start", "sao_end")], separator=" "
    ).str.strip_chars()
    rows = rows.with_columns(
        sao=sao, pao=pl.col("pao_text").fill_null(""), pao_number=number_text("pao_start", "pao_end")
    )
    rows = rows.join(_each(rows["sao"], _read_sao, ("unit", "kind", "sao_name")), on="sao", how="left")
    parts = ("pao_relation", "pao_unit", "pao_kind", "in_name", "pao_name")
    rows = rows.join(_each(rows["pao"], _read_pao, parts), on="pao", how="left")
    rows = rows.with_columns(
        _named(name) for name in ("organisation", "street", "dependent_street", "locality", "town")
    )
    no_sao, no_number = pl.col("unit") == "", pl.col("pao_number") == ""
    # SUBSTATION REAR OF 4 lies behind a house 4; 4 CHALTON COURT is a part of the court.
    beside = pl.col("pao_relation") != ""
    as_unit = no_sao & (pl.col("pao_unit") == "") & no_number & (pl.col("pao_name") != "") & ~beside
    return rows.select(
        *_kept(),
        unit=pl.when(~no_sao).then("unit").when(as_unit).then("in_name").otherwise("pao_unit"),
        kind=pl.when(~no_sao).then("kind").otherwise("pao_kind"),
        relation="pao_relation",
        number=pl.when(~no_number).then("pao_number").when(as_unit).then(pl.lit("")).otherwise("in_name"),
        # Land beside a street has no other name than that.
        name=pl.when((pl.col("pao_name") == "") & no_number & (pl.col("in_name") == ""))
        .then("pao_relation")
        # BLOCK 4 at number 10 keeps its 4: BLOCK 5 may stand there too.
        .when(~no_number & (pl.col("in_name") != "") & (pl.col("pao_name") != ""))
        .then(pl.col("pao_name") + " " + pl.col("in_name"))
        .otherwise("pao_name"),
        sao_name="sao_name",
        organisation=pl.col("organisation").map_elements(company, return_dtype=pl.String),
        street=pl.when(pl.col("dependent_street") != "").then("dependent_street").otherwise("street"),
        second_street=pl.when(pl.col("dependent_street") != "").then("street").otherwise(pl.lit("")),
        locality="locality",
        town="town",
    )


def _kept() -> list[str | pl.Expr]:
    return ["uprn", "status", "rank", "lead", "postcode", "locator", pl.col("shown").alias("text")]


def _named(column: str) -> pl.Expr:
    return pl.col(column).fill_null("").map_elements(name_of, return_dtype=pl.String, skip_nulls=True).fill_null("")


def _each(texts: pl.Series, read: Callable[[str], tuple[str, ...]], into: tuple[str, ...]) -> pl.DataFrame:
    distinct = texts.unique().sort()
    read_once = [read(text) for text in distinct]
    columns = {name: [parts[place] for parts in read_once] for place, name in enumerate(into)}
    return pl.DataFrame({texts.name: distinct, **columns}, schema_overrides=dict.fromkeys(into, pl.String))


def _read_sao(text: str) -> tuple[str, str, str]:
    """Reads a secondary addressable object: unit code, kind, and the name that remains."""
    units, rest, _ = take_units(tidy(text))
    words = rest.replace(",", " ").split()
    if not units and len(words) == 1 and (words[0][0].isdigit() or len(words[0]) == 1):
        return words[0].lstrip("0") or "0", "", ""
    name = " ".join(word for line in rest.split(", ") for word in whole_words(line))
    name = BOAT.sub("", name)
    if not units and name:
        return f"N:{name.removeprefix('THE ')}", "", name
    return unit_code(units), units[-1].kind if units else "", name


def _read_pao(text: str) -> tuple[str, str, str, str, str]:
    """Reads a primary addressable object's text: relation, unit code, kind, a number within it, and the name."""
    relation, rest = take_relation(tidy(text))
    units, rest, _ = take_units(rest)
    words = [word for line in rest.split(", ") if line for word in whole_words(line)]
    number = ""
    if words and NUMBER.fullmatch(words[0]):
        number, words = words[0], words[1:]
    elif len(words) > 1 and NUMBER.fullmatch(words[-1]):
        number, words = words[-1], words[:-1]
    return relation, unit_code(units), units[-1].kind if units else "", number, " ".join(words)


def _read_whole(rows: pl.DataFrame, lexicon: Lexicon) -> pl.DataFrame:
    """Reads addresses that come as a single line, as if a person had written them."""
    texts = rows["text"].to_list()
    postcodes = rows["postcode"].to_list()
    read = [take_apart(text, lexicon, postcode) for text, postcode in zip(texts, postcodes, strict=True)]
    return rows.select(*_kept()).with_columns(
        pl.Series("unit", [parsed.unit for parsed in read], pl.String),
        pl.Series("kind", [parsed.units[-1].kind if parsed.units else "" for parsed in read], pl.String),
        pl.Series("relation", [parsed.relation for parsed in read], pl.String),
        pl.Series("number", [parsed.number for parsed in read], pl.String),
        pl.Series("name", [parsed.names[-1] if parsed.names else "" for parsed in read], pl.String),
        pl.Series("sao_name", [""] * len(read), pl.String),
        pl.Series("organisation", [" ".join(parsed.names[:-1]) for parsed in read], pl.String),
        pl.Series("street", [parsed.street for parsed in read], pl.String),
        pl.Series("second_street", [""] * len(read), pl.String),
        pl.Series("locality", [parsed.places[-2] if len(parsed.places) > 1 else "" for parsed in read], pl.String),
        pl.Series("town", [parsed.places[-1] if parsed.places else "" for parsed in read], pl.String),
        postcode=pl.coalesce("postcode", pl.Series("read", [parsed.postcode for parsed in read], pl.String)),
    )
