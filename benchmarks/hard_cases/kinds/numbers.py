"""Numbers: ranges, letters, halves, plots, and properties that were merged, doubled or replaced."""

from dataclasses import replace

from benchmarks.hard_cases.kinds.base import PLAIN, Pen, Written, kind


def _meaning(pen: Pen, number: str, street: str, postcode: str) -> set[int]:
    """Give the properties at such a number, flats and shells included, in a street of that name and postcode."""
    return pen.town.meant(number=number, street=street, postcode=postcode)


@kind(16, "a letter with the flat or with the number", 20)
def letter(pen: Pen) -> Written | None:
    """FLAT A, 12 as 12A, where there is no 12A; 12A as FLAT A, 12, where there is no such flat."""
    return _flat_as_number(pen) if pen.chance(0.8) else _number_as_flat(pen)


def _flat_as_number(pen: Pen) -> Written | None:
    place = pen.pick("flat")
    if not place or not (place.line.unit.startswith("FLAT ") and place.line.unit[5:].isalpha()):
        return None
    parts = pen.where(pen.parts(place))
    number = f"{parts.number}{place.line.unit[-1]}"
    if pen.town.meant(number=number, street=parts.street):
        return None
    return pen.done(place, replace(parts, unit="", number=number), said=pen.said(parts))


def _number_as_flat(pen: Pen) -> Written | None:
    place = pen.pick("lettered")
    if not place:
        return None
    parts = pen.where(pen.parts(place))
    unit, number = f"{pen.one('FLAT ', 'FLAT ', '')}{parts.number[-1]}", parts.number[:-1]
    if pen.town.meant(unit=f"FLAT {parts.number[-1]}", number=number, street=parts.street):
        return None
    # Where a house stands at 12 itself, fewer people take the house beside it for its flat.
    if pen.chance(0.7) and pen.town.meant(unit="", number=number, street=parts.street, postcode=place.postcode):
        return None
    return pen.done(place, replace(parts, unit=unit, number=number), said=pen.said(parts))


@kind(24, "first number of a range", 12)
def range_first(pen: Pen) -> Written | None:
    """10, for 10-12."""
    return _ranged(pen, last=False)


def _ranged(pen: Pen, *, last: bool) -> Written | None:
    place = pen.pick("range", "rangeflat")
    if not place or place.line.pao[1]:
        return None
    parts = pen.where(pen.parts(place))
    first, _, end, _ = place.line.pao
    number = str(end if last else first)
    if _meaning(pen, number, parts.street, parts.postcode) or pen.town.meant(number=number, street=parts.street):
        return None
    return pen.done(place, replace(parts, number=number), said=pen.said(parts))


@kind(25, "last number of a range, or another sign", 8)
def range_last(pen: Pen) -> Written | None:
    """12, 10/12, 10 & 12 and 10 TO 12, for 10-12."""
    if pen.chance(0.4):
        return _ranged(pen, last=True)
    place = pen.pick("range", "rangeflat")
    if not place or place.line.pao[1]:
        return None
    parts = pen.where(pen.parts(place))
    first, _, end, _ = place.line.pao
    number = f"{first}{pen.one('/', ' & ', ' AND ', ' TO ', ' - ', '–')}{end}"
    return pen.done(place, replace(parts, number=number), said=pen.said(parts))


@kind(46, "half numbers", 1)
def half(pen: Pen) -> Written | None:
    """12½ or 12 AND A HALF: the property that the gazetteer calls 12 1/2; none where it has none, and never 12."""
    if pen.chance(0.65):
        place = pen.pick("half")
        if not place:
            return None
        parts = pen.where(pen.parts(place))
        said = pen.said(parts)
        name = parts.name.replace(" 1/2", pen.one(" 1/2", "½", " AND A HALF", "-1/2"))
        return pen.done(place, replace(parts, name="", number=name), said=said)
    place = pen.pick("lettered")
    if not place or not place.line.number.endswith("A"):
        return None
    parts = pen.where(pen.parts(place))
    number = parts.number[:-1] + pen.one(" 1/2", "½", " AND A HALF")
    # Nothing in the gazetteer says that a half is an A: that answer is let pass, and none is wanted.
    text, postcode = pen.write(replace(parts, number=number))
    return Written(text, postcode, "none", None, (place.uprn,))


