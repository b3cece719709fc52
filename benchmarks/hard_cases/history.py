"""What time does to a gazetteer: houses are renumbered, demolished, merged and recorded twice; streets are renamed."""

from benchmarks.hard_cases.delivery import delivered
from benchmarks.hard_cases.ground import Ground, plain
from benchmarks.hard_cases.model import Line, Place, Street


def aged(ground: Ground) -> None:
    """Renumbers some houses, renames some streets, demolishes, merges and doubles: the gazetteer's history."""
    rng = ground.rng
    lettered = {(p.line.street.usrn, p.line.pao[0]) for p in ground.places.values() if p.line.pao[1]}
    houses = [
        p
        for p in ground.places.values()
        if p.sort == "house" and p.line.pao[0] and (p.line.street.usrn, p.line.pao[0]) not in lettered
    ]
    chosen = rng.sample(houses, k=max(len(houses) // 30, min(len(houses), 12)))
    for at, place in enumerate(chosen):
        (_renumbered, _demolished, _merged, _doubled)[at % 4](ground, place)
    for place in list(ground.places.values()):
        former = place.line.street.former
        if former and place.sort in ("house", "lettered", "shop", "both"):
            old = Street(place.line.street.usrn + 50_000, former, place.line.street.locality, place.line.street.town)
            old.post_town = place.line.street.post_town
            place.lines.append(Line(8, old, pao_text=place.line.pao_text, pao=place.line.pao))


def _renumbered(ground: Ground, place: Place) -> None:
    place.lines.append(Line(8, place.line.street, pao=plain(200 + ground.rng.randint(1, 300))))


def _demolished(ground: Ground, place: Place) -> None:
    """An old property at a number of its own, gone, whose ground the present one takes."""
    number = ground.rng.randint(520, 900)
    old = ground.add("gone", Line(8, place.line.street, pao=plain(number)), postcode=place.postcode, status=8, state=4)
    old.delivery = None
    old.successors.append(place.uprn)


def _merged(ground: Ground, place: Place) -> None:
    """Two houses made one: the gazetteer keeps both as history, and one of today."""
    first = place.line.pao[0]
    assert first is not None
    place.sort = "merged"
    old = Line(8, place.line.street, pao=plain(first))
    place.lines = [Line(1, place.line.street, pao=plain(first, "", first, "A")), *place.lines[1:]]
    place.lines = [line for line in place.lines if line.language == "ENG"]
    place.delivery = delivered(ground.rng, place)
    for was in (old, Line(8, place.line.street, pao=plain(first, "A"))):
        gone = ground.add("mergedaway", was, postcode=place.postcode, status=8, state=4)
        gone.delivery = None
        gone.successors.append(place.uprn)


def _doubled(ground: Ground, place: Place) -> None:
    """The same house twice: once more as a record that was closed, or as a bare shell."""
    if ground.rng.random() < 0.5:
        twin = ground.add(
            "twin", Line(8, place.line.street, pao=place.line.pao), postcode=place.postcode, status=8, state=4
        )
        twin.successors.append(place.uprn)
    else:
        twin = ground.add(
            "twin", Line(1, place.line.street, pao=place.line.pao), postcode=place.postcode, class_code="PP"
        )
        place.twins.append(twin.uprn)
    twin.delivery = None
    place.sort = "doubled"
