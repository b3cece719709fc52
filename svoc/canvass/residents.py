"""Name who seems to live at a property and is not on the register there, and whose entry two sources speak against."""

import polars as pl

from svoc.canvass.material import AT, Material
from svoc.canvass.schemas import DELETIONS, NEW_RESIDENTS

__all__ = ["deletions_of", "new_residents_of"]

YOUNGEST = 16
GONE = ("left", "lives_elsewhere")
"""What has to be said of an elector who has gone; that they are named elsewhere is no more than a doubt."""

GROUNDS = {
    "death": "A death was confirmed to be this elector's",
    "two_sources": "Two systems, each by itself, say that this elector no longer lives here",
}


def new_residents_of(material: Material) -> pl.DataFrame:
    """Give a frame of `NEW_RESIDENTS`: people of sixteen and over, as far as a date of birth is known.

    Who is registered elsewhere may be a landlord or own two homes: the row says so.
    """
    born = pl.lit(material.as_of).dt.offset_by(f"-{YOUNGEST}y")
    grown = material.today.filter((pl.col("dob") <= born).fill_null(value=True)).drop_nulls(AT)
    entered = material.electors.select(AT).drop_nulls()
    fresh = grown.join(entered, on=AT, how="anti").group_by(AT).agg(evidence=pl.col("mention").sort().str.join("; "))
    names = material.state.persons.select(
        "person", name=pl.concat_str("title", "forename", "middle_names", "surname", separator=" ", ignore_nulls=True)
    )
    registered = pl.col("person").is_in(material.electors["person"].drop_nulls().unique().implode())
    elsewhere = pl.when(registered).then(pl.lit(", and on it elsewhere")).otherwise(pl.lit(""))
    told = fresh.join(names, on="person", how="left").with_columns(registered_elsewhere=registered)
    words = pl.concat_str(pl.lit("Not on the register here"), elsewhere, pl.lit(": named by "), "evidence", pl.lit("."))
    rows = told.with_columns(words=words).rename({"person": "person_id", "place": "uprn"})
    return rows.select(NEW_RESIDENTS.keys()).sort("uprn", "person_id")


def deletions_of(material: Material, electors: pl.DataFrame) -> pl.DataFrame:
    """Give a frame of `DELETIONS`: a confirmed death, or two systems that each say that the elector has gone.

    Whoever is matched is not there, whatever speaks against the entry. `electors`: frame of `ELECTORS`.
    """
    unmatched = electors.filter(~pl.col("matched")).select("source", record="elector")
    entries = material.electors.join(unmatched, on=["source", "record"], how="semi")
    said = material.against.group_by("mention").agg(
        dead=(pl.col("ground") == "died").any(),
        sources=pl.col("by").filter(pl.col("ground").is_in(GONE)).n_unique(),
        evidence=pl.concat_str("ground", pl.lit(": "), "evidence").sort().str.join("; "),
    )
    enough = entries.join(said, on="mention").filter(pl.col("dead") | (pl.col("sources") > 1))
    told = enough.with_columns(grounds=pl.when("dead").then(pl.lit("death")).otherwise(pl.lit("two_sources")))
    meaning = pl.col("grounds").replace_strict(GROUNDS, return_dtype=pl.String)
    words = pl.concat_str(meaning, pl.lit(" ("), "evidence", pl.lit("): an officer decides."))
    rows = told.with_columns(words=words, elector="record", person_id="person", uprn="place")
    return rows.select(DELETIONS.keys()).sort("source", "elector")
