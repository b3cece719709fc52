"""All lists at once: uses and a gazetteer in, frames and counts out; it reads no file, no clock and no store."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from gazetteer import Gazetteer
from svoc.reports.custodian.billing import still_billed, unbilled
from svoc.reports.custodian.disagreeing import disagreeing, doubted
from svoc.reports.custodian.duplicates import duplicates
from svoc.reports.custodian.flats import at_doubtful_buildings, divided
from svoc.reports.custodian.missing import LACKING, left_out, missing
from svoc.reports.custodian.nameless import Nameless
from svoc.reports.custodian.neighbours import Neighbours
from svoc.reports.custodian.standing import Standing
from svoc.reports.custodian.uses import open_to_view
from svoc.reports.custodian.written import written

__all__ = ["LISTS", "ListKind", "Lists", "custodian_lists"]


@dataclass(frozen=True, slots=True)
class ListKind:
    """One list: the name of its file, its heading, what it means, and what is to be done about it."""

    name: str
    heading: str
    means: str
    todo: str
    of_a_council: bool = False


LISTS = (
    ListKind(
        "missing",
        "In use, and not on the gazetteer",
        "Addresses that council systems hold as live and that no property of the gazetteer answers to.",
        "Begin with those that several systems use. Look at the nearest entries and the candidates: where one of them "
        "is meant, add an alternative address to it; where none is, the property may want a UPRN. One record alone is "
        "more often a slip of the pen: send it back to its system.",
    ),
    ListKind(
        "disagreeing",
        "UPRN and address disagree",
        "Records that carry a UPRN which is not that of the address beside it: of another property, unknown to the "
        "gazetteer, historic, or of the whole building where a flat is written.",
        "Decide which of the two is right and let the system correct the other. An unknown UPRN may be a mistyped one, "
        "or one of a neighbouring authority.",
    ),
    ListKind(
        "still_billed",
        "Billed, though gone or not yet there",
        "Properties with a live Council Tax account that the gazetteer has as historic, demolished or provisional.",
        "Where a successor is named, the account belongs there. A provisional property that is lived in wants "
        "approval.",
        of_a_council=True,
    ),
    ListKind(
        "unbilled",
        "Dwellings with no account",
        "Live dwellings of the gazetteer on which no Council Tax account is open, and why that may be. Rooms and "
        "annexes whose building pays are no fault: they stand under it, as parent_pays.",
        "Look at no_account first, above all where another system has somebody there. A void account names nobody; at "
        "building_account and disputed_account an account is near, and its address or UPRN wants mending.",
        of_a_council=True,
    ),
    ListKind(
        "divided",
        "Divided otherwise than listed",
        "Houses at which records write flats, shells without their flats, one flat at which several are written, and "
        "blocks that are used as one house.",
        "Check on the ground or with the billing team whether the building has been converted; then list the units, or "
        "close them.",
    ),
    ListKind(
        "duplicates",
        "One address, several UPRNs",
        "Live properties that share the very text of their address.",
        "Keep the one in use and make the others historic with it as their successor; a parent and its part want "
        "different addresses.",
    ),
)
"""The lists in their order."""


@dataclass(frozen=True, slots=True)
class Lists:
    """The lists by name, each a frame sorted by use; what was left out of `missing`, by rung; and counts.

    `counts` has uses, accounts, and, of a council, dwellings, empty_class and accounts_not_placed.
    """

    frames: Mapping[str, pl.DataFrame]
    left_out: Mapping[str, int]
    counts: Mapping[str, int]

    def figures(self) -> dict[str, int]:
        """Count the rows of each list."""
        return {name: frame.height for name, frame in self.frames.items()}


def custodian_lists(uses: pl.DataFrame, gazetteer: Gazetteer, *, on: date | None = None) -> Lists:
    """Make the custodian's lists of the uses that systems make of addresses.

    `uses`: frame of `svoc.reports.custodian.uses.USES`; `on`: the day that they speak of. Without a day, or where no
    use bills anybody, the lists of a council (`still_billed`, `unbilled`) are not made.

    >>> from gazetteer import resolve
    >>> from gazetteer.examples import barchester
    >>> from svoc.reports.custodian.uses import uses_of_file
    >>> asked = pl.DataFrame({"address": ["18 King St, Barchester"], "postcode": ["BA1 1AA"], "supplied_uprn": [None]})
    >>> uses = uses_of_file(asked, resolve(asked, barchester()), "bins")
    >>> custodian_lists(uses, barchester()).frames["missing"].select("address", "before", "used_by").row(0)
    ('18 KING STREET, BARCHESTER, BA1 1AA', '14000 14 KING STREET, BARCHESTER, BA1 1AA', 'bins 1')
    """
    seen, standing = open_to_view(uses), Standing(gazetteer)
    disputed = doubted(seen, standing)
    asked = ["address", "postcode", "people"]
    lacking = seen.filter(pl.col("rung").is_in(list(LACKING)))
    wanted = pl.concat([part.select(asked) for part in (lacking, disputed, at_doubtful_buildings(seen))])
    read = written(wanted, gazetteer, Nameless.of_uses(uses, gazetteer.lexicon))
    frames = {
        "missing": missing(seen, read, standing, Neighbours(standing)),
        "disagreeing": disagreeing(seen, disputed, read, standing),
    }
    counts = {"records": _records(seen), "accounts": _records(seen.filter(pl.col("bills")))}
    if on and uses["bills"].any():
        frames["still_billed"] = still_billed(seen, standing)
        frames["unbilled"], more = unbilled(uses, seen, standing, on)
        nowhere = seen.filter(pl.col("bills") & pl.col("outcome").is_in(["none", "street", "ambiguous"]))
        counts |= {**more, "accounts_not_placed": _records(nowhere)}
    frames["divided"] = divided(seen, read, standing)
    frames["duplicates"] = duplicates(seen, standing)
    return Lists({kind.name: frames[kind.name] for kind in LISTS if kind.name in frames}, left_out(seen), counts)


def _records(uses: pl.DataFrame) -> int:
    return uses.select("source", "record").n_unique()
