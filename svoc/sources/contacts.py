"""The living people whom a statement names beside the one it is about, on their way to a frame of `INFORMANTS`."""

from collections.abc import Iterable
from hashlib import blake2b

import polars as pl

from svoc.sources.clean import tidied
from svoc.sources.statements import Contact, Statement
from svoc.words.informants import INFORMANTS

__all__ = ["contacts_of"]

SORTED_BY = ["sender", "reference", "role", "informant"]


def contacts_of(statements: Iterable[Statement]) -> pl.DataFrame:
    """Give the contacts of statements as a frame of `INFORMANTS`, each once; one without a reference names none."""
    rows = [_row(said, each) for said in statements if said.reference for each in said.contacts]
    frame = tidied(pl.DataFrame(rows, schema=INFORMANTS, orient="row"))
    return frame.unique("informant", keep="first", maintain_order=True).sort(SORTED_BY)


def _row(said: Statement, contact: Contact) -> dict[str, object]:
    row: dict[str, object] = {
        "sender": said.sender,
        "reference": said.reference,
        "role": contact.role.value,
        "organisation": contact.organisation,
        "title": contact.name.title,
        "forenames": " ".join(contact.name.given) or None,
        "surname": contact.name.family,
        "relationship": contact.relationship,
        "address": contact.where.joined,
        "postcode": contact.where.postcode,
        "phone": contact.phone,
        "email": contact.email,
        "deals_with_estate": contact.deals_with_estate,
        "may_be_contacted": contact.may_be_contacted,
        "language": contact.language,
    }
    told = "\x1f".join(f"{name}={row[name]}" for name in sorted(row))
    return {"informant": blake2b(told.encode(), digest_size=10).hexdigest(), **row}
