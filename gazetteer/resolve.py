"""Places addresses on the gazetteer."""

from collections.abc import Mapping, Sequence

import polars as pl

from gazetteer.candidates import text_hits
from gazetteer.decide import DECISIONS, Decision, decide_confirmed, decide_exact
from gazetteer.errors import MissingInput
from gazetteer.feedback import Feedback
from gazetteer.index import Gazetteer
from gazetteer.ladder import Readings, climb
from gazetteer.references import settle
from gazetteer.tuning import Tuning
from gazetteer.wording import in_words

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

# Up to so many decisions go into a frame row by row.
_FEW = 100
_GONE = "the confirmed UPRN is on the gazetteer no more; the written address was used"
_FOUND_SINCE = "confirmed as missing, but the gazetteer has exactly this address now"


def resolve(
    addresses: pl.DataFrame,
    gazetteer: Gazetteer,
    *,
    tuning: Tuning | None = None,
    wanted: float | None = None,
    confirmed: Feedback | None = None,
) -> pl.DataFrame:
    """Places every address on the gazetteer and says how.

    `addresses` has address String (lines joined by ", ") and, where they are known, postcode String, supplied_uprn
    Int64, property_reference String and reference_source String (the gazetteer's code for the kind of reference). Other
    columns and the order of rows stay as they are. `tuning` gives the figures to place by: where it is None the
    gazetteer's own, where that has none the shipped ones. An answer less certain than `wanted` (0 to 0.9995; the
    tuning's unless given) is held back as ambiguous, with the property as its rival. What people `confirmed` (None:
    what the gazetteer holds of that) stands for exactly that address before any rule, as long as the gazetteer has
    the property; a confirmed absence gives way to the gazetteer's own text of it. Added are:

    - outcome: exact, building (its unit is unknown), street, ambiguous, historic or none
    - uprn Int64: null for street, ambiguous and none; for historic the property that stands today
    - rung: the rule that decided (see `rungs.RUNGS`); certainty Float64: the probability that uprn is
      right, or that the rival is which was held back
    - rivals List(Int64): the properties that tie, or that a supplied reference names instead
    - reason: in words, null where nothing needs saying; matched: the gazetteer's own text
    - superseded_uprn Int64: the historical property through which a historic placement went

    Raises MissingInput where there is no column `address`, and BadTuning for a `wanted` that cannot be.

    >>> from gazetteer.examples import barchester
    >>> resolve(pl.DataFrame({"address": ["flat 2, 14 king st"], "postcode": ["ba1 1aa"]}), barchester()).row(0)[2:5]
    ('exact', 14002, 'exact')
    """
    if "address" not in addresses.columns:
        raise MissingInput("there is no column 'address'; it holds the lines of an address joined by ', '")
    figures = gazetteer.tuned(tuning)
    figures = figures if wanted is None else figures.wanting(wanted)
    answers = answered(addresses, gazetteer, figures, confirmed)
    kept = addresses.drop([name for name in PLACEMENT if name in addresses.columns])
    return kept.hstack(answers.select(pl.col(name).cast(dtype) for name, dtype in PLACEMENT.items()))


def answered(
    addresses: pl.DataFrame, gazetteer: Gazetteer, figures: Tuning, confirmed: Feedback | None
) -> pl.DataFrame:
    """Answers as `resolve` does, with `bits` and `gap` (null where an exact key decided) beside its columns."""
    given = _given(addresses)
    distinct = given.select("address", "postcode").unique(maintain_order=True).with_row_index("row")
    readings = Readings(distinct, gazetteer.lexicon)
    decided = {row: decide_exact(hit, gazetteer) for row, hit in text_hits(distinct, gazetteer).items()}
    gone = _confirmed(decided, distinct, gazetteer, gazetteer.confirmed if confirmed is None else confirmed)
    decided |= climb(readings.some(row for row in readings if row not in decided), gazetteer, figures)
    abroad = [readings[row].country if decided[row].rung == "overseas" else None for row in readings]
    frame = decisions([decided[row] for row in readings]).with_columns(country=pl.Series(abroad, dtype=pl.String))
    asked = given.join(distinct, on=["address", "postcode"], how="left", nulls_equal=True, maintain_order="left")
    asked = asked.select("supplied_uprn", "property_reference", "reference_source", "row")
    return in_words(
        _remarked(settle(asked.hstack(frame[asked["row"]]), readings, gazetteer, figures), gone), gazetteer, figures
    )


def _confirmed(
    decided: dict[int, Decision], distinct: pl.DataFrame, gazetteer: Gazetteer, confirmed: Feedback | None
) -> dict[int, str]:
    """Adds to what is decided what people confirmed; gives, by row, why some of that holds no more."""
    gone: dict[int, str] = {}
    for row, (address, postcode) in enumerate(distinct.select("address", "postcode").iter_rows() if confirmed else ()):
        label = confirmed.of_address(address, postcode) if confirmed else None
        if label and label.uprn is None and row in decided:
            gone[row] = _FOUND_SINCE
        elif label and (found := decide_confirmed(label, gazetteer)):
            decided[row] = found
        elif label:
            gone[row] = _GONE
    return gone


def _remarked(answers: pl.DataFrame, gone: Mapping[int, str]) -> pl.DataFrame:
    """Says of answers why what people confirmed holds no more, unless there is something else to say."""
    if not gone:
        return answers
    said = pl.col("row").replace_strict(dict(gone), default=None, return_dtype=pl.String)
    return answers.with_columns(remark=pl.coalesce("remark", said))


def decisions(decided: Sequence[Decision]) -> pl.DataFrame:
    """Writes decisions as a frame with the columns of DECISIONS."""
    if len(decided) <= _FEW:
        return pl.DataFrame(decided, schema=DECISIONS, orient="row")
    *columns, rivals = zip(*decided, strict=True)
    schema = {name: dtype for name, dtype in DECISIONS.items() if name != "rivals"}
    frame = pl.DataFrame(dict(zip(schema, columns, strict=True)), schema=schema).with_row_index("at")
    # Few have rivals, and a list column is slow to build of Python's lists.
    named = {"at": [at for at, several in enumerate(rivals) if several], "rivals": list(filter(None, rivals))}
    table = pl.DataFrame(named, schema={"at": pl.UInt32, "rivals": DECISIONS["rivals"]})
    frame = frame.join(table, on="at", how="left", maintain_order="left").drop("at")
    return frame.with_columns(pl.col("rivals").fill_null(pl.lit([], DECISIONS["rivals"])))


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
