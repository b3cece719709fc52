"""How Council Tax writes everyone liable into one field: MR J & MRS A SMITH and its many sisters."""

import polars as pl

PARTS = ("title", "forename", "middle_names", "surname", "text")

MOST_NAMED = 5
"""How many parties one field names at most."""


def _words(*parts: pl.Expr) -> pl.Expr:
    return pl.concat_str(list(parts), separator=" ", ignore_nulls=True)


def _part(name: str, party: int) -> pl.Expr:
    return pl.col(f"{name}_{party}")


def _given(party: int) -> pl.Expr:
    return _words(_part("title", party), _part("forename", party), _part("middle_names", party))


def _plain(party: int) -> pl.Expr:
    """MR JOHN SMITH, or whatever is written in place of a plain name."""
    return pl.coalesce(_part("text", party), _words(_given(party), _part("surname", party)))


def _named(party: int) -> pl.Expr:
    return _part("surname", party).is_not_null() | _part("text", party).is_not_null()


def _all_plain(link: pl.Expr) -> pl.Expr:
    """Write every party there is, each by its own full name."""
    written = _plain(1)
    for party in range(2, MOST_NAMED + 1):
        written += pl.when(_named(party)).then(link + _plain(party)).otherwise(pl.lit(""))
    return written


def widen(parties: pl.DataFrame) -> pl.DataFrame:
    """Put the parties of each record version side by side: title_1, forename_1, ..., text_5.

    Needs PARTIES' record, version, party, title, forename, middle_names, surname and text.
    """
    key = ["record", "version"]

    def only(party: int) -> pl.DataFrame:
        numbered = [pl.col(name).alias(f"{name}_{party}") for name in PARTS]
        return parties.filter(pl.col("party") == party).select(*key, *numbered)

    wide = only(1)
    for party in range(2, MOST_NAMED + 1):
        wide = wide.join(only(party), on=key, how="left")
    return wide


def one_surname() -> pl.Expr:
    """Whether exactly two people of one surname, both with titles, share a record."""
    return (
        (_part("surname", 1) == _part("surname", 2))
        & _part("surname", 3).is_null()
        & _part("title", 1).is_not_null()
        & _part("title", 2).is_not_null()
        & _part("text", 1).is_null()
        & _part("text", 2).is_null()
    ).fill_null(False)


def couple_of_one_title(chance: str, share: float) -> pl.Expr:
    """Whether a couple is written MR & MRS J SMITH, the second forename unknown."""
    titles = (_part("title", 1) == "Mr") & (_part("title", 2) == "Mrs")
    return one_surname() & titles & (pl.col(chance) < share)


def written(joined_titles: pl.Expr) -> pl.Expr:
    """Write the one field, upper case, from the columns of `widen` and two chances, `form` and `link`.

    One in eight single names has the surname first; couples of one surname are written in four ways,
    MR & MRS J SMITH among them.

    >>> row = {"form": 0.1, "link": 0.1, "title_1": "Mr", "forename_1": "John", "middle_names_1": None,
    ...        "surname_1": "Smith", "text_1": None, "title_2": "Mrs", "forename_2": "Ann", "middle_names_2": None,
    ...        "surname_2": "Smith", "text_2": None}
    >>> more = {f"{name}_{party}": None for party in (3, 4, 5) for name in PARTS}
    >>> frame = pl.DataFrame({**row, **more}, schema_overrides=dict.fromkeys(more, pl.String))
    >>> frame.select(written(pl.lit(False))).item()
    'MR JOHN & MRS ANN SMITH'
    """
    form = pl.col("form")
    link = (
        pl.when(pl.col("link") < 0.8)
        .then(pl.lit(" & "))
        .when(pl.col("link") < 0.95)
        .then(pl.lit(" AND "))
        .otherwise(pl.lit(" + "))
    )
    all_plain = _all_plain(link)
    titled = _part("title", 1).is_not_null() & (_part("title", 2).is_not_null() | _part("surname", 2).is_null())
    comma = pl.when(pl.col("link") < 0.5).then(pl.lit(", ")).otherwise(pl.lit(","))
    first_comma = _part("surname", 1) + comma + _given(1)
    one = pl.when(titled & (form > 0.88)).then(pl.coalesce(_part("text", 1), first_comma)).otherwise(_plain(1))
    mr_and_mrs = _words(_part("title", 1), pl.lit("&"), _part("title", 2), _given_untitled(1), _part("surname", 1))
    shared = (
        pl.when(form < 0.45)
        .then(_given(1) + link + _given(2) + " " + _part("surname", 1))
        .when(form < 0.9)
        .then(all_plain)
        .otherwise(_part("surname", 1) + comma + _given(1) + link + _given(2))
    )
    alone = ~_named(2)
    return (
        pl.when(alone)
        .then(one)
        .when(joined_titles)
        .then(mr_and_mrs)
        .when(one_surname())
        .then(shared)
        .otherwise(all_plain)
        .str.to_uppercase()
        .alias("liable_party")
    )


def _given_untitled(party: int) -> pl.Expr:
    return _words(_part("forename", party), _part("middle_names", party).str.slice(0, 1))
