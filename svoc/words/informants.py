"""The living people who tell of a life event: informant, next of kin, surviving spouse, executor.

They are no mentions: nobody is matched with them, no record of the deceased holds them, no notice carries them. They
are kept apart, for a time of their own (`[retention] informants_days`), under the reference of the event.
"""

from enum import StrEnum

import polars as pl

__all__ = ["EMPTY_INFORMANTS", "INFORMANTS", "InformantRole"]


class InformantRole(StrEnum):
    """What somebody is to the event."""

    INFORMANT = "informant"
    NEXT_OF_KIN = "next-of-kin"
    SPOUSE = "spouse"  # or civil partner, who survives
    EXECUTOR = "executor"  # the person or company that deals with the estate


INFORMANTS: dict[str, pl.DataType] = {
    "informant": pl.String(),  # the same person of the same event, told twice, has the same id
    "sender": pl.String(),  # with `reference`: the event, as in `LIFE_EVENTS`
    "reference": pl.String(),
    "role": pl.String(),  # of InformantRole
    "organisation": pl.String(),  # of an executor that is a company
    "title": pl.String(),
    "forenames": pl.String(),
    "surname": pl.String(),
    "relationship": pl.String(),  # to whom the event is about, as supplied
    "address": pl.String(),
    "postcode": pl.String(),
    "phone": pl.String(),
    "email": pl.String(),
    "deals_with_estate": pl.Boolean(),
    "may_be_contacted": pl.Boolean(),  # null where nobody was asked
    "language": pl.String(),  # en or cy, in which they would be written to
}
"""Columns and dtypes of informants, sorted by sender, reference, role and informant."""

EMPTY_INFORMANTS = pl.DataFrame(schema=INFORMANTS)
