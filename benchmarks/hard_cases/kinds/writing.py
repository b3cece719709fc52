"""How people write what is otherwise right: order, abbreviations, slips, postcodes, places."""

import re
from dataclasses import replace

from benchmarks.hard_cases import words
from benchmarks.hard_cases.kinds.base import DWELLINGS, PLAIN, SHORT, Parts, Pen, Written, kind
from benchmarks.hard_cases.model import Place


def _slip(pen: Pen, word: str) -> str:
    """Makes one slip of the finger inside a word."""
    at = pen.rng.randrange(1, len(word) - 1)
    draw = pen.rng.random()
    if draw < 0.3:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    if draw < 0.6:
        return word[:at] + word[at + 1 :]
    if draw < 0.8:
        return word[:at] + word[at] + word[at:]
    return word[:at] + pen.rng.choice("AEIONRTSL") + word[at + 1 :]


def slipped(pen: Pen, text: str) -> str | None:
    """Makes one slip in the longest word of a text."""
    long = max(text.split(), key=len)
    if len(long) < 6 or not long.isalpha():
        return None
    return text.replace(long, _slip(pen, long), 1)


@kind(1, "clean, in the gazetteer's order", 380)
def clean(pen: Pen) -> Written | None:
    """16 CLENT ROAD, LOCALITY, TOWN, with its postcode."""
    if place := pen.pick(*DWELLINGS):
        return pen.done(place, pen.parts(place), noise=0.15)
    return None


@kind(2, "street abbreviated", 110)
def abbreviated(pen: Pen) -> Written | None:
    """RD, LN, CRES, GDNS, TERR, and ST for STREET."""
    place = pen.pick(*DWELLINGS)
    if not place or place.line.street.name.split()[-1] not in SHORT:
        return None
    parts = pen.parts(place)
    first, last = parts.street.rsplit(" ", 1) if " " in parts.street else ("", parts.street)
    if last not in SHORT or not first:
        return None
    short = replace(pen.where(parts), street=f"{first} {pen.rng.choice(SHORT[last])}")
    return pen.done(place, short, said=pen.said(parts))


@kind(3, "slip in the street", 25)
def street_slip(pen: Pen) -> Written | None:
    """FERNFEILD ROAD: one slip of the finger in the street's longest word."""
    place = pen.pick(*DWELLINGS)
    if not place:
        return None
    parts = pen.parts(place)
    street = slipped(pen, parts.street)
    if not street or street in pen.town.by_street:
        return None
    kept = pen.where(parts)
    return pen.done(place, replace(kept, street=street), said=pen.said(kept))


@kind(4, "postcode's case and space", 50)
def postcode_case(pen: Pen) -> Written | None:
    """zq249ed."""
    if place := pen.pick(*DWELLINGS):
        parts = pen.where(pen.parts(place))
        said = pen.said(parts)
        code = parts.postcode.replace(" ", pen.one("", "", "  ", "-"))
        return pen.done(place, replace(parts, postcode=code.lower() if pen.chance(0.6) else code), said=said)
    return None


@kind(5, "no postcode", 25)
def no_postcode(pen: Pen) -> Written | None:
    """7 VICTORIA ROAD, TOWN."""
    if place := pen.pick(*DWELLINGS):
        parts = replace(pen.parts(place), postcode="")
        if parts.locality and pen.chance(0.3):
            parts = replace(parts, locality="")
        return pen.done(place, parts)
    return None


@kind(6, "wrong unit of the postcode", 15)
def wrong_unit(pen: Pen) -> Written | None:
    """1AC for 1AB; the rest of the address is whole."""
    place = pen.pick(*DWELLINGS)
    if not place:
        return None
    parts = pen.parts(place)
    code = parts.postcode[:-1] + pen.rng.choice([c for c in "ABDEFGHJLNPQ" if c != parts.postcode[-1]])
    said = pen.said(replace(parts, postcode=""))
    return pen.done(place, replace(parts, postcode=code), said=said)


@kind(7, "postcode misread", 4)
def misread(pen: Pen) -> Written | None:
    """EXI 1AA, ZQ1 OAB: letters for figures and figures for letters."""
    place = pen.pick(*DWELLINGS)
    if not place:
        return None
    parts = pen.where(pen.parts(place))
    swaps = [("1", "I"), ("1", "l"), ("0", "O"), ("5", "S"), ("2", "Z"), ("Z", "2"), ("O", "0"), ("B", "8"), ("S", "5")]
    old, new = pen.rng.choice(swaps)
    code = parts.postcode
    if old not in code:
        return None
    at = pen.rng.choice([m.start() for m in re.finditer(old, code)])
    return pen.done(place, replace(parts, postcode=code[:at] + new + code[at + 1 :]), said=pen.said(parts))


