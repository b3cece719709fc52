"""Writes a property as Royal Mail would, which is not how the council writes it."""

import random

from benchmarks.hard_cases.model import Delivery, Place

NOT_DELIVERED = {
    "land",
    "garage",
    "gone",
    "plot",
    "estate",
    "park",
    "marina",
    "hall",
    "close",
    "block",
    "numblock",
    "shell",
    "rangeshell",
    "hmo",
    "twin",
    "mergedaway",
}


def delivered(rng: random.Random, place: Place) -> Delivery | None:
    """Gives the delivery point of a property; shells, land and one dwelling in thirty have none."""
    if place.sort in NOT_DELIVERED or place.status != 1 or rng.random() < 0.03:
        return None
    if place.sort in ("annexe", "room", "hallroom", "mooring") and rng.random() < 0.7:
        return None
    line = place.line
    unit, name, number = line.unit, line.pao_text, line.number
    if (
        place.sort == "flat"
        and unit.startswith("FLAT ")
        and len(unit) == 6
        and unit[-1].isalpha()
        and rng.random() < 0.35
    ):
        # FLAT A, 12 is 12A to Royal Mail.
        unit, number = "", f"{line.number}{unit[-1]}"
    elif place.sort == "tenement" and rng.random() < 0.5:
        unit = _by_post(unit)
    elif unit.isdigit() and rng.random() < 0.6:
        unit = f"FLAT {unit}"
    elif unit.startswith("APARTMENT") and rng.random() < 0.5:
        unit = unit.replace("APARTMENT", "FLAT")
    street = line.street
    return Delivery(
        organisation=place.organisation if rng.random() < 0.7 else "",
        sub_building=unit,
        building_name=name,
        number=number,
        street=street.name,
        locality=street.locality if street.carries else "",
        town=street.post_town,
        postcode=place.postcode,
    )


def _by_post(unit: str) -> str:
    if "/" in unit:
        floor, door = unit.removeprefix("FLAT ").split("/")
        return f"{floor}F{door}" if floor != "0" else f"GF{door}"
    if unit[:1].isdigit() and "F" in unit:
        return f"FLAT {unit.replace('F', '/')}"
    return unit
