"""Places addresses on the gazetteer."""

import polars as pl

from gazetteer.candidates import candidates, exact_hits, parsed_frame
from gazetteer.decide import certainty, decide_exact, decide_rest, decide_weighed
from gazetteer.errors import MissingInput
from gazetteer.index import Gazetteer
from gazetteer.parse import Parsed, take_apart
from gazetteer.references import settle
from gazetteer.rungs import BY_NAME

# What `resolve` adds to the addresses that it is given.
PLACEMENT: dict[str, pl.DataType] = {
    "outcome": pl.String(),
    "uprn": pl.Int64(),
    "rung": pl.String(),
    "certainty": pl.Float64(),
    "rivals": pl.List(pl.Int64()),
    "reason": pl.String(),
    "matched": pl.String(),
    "superseded_uprn": pl.Int64(),
}


def resolve(addresses: pl.DataFrame, gazetteer: Gazetteer) -> pl.DataFrame:
    """Places every address on the gazetteer and says how.

    `addresses` has address String (lines joined by ", ") and, where they are known, postcode String, supplied_uprn
    Int64, property_reference String and reference_source String (the gazetteer's code for the kind of reference). Other
    columns and the order of rows stay as they are. Added are:

    - outcome: exact, building (its unit is unknown), street, ambiguous, historic or none
    - uprn Int64: null for street, ambiguous and none; for historic the property that stands today
    - rung: the rule that decided (see `rungs.RUNGS`); certainty Float64: the probability that uprn is right
    - rivals List(Int64): the properties that tie, or that a supplied reference names instead
    - reason: in words, null where nothing needs saying; matched: the gazetteer's own text
    - superseded_uprn Int64: the historical property through which a historic placement went

    Raises MissingInput where there is no column `address`.

    >>> from gazetteer.examples import barchester
    >>> resolve(pl.DataFrame({"address": ["flat 2, 14 king st"], "postcode": ["ba1 1aa"]}), barchester()).row(0)[2:5]
    ('exact', 14002, 'exact')
    """
    if "address" not in addresses.columns:
        raise MissingInput("there is no column 'address'; it holds the lines of an address joined by ', '")
    given = _given(addresses)
    distinct = given.select("address", "postcode").unique(maintain_order=True).with_row_index("text")
    rows = parse_all(distinct, gazetteer)
    decided = _placed(rows, gazetteer)
    asked = given.join(distinct, on=["address", "postcode"], how="left", nulls_equal=True, maintain_order="left")
    answers = asked.select("supplied_uprn", "property_reference", "reference_source", row="text").join(
        decided, on="row", how="left", maintain_order="left"
    )
    answers = _in_words(settle(answers, rows, gazetteer), gazetteer)
    kept = addresses.drop([name for name in PLACEMENT if name in addresses.columns])
    return kept.hstack(answers.select(pl.col(name).cast(dtype) for name, dtype in PLACEMENT.items()))


def _given(addresses: pl.DataFrame) -> pl.DataFrame:
    """Gives the five columns that can be asked by; those that are absent are null."""
    wanted = {
        **dict.fromkeys(("address", "postcode", "property_reference", "reference_source"), pl.String),
        "supplied_uprn": pl.Int64,
    }
    return addresses.select(
        pl.col(name).cast(dtype, strict=False) if name in addresses.columns else pl.lit(None, dtype).alias(name)
        for name, dtype in wanted.items()
    )


def parse_all(distinct: pl.DataFrame, gazetteer: Gazetteer) -> pl.DataFrame:
    """Parses each address of a frame (address, postcode) once; gives the columns of `parsed_frame`."""
    lexicon = gazetteer.lexicon
    parsed: list[Parsed] = [
        take_apart(text, lexicon, postcode) for text, postcode in distinct.select("address", "postcode").iter_rows()
    ]
    return parsed_frame(parsed)


def _placed(rows: pl.DataFrame, gazetteer: Gazetteer) -> pl.DataFrame:
    """Climbs the ladder: exact keys for all, candidates for what they leave, and a reason for what is left then."""
    able = rows.filter(pl.col("trouble") == "")
    settled = decide_exact(exact_hits(able, gazetteer), gazetteer)
    open_rows = able.join(settled, on="row", how="anti", maintain_order="left")
    pairs = candidates(open_rows, gazetteer) if len(open_rows) else None
    weighed = [decide_weighed(pairs, gazetteer)] if pairs is not None else []
    done = pl.concat([settled, *weighed])
    rest = rows.join(done, on="row", how="anti", maintain_order="left")
    weak = pairs.select("row").unique() if pairs is not None else rows.select("row").clear()
    return pl.concat([done, decide_rest(rest, gazetteer, weak)]).sort("row")


def _in_words(answers: pl.DataFrame, gazetteer: Gazetteer) -> pl.DataFrame:
    """Adds the current property of historic ones, the certainty, the reason and the gazetteer's text."""
    former = answers.filter(pl.col("outcome") == "historic")["uprn"].unique().drop_nulls().to_list()
    today = {uprn: gazetteer.current(uprn) for uprn in former}
    split = {uprn: list(heirs) for uprn, heirs in today.items() if len(heirs) > 1}
    moved = {uprn: heirs[0] for uprn, heirs in today.items() if heirs != (uprn,) and len(heirs) == 1}
    texts = gazetteer.variants.select("text", variant=pl.col("variant").cast(pl.Int64))
    historic = pl.col("outcome") == "historic"
    divided = historic & pl.col("uprn").is_in(list(split))
    moves = historic & pl.col("uprn").is_in(list(moved))
    heirs = pl.DataFrame(
        {"uprn": list(split), "heirs": list(split.values())}, schema={"uprn": pl.Int64, "heirs": pl.List(pl.Int64)}
    )
    answers = answers.join(texts, on="variant", how="left", maintain_order="left").join(
        heirs, on="uprn", how="left", maintain_order="left"
    )
    meanings = {name: rung.meaning for name, rung in BY_NAME.items()}
    said = pl.col("rung").replace_strict(meanings, default=None, return_dtype=pl.String)
    answers = answers.with_columns(certainty=certainty(), matched=pl.when(~divided).then("text")).with_columns(
        superseded_uprn=pl.when(divided | moves).then("uprn"),
        note=pl.when(divided)
        .then(pl.lit("the property was divided; its parts are the rivals"))
        .when(moves)
        .then(pl.lit("the property has been replaced by another"))
        .when(historic)
        .then(pl.lit("a former address, or a property that is gone"))
        .when(pl.col("outcome") != "exact")
        .then(said),
        uprn=pl.when(divided).then(None).when(moves).then(pl.col("uprn").replace(moved)).otherwise("uprn"),
        outcome=pl.when(divided).then(pl.lit("ambiguous")).otherwise("outcome"),
        rivals=pl.when(divided).then("heirs").otherwise("rivals"),
        certainty=pl.when(divided).then(0.0).otherwise("certainty"),
    )
    return answers.with_columns(reason=pl.coalesce("remark", "note"))
