"""What one council system holds: its records night by night, and who is really behind each name in them."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import polars as pl

PARTIES: Mapping[str, pl.DataType] = MappingProxyType(
    {
        "record": pl.String(),
        "version": pl.Int16(),  # of the record; one is live in a night
        "party": pl.Int16(),  # from 1, in the order of naming
        "person": pl.Int32(),  # null where there is none: a company, a void, an executor
        "kind": pl.String(),  # person, organisation, executor or void
        "title": pl.String(),
        "forename": pl.String(),
        "middle_names": pl.String(),
        "surname": pl.String(),
        "text": pl.String(),  # the whole of what is written, where it is no plain name
    }
)
"""One named party of one version of a record a row, the name as the system holds it."""

RECORD: Mapping[str, pl.DataType] = MappingProxyType(
    {
        "record": pl.String(),
        "version": pl.Int16(),
        "from_night": pl.Int8(),  # the first night whose extract has this version
        "to_night": pl.Int8(),  # the first that no longer has it; null while it lasts
        "dwelling": pl.Int32(),  # null where there is no address (overseas and anonymous electors)
    }
)
"""What every record has; each system adds its own columns."""


@dataclass(frozen=True, slots=True)
class Holding:
    """Hold one system's records in all their versions.

    source    the system's name in council.toml
    records   RECORD and the system's own columns, sorted by record and version
    parties   PARTIES, sorted by record, version and party
    """

    source: str
    records: pl.DataFrame
    parties: pl.DataFrame

    def on(self, night: int) -> "Holding":
        """Give what the system's extract holds on one night."""
        live = (pl.col("from_night") <= night) & (pl.col("to_night").is_null() | (pl.col("to_night") > night))
        records = self.records.filter(live)
        parties = self.parties.join(
            records.select("record", "version"), on=["record", "version"], how="semi", maintain_order="left"
        )
        return Holding(self.source, records, parties)


def in_force(versions: pl.DataFrame) -> pl.DataFrame:
    """End each version of a record when the next begins, if not before; needs record, version, from_night, to_night."""
    ordered = versions.sort("record", "version")
    following = pl.col("from_night").shift(-1).over("record")
    return ordered.with_columns(to_night=pl.min_horizontal(following, "to_night").cast(pl.Int8))
