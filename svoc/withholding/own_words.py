"""Names the parties of a record each by their own name alone."""

import polars as pl

from svoc.sources.clean import content
from svoc.words.records import SORTED_BY, conform

__all__ = ["own_words"]

RECORD = ["source", "record"]


def own_words(records: pl.DataFrame) -> pl.DataFrame:
    """Let parties of records (frame of `RECORDS`) be named by their own names alone, numbered as if no other had been.

    A field that names several as one text is every party's as supplied, and would tell of who is left out.
    """
    parts = [pl.col(name) for name in ("title", "forename", "middle_names", "surname")]
    own = pl.concat_str(parts, separator=" ", ignore_nulls=True)
    number = pl.int_range(1, pl.len() + 1).over(RECORD).cast(pl.Int16)
    named = records.sort(SORTED_BY).with_columns(name=pl.when(own != "").then(own), party=number)
    return content(conform(named))
