"""Council Tax extracts as suppliers write them: a plain one with one-field names, the Academy tables, the NFI's."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import polars as pl

from svoc.rehearsal.systems import Holding

Tables = Mapping[str, pl.DataFrame]
"""The files of one extract by table name; a single file has the name ""."""

FORWARDING = ("forwarding_1", "forwarding_2", "forwarding_3", "forwarding_4", "forwarding_postcode")
LINES = range(1, 5)

ACADEMY_WIDTH = 32
"""Characters of an Academy name or address field; what is longer is cut."""

ACADEMY_TABLES = ("ctaccount", "ctliability", "ctoccupation", "ctproperty")
JOINT, OWNER, VOID, PAYER = "1", "7", "9", "12"
"""Academy's lead_liab_pos: joint and several, owner, VOID, Council Tax payer."""

STILL_LIVE = "2099-12-31"
"""What Academy writes for a vacation date that has not come."""


@dataclass(frozen=True, slots=True)
class CouncilTaxLayout:
    """One layout: what writes a night's holding in it, and which of its accounts and parties the layout can show.

    `write` takes the holding and one address a record: record, address_1 to address_6, postcode, uprn (as the system
    holds it), council_tax_ref, and the forwarding address in FORWARDING.
    """

    write: Callable[[Holding, pl.DataFrame], Tables]
    live_only: bool = False
    most_parties: int = 5

    def shown(self, holding: Holding) -> Holding:
        """Give what of a holding this layout shows; the truth speaks of that."""
        records = holding.records.filter(pl.col("liability_end").is_null()) if self.live_only else holding.records
        parties = holding.parties.filter(pl.col("party") <= self.most_parties).join(
            records.select("record", "version"), on=["record", "version"], how="semi", maintain_order="left"
        )
        return Holding(holding.source, records, parties)


def _day(column: str) -> pl.Expr:
    return pl.col(column).dt.to_string("%Y-%m-%d")


def _columns(holding: Holding, addresses: pl.DataFrame) -> Tables:
    """Write one row an account, everyone liable in one field: the layout "columns"."""
    rows = holding.records.join(addresses, on="record", how="left").sort("record")
    frame = rows.select(
        pl.col("record").alias("account_ref"),
        "liable_party",
        *(f"address_{line}" for line in LINES),
        "postcode",
        "uprn",
        *(_day(name).alias(name) for name in ("liability_start", "liability_end")),
        *FORWARDING,
        property_ref="council_tax_ref",
    )
    return {"": frame}


def _parties(holding: Holding) -> pl.DataFrame:
    """Write each party as Academy does, SURNAME,TITLE FORENAME cut at 32, with a reference that is the person's own."""
    given = pl.concat_str("title", "forename", "middle_names", separator=" ", ignore_nulls=True)
    name = pl.coalesce("text", pl.concat_str("surname", pl.lit(","), given)).str.to_uppercase()
    position = (
        pl.when(pl.col("text").is_in(["VOID", "EMPTY PROPERTY"]))
        .then(pl.lit(VOID))
        .when(pl.col("kind") != "person")
        .then(pl.lit(OWNER))
        .when(pl.len().over("record") > 1)
        .then(pl.lit(JOINT))
        .otherwise(pl.lit(PAYER))
    )
    parted = [
        pl.when(pl.col("text").is_null()).then(pl.col(part).str.to_uppercase().str.slice(0, ACADEMY_WIDTH)).alias(part)
        for part in ("title", "forename", "middle_names", "surname")
    ]
    # a person keeps the reference on every account; what is nobody has one of the account's own
    own = pl.lit("9") + pl.col("record") + pl.col("party").cast(pl.String)
    reference = pl.coalesce((pl.col("person").cast(pl.Int64) + 2_000_000).cast(pl.String), own)
    return holding.parties.select(
        "record",
        "party",
        *parted,
        name=name.str.slice(0, ACADEMY_WIDTH),
        position=position,
        reference=reference,
    )


