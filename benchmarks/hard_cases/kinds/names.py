"""Names: of houses, of organisations, in two languages, of old, and of what lies beside a number."""

from dataclasses import replace

from benchmarks.hard_cases import words
from benchmarks.hard_cases.kinds.base import DWELLINGS, PLAIN, Parts, Pen, Written, kind
from benchmarks.hard_cases.kinds.writing import slipped
from benchmarks.hard_cases.model import Line, Place


def _with_line(
    pen: Pen, status: int, language: str = "ENG", *, sorts: tuple[str, ...] = DWELLINGS
) -> tuple[Place, Line] | None:
    """Picks a property that has a line of such a status and language beside its first."""
    key = (f"line {status} {language}", *sorts)
    if key not in pen.pools:
        pen.pools[key] = [
            p
            for sort in sorts
            for p in pen.town.by_sort.get(sort, [])
            if any(line.status == status and line.language == language for line in p.lines[1:])
        ]
    pool = pen.pools[key]
    if not pool:
        return None
    place = pen.rng.choice(pool)
    lines = [one for one in place.lines[1:] if one.status == status and one.language == language]
    return place, pen.rng.choice(lines)


@kind(10, "the alternative name only", 6)
def alternative(pen: Pen) -> Written | None:
    """IVY COTTAGE, FERN ROAD, where the gazetteer prefers 12 FERN ROAD and has the name as an alternative."""
    found = _with_line(pen, 3, sorts=("house",))
    if not found:
        return None
    return pen.done(found[0], pen.where(pen.parts(*found)))


@kind(11, "historic number", 4)
def historic(pen: Pen) -> Written | None:
    """205, which is now 5; the plot's or the street's former name apart."""
    found = _with_line(pen, 8, sorts=("house",))
    if not found or found[1].street is not found[0].line.street:
        return None
    return pen.done(found[0], pen.where(pen.parts(*found)))


@kind(12, "named house", 35)
def named(pen: Pen) -> Written | None:
    """ROSE COTTAGE, MILL LANE."""
    place = pen.pick("named")
    return pen.done(place, pen.where(pen.parts(place))) if place else None


@kind(13, "named house without its street", 6)
def named_no_street(pen: Pen) -> Written | None:
    """ROSE COTTAGE, TOWN and the postcode."""
    place = pen.pick("named", "named", "both")
    if not place:
        return None
    parts = replace(pen.parts(place), street="", number="")
    said = {"name": parts.name, "postcode": parts.postcode}
    return pen.done(place, pen.where(parts), said=said)


@kind(14, "name dropped, number kept", 12)
def name_dropped(pen: Pen) -> Written | None:
    """44 (HOLLY HOUSE) X STREET as 44 X STREET."""
    place = pen.pick("both")
    if not place:
        return None
    return pen.done(place, replace(pen.where(pen.parts(place)), name=""))


@kind(15, "number dropped, name kept", 8)
def number_dropped(pen: Pen) -> Written | None:
    """HOLLY HOUSE, X STREET, without its 44."""
    place = pen.pick("both")
    if not place:
        return None
    parts = replace(pen.where(pen.parts(place)), number="")
    return pen.done(place, parts, said=pen.said(parts) | {"number": None})


@kind(21, "slip in a block's name", 4)
def block_slip(pen: Pen) -> Written | None:
    """ALDERHLME COURT."""
    place = pen.pick("blockflat", "numblockflat")
    if not place:
        return None
    parts = pen.where(pen.parts(place))
    name = slipped(pen, parts.name)
    if not name or name in pen.town.by_name:
        return None
    return pen.done(place, replace(parts, name=name), said=pen.said(parts))


@kind(26, "organisation and number", 18)
def organisation(pen: Pen) -> Written | None:
    """THE RED LION, 4 HIGH STREET."""
    place = pen.pick("shop", "shopunder", "range")
    if not place:
        return None
    parts = pen.where(pen.parts(place))
    return pen.done(place, replace(parts, before=place.organisation), said=pen.said(parts))


@kind(27, "organisation, no number", 6)
def organisation_only(pen: Pen) -> Written | None:
    """THE RED LION, HIGH STREET."""
    place = pen.pick("shop", "shopunder", "body", "unit")
    if not place or not place.organisation:
        return None
    parts = replace(pen.where(pen.parts(place)), number="", unit="", name=place.organisation)
    said = {
        "name": place.organisation,
        "street": parts.street,
        "postcode": parts.postcode,
        "place": tuple(p for p in (parts.locality, parts.town) if p),
    }
    return pen.done(place, parts, said=said)


