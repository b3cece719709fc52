"""Tells the texts that no gazetteer can place: no fixed abode, a PO box, the forces, nothing or junk.

In flows a tidied text, as a whole and without its postcode; out flows the name of a rung, "" where it may be placed.
"""

import re

from gazetteer.wordlists import mapping

_NO_PLACE = mapping("no_place", "phrase", "rung")
_NO_FIXED_PLACE = re.compile(r"^(?:OF )?(?:NFA|N F A)\b|\b(?:NO FIXED (?:ABODE|ADDRESS)|DECLARATION OF LOCAL)\b")
_PO_BOX = re.compile(r"\b(?:P ?O|POST OFFICE) ?BOX\b|^BOX \d+(?:,|$)")
_FORCES = re.compile(r"\bB ?F ?P ?O\b")
_WORTHLESS = re.compile(r"(?:SEE NOTES|ADDRESS WITHHELD|PRIVATE ADDRESS)\b|[X0\-/ ,]*$")


def trouble_of(tidied: str, rest: str, postcode: str | None) -> str:
    """Names what makes an address unplaceable from the start, wherever it lies."""
    trouble = _NO_PLACE.get(rest, "")
    if not rest:
        trouble = "postcode_only" if postcode else "empty" if not tidied else "junk"
    elif _NO_FIXED_PLACE.search(rest) or _NO_PLACE.get(rest.partition(", ")[0]) == "no_fixed_abode":
        trouble = "no_fixed_abode"
    elif _PO_BOX.search(rest):
        trouble = "po_box"
    elif _FORCES.search(rest):
        trouble = "forces"
    elif _WORTHLESS.match(rest):
        trouble = "junk"
    return trouble
