"""Units that are no plain flats: above shops, annexes, rooms, halls, estates, parks and moorings."""

from dataclasses import replace

from benchmarks.hard_cases.kinds.base import Parts, Pen, Written, kind
from benchmarks.hard_cases.kinds.units import LETTERED_OR_NUMBERED


@kind(29, "flat above a shop", 6)
def above(pen: Pen) -> Written | None:
    """FLAT ABOVE, OVER or AT 4 HIGH STREET, THE FLAT, 4 ..: the one dwelling there; where there are several, none."""
    if pen.chance(0.15):
        return _above_some(pen)
    place = pen.pick("over")
    if not place:
        return None
    parts = pen.where(pen.parts(place))
    said = pen.said(parts)
    return pen.done(place, parts, said=said, lines=_above_lines(pen, parts))


def _above_lines(pen: Pen, parts: Parts) -> list[str]:
    rest = [p for p in (parts.locality, parts.town) if p]
    before = pen.one(
        "FLAT ABOVE",
        "FLAT OVER",
        "FLAT AT",
        "FLAT ABOVE SHOP,",
        "FLAT OVER SHOP AT",
        "THE FLAT,",
        "FLAT ABV",
        "ABOVE",
        "THE FLAT ABOVE",
        "UPSTAIRS FLAT,",
        "FLAT ABOVE",
    )
    return [*f"{before} {parts.numbered}".split(", "), *rest]


def _above_some(pen: Pen) -> Written | None:
    place = pen.pick("oversome")
    if not place or not place.parent:
        return None
    parts = pen.where(pen.parts(place))
    units = [pen.town.places[one].line.unit for one in pen.town.children[place.parent]]
    if len(units) < 2 or any(not LETTERED_OR_NUMBERED.fullmatch(unit) for unit in units):
        return None  # of floors, one may well be meant
    text, postcode = pen.write(parts, lines=_above_lines(pen, replace(parts, unit="")))
    return Written(text, postcode, "none", None, (place.parent,))


@kind(30, "business units", 8)
def business(pen: Pen) -> Written | None:
    """UNIT NO 4B, X INDUSTRIAL ESTATE."""
    place = pen.pick("unit")
    if not place:
        return None
    parts = pen.where(pen.parts(place))
    said = pen.said(parts)
    unit = parts.unit.replace("UNIT ", pen.one("UNIT ", "UNIT NO ", "UNIT NO. ", "UNITS ", "U", "UNIT"))
    name = parts.name
    for long, short in (
        ("INDUSTRIAL ESTATE", "IND EST"),
        ("BUSINESS PARK", "BUS PK"),
        ("TRADING ESTATE", "TRADING EST"),
        ("BUSINESS CENTRE", "BUS CENTRE"),
    ):
        if pen.chance(0.4):
            name = name.replace(long, short)
    before = place.organisation if pen.chance(0.5) else ""
    street = parts.street if pen.chance(0.6) else ""
    return pen.done(place, replace(parts, unit=unit, name=name, before=before, street=street), said=said)


@kind(31, "pitches, caravans and plots of a park", 5)
def pitch(pen: Pen) -> Written | None:
    """PITCH 14, X PARK; 14 X PARK; CARAVAN 14."""
    place = pen.pick("pitch")
    if not place:
        return None
    parts = pen.where(pen.parts(place))
    said = pen.said(parts)
    number = parts.unit.split()[-1]
    unit = pen.one(
        parts.unit,
        number,
        f"PITCH {number}",
        f"CARAVAN {number}",
        f"NO {number}",
        f"PLOT {number}",
        f"PITCH NO. {number}",
    )
    if pen.chance(0.4):
        parts = replace(parts, street="")
    return pen.done(place, replace(parts, unit=unit), said=said)


@kind(32, "annexe", 5)
def annexe(pen: Pen) -> Written | None:
    """GRANNY ANNEXE, THE ANNEX, ANNEXE AT 4 X STREET."""
    place = pen.pick("annexe")
    if not place:
        return None
    parts = pen.where(pen.parts(place))
    said = pen.said(parts)
    unit = pen.one(
        "ANNEXE", "ANNEX", "THE ANNEXE", "THE ANNEX", "GRANNY ANNEXE", "GRANNY FLAT", "ANNEXE AT", "ANNEX TO"
    )
    lines = None
    if unit.endswith((" AT", " TO")):
        lines = [f"{unit} {parts.numbered}", *[p for p in (parts.locality, parts.town) if p]]
    elif pen.chance(0.2):
        lines = [f"{parts.numbered} {unit}", *[p for p in (parts.locality, parts.town) if p]]
    return pen.done(place, replace(parts, unit=unit), said=said, lines=lines)


@kind(51, "room of a shared house", 3)
def room(pen: Pen) -> Written | None:
    """ROOM 5, 22 ..: the room where the gazetteer has it, else the house."""
    if pen.chance(0.6) and (place := pen.pick("room")):
        parts = pen.where(pen.parts(place))
        unit = parts.unit.replace("ROOM ", pen.one("ROOM ", "RM ", "ROOM NO ", "BEDROOM ", "BEDSIT "))
        return pen.done(place, replace(parts, unit=unit), said=pen.said(parts))
    place = pen.pick("hmo", "flat")
    if not place or place.uprn in pen.town.children:
        return None
    parts = pen.where(pen.parts(place))
    written = replace(parts, unit=f"ROOM {pen.rng.randint(1, 7)}{', ' if parts.unit else ''}{parts.unit}")
    return pen.done(place, written, said=pen.said(parts), want="building")


@kind(52, "student hall", 4)
def hall(pen: Pen) -> Written | None:
    """STUDIO 1.2 BLOCK J, X HALL."""
    place = pen.pick("hallroom")
    if not place:
        return None
    parts = pen.where(pen.parts(place))
    said = pen.said(parts)
    _, block, word, number = parts.unit.split()
    unit = pen.one(
        f"{word} {number} BLOCK {block}",
        f"BLOCK {block} {word} {number}",
        f"{word} {number}, BLOCK {block}",
        f"BLOCK {block}, {word} {number}",
        f"{block} {number}",
        f"RM {number} BLK {block}",
    )
    return pen.done(place, replace(parts, unit=unit), said=said)


@kind(58, "moorings", 2)
def mooring(pen: Pen) -> Written | None:
    """THE BLUE HERON, MOORING 4, X MARINA: a boat, by its name and by its place."""
    place = pen.pick("mooring")
    if not place:
        return None
    parts = pen.where(pen.parts(place))
    said = pen.said(parts)
    boat = pen.one("HOUSEBOAT ", "NB ", "THE ", "") + pen.one("BLUE HERON", "DRAGONFLY", "SOLACE", "MARY ANNE")
    before = boat if pen.chance(0.6) else ""
    if pen.chance(0.4):
        parts = replace(parts, street="")
    return pen.done(place, replace(parts, before=before), said=said)