def _academy(holding: Holding, addresses: pl.DataFrame) -> Tables:
    """Write the four tables of Academy: accounts with their lead, everyone liable, occupations, properties."""
    rows = holding.records.join(addresses, on="record", how="left").sort("record")
    parties = _parties(holding)
    lead = parties.filter(pl.col("party") == 1)
    account = rows.join(lead, on="record", how="left", maintain_order="left").select(
        account_ref="record",
        account_cd=pl.col("record").cast(pl.Int64) % 7,
        lead_liab_name="name",
        lead_liab_pos="position",
        lead_liab_title=pl.col("title").str.slice(0, 8),
        lead_liab_forename="forename",
        lead_liab_middlename="middle_names",
        lead_liab_surname="surname",
        **{f"for_addr{line}": pl.col(f"forwarding_{line}").str.slice(0, ACADEMY_WIDTH) for line in LINES},
        for_postcode="forwarding_postcode",
        party_ref="reference",
    )
    liability = parties.sort("record", "party").select(
        account_ref="record", party_ref="reference", liab_name="name", liab_pos="position", liab_pers_occ="party"
    )
    occupation = rows.select(
        account_ref="record",
        property_ref="council_tax_ref",
        occupation_date=_day("liability_start"),
        vacation_date=_day("liability_end").fill_null(STILL_LIVE),
        live_ind=pl.col("liability_end").is_null().cast(pl.Int8),
    )
    homes = rows.unique("council_tax_ref", keep="first", maintain_order=True).sort("council_tax_ref")
    properties = homes.select(
        property_ref="council_tax_ref",
        **{f"addr{line}": pl.col(f"address_{line}") for line in LINES},
        postcode="postcode",
        uprn="uprn",
    )
    return dict(zip(ACADEMY_TABLES, (account, liability, occupation, properties), strict=True))


def _nfi(holding: Holding, addresses: pl.DataFrame) -> Tables:
    """Write one row a live account, as the National Fraud Initiative asks: two liable persons at most, in columns."""
    rows = holding.records.join(addresses, on="record", how="left").sort("record")
    names = [pl.col(part).str.to_uppercase() for part in ("title", "forename", "middle_names")]
    surname = pl.coalesce("text", "surname").str.to_uppercase()
    parties = holding.parties.select("record", "party", *names, surname=surname)
    for party in (1, 2):
        one = parties.filter(pl.col("party") == party).drop("party")
        rows = rows.join(one, on="record", how="left", suffix=f"_{party}", maintain_order="left")
    headed = {
        "Council Tax account reference": pl.col("record"),
        "UPRN": pl.col("uprn"),
        **_nfi_person("", ""),
        **{f"Address {line}": pl.col(f"address_{line}") for line in LINES},
        "Postcode": pl.col("postcode"),
        **_nfi_person(" of other liable person", "_2"),
        **{f"Billing address {line}": pl.col(f"forwarding_{line}") for line in LINES},
        "Billing address postcode": pl.col("forwarding_postcode"),
    }
    return {"": rows.select(expression.alias(heading) for heading, expression in headed.items())}


def _nfi_person(of: str, suffix: str) -> Mapping[str, pl.Expr]:
    parts = {"Title": "title", "Surname": "surname", "Forename": "forename", "Middle name/initial": "middle_names"}
    named = {f"{heading}{of}": pl.col(f"{part}{suffix}") for heading, part in parts.items()}
    return {**named, f"Date of birth{of}": pl.lit(None, pl.String)}


COUNCIL_TAX_LAYOUTS: Mapping[str, CouncilTaxLayout] = MappingProxyType(
    {
        "columns": CouncilTaxLayout(_columns),
        "academy": CouncilTaxLayout(_academy),
        "nfi": CouncilTaxLayout(_nfi, live_only=True, most_parties=2),
    }
)
"""The layouts in which a town's Council Tax can be written."""
