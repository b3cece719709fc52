"""Writes the keys by which addresses find one another: exact keys, and the looser ones that gather candidates."""

import polars as pl

# The longest range of house numbers that is taken at its word.
_LONGEST_RANGE = 40


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
        .filter(pl.col("word").str.len_chars() > 3)
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


def asking_keys(rows: pl.DataFrame) -> pl.DataFrame:
    """Writes the keys under which parsed addresses look for candidates: `row` and `key`.

    `rows` has row, unit, low, high, names List(String), street, postcode and streets List(String): the
    street as written and those on the gazetteer that are spelt nearly so.
    """
    ends = pl.concat_list("low", "high", pl.col("unit").str.extract(r"^(\d{1,5})[A-Z]?$").cast(pl.Int32, strict=False))
    houses = (
        rows.with_columns(house=ends.list.drop_nulls().list.unique())
        .explode("house")
        .filter(pl.col("house").is_not_null())
    )
    streets = rows.explode("streets").filter(pl.col("streets").is_not_null()).with_columns(street="streets")
    named = rows.with_columns(label="names").explode("label").filter(pl.col("label").is_not_null())
    called = pl.concat([named, rows.filter(pl.col("street") != "").with_columns(label="street")])
    words = called.filter(~pl.col("known_street") | (pl.col("label") != pl.col("street")))
    words = (
        words.with_columns(word=pl.col("label").str.split(" "))
        .explode("word")
        .filter(pl.col("word").str.len_chars() > 3)
    )
    loose = (pl.col("names").list.len() > 0) | (pl.col("number") == "") | ~pl.col("known_street")
    frames = [
        houses.select("row", key=_joined("1", "postcode", "house")),
        houses.drop("street")
        .join(streets.select("row", "street"), on="row")
        .select("row", key=_joined("2", "street", "house")),
        rows.filter(pl.col("unit") != "").select("row", key=_joined("3", "postcode", "unit")),
        rows.filter(pl.col("number") != "").select("row", key=_joined("3", "postcode", "number")),
        rows.filter(loose).select("row", key=_joined("4", "postcode")),
        words.select("row", key=_joined("5", "word")),
        streets.filter((pl.col("unit") != "") & (pl.col("number") == "")).select(
            "row", key=_joined("6", "street", "unit")
        ),
        called.select("row", key=_joined("7", "label")),
        streets.filter(pl.col("names").list.len() > 0).select("row", key=_joined("8", "street")),
        called.filter(pl.col("unit") != "").select("row", key=_joined("9", "label", "unit")),
        called.filter(pl.col("number") != "").select("row", key=_joined("9", "label", "number")),
    ]
    return pl.concat(frames).filter(pl.col("key").is_not_null()).unique().sort("row", "key")
