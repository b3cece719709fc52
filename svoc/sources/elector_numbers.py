"""Elector numbers: polling district, number, suffix; a place in one register, not a key of a person."""

import polars as pl

__all__ = ["KEY_FORM", "elector_key", "normal_key"]

KEY_FORM = r"^(.+)-(\d+)(?:/(\d+))?$"
"""A whole elector number. The district may itself hold hyphens and strokes (KD-2/2-289/1): the last hyphen parts it."""
NUMBER_FORM = r"^(\d+)(?:[/.](\d+))?$"
ROLL_DIGITS = 3
"""A roll number written as a decimal has three places for the suffix: 5.001 is number 5, suffix 1."""


def normal_key(whole: pl.Expr) -> pl.Expr:
    """Give a whole elector number in its plain form; null where it is none.

    Suffix 0 and no suffix are one, and so are numbers with and without leading noughts.

    >>> pl.select(normal_key(pl.lit("KD-2/2-0289/0"))).item()
    'KD-2/2-289'
    """
    return _key(*(whole.str.extract(KEY_FORM, group) for group in (1, 2, 3)))


def elector_key(prefix: pl.Expr, number: pl.Expr, suffix: pl.Expr, *, roll: bool = False) -> pl.Expr:
    """Make an elector number of its parts; null where the parts make none.

    `number` may hold the suffix (12/1, 12.1) or be whole (AB-12/1); where `roll`, it is a decimal with three places.

    >>> pl.select(elector_key(pl.lit("AB"), pl.lit("5.000"), pl.lit(None, pl.String), roll=True)).item()
    'AB-5'
    """
    inner = number.str.extract(NUMBER_FORM, 2)
    padded = inner.str.pad_end(ROLL_DIGITS, "0") if roll else inner
    own = suffix.str.extract(r"^(\d+)(?:\.0*)?$", 1)
    from_parts = _key(prefix, number.str.extract(NUMBER_FORM, 1), pl.coalesce(padded, own))
    unreadable_suffix = suffix.is_not_null() & own.is_null()
    return pl.coalesce(
        pl.when(number.str.contains(KEY_FORM)).then(normal_key(number)), pl.when(~unreadable_suffix).then(from_parts)
    )


def _key(prefix: pl.Expr, number: pl.Expr, suffix: pl.Expr) -> pl.Expr:
    plain, tail = (each.str.replace(r"^0+(\d)", "$1") for each in (number, suffix))
    ending = pl.when(tail.is_not_null() & (tail != "0")).then(pl.concat_str(pl.lit("/"), tail)).otherwise(pl.lit(""))
    return pl.concat_str(prefix, pl.lit("-"), plain, ending)
