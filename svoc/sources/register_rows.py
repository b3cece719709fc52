"""What one row of a register says of an elector, whichever supplier wrote it."""

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from svoc.sources.clean import address, birth, by_value, day, folded, postcode, postcode_in, since, until, uprn
from svoc.sources.elector_numbers import elector_key
from svoc.sources.register_layouts import ADDRESS_LINES, CHANGES, REGISTER_COLUMNS, RegisterLayout
from svoc.sources.register_markers import ANONYMOUS, ATTAINER, OPEN, OPTED_OUT, markers_of
from svoc.sources.tables import Table, pick

__all__ = ["electors", "of_the_day", "references", "split_surname_first"]

NUMBER = ("elector", "prefix", "number", "suffix")

OPTED_OUT_PREFIX = r"(?i)^\(z\)\s*"
"""Some exports write (z) before the surname of electors who opted out of the open register."""
PARTICLES = (
    "DE LA|DE LOS|DE|DEL|DELLA|DA|DAS|DOS|DI|DU|VAN DER|VAN DEN|VAN DE|VAN|VON|TEN|TER|"
    r"AL|EL|BIN|BINT|IBN|AP|AB|FERCH|O|MAC|MC|ST|ST\."
)
"""Words that begin a surname of several; LE, DO and TO are not among them, being surnames themselves."""
SURNAME_FIRST = rf"(?i)^((?:(?:{PARTICLES})\s+)*\S+)(?:\s+(.*))?$"
CAPITALS_FIRST = r"^((?:[^\p{Ll}\s]{2,}\s+)+)(\S*\p{Ll}.*)$"
NOBODY = ("ANONYMOUS", "ANONYMOUS ELECTOR", "ANONYMOUS ENTRY", "ANONYMOUSLY REGISTERED")
YES = ("Y", "YES", "TRUE", "T", "1", "X", "Z", "O", "OUT", "OPTED OUT", "OPT OUT", "OPTEDOUT")
NO = ("N", "NO", "FALSE", "F", "0", "IN")
POSTCODE_ALONE = r"(?i)^[A-Z]{1,2}[0-9][A-Z0-9]?\s*[0-9][A-Z]{2}$"
VOTING_AGE, PUBLISHED_AGE, OLDEST = 18, 16, 130
NAMES = ("title", "surname", "forename", "middle_names", "previous_surname")


def electors(raw: pl.DataFrame, meanings: Mapping[str, str], on: date) -> pl.DataFrame:
    """Give each row's elector as columns of `RECORDS`, with four flags: anonymous, bare, nameless and under_16.

    `raw` has String columns by svoc's names (`REGISTER_COLUMNS`), `record` as `references` gives it, and `line`. `bare`
    is an entry with neither name nor address; `under_16` is reckoned on the day `on` of the extract.
    """
    rows = _whole(raw)
    rows = rows.with_columns(markers_of(rows["markers"], meanings))
    rows = _addressed(_named(_flagged(rows)))
    return _aged(rows, on).with_columns(
        pl.lit(1).alias("party"),
        pl.lit("elector").alias("role"),
        pl.lit("person").alias("kind"),
        uprn(pl.col("uprn")).alias("supplied_uprn"),
        by_value(rows["since"], since),
        by_value(rows["until"], until),
    )


def _whole(raw: pl.DataFrame) -> pl.DataFrame:
    """Add what a layout does not have as nulls; part Eros's last column, which is a UPRN or a flag."""
    wanted = [*REGISTER_COLUMNS, *CHANGES, "flag_or_uprn"]
    rows = raw.with_columns(pl.lit(None, pl.String).alias(name) for name in wanted if name not in raw.columns)
    either = pl.coalesce("flag_or_uprn", "opt_out")
    number = either.str.contains(r"^\d{2,}$")
    return rows.with_columns(
        pl.coalesce("uprn", pl.when(number).then(either)).alias("uprn"),
        pl.when(~number).then(either).alias("opt_out"),
    )


