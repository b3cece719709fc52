"""Texts that a spreadsheet would run as a formula, made harmless on the way out and given back on the way in."""

import polars as pl

__all__ = ["harmless", "restored"]

FORMULA = r"[\s\p{Cf}]*[=+\-@＝＋－＠]"
"""How a formula begins: spreadsheets pass over white space and letters that are not seen, and read full-width signs."""

WOULD_RUN = rf"^'*{FORMULA}|^'*[\t\r\n]"
WAS_QUOTED = rf"^'+{FORMULA}|^'+[\t\r\n]"


def harmless(frame: pl.DataFrame) -> pl.DataFrame:
    """Put an apostrophe before every text, and every heading, that a spreadsheet would run as a formula.

    Texts that have one already get another, so that `restored` gives back what was there.

    >>> harmless(pl.DataFrame({"name": ["=1+1", "O'BRIEN"]}))["name"].to_list()
    ["'=1+1", "O'BRIEN"]
    """
    text = pl.col(pl.String)
    quoted = pl.when(text.str.contains(WOULD_RUN)).then(pl.lit("'") + text).otherwise(text)
    headings = pl.Series(frame.columns, dtype=pl.String)
    runs = headings.str.contains(WOULD_RUN).to_list()
    names = {name: f"'{name}" for name, run in zip(frame.columns, runs, strict=True) if run}
    return frame.with_columns(quoted.name.keep()).rename(names)


def restored(frame: pl.DataFrame) -> pl.DataFrame:
    """Take away the apostrophes that `harmless` put before texts; headings stay.

    >>> restored(harmless(pl.DataFrame({"name": ["=1+1", "'=1", "'tis"]})))["name"].to_list()
    ['=1+1', "'=1", "'tis"]
    """
    text = pl.col(pl.String)
    return frame.with_columns(
        pl.when(text.str.contains(WAS_QUOTED)).then(text.str.slice(1)).otherwise(text).name.keep()
    )
