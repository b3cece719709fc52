"""What a list says of protection in a column of its own; whatever is not plainly "no" protects."""

import polars as pl

__all__ = ["marked_by"]

NO = ("", "-", "0", "N", "NO", "F", "FALSE", "NONE", "NIL", "NOT PROTECTED")
WORDS = {
    "ANONYMOUS": "anonymous",
    "NO DISCLOSURE": "no-disclosure",
    "NON DISCLOSURE": "no-disclosure",
    "NOT TO BE DISCLOSED": "no-disclosure",
    "DO NOT DISCLOSE": "no-disclosure",
}
OTHERWISE = "safe-address"


def marked_by(column: pl.Expr) -> pl.Expr:
    """Give the markers (List(String), null for none) that the texts of a protection column mean.

    The words are read whatever their case and hyphens. A word that is not known protects the address: a flag that
    nobody understands here was meant by somebody.

    >>> said = pl.Series("protection", ["Y", "no", None, "No-disclosure", "see file"])
    >>> said.to_frame().select(marked_by(pl.col("protection"))).to_series().to_list()
    [['safe-address'], None, None, ['no-disclosure'], ['safe-address']]
    """
    said = column.str.to_uppercase().str.replace_all(r"[^A-Z0-9]+", " ").str.strip_chars(" ")
    plain = column.is_null() | column.str.to_uppercase().str.strip_chars(" ").is_in(NO) | (said == "")
    meant = said.replace_strict(WORDS, default=OTHERWISE, return_dtype=pl.String)
    return pl.when(~plain).then(pl.concat_list(meant))