def references(table: Table, columns: Mapping[str, str], layout: RegisterLayout) -> pl.DataFrame:
    """Give each row's `record` (String, null where it has none) and `line` (Int64).

    A whole elector number is taken as supplied, as it is the source's own reference; else one is made of its parts.
    """
    parts = pick(table, {name: columns[name] for name in NUMBER if name in columns})
    parts = parts.with_columns(pl.lit(None, pl.String).alias(name) for name in NUMBER if name not in columns)
    whole = parts["elector"].null_count() < parts.height
    made = elector_key(pl.col("prefix"), pl.col("number"), pl.col("suffix"), roll=layout.roll)
    return parts.select((pl.col("elector") if whole else made).alias("record"), "line")


# --- flags


def _flagged(rows: pl.DataFrame) -> pl.DataFrame:
    """Find who is anonymous and who opted out, before any name is read."""
    prefixed = pl.any_horizontal(pl.col(name).str.contains(OPTED_OUT_PREFIX) for name in ("surname", "name"))
    named = pl.concat_str("title", "name", "forename", "surname", separator=" ", ignore_nulls=True)
    nobody = named.str.to_uppercase().str.strip_chars(" ").is_in(NOBODY)
    opt_out, is_open = (pl.col(name).str.to_uppercase() for name in ("opt_out", "open_register"))
    marked = pl.col("markers").list
    opted_out = marked.contains(OPTED_OUT) | prefixed.fill_null(False) | opt_out.is_in(YES).fill_null(False)
    return rows.with_columns(
        (marked.contains(ANONYMOUS) | nobody.fill_null(False)).alias("anonymous"),
        pl.when(opted_out | is_open.is_in(NO))
        .then(False)
        .when(marked.contains(OPEN) | is_open.is_in(YES) | opt_out.is_in(NO))
        .then(True)
        .alias("open_register"),
        *(
            pl.when(~nobody.fill_null(False))
            .then(_nothing_of_blank(pl.col(n).str.replace(OPTED_OUT_PREFIX, "")))
            .alias(n)
            for n in ("title", "name", "forename", "middle_names", "surname")
        ),
    )


# --- names