@kind(47, "range of letters", 2)
def letters(pen: Pen) -> Written | None:
    """2A TO 2C, 2A-C, for 2A-2C."""
    place = pen.pick("range", "rangeflat")
    if not place or not place.line.pao[1]:
        return None
    parts = pen.where(pen.parts(place))
    first, suffix, end, end_suffix = place.line.pao
    number = pen.one(
        f"{first}{suffix}-{end}{end_suffix}",
        f"{first}{suffix}-{end_suffix}",
        f"{first}{suffix} TO {end}{end_suffix}",
        f"{first}{suffix}/{end_suffix}",
    )
    return pen.done(place, replace(parts, number=number), said=pen.said(parts))


@kind(61, "plot number of a new house", 6)
def plot(pen: Pen) -> Written | None:
    """PLOT 107, with or without its estate road, whether it has a postal number by now or none yet."""
    place = pen.pick("plotted", "plot")
    if not place:
        return None
    line = place.lines[-1]
    parts = pen.where(pen.parts(place, line))
    if not line.pao_text:
        return None
    said = pen.said(parts)
    name = parts.name.replace("PLOT ", pen.one("PLOT ", "PLOT NO ", "PLOT NO. ", "PLOT "))
    return pen.done(place, replace(parts, name=name), said=said)


@kind(63, "merged properties", 2)
def merged(pen: Pen) -> Written | None:
    """16, 16A or 16 & 16A, which are one property now."""
    place = pen.pick("merged")
    if not place:
        return None
    parts = pen.where(pen.parts(place))
    said = pen.said(parts)
    first = place.line.pao[0]
    number = pen.one(f"{first}", f"{first}A", f"{first} & {first}A", f"{first} AND {first}A")
    return pen.done(place, replace(parts, number=number), said=said)


@kind(64, "demolished, with a successor", 2)
def demolished(pen: Pen) -> Written | None:
    """The old number of what was pulled down: the property that stands on its ground today."""
    pool = pen.town.by_sort.get("gone", [])
    if not pool:
        return None
    gone = pen.rng.choice(pool)
    today = pen.town.places[pen.town.heir(gone.uprn)]
    parts = pen.where(pen.parts(gone))
    return pen.done(today, parts)


@kind(67, "one property under two UPRNs", 3)
def doubled(pen: Pen) -> Written | None:
    """An address that the gazetteer has twice: once closed, or once as a bare shell."""
    place = pen.pick("doubled")
    return pen.done(place, pen.where(pen.parts(place))) if place else None


@kind(48, "two numbers", 4)
def two_numbers(pen: Pen) -> Written | None:
    """ZEBRA HOUSE 25 FLAT 45: the flat comes after the street's number, without a comma."""
    place = pen.pick("numblockflat")
    if not place:
        return None
    parts = pen.where(pen.parts(place))
    unit = parts.unit if " " in parts.unit else f"FLAT {parts.unit}"
    line = pen.one(f"{parts.name} {parts.number} {unit}", f"{parts.name} {parts.number} {parts.street} {unit}")
    street = [] if parts.street in line else [parts.street]
    rest = [p for p in (*street, parts.locality, parts.town) if p]
    return pen.done(place, parts, lines=[line, *rest])


@kind(41, "number not in the street", 15)
def no_such_number(pen: Pen) -> Written | None:
    """876 X ROAD, and more often a number only a little too high."""
    place = pen.pick(*PLAIN)
    if not place or not place.line.pao[0]:
        return None
    parts = pen.where(pen.parts(place))
    number = str(pen.rng.randint(400, 990) if pen.chance(0.4) else place.line.pao[0] + pen.rng.randint(1, 150))
    # No number of that figure, alone, lettered or in a range, in any street of that name.
    for other in pen.town.by_street[parts.street]:
        for line in other.lines:
            first, _, last, _ = line.pao
            if first is not None and first <= int(number) <= (last or first):
                return None
    text, postcode = pen.write(replace(parts, number=number))
    return Written(text, postcode, "none")
