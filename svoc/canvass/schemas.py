"""The columns of each list of the canvass."""

import polars as pl

__all__ = ["DELETIONS", "ELECTORS", "NEW_RESIDENTS", "PROPERTIES"]

ELECTORS: dict[str, pl.DataType] = {
    "elector": pl.String(),  # the elector number, as the register has it
    "source": pl.String(),  # which register
    "person_id": pl.String(),
    "uprn": pl.Int64(),  # null where the entry is on no one property
    "matched": pl.Boolean(),
    "level": pl.String(),  # full_name, form_of_name, household, possible or none
    "evidence": pl.String(),  # the records that bear the entry out, as source/record/party
    "evidence_since": pl.Date(),  # first day of the oldest stay among them, null where none is told
    "evidence_days": pl.Int64(),  # how many days before the day of the lists that was
    "against": pl.String(),  # what speaks against the entry, and the record that does
    "words": pl.String(),
}
"""One elector a row, sorted by source and elector."""

PROPERTIES: dict[str, pl.DataType] = {
    "uprn": pl.Int64(),
    "electors": pl.Int64(),
    "matched": pl.Int64(),
    "not_registered": pl.Int64(),  # new potential residents there
    "outcome": pl.String(),  # all, part, none or no_electors
    "route": pl.Int8(),  # 1 matched, 2 unmatched, 3 defined
    "words": pl.String(),
}
"""One property a row, sorted by UPRN."""

NEW_RESIDENTS: dict[str, pl.DataType] = {
    "person_id": pl.String(),
    "uprn": pl.Int64(),
    "name": pl.String(),
    "evidence": pl.String(),
    "registered_elsewhere": pl.Boolean(),
    "words": pl.String(),
}
"""One person and property a row, sorted by UPRN and person."""

DELETIONS: dict[str, pl.DataType] = {
    "elector": pl.String(),
    "source": pl.String(),
    "person_id": pl.String(),
    "uprn": pl.Int64(),
    "grounds": pl.String(),  # death or two_sources
    "evidence": pl.String(),
    "words": pl.String(),
}
"""One elector a row whose entry may be looked at for deletion, sorted by source and elector."""
