"""Electoral register extracts as suppliers write them: plain columns, two of Xpress, and EROS."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import polars as pl

from svoc.rehearsal.systems import Holding

LINES = range(1, 7)


def _rows(holding: Holding, addresses: pl.DataFrame) -> pl.DataFrame:
    """Put each elector's name and address beside the entry, in the order of the register."""
    named = holding.parties.select("record", "title", "forename", "middle_names", "surname")
    rows = holding.records.join(named, on="record", how="left").join(addresses, on="record", how="left")
    return rows.sort("district", "number", "suffix")


def _columns(holding: Holding, addresses: pl.DataFrame) -> pl.DataFrame:
    """Write one row an elector, each part of the name in a column of its own: the layout "columns"."""
    return _rows(holding, addresses).select(
        ElectorKey="record",
        ElectorTitle="title",
        ElectorSurname="surname",
        ElectorForename="forename",
        ElectorMiddleName="middle_names",
        ElectorDOB=pl.col("dob").dt.to_string("%d/%m/%Y"),
        Markers="markers",
        **{f"Address{line}": pl.col(f"address_{line}") for line in LINES},
        Postcode="postcode",
        UPRN="uprn",
    )


REGISTER_LAYOUTS: Mapping[str, Callable[[Holding, pl.DataFrame], pl.DataFrame]] = MappingProxyType({"columns": _columns})
"""Each layout's name and what writes a night's holding in it; addresses as in `council_tax_files`."""
