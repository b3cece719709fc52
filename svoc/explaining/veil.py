"""An explanation for a purpose that may not see all: what it may see of the two, and one sentence for the rest."""

from collections.abc import Iterator
from typing import Any

import polars as pl

from svoc.explaining.explanation import EXPLANATION, Explanation, Reason
from svoc.explaining.wording import label
from svoc.words.purposes import Purpose

__all__ = ["veiled"]

VEILED = "what decided rests on more than this purpose may see, and is not told here"
NOT_FOR_IT = "not for this purpose"

COMPARED = {
    "name": ("forename", "middle_names", "surname", "previous_surname"), "title": ("title",), "dob": ("dob",),
    "phone": ("phone",), "email": ("email",), "postcode": ("postcode",), "forwarding": ("address", "postcode"),
    "handover": ("address",),
}  # fmt: skip
"""Which golden facts a comparison of the shipped model tells of; one of a council's own may tell of any."""


def veiled(found: Explanation, purpose: Purpose) -> Explanation:
    """Take out of an explanation what a purpose may not see; nothing where it may see all.

    Bits add up to a whole from which what is left out could be reckoned, so none are told; nor is what decided, what
    would turn it, or who else is at the address. The sentences are the same whatever the records say.
    """
    if purpose.fields is None:
        return found
    reason = Reason("withheld", VEILED)
    rows = [*_compared(found, purpose), {"kind": "rule", "what": reason.code, "words": reason.words}]
    ends = {"left": found.left, "right": found.right}
    numbered = [{**dict.fromkeys(EXPLANATION), **ends, **row, "step": n} for n, row in enumerate(rows, start=1)]
    return Explanation(
        left=found.left,
        right=found.right,
        same=found.same,
        persons=found.persons,
        summary="; ".join(row["words"] for row in rows if row["kind"] == "comparison"),
        reasons=(reason,),
        change="",
        weight=None,
        steps=pl.DataFrame(numbered, schema=EXPLANATION, orient="row"),
    )


def _compared(found: Explanation, purpose: Purpose) -> Iterator[dict[str, Any]]:
    """Give a row for each comparison: how the two stand in it, or that it is not for this purpose."""
    compared = found.steps.filter(pl.col("kind") == "comparison").select("what", "words").iter_rows()
    for what, words in compared:
        told = COMPARED.get(what)
        seen = told is not None and purpose.sees(*told)
        yield {"kind": "comparison", "what": what, "words": words if seen else f"{label(what)}: {NOT_FOR_IT}"}