@kind(8, "county or country added", 20)
def county(pen: Pen) -> Written | None:
    """.., DEVON, UK."""
    if place := pen.pick(*DWELLINGS):
        parts = pen.where(pen.parts(place))
        extra = pen.rng.choice(
            [[pen.rng.choice(words.COUNTIES)], ["UK"], [pen.rng.choice(words.COUNTIES), "ENGLAND"], ["UNITED KINGDOM"]]
        )
        return pen.done(place, replace(parts, after=", ".join(extra)), said=pen.said(parts))
    return None


@kind(9, "all in one line", 60)
def one_line(pen: Pen) -> Written | None:
    """1 HIGH ST TOWN ZQ1 1AA, without a comma and with the postcode at its end."""
    if place := pen.pick(*DWELLINGS):
        parts = pen.where(pen.parts(place))
        text = " ".join(pen.lines(parts)) + " " + parts.postcode
        if pen.chance(0.4):
            text = pen.shortened(text)
        return Written(text, "", "exact", place.uprn, tuple(place.twins), pen.said(parts))
    return None


@kind(35, "care of somebody", 8)
def care_of(pen: Pen) -> Written | None:
    """C/O MR J SMITH, 5 X ROAD."""
    if place := pen.pick(*DWELLINGS):
        parts = pen.where(pen.parts(place))
        before = f"{pen.one('C/O ', 'C/O ', 'CARE OF ', 'FAO ', '')}{pen.rng.choice(words.PEOPLE)}"
        return pen.done(place, replace(parts, before=before), said=pen.said(parts))
    return None


@kind(36, "wrong or extra locality", 20)
def wrong_locality(pen: Pen) -> Written | None:
    """A locality that is the neighbours', or one more than the gazetteer has."""
    place = pen.pick(*DWELLINGS)
    if not place:
        return None
    parts = pen.parts(place)
    others = {s.locality for s in pen.town.streets if s.town == parts.town and s.locality} - {parts.locality}
    # No street of that name may lie in the locality that is wrongly named.
    others -= {s.locality for s in pen.town.streets if parts.street in (s.name, s.welsh, s.gaelic)}
    if not others:
        return None
    said = pen.said(replace(parts, locality=""))
    return pen.done(place, replace(parts, locality=pen.rng.choice(sorted(others))), said=said)


@kind(37, "no town and no locality", 40)
def no_town(pen: Pen) -> Written | None:
    """5 X ROAD and the postcode."""
    if place := pen.pick(*DWELLINGS):
        return pen.done(place, replace(pen.parts(place), town="", locality=""))
    return None


@kind(38, "words run together", 4)
def glued(pen: Pen) -> Written | None:
    """16UPPERFORD CLOSE, 47EASTHURST; FLAT3 too."""
    place = pen.pick(*PLAIN, "lettered", "flat")
    if not place or not place.line.number:
        return None
    parts = pen.where(pen.parts(place))
    lines = pen.lines(parts)
    at = lines.index(parts.numbered)
    lines[at] = f"{parts.number}{parts.street}"
    if parts.street[0].isdigit():
        return None  # 32ND AVENUE is 3, 2ND AVENUE, or 32, ND AVENUE to nobody
    if pen.chance(0.1) and _one_stem(pen, parts):
        lines[at] = lines[at].rsplit(" ", 1)[0]
    if parts.unit and pen.chance(0.5):
        lines[0] = parts.unit.replace("FLAT ", "FLAT") if parts.unit[-1].isdigit() else parts.unit
    return pen.done(place, parts, lines=lines, noise=0.2)


def _one_stem(pen: Pen, parts: Parts) -> bool:
    """Say whether the street's name without its kind belongs to one street only."""
    stem = parts.street.rsplit(" ", 1)[0] + " "
    return sum(1 for name in pen.town.by_street if name.startswith(stem)) == 1 and parts.street.count(" ") == 1