@kind(28, "unknown trading name", 10)
def unknown_trader(pen: Pen) -> Written | None:
    """NEW CAFE, 4 HIGH STREET: a trader of whom the gazetteer knows nothing."""
    place = pen.pick("shop", "shopunder", "range", "shop")
    if not place:
        return None
    parts = pen.where(pen.parts(place))
    name = f"{pen.one('ZARA', 'GROVES', 'NIXON', 'OLGAS', 'PEPPER', 'TILLY')} {pen.rng.choice(words.TRADES)}"
    return pen.done(place, replace(parts, before=name), said=pen.said(parts))


@kind(33, "Welsh street", 10)
def welsh(pen: Pen) -> Written | None:
    """FFORDD YR ORSAF, for STATION ROAD."""
    found = _with_line(pen, 1, "CYM")
    return pen.done(found[0], pen.where(pen.parts(*found))) if found else None


@kind(34, "both languages", 4)
def bilingual(pen: Pen) -> Written | None:
    """12 FFORDD YR ORSAF / STATION ROAD."""
    found = _with_line(pen, 1, "CYM")
    if not found:
        return None
    place, line = found
    parts = pen.where(pen.parts(place))
    pair = [line.street.name, line.street.welsh]
    pen.rng.shuffle(pair)
    both = pen.one(" / ", "/", ", ", " ").join(pair)
    return pen.done(place, replace(parts, street=both), said=pen.said(parts))


@kind(50, "beside a number, not at it", 5)
def beside(pen: Pen) -> Written | None:
    """REAR OF 22, LAND ADJACENT TO 7: never the property at the number itself."""
    place = pen.pick("land")
    if not place:
        return None
    parts = pen.where(pen.parts(place))
    said = pen.said(parts)
    name = parts.name
    if pen.chance(0.7):
        swaps = {
            "ADJACENT TO": ["ADJ TO", "ADJ", "ADJOINING"],
            "LAND ADJ ": ["LAND ADJACENT TO ", "LAND ADJ TO "],
            "REAR OF": ["R/O", "TO REAR OF", "AT REAR OF", "TO THE REAR OF"],
        }
        for old, new in swaps.items():
            if old in name:
                name = name.replace(old, pen.rng.choice(new), 1)
                break
    if name.startswith("LAND") and pen.chance(0.2):
        name = f"THE {name}"
    lines = [f"{name} {parts.street}", *[p for p in (parts.locality, parts.town) if p]]
    return pen.done(place, parts, said=said, lines=lines if pen.chance(0.7) else None)


@kind(53, "estate told beside the street", 5)
def estate(pen: Pen) -> Written | None:
    """12 X CLOSE, THE Y ESTATE: what residents call the estate, which no gazetteer has."""
    place = pen.pick(*PLAIN, "blockflat")
    if not place:
        return None
    parts = pen.where(pen.parts(place))
    name = f"{pen.one('THE ', '')}{pen.rng.choice(words.STEMS)} ESTATE"
    lines = pen.lines(parts)
    lines.insert(lines.index(parts.numbered) + 1, name)
    return pen.done(place, parts, lines=lines)


@kind(54, "no street in the address", 6)
def no_street(pen: Pen) -> Written | None:
    """16 and a town or a block's name alone, with the postcode, where no other property there has that number."""
    place = pen.pick(*PLAIN, "lettered", "blockflat")
    if not place:
        return None
    parts = replace(pen.parts(place), street="")
    if not parts.name:
        parts = replace(parts, locality=parts.locality if pen.chance(0.5) else "")
    said = {"unit": parts.unit, "number": parts.number, "postcode": parts.postcode, "name": parts.name or None}
    return pen.done(place, parts, said=said)


@kind(62, "renamed street", 3)
def renamed(pen: Pen) -> Written | None:
    """The street's former name, which the gazetteer keeps with historic addresses."""
    found = _with_line(pen, 8, sorts=("house", "lettered", "shop", "both"))
    if not found or found[1].street is found[0].line.street:
        return None
    place, line = found
    return pen.done(place, pen.where(pen.parts(place, line)))


@kind(65, "Gaelic", 2)
def gaelic(pen: Pen) -> Written | None:
    """SRAID A' CHLADAICH, for SHORE STREET."""
    found = _with_line(pen, 1, "GAE", sorts=(*DWELLINGS, "tenement"))
    if not found:
        return None
    parts: Parts = pen.where(pen.parts(*found))
    said = pen.said(parts)
    if pen.chance(0.3):
        parts = replace(parts, street=parts.street.replace("'", pen.one("", "’")))
    return pen.done(found[0], parts, said=said)
