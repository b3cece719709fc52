"""Flats in every writing, floors and tenements."""

import re
from dataclasses import replace

from benchmarks.hard_cases.kinds.base import Pen, Written, kind
from benchmarks.hard_cases.model import Place

FLATS = ("flat", "blockflat", "numblockflat", "rangeflat")
LETTERED_OR_NUMBERED = re.compile(r"(?:FLAT |APARTMENT )?([0-9]+|[A-Z])")
FLOORS = {
    "GROUND FLOOR FLAT": [
        "GFF",
        "GRD FLR FLAT",
        "GROUND FLR FLAT",
        "FLAT GF",
        "GRD FLOOR FLAT",
        "GROUND FLOOR",
        "GF FLAT",
        "G/F FLAT",
    ],
    "FIRST FLOOR FLAT": [
        "FFF",
        "1ST FLR FLAT",
        "1ST FLOOR FLAT",
        "FIRST FLR FLAT",
        "FLAT 1ST FLOOR",
        "FIRST FLOOR",
        "1ST FLR",
    ],
    "SECOND FLOOR FLAT": ["SFF", "2ND FLR FLAT", "2ND FLOOR FLAT", "SECOND FLR FLAT", "FLAT 2ND FLOOR", "SECOND FLOOR"],
    "TOP FLOOR FLAT": ["TFF", "TOP FLR FLAT", "TOP FLAT", "FLAT TOP FLOOR", "TOP FLOOR"],
    "BASEMENT FLAT": ["BASEMENT", "BSMT FLAT", "BASEMENT FLT", "FLAT BASEMENT", "LOWER GROUND FLOOR FLAT"],
    "LOWER GROUND FLOOR FLAT": [
        "LGF FLAT",
        "LOWER GRD FLR FLAT",
        "LOWER GROUND FLAT",
        "LOWER GROUND FLOOR",
        "LGFF",
        "BASEMENT FLAT",
    ],
}


def door(place: Place) -> str | None:
    """Gives the number or letter of a flat, or None where it has a floor or a name."""
    found = LETTERED_OR_NUMBERED.fullmatch(place.line.unit)
    return found[1] if found else None


@kind(17, "FLAT dropped", 25)
def flat_dropped(pen: Pen) -> Written | None:
    """3, 14 KING STREET; B, 28 ..; 3 CHALTON COURT."""
    place = pen.pick(*FLATS)
    if not place or not (said := door(place)):
        return None
    parts = pen.where(pen.parts(place))
    line = pen.one(f"{said}, {parts.numbered}", f"{said} {parts.numbered}") if parts.number and not parts.name else ""
    if said.isalpha() and pen.town.meant(number=parts.number + said, street=parts.street):
        return None
    lines = [line, *[p for p in (parts.locality, parts.town) if p]] if line else None
    return pen.done(place, replace(parts, unit=said), said=pen.said(parts), lines=lines)


@kind(18, "flat after the street", 20)
def flat_after(pen: Pen) -> Written | None:
    """14 KING STREET, FLAT 3."""
    place = pen.pick("flat", "rangeflat", "numblockflat")
    if not place:
        return None
    parts = pen.where(pen.parts(place))
    lines = pen.lines(replace(parts, unit=""))
    unit = parts.unit if " " in parts.unit else f"FLAT {parts.unit}"
    at = lines.index(parts.numbered) + 1
    if pen.chance(0.5):
        lines.insert(at, unit)
    else:
        lines[at - 1] += f" {unit}"
    return pen.done(place, parts, lines=lines)


@kind(19, "another word for FLAT", 20)
def other_word(pen: Pen) -> Written | None:
    """APT 3, UNIT 3, FLT 3, F3, MAISONETTE 3, NO 3."""
    place = pen.pick(*FLATS)
    if not place or not (said := door(place)):
        return None
    parts = pen.where(pen.parts(place))
    word = pen.one(
        "APT ", "APARTMENT ", "FLT ", "FL ", "UNIT ", "MAISONETTE ", "FLAT NO ", "FLAT NO. ", "FLAT", "APT. ", "F"
    )
    return pen.done(place, replace(parts, unit=f"{word}{said}"), said=pen.said(parts))


@kind(20, "block without its street", 20)
def block_only(pen: Pen) -> Written | None:
    """9 CHALTON COURT, TOWN."""
    place = pen.pick("blockflat", "numblockflat")
    if not place:
        return None
    parts = replace(pen.parts(place), street="", number="")
    said = pen.said(parts) | {"number": None, "place": ()}
    if said["postcode"] and pen.chance(0.2):
        parts = replace(parts, postcode="")
        said["postcode"] = None
    return pen.done(place, parts, said=said)


