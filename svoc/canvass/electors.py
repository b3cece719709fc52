"""Say of each elector whether other records bear the entry out, how well, and since when."""

import polars as pl

from svoc.canvass.material import AT, Material
from svoc.canvass.schemas import ELECTORS

__all__ = ["LEVELS", "electors_of"]

LEVELS = {
    "full_name": "the same forename and surname at this property",
    "form_of_name": "the same person at this property under another form of the name",
    "household": "an elector of the same surname at this property is borne out, and nothing speaks against this one",
    "possible": "a record that may be the same person, which is too little",
    "none": "no other record at this property",
}
"""What each level means, the surest first."""


def electors_of(material: Material, *, vouching: bool) -> pl.DataFrame:
    """Give a frame of `ELECTORS`.

    An entry is matched where another system's record that stands today names the same person at the same property. With
    `vouching`, an entry is also matched whose household is: weaker, for an officer to choose.
    """
    entries = material.electors.join(_named(material), on="mention", how="left")
    entries = entries.join(_against(material), on="mention", how="left")
    entries = entries.with_columns(possible=pl.col("mention").is_in(_possible(material).implode()))
    named = pl.col("evidence").is_not_null()
    beside = named.any().over("place", "surname") & pl.col("place").is_not_null() & pl.col("against").is_null()
    level = (
        pl.when(named & pl.col("whole"))
        .then(pl.lit("full_name"))
        .when(named)
        .then(pl.lit("form_of_name"))
        .when(beside)
        .then(pl.lit("household"))
        .when("possible")
        .then(pl.lit("possible"))
        .otherwise(pl.lit("none"))
    )
    matched = ["full_name", "form_of_name", *(["household"] if vouching else [])]
    told = entries.with_columns(level=level).with_columns(
        matched=pl.col("level").is_in(matched) & ~pl.col("against").str.contains("died").fill_null(value=False),
        elector="record",
        person_id="person",
        uprn="place",
        evidence_days=(pl.lit(material.as_of) - pl.col("evidence_since")).dt.total_days(),
    )
    return told.with_columns(words=_words()).select(ELECTORS.keys()).cast(ELECTORS).sort("source", "elector")  # type: ignore[arg-type]


def _named(material: Material) -> pl.DataFrame:
    """Give what bears each entry out: mention, evidence, evidence_since, whole (forename and surname are the same)."""
    here = material.electors.select("mention", *AT, "forename", "surname").drop_nulls(AT)
    says = material.today.select(*AT, "since", said="mention", named="forename", called="surname")
    both = here.join(says, on=AT)
    same = (pl.col("forename") == pl.col("named")) & (pl.col("surname") == pl.col("called"))
    return both.group_by("mention").agg(
        evidence=pl.col("said").sort().str.join("; "),
        evidence_since=pl.col("since").min(),
        whole=same.any().fill_null(value=False),
    )


def _against(material: Material) -> pl.DataFrame:
    said = pl.concat_str("ground", pl.lit(": "), "evidence")
    return material.against.group_by("mention").agg(against=said.sort().str.join("; "))


def _possible(material: Material) -> pl.Series:
    """Name the entries that a record which stands today may be the same person as."""
    links, today = material.state.links, material.today["mention"].implode()
    said = [links.filter(pl.col(one).is_in(today))[other] for one, other in (("left", "right"), ("right", "left"))]
    return pl.concat(said).unique()


def _words() -> pl.Expr:
    since = pl.concat_str(pl.lit(", since "), pl.col("evidence_since").dt.to_string("%-d %B %Y")).fill_null("")
    means = pl.col("level").replace_strict(LEVELS, return_dtype=pl.String)
    borne = pl.col("evidence").is_not_null()
    told = pl.when(borne).then(pl.concat_str(means, pl.lit(" ("), "evidence", since, pl.lit(")"))).otherwise(means)
    against = pl.concat_str(pl.lit("; against it: "), "against").fill_null("")
    verdict = pl.when("matched").then(pl.lit("Matched: ")).otherwise(pl.lit("Not matched: "))
    nowhere = pl.when(pl.col("uprn").is_null()).then(pl.lit("; the entry is on no one property")).otherwise(pl.lit(""))
    return pl.concat_str(verdict, told, against, nowhere, pl.lit("."))
