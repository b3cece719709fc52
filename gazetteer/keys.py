"""Writes the keys by which addresses find one another: exact keys, and the looser ones that gather candidates."""

import re
from collections.abc import Iterable
from functools import lru_cache

import polars as pl

from gazetteer.parsing import NUMBER, Parsed

# The longest range of house numbers that is taken at its word.
_LONGEST_RANGE = 40
# The order of the key that tells what else the written locality has of that number and street; it decides nothing.
IN_LOCALITY = 9
# Words of this many letters or fewer say too little to look candidates up by.
_SHORT = 3


def numbers() -> list[pl.Expr]:
    """Parts a number into `low`, `low_letter`, `high` and `high_letter`; a single number has low = high."""
    number = pl.col("number")
    low = number.str.extract(r"^(\d+)").cast(pl.Int32, strict=False)
    high = number.str.extract(r"-(\d+)[A-Z]?$").cast(pl.Int32, strict=False)
    low_letter = number.str.extract(r"^\d+(HALF|[A-Z])").fill_null("")
    high_letter = number.str.extract(r"-\d+([A-Z])$").fill_null("")
    single = high.is_null()
    return [
        low.alias("low"),
        low_letter.alias("low_letter"),
        pl.coalesce(high, low).alias("high"),
        pl.when(single).then(low_letter).otherwise(high_letter).alias("high_letter"),
    ]


def _joined(mark: str, *columns: str) -> pl.Expr:
    return pl.concat_str([pl.lit(mark), *(pl.col(name) for name in columns)], separator="|")


def exact_keys(frame: pl.DataFrame, identity: str) -> pl.DataFrame:
    """Writes the exact keys of a frame: the identity column, `order` (0 is the surest) and `key`.

    The frame has unit, relation, number, name, street, locality, town and postcode as String.
    """
    numbered = (pl.col("number") != "") & (pl.col("street") != "")
    named = pl.col("name") != ""
    wanted = [
        (0, numbered, _joined("N", "unit", "relation", "number", "street", "postcode")),
        (1, named & (pl.col("street") != ""), _joined("M", "unit", "relation", "name", "street", "postcode")),
        (2, named, _joined("O", "unit", "relation", "name", "postcode")),
    ]
    for place in ("town", "locality"):
        at = pl.col(place) != ""
        wanted.append((3, numbered & at, _joined("P", "unit", "relation", "number", "street", place)))
        wanted.append(
            (4, named & (pl.col("street") != "") & at, _joined("Q", "unit", "relation", "name", "street", place))
        )
    return pl.concat(
        [
            frame.filter(condition.fill_null(False)).select(identity, pl.lit(order, pl.Int8).alias("order"), key=key)
            for order, condition, key in wanted
        ]
    ).filter(pl.col("key").is_not_null())


def _each_number(frame: pl.DataFrame) -> pl.DataFrame:
    """Repeats a row for every house number that its range takes in, both ends and those of the same parity between."""
    length = (pl.col("high") - pl.col("low")).clip(0, _LONGEST_RANGE)
    step = pl.when(length % 2 == 0).then(2).otherwise(1)
    inside = pl.int_ranges(pl.col("low"), pl.col("low") + length + 1, step)
    return frame.filter(pl.col("low").is_not_null()).with_columns(house=inside).explode("house")


def block_keys(variants: pl.DataFrame) -> pl.DataFrame:
    """Writes the keys under which a gazetteer's variants can be gathered as candidates: `key` and `variant`."""
    houses = _each_number(variants)
    labels = variants.filter(pl.any_horizontal(pl.col("name", "sao_name", "organisation") != ""))
    called = pl.concat(
        [
            labels.filter(pl.col(name) != "").with_columns(label=pl.col(name))
            for name in ("name", "sao_name", "organisation")
        ]
    )
    words = (
        called.with_columns(word=pl.col("label").str.split(" "))
        .explode("word")
        .filter(pl.col("word").str.len_chars() > _SHORT)
    )
    frames = [
        houses.select("variant", key=_joined("1", "postcode", "house")),
        houses.filter(pl.col("street") != "").select("variant", key=_joined("2", "street", "house")),
        variants.filter(pl.col("unit") != "").select("variant", key=_joined("3", "postcode", "unit")),
        labels.select("variant", key=_joined("4", "postcode")),
        words.select("variant", key=_joined("5", "word")),
        variants.filter((pl.col("unit") != "") & (pl.col("number") == "")).select(
            "variant", key=_joined("6", "street", "unit")
        ),
        called.select("variant", key=_joined("7", "label")),
        labels.filter(pl.col("street") != "").select("variant", key=_joined("8", "street")),
        called.filter(pl.col("unit") != "").select("variant", key=_joined("9", "label", "unit")),
    ]
    return pl.concat(frames).filter(pl.col("key").is_not_null()).unique().sort("key", "variant")


