"""Council Tax extracts as suppliers write them: a plain one with one-field names, the Academy tables, the NFI's."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import polars as pl

from svoc.rehearsal.systems import Holding

Tables = Mapping[str, pl.DataFrame]
"""The files of one extract: what follows the source's name in the file name ("" for a single file), and rows."""

FORWARDING = ("forwarding_1", "forwarding_2", "forwarding_3", "forwarding_4", "forwarding_postcode")


def _columns(holding: Holding, addresses: pl.DataFrame) -> Tables:
    """Write one row an account, everyone liable in one field: the layout "columns"."""
    rows = holding.records.join(addresses, on="record", how="left", maintain_order="left")
    frame = rows.select(
        "liable_party",
        *(f"address_{line}" for line in range(1, 5)),
        "postcode",
        "uprn",
        *(pl.col(name).dt.to_string("%Y-%m-%d") for name in ("liability_start", "liability_end")),
        *FORWARDING,
        account_ref="record",
        property_ref="council_tax_ref",
    )
    return {"": frame.select("account_ref", pl.exclude("account_ref")).sort("account_ref")}


COUNCIL_TAX_LAYOUTS: Mapping[str, Callable[[Holding, pl.DataFrame], Tables]] = MappingProxyType({"columns": _columns})
"""Each layout's name and what writes a night's holding in it.

The addresses have one row a record: record, address_1 to address_6, postcode, uprn (as the system holds it),
council_tax_ref, and the forwarding address in FORWARDING.
"""
