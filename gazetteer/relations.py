"""Finds what stands beside a number rather than at it: land, a garage, a lamp post, the rear of a house."""

import re

_LAND = re.compile(
    r"^(?:LAND )?(?:(?:TO|AT) )?(?:THE )?(?P<rear>REAR),? (?=\d)"
    r"|\b(?:(?P<land>LAND|SITE|GROUND|PLOT|FIELD|CAR PARK|GARAGES?)\b *)?"
    r"(?P<side>(?:(?:TO|AT) )?(?:THE )?REAR OF|R/O|ADJACENT(?: TO)?|ADJOINING|ADJ(?: TO)?|NEXT TO|OPPOSITE(?: TO)?|OPP"
    r"|BETWEEN|BEHIND|(?:TO )?(?:THE )?FRONT OF|SIDE OF|NORTH OF|SOUTH OF|EAST OF|WEST OF|LAND AT|SITE OF"
    r"|LAND TO)\b,? *"
    # What stands near a number is not at it; NR TAUNTON says where a village lies.
    r"|(?:^(?:[A-Z]+ ){0,3}|(?<=, ))(?P<near>NEAR|NR|OUTSIDE|O/S|BESIDE|ALONGSIDE|FACING|ACROSS FROM"
    r"|NEXT DOOR|GARDEN OF|LAMP ?POST|LAMP COLUMN|BUS (?:STOP|SHELTER)|(?:TELE)?PHONE (?:BOX|KIOSK))(?: TO)?,? +(?=\d)"
)
_REAR_AFTER = re.compile(r", (?:LAND )?(?:(?:TO|AT) )?(?:THE )?(?:REAR(?: OF)?|R/O)(?=,|$)")
_HAS_PARTS = re.compile(r"\b(?:FLAT|FLT|FLOOR|FLR|APARTMENT|APT|MAISONETTE|UNIT|ROOM)\b")
_SIDES = {"REAR": "REAR OF", "R/O": "REAR OF", "BEHIND": "REAR OF", "ADJ": "ADJACENT TO", "NEXT": "ADJACENT TO"}
_SIDES |= {"ADJACENT": "ADJACENT TO", "ADJOINING": "ADJACENT TO", "OPPOSITE": "OPPOSITE", "OPP": "OPPOSITE"}
_SIDES |= {"BETWEEN": "BETWEEN", "FRONT": "FRONT OF", "SIDE": "SIDE OF", "LAND": "LAND AT", "SITE": "LAND AT"}


def take_relation(text: str) -> tuple[str, str]:
    """Takes a marker such as REAR OF out of a tidied address; gives it, in one spelling, and what remains."""
    if "REAR" in text or "R/O" in text:
        before = _REAR_AFTER.sub("", text)
        if before != text and not _HAS_PARTS.search(text):
            return "REAR OF", before
    found = _LAND.search(text) if " " in text else None
    if not found or re.search(r"\b(?:FLAT|FLT|MAISONETTE|APARTMENT|ANNEXE?) *,? *$", text[: found.start()]):
        if text.startswith("LAND ") and re.match(r"LAND,? (?:AT|OFF|IN) ", text):
            return "LAND AT", re.sub(r"^LAND,? (?:AT|OFF|IN) ", "", text)
        return "", text
    if found["near"]:
        return "NEAR", f"{text[: found.start()]}{text[found.end() :]}".strip(" ,")
    side = found["side"] or found["rear"]
    key = next(word for word in re.split(r"[ ,]", re.sub(r"\b(?:TO|THE|AT) ", "", side + " ")) if word)
    relation = _SIDES.get(key, "ADJACENT TO")
    return relation, f"{text[: found.start()]}{text[found.end() :]}".strip(" ,")