@kind(39, "lines told twice", 8)
def twice(pen: Pen) -> Written | None:
    """5 X ROAD, 5 X ROAD, TOWN, TOWN."""
    place = pen.pick(*DWELLINGS)
    if not place:
        return None
    parts = pen.where(pen.parts(place))
    lines = pen.lines(parts)
    doubled = [line for line in lines for _ in range(2 if pen.chance(0.5) else 1)]
    if doubled == lines:
        doubled = [*lines, lines[-1]]
    return pen.done(place, parts, lines=doubled)


@kind(49, "number told twice", 3)
def number_twice(pen: Pen) -> Written | None:
    """3, 3 LOVE LANE: the number in its own column, and again before the street."""
    if (place := pen.pick(*PLAIN, "lettered")) and place.line.number:
        parts = pen.where(pen.parts(place))
        return pen.done(place, parts, lines=[parts.number, *pen.lines(parts)])
    return None


@kind(55, "numbered street", 3)
def numbered_street(pen: Pen) -> Written | None:
    """5TH AVENUE for FIFTH AVENUE, and the other way."""
    names = dict(zip(words.ORDINALS, words.NUMERALS, strict=True))
    names |= {short: long for long, short in names.items()}
    streets = [n for n in sorted(pen.town.by_street) if n.split()[0] in names]
    place = pen.rng.choice(pen.town.by_street[pen.rng.choice(streets)]) if streets else None
    if not place or place.sort not in DWELLINGS:
        return None
    parts = pen.where(pen.parts(place))
    first, rest = parts.street.split(" ", 1)
    other = f"{names[first]} {rest}"
    if other in pen.town.by_street and not pen.said(parts)["postcode"]:
        return None
    return pen.done(place, replace(parts, street=other), said=pen.said(parts))


@kind(56, "saint's street", 12)
def saint(pen: Pen) -> Written | None:
    """ST, ST. and SAINT, each for the other; ST again for STREET."""
    place = _on(pen, lambda n: n.startswith(("ST ", "SAINT ")))
    if not place:
        return None
    parts = pen.where(pen.parts(place))
    rest = parts.street.split(" ", 1)[1]
    first = pen.one("SAINT", "ST.") if parts.street.startswith("ST ") else pen.one("ST", "ST.")
    if rest.endswith(" STREET") and pen.chance(0.5):
        rest = rest.removesuffix("STREET") + "ST"
    return pen.done(place, replace(parts, street=f"{first} {rest}"), said=pen.said(parts))


@kind(57, "apostrophes and hyphens", 15)
def possessive(pen: Pen) -> Written | None:
    """KING'S WALK, KING WALK and KINGS WALK; GLYN COCH and GLYN-COCH."""
    place = _on(pen, lambda n: "-" in n or n.split("S ")[0] in words.OWNERS)
    if not place:
        return None
    parts = pen.where(pen.parts(place))
    said = pen.said(parts)
    if "-" in parts.street:
        return pen.done(place, replace(parts, street=parts.street.replace("-", pen.one(" ", " ", ""))), said=said)
    owner, rest = parts.street.split(" ", 1)
    other = pen.one(f"{owner[:-1]}'S", f"{owner[:-1]}’S", f"{owner}'", owner[:-1])
    if f"{other} {rest}" in pen.town.by_street:
        return None
    return pen.done(place, replace(parts, street=f"{other} {rest}"), said=said)


def _on(pen: Pen, wanted: object) -> Place | None:
    """Pick a dwelling in a street whose name is as wanted."""
    assert callable(wanted)
    streets = [n for n in sorted(pen.town.by_street) if wanted(n)]
    places = [p for p in pen.town.by_street[pen.rng.choice(streets)] if p.sort in DWELLINGS] if streets else []
    return pen.rng.choice(places) if places else None


@kind(66, "postcode of the neighbouring council", 5)
def cross_boundary(pen: Pen) -> Written | None:
    """A street at the border whose post town and postcode are the neighbours', and whose residents write them."""
    pool = pen.pools.setdefault(
        ("border",), [p for p in _dwellings(pen) if p.line.street.post_town != p.line.street.town]
    )
    if not pool:
        return None
    place = pen.rng.choice(pool)
    parts = pen.where(pen.parts(place))
    if pen.chance(0.7):
        parts = replace(parts, town=place.line.street.post_town)
    return pen.done(place, parts)


def _dwellings(pen: Pen) -> list[Place]:
    return [place for sort in DWELLINGS for place in pen.town.by_sort.get(sort, [])]
