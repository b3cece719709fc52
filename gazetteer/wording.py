"""Says in words what was decided: what replaced a property, how certain the answer is, and why it is no other."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final, NamedTuple

import polars as pl

from gazetteer.decide import DECISIONS, Decision
from gazetteer.index import Gazetteer
from gazetteer.row_wise import Add, NoRowForm, RowForm, row_form
from gazetteer.rungs import BY_NAME
from gazetteer.tuning import Tuning

_MEANINGS: Final = {name: rung.meaning for name, rung in BY_NAME.items()}


class Answer(NamedTuple):
    """What is told of one address; see `resolve` for what each part says."""

    outcome: str
    uprn: int | None
    rung: str
    certainty: float
    reason: str | None
    matched: str | None


# What an answer is made of. `matched` is the variant's text; `heirs` tells how many properties replaced a historic one,
# and `heir` names the only one.
_GIVEN: Final = ("outcome", "uprn", "rung", "certainty", "remark", "country", "matched", "heirs", "heir")


def in_words(answers: pl.DataFrame, gazetteer: Gazetteer, tuning: Tuning) -> pl.DataFrame:
    """Adds the current property of historic ones, the certainty, the reason and the gazetteer's text.

    `answers` has the columns of DECISIONS, `remark`, and `country` of those abroad.
    """
    former = set(answers.filter(pl.col("outcome") == "historic")["uprn"])
    today = {uprn: heirs for uprn in former if (heirs := gazetteer.current(uprn)) != (uprn,)}
    answers = answers.with_columns(
        gazetteer.variants["text"].gather(answers["variant"]).alias("matched"), certainty=tuning.sureness
    )
    answers = _with_heirs(answers, today)
    for step in _steps(tuning.wanted):
        answers = answers.with_columns(**step.columns)
    rivals = pl.when(pl.col("heirs") > 1).then("several").otherwise("rivals")
    return answers.with_columns(rivals=pl.when(pl.col("held").is_null()).then(rivals).otherwise(pl.concat_list("held")))


def _with_heirs(answers: pl.DataFrame, today: Mapping[int, tuple[int, ...]]) -> pl.DataFrame:
    """Adds `heirs`, `heir` and `several` (the heirs themselves) to historic answers."""
    table = pl.DataFrame(
        {"uprn": list(today), "several": [list(heirs) for heirs in today.values()], "outcome": "historic"},
        schema={"uprn": pl.Int64, "several": pl.List(pl.Int64), "outcome": pl.String},
    )
    answers = answers.join(table, on=["uprn", "outcome"], how="left", maintain_order="left")
    heirs = pl.col("several").list
    return answers.with_columns(heirs=heirs.len().fill_null(0), heir=pl.when(heirs.len() == 1).then(heirs.first()))


def in_words_alone(decided: Decision, country: str | None, gazetteer: Gazetteer, tuning: Tuning) -> Answer:
    """Says of one decision what `in_words` says of many."""
    form, certain = _row_form(tuning.wanted), tuning.certainty_of
    if form is None or certain is None:
        frame = pl.DataFrame([decided], schema=DECISIONS, orient="row")
        frame = frame.with_columns(remark=pl.lit(None, pl.String), country=pl.lit(country, pl.String))
        return Answer._make(in_words(frame, gazetteer, tuning).select(Answer._fields).row(0))
    outcome, uprn, rung, variant = decided[:4]
    heirs = gazetteer.current(uprn) if outcome == "historic" and uprn is not None else ()
    heirs = () if heirs == (uprn,) else heirs
    (certainty,) = certain(rung, decided.gap) or (0.0,)
    matched = None if variant is None else gazetteer.variants["text"][variant]
    heir = heirs[0] if len(heirs) == 1 else None
    told = form(outcome, uprn, rung, certainty, None, country, matched, len(heirs), heir)
    assert told, "no step drops an answer"
    return Answer._make(told)


@lru_cache(maxsize=16)
def _row_form(wanted: float) -> RowForm | None:
    try:
        return row_form(_steps(wanted), _GIVEN, Answer._fields)
    except NoRowForm:
        return None


@lru_cache(maxsize=16)
def _steps(wanted: float) -> tuple[Add, ...]:
    """The order in which an answer is worded: each step builds on the columns of those before it."""
    return (
        Add(_notes()),
        Add(_succeeded()),
        Add({"reason": pl.col("remark").fill_null(pl.col("note"))}),
        *_held(wanted),
    )


def _notes() -> dict[str, pl.Expr]:
    said = pl.col("rung").replace_strict(_MEANINGS, default=None, return_dtype=pl.String)
    said = pl.when(pl.col("rung") == "overseas").then(said + ": " + pl.col("country")).otherwise(said)
    note = (
        pl.when(pl.col("outcome") == "historic")
        .then(pl.lit("a former address, or a property that is gone"))
        .when(pl.col("outcome") != "exact")
        .then(said)
    )
    return {"note": note}


def _succeeded() -> dict[str, pl.Expr]:
    """Moves historic answers on to what replaced their properties; where several did, those are the rivals."""
    followed, divided, moves = pl.col("heirs") > 0, pl.col("heirs") > 1, pl.col("heirs") == 1
    return {
        "superseded_uprn": pl.when(followed).then("uprn"),
        "note": pl.when(divided)
        .then(pl.lit("the property was divided; its parts are the rivals"))
        .when(moves)
        .then(pl.lit("the property has been replaced by another"))
        .otherwise("note"),
        "uprn": pl.when(moves).then("heir").when(~divided).then("uprn"),
        "outcome": pl.when(divided).then(pl.lit("ambiguous")).otherwise("outcome"),
        "certainty": pl.when(divided).then(0.0).otherwise("certainty"),
        "matched": pl.when(~divided).then("matched"),
    }


def _held(wanted: float) -> tuple[Add, Add]:
    """Makes ambiguous what is less certain than wanted; the property becomes the rival, its certainty stays told."""
    less = pl.col("uprn").is_not_null() & (pl.col("certainty") < wanted)
    held = pl.col("held").is_not_null()
    return Add({"held": pl.when(less).then("uprn")}), Add(
        {
            "outcome": pl.when(held).then(pl.lit("ambiguous")).otherwise("outcome"),
            "uprn": pl.when(~held).then("uprn"),
            "reason": pl.when(held).then(pl.lit("below the wanted certainty")).otherwise("reason"),
            "superseded_uprn": pl.when(~held).then("superseded_uprn"),
            "matched": pl.when(~held).then("matched"),
        }
    )
