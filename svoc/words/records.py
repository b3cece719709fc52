"""The record: one row for each party that a source record names."""

import polars as pl

__all__ = ["EMPTY_RECORDS", "KEY", "NEW", "PROTECTED", "RECORDS", "SORTED_BY", "UNDER_16", "conform", "protected"]

KEY = ("source", "record", "party")
SORTED_BY = ["source", "record", "party"]

RECORDS: dict[str, pl.DataType] = {
    # where it comes from
    "source": pl.String(),  # the council's name for the source
    "record": pl.String(),  # the source's own reference of the record
    "party": pl.Int16(),  # ordinal of the party within the record, from 1, in the order of naming
    "party_reference": pl.String(),  # the source's own reference of the party, where it has one
    "role": pl.String(),  # liable_party, elector, deceased, ...
    "kind": pl.String(),  # person, organisation, executor or void; only a person is ever matched
    # who
    "name": pl.String(),  # as supplied
    "title": pl.String(),  # MR, MRS, ... normalised
    "forename": pl.String(),  # first forename or initial, upper case, folded
    "middle_names": pl.String(),
    "surname": pl.String(),
    "previous_surname": pl.String(),
    "dob": pl.Date(),
    "phone": pl.String(),
    "email": pl.String(),
    # where
    "address": pl.String(),  # as supplied, lines joined by ", "
    "postcode": pl.String(),  # as supplied or found in the address, "EX1 1AA" where it is one
    "supplied_uprn": pl.Int64(),
    "property_reference": pl.String(),  # the source's own reference of the property
    "forwarding_address": pl.String(),
    "forwarding_postcode": pl.String(),
    # when
    "since": pl.Date(),  # first day of the stay, null where the source does not say
    "until": pl.Date(),  # first day after the stay, null while it lasts
    # what else is known
    "deceased": pl.Boolean(),  # the source says that the person has died
    "died": pl.Date(),
    "markers": pl.List(pl.String()),
    "open_register": pl.Boolean(),  # register only: true where the elector is in the open register
    "line": pl.Int64(),  # where it stands in the file, for messages
    "content": pl.String(),  # hash of all the above but `line`
}
"""Columns and dtypes of a frame of records, sorted by source, record and party."""

EMPTY_RECORDS = pl.DataFrame(schema=RECORDS)


def conform(frame: pl.DataFrame) -> pl.DataFrame:
    """Give a frame exactly the columns of `RECORDS`: what it lacks is null, what it has more goes.

    >>> conform(pl.DataFrame({"source": ["ct"], "record": ["1"], "party": [1]})).width == len(RECORDS)
    True
    """
    have = set(frame.columns)
    columns = [
        (pl.col(name).cast(dtype) if name in have else pl.lit(None, dtype=dtype).alias(name))
        for name, dtype in RECORDS.items()
    ]
    return frame.select(columns)


PROTECTED = ("anonymous", "safe-address", "no-disclosure", "protected")
"""Markers of a record whose place nobody may learn of; a council gives a letter such a meaning under markers."""


NEW = "new-"
"""How a marker of a life event begins that says which facts it gives anew (`new-surname`, `new-home`, ...)."""

UNDER_16 = "under-16"
"""Marker of a register's entry of a child under 16 on the day of its extract: kept only where a source says so."""


def protected() -> pl.Expr:
    """Say of each record whether a marker protects its place.

    >>> pl.DataFrame({"markers": [["opted-out"], ["safe-address"], None]}).select(protected()).to_series().to_list()
    [False, True, False]
    """
    marked = pl.col("markers").cast(pl.List(pl.String)).list
    return pl.any_horizontal(marked.contains(word).fill_null(value=False) for word in PROTECTED)