@lru_cache(maxsize=50_000)
def spans(number: str) -> tuple[int | None, str, int | None, str]:
    """Parts one number as `numbers` does a column: low, its letter, high, its letter.

    >>> spans("10-12A"), spans("7B"), spans("")
    ((10, '', 12, 'A'), (7, 'B', 7, 'B'), (None, '', None, ''))
    """
    found = NUMBER.fullmatch(number)
    if not found:
        return None, "", None, ""
    low, low_letter, high, high_letter = found.groups()
    if high is None:
        return int(low), low_letter or "", int(low), low_letter or ""
    return int(low), low_letter or "", int(high), high_letter or ""


def own_exact_keys(parsed: Parsed) -> list[tuple[int, str]]:
    """Writes the exact keys of one parsed address, as `exact_keys` does those of a gazetteer: pairs of order and key.

    The first of several names may be that of a part of the building. Without its postcode a key may only stand for an
    address that gives none.
    """
    several = len(parsed.names) > 1
    if several and parsed.unit:
        return []
    unit = f"N:{parsed.names[0].removeprefix('THE ')}" if several else parsed.unit
    name = parsed.names[-1] if parsed.names else ""
    front, back, postcode = f"{unit}|{parsed.relation}", parsed.street, parsed.postcode
    numbered, on_street = bool(parsed.number and parsed.street), bool(name and parsed.street)
    if postcode is None:
        places = [place for place in parsed.places[-2:][::-1] if place]
        found = [(3, f"P|{front}|{parsed.number}|{back}|{place}") for place in places if numbered]
        return found + [(4, f"Q|{front}|{name}|{back}|{place}") for place in places if on_street]
    found = [(0, f"N|{front}|{parsed.number}|{back}|{postcode}")] if numbered else []
    if numbered and parsed.places:
        found.append((IN_LOCALITY, f"P|{front}|{parsed.number}|{back}|{parsed.places[-2:][0]}"))
    found += [(1, f"M|{front}|{name}|{back}|{postcode}")] if on_street else []
    return found + ([(2, f"O|{front}|{name}|{postcode}")] if name else [])


_NUMBERED_UNIT = re.compile(r"(\d{1,5})[A-Z]?")


def own_block_keys(parsed: Parsed, near: Iterable[str] = ()) -> set[str]:
    """Writes the keys under which one parsed address looks for candidates, as `block_keys` does those of a gazetteer.

    `near` has the streets of the gazetteer that are spelt nearly as the one written.
    """
    unit, number, names, postcode = parsed.unit, parsed.number, parsed.names, parsed.postcode
    streets = [parsed.street, *near] if parsed.street else []
    called = [*names, parsed.street] if parsed.street else names
    low, _, high, _ = spans(number)
    as_house = _NUMBERED_UNIT.fullmatch(unit)
    houses = {low, high, int(as_house[1]) if as_house else None} - {None}
    keys = {f"2|{street}|{house}" for street in streets for house in houses}
    keys |= {f"7|{label}" for label in called} | {
        f"9|{label}|{part}" for label in called for part in (unit, number) if part
    }
    unsure = called if not parsed.known_street else [label for label in called if label != parsed.street]
    keys |= {f"5|{word}" for label in unsure for word in label.split(" ") if len(word) > _SHORT}
    if names:
        keys |= {f"8|{street}" for street in streets}
    if unit and not number:
        keys |= {f"6|{street}|{unit}" for street in streets}
    if postcode is not None:
        keys |= {f"1|{postcode}|{house}" for house in houses} | {
            f"3|{postcode}|{part}" for part in (unit, number) if part
        }
        if names or not number or not parsed.known_street:
            keys.add(f"4|{postcode}")
    return keys
