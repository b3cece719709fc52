"""What is not on the gazetteer, or cannot be told: every UPRN that is given for it is a false accept."""

from dataclasses import replace

from benchmarks.hard_cases import words
from benchmarks.hard_cases.kinds.base import DWELLINGS, PLAIN, Pen, Written, kind

ABROAD = [
    ("{n} OCEAN AVENUE APT {k}B, SANTA MONICA, CA {n}02, USA", ""),
    ("{n} MAPLE DRIVE, TORONTO, ON M4B 1B3, CANADA", ""),
    ("CALLE DE ALCALA {n}, 28013 MADRID, SPAIN", ""),
    ("{n} GEORGE STREET, SYDNEY, NSW 2000, AUSTRALIA", ""),
    ("FLAT {k}, {n} NELSON ROAD, AUCKLAND 1010, NEW ZEALAND", ""),
    ("{n} RUE DE LA GARE, 59000 LILLE, FRANCE", ""),
    ("HAUPTSTRASSE {n}, 10115 BERLIN, GERMANY", ""),
    ("{n} STATION ROAD, GALWAY, IRELAND", ""),
    ("VILLA {k}, STREET {n}, AL BARSHA, DUBAI, UAE", ""),
    ("{n} VICTORIA ROAD, MUMBAI 400001, INDIA", ""),
]
NO_PLACE = [
    "NO FIXED ABODE",
    "NFA",
    "DECLARATION OF LOCAL CONNECTION",
    "DECLARATION OF LOCAL CONNECTION, {town}",
    "BFPO {n}",
    "OP RUMAN, BFPO {n}",
    "{k} REGIMENT, BFPO {n}",
    "HMP {stem}",
    "NO FIXED ADDRESS, {town}",
    "OTHER ELECTORS",
    "HM SHIPS, BFPO {n}",
    "C/O TOWN HALL, NO FIXED ABODE",
]
JUNK = [
    "SEE NOTES",
    "XXXXX",
    "UNKNOWN",
    "TBC",
    "AS ABOVE",
    "***** {town}",
    "N/A",
    "NOT GIVEN",
    "SAME AS BEFORE",
    "PENDING - CHECK FILE",
    "X",
    "-",
    "GONE AWAY",
    "DO NOT USE",
    "RETURNED MAIL {n}",
    "REF {n}/{k}",
    "PLEASE CALL OFFICE",
    "{town}",
    "PARKING SPACE {n}",
    "ADDRESS WITHHELD",
]


def _filled(pen: Pen, text: str) -> str:
    town = pen.rng.choice(pen.town.towns)
    return text.format(n=pen.rng.randint(2, 999), k=pen.rng.randint(1, 12), town=town, stem=pen.rng.choice(words.STEMS))


@kind(43, "street not in the gazetteer", 15)
def no_such_street(pen: Pen) -> Written | None:
    """A street of nowhere here, under a postcode of here, or of elsewhere, or under none."""
    place = pen.pick(*PLAIN)
    if not place:
        return None
    parts = pen.parts(place)
    ends = ["ROAD", "STREET", "LANE", "CLOSE", "WAY", "DRIVE", "AVENUE"]
    street = f"{pen.rng.choice(words.STEMS)} {pen.rng.choice(ends)}"
    # Nor may a street of that stem be there under another kind: that may be a slip.
    stem = street.split(maxsplit=1)[0]
    if any(stem in name.split() for name in pen.town.by_street):
        return None
    code = parts.postcode if pen.chance(0.5) else f"YX{pen.rng.randint(1, 20)} {pen.rng.randint(1, 9)}AB"
    wrong = replace(
        parts, street=street, postcode=code if pen.chance(0.85) else "", number=str(pen.rng.randint(1, 120))
    )
    if pen.town.meant(number=wrong.number, postcode=code, unit="") and code == parts.postcode:
        return None  # that number alone would tell a house within the postcode
    text, postcode = pen.write(wrong)
    return Written(text, postcode, "none")


@kind(44, "overseas", 8)
def overseas(pen: Pen) -> Written | None:
    """SANTA MONICA, CA: where the owner lives."""
    text, postcode = pen.rng.choice(ABROAD)
    return Written(_filled(pen, text), postcode, "none")


@kind(45, "cannot be told", 8)
def ambiguous(pen: Pen) -> Written | None:
    """1 HIGH STREET, without town or postcode, where there are several."""
    place = pen.pick(*DWELLINGS)
    if not place:
        return None
    parts = replace(pen.parts(place), town="", locality="", postcode="")
    meant = pen.town.meant(unit=parts.unit, number=parts.number, street=parts.street)
    # In two streets, and so written today: the same house twice, or a former name or number, would be no riddle.
    today = [line for uprn in meant if (line := pen.town.places[uprn].line).street_name == parts.street]
    if parts.name or len({line.street.usrn for line in today if line.number == parts.number}) < 2:
        return None
    text, postcode = pen.write(parts)
    return Written(text, postcode, "none")


@kind(59, "PO box", 3)
def po_box(pen: Pen) -> Written | None:
    """PO BOX 424, TOWN, which has no place."""
    place = pen.pick(*PLAIN)
    if not place:
        return None
    town = place.line.street.town
    box = pen.one("PO BOX {}", "P.O. BOX {}", "P O BOX {}", "PO Box {}", "BOX NO {}").format(pen.rng.randint(2, 4999))
    code = place.postcode if pen.chance(0.3) else f"{place.postcode.split()[0]} 9{pen.one('XX', 'WP', 'YL')}"
    return Written(f"{box}, {town}", code, "none")


@kind(60, "no fixed abode, forces, declarations", 3)
def no_abode(pen: Pen) -> Written | None:
    """NO FIXED ABODE, BFPO 57, DECLARATION OF LOCAL CONNECTION."""
    return Written(_filled(pen, pen.rng.choice(NO_PLACE)), "", "none")


@kind(68, "not an address", 5)
def junk(pen: Pen) -> Written | None:
    """SEE NOTES."""
    postcode = ""
    if pen.chance(0.5) and (place := pen.pick(*PLAIN)):
        postcode = place.postcode
    return Written(_filled(pen, pen.rng.choice(JUNK)), postcode, "none")