def split_surname_first(name: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """Part a name that begins with the surname into surname and forenames.

    A comma parts it; else capitals before small letters (GARCIA LOPEZ Maria); else the first word, with the particles
    before it (DE SILVA MARIA).

    >>> pl.select(split_surname_first(pl.lit("VAN DER BERG Anna Maria"))[0]).item()
    'VAN DER BERG'
    """
    forms = (r"^([^,]*),\s*(.*)$", CAPITALS_FIRST, SURNAME_FIRST)
    parts = [pl.coalesce(name.str.extract(form, group) for form in forms).str.strip_chars(" ") for group in (1, 2)]
    return pl.when(parts[0] != "").then(parts[0]), pl.when(parts[1] != "").then(parts[1])


def _named(rows: pl.DataFrame) -> pl.DataFrame:
    surname, forenames = split_surname_first(pl.col("name"))
    given = pl.coalesce("forename", pl.when(pl.col("surname").is_null()).then(forenames), "initials")
    rest = given.str.extract(r"^\S+\s+(.*)$", 1)
    supplied = pl.concat_str(
        "title", "forename", "middle_names", "surname", "name_suffix", separator=" ", ignore_nulls=True
    )
    split = rows.with_columns(
        pl.coalesce("surname", surname).alias("surname"),
        given.str.extract(r"^(\S+)", 1).alias("forename"),
        _nothing_of_blank(pl.concat_str(rest, "middle_names", separator=" ", ignore_nulls=True)).alias("middle_names"),
        pl.coalesce("name", _nothing_of_blank(supplied)).alias("name"),
    )
    cleaned = split.with_columns(by_value(split[name], folded) for name in NAMES)
    return cleaned.with_columns(
        pl.col("title").str.replace_all(r"\.", "").str.strip_chars(" "),
        pl.all_horizontal(pl.col(name).is_null() for name in ("surname", "forename")).alias("nameless"),
    )


def _nothing_of_blank(text: pl.Expr) -> pl.Expr:
    return pl.when(text.str.strip_chars(" ") != "").then(text)


# --- addresses


def _addressed(rows: pl.DataFrame) -> pl.DataFrame:
    """Join the address; where lines have shifted, find the postcode among them, and keep what stood in its place."""
    filled = [name for name in ADDRESS_LINES if rows[name].null_count() < rows.height] or list(ADDRESS_LINES[:1])
    rows = rows.with_columns(by_value(rows["postcode"], postcode).alias("code"))
    lost = ~pl.col("code").str.contains(POSTCODE_ALONE).fill_null(value=False)
    rows = rows.with_columns(postcode(_stray(filled, lost)).alias("stray"))
    displaced = pl.col("stray").is_not_null()
    found = rows.with_columns(
        pl.coalesce("stray", "code").alias("code"), pl.when(displaced).then("postcode").alias("moved")
    )
    lines = [pl.col(name) for name in (*filled, "moved")]
    joined = found.with_columns(address(lines, pl.col("code")).alias("address"))
    ending = postcode_in(pl.when(pl.col("code").is_null()).then("address"))
    placed = joined.with_columns(pl.coalesce("code", ending).alias("postcode"))
    silent = pl.all_horizontal(pl.col(name).is_null() for name in ("address", "postcode", "uprn"))
    return placed.with_columns((pl.col("nameless") & silent).alias("bare"))


def _stray(lines: Sequence[str], lost: pl.Expr) -> pl.Expr:
    """Give the last line that is a postcode and nothing else, of rows that have none in its place."""
    looked_at = [pl.when(lost).then(pl.col(name)) for name in reversed(lines)]
    return pl.coalesce(pl.when(line.str.contains(POSTCODE_ALONE)).then(line) for line in looked_at)


# --- ages


def _aged(rows: pl.DataFrame, on: date) -> pl.DataFrame:
    """Reckon births from what registers give of attainers: the birth, or the day of coming of age.

    A day in a column of births that is still to come can only be the day of attaining 18; a day in a column of
    attainment is that day, unless it is so long ago that it can only be a birth. Where the franchise begins at 16 a
    register may mean the sixteenth birthday; svoc takes it for the eighteenth.
    """
    rows = rows.with_columns(
        by_value(rows["dob"], birth).alias("born"), by_value(rows["attainment"], day).alias("attains")
    )
    attains = pl.coalesce(pl.when(pl.col("born") > on).then("born"), "attains")
    youngest = _years_before(on, 14)
    older = pl.when(pl.col("attains") <= youngest).then("attains")
    come_of_age = pl.when(attains > youngest).then(attains).dt.offset_by(f"-{VOTING_AGE}y")
    born = pl.coalesce(pl.when(pl.col("born") <= on).then("born"), come_of_age, older)
    aged = rows.with_columns(born.alias("dob")).with_columns(
        (pl.col("dob") > _years_before(on, PUBLISHED_AGE)).fill_null(False).alias("under_16"),
        pl.when(pl.col("dob") >= _years_before(on, OLDEST)).then("dob").alias("dob"),
    )
    still = (pl.col("dob") > _years_before(on, VOTING_AGE)).fill_null(False)
    return aged.with_columns(
        pl.when(still).then(pl.concat_list("markers", pl.lit(ATTAINER))).otherwise("markers").alias("markers")
    )


def of_the_day(rows: pl.DataFrame, on: date) -> pl.Series:
    """Give the references (`record`) of electors who may be read otherwise on a later day within the year.

    Those are attainers, whoever is not yet 18, and births at the edge of what is believed; of the rest a day that
    comes later says the same.
    """
    grown = (pl.col("born") <= _years_before(on, VOTING_AGE)) & (pl.col("born") > _years_before(on, OLDEST - 2))
    settled = pl.col("attains").is_null() & (pl.col("born").is_null() | grown)
    return rows.filter(~settled)["record"]


def _years_before(on: date, years: int) -> date:
    try:
        return on.replace(year=on.year - years)
    except ValueError:
        return date(on.year - years, 2, 28)