@kind(22, "floors", 12)
def floors(pen: Pen) -> Written | None:
    """GFF, FFF, 1ST FLR, LOWER GROUND for BASEMENT where the house has only the one."""
    place = pen.pick("flat", "rangeflat")
    if not place or place.line.unit not in FLOORS or not place.parent:
        return None
    unit = pen.rng.choice(FLOORS[place.line.unit])
    siblings = {pen.town.places[one].line.unit for one in pen.town.children[place.parent]}
    if unit in siblings:
        return None
    parts = pen.where(pen.parts(place))
    written = replace(parts, unit=unit)
    lines = None
    if pen.chance(0.25):
        lines = [*pen.lines(replace(parts, unit=""))]
        lines.insert(lines.index(parts.numbered) + 1, unit)
    return pen.done(place, written, said=pen.said(parts), lines=lines)


@kind(23, "tenement codes", 10)
def tenement(pen: Pen) -> Written | None:
    """2/1, 2F1, FLAT 2/1, 3-2, 0/1 and 1FL: floor and door of a Scottish close."""
    place = pen.pick("tenement")
    if not place:
        return None
    parts = pen.where(pen.parts(place))
    unit, lines = _close(pen, parts.unit), None
    if pen.chance(0.3):
        lines = pen.lines(replace(parts, unit=""))
        lines.insert(lines.index(parts.numbered) + 1, unit if pen.chance(0.4) else f"({unit})")
    elif pen.chance(0.3):
        lines = [f"{unit} {parts.numbered}", *[p for p in (parts.locality, parts.town) if p]]
    return pen.done(place, replace(parts, unit=unit), said=pen.said(parts), lines=lines)


def _close(pen: Pen, unit: str) -> str:
    """Write a tenement's unit in another of the ways in use."""
    if found := re.fullmatch(r"(?:FLAT )?(\d)/(\d)", unit):
        floor, side = found.groups()
        ways = [
            f"{floor}/{side}",
            f"FLAT {floor}/{side}",
            f"{floor}-{side}",
            f"FLAT {floor}-{side}",
            f"FLAT {floor} / {side}",
        ]
        ways += (
            [f"{floor}F{side}", f"FLAT {floor}F{side}"]
            if floor != "0"
            else [f"GF{side}", f"G/{side}", f"FLAT GF{side}"]
        )
        return pen.rng.choice(ways)
    if found := re.fullmatch(r"(\d|G)F(\d)", unit):
        floor, side = found.groups()
        ways = [unit, f"FLAT {unit}", f"{floor}/F{side}", f"FLAT ({unit})", f"{floor}F/{side}"]
        figure = floor.replace("G", "0")
        return pen.rng.choice([*ways, f"{figure}/{side}", f"FLAT {figure}/{side}", f"{figure}-{side}"])
    floor, _, side = unit.split()
    short = {"GROUND": "G", "FIRST": "1", "SECOND": "2", "THIRD": "3"}[floor]
    full = {"GROUND": "GRD", "FIRST": "1ST", "SECOND": "2ND", "THIRD": "3RD"}[floor]
    return pen.rng.choice(
        [
            f"{short}F{side[0]}",
            f"{short}/{side[0]}",
            f"{full} FLOOR {side}",
            f"FLAT {short}F{side[0]}",
            f"{full} FLR {side}",
            f"{short}F {side}",
            f"{floor} FLAT {side}",
        ]
    )


@kind(40, "building only, the flat missing", 20)
def building_only(pen: Pen) -> Written | None:
    """14 KING STREET, which has flats: the building, never one of them."""
    place = pen.pick("shell", "block", "numblock", "rangeshell", "close")
    if not place:
        return None
    return pen.done(place, pen.where(pen.parts(place)), want="building")


@kind(42, "flat not in the block", 8)
def no_such_flat(pen: Pen) -> Written | None:
    """FLAT 94, X COURT, which has twelve: its building at most, never another flat."""
    place = pen.pick("flat", "blockflat", "numblockflat", "rangeflat")
    if not place or not place.parent:
        return None
    parts = pen.where(pen.parts(place))
    siblings = [pen.town.places[one] for one in pen.town.children[place.parent]]
    doors = [door(one) for one in siblings]
    if None in doors:
        return None
    figures = [int(d) for d in doors if d and d.isdigit()]
    said = (
        str(max(figures) + pen.rng.choice([1, 2, 5, 12, 60])) if figures else chr(ord(max(str(d) for d in doors)) + 2)
    )
    if not said.isdigit() and pen.town.meant(number=parts.number + said, street=parts.street):
        return None
    # Nor a flat of that number in another street of the name, at that number or in a range that has it.
    first = place.line.pao[0]
    for other in pen.town.by_street[parts.street]:
        low, _, high, _ = other.line.pao
        if other.parent != place.parent and first and low and low <= first <= (high or low) and door(other) == said:
            return None
    text, postcode = pen.write(replace(parts, unit=f"{pen.one('FLAT', 'FLAT', 'APT')} {said}"))
    return Written(text, postcode, "none", None, (place.parent,))
