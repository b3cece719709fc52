"""Writes whole texts as keys, so that addresses that are written as the gazetteer's need not be taken apart."""

import polars as pl

from gazetteer.wordlists import alternation, mapping, words

_PLACES_BEYOND = alternation(words("counties", "county") | words("home_countries", "country"))
_POSTCODE = r"^([A-Z]{1,2}\d[A-Z\d]?)(\d[A-Z]{2})$"
_POSTCODE_AT_END = r" ([A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2})$"
# One spelling for each kind of street; as ST may be a saint or a street, both become ST.
_SPELLINGS = {f" {written} ": f" {word} " for written, word in mapping("street_words", "written", "word").items()}
_SPELLINGS |= {" STREET ": " ST ", " SAINT ": " ST "}


def squeezed(text: pl.Expr) -> pl.Expr:
    """Writes a text so that differences of case, commas and street abbreviations are gone, and no others.

    Null where it holds what only the parser can judge: other than plain letters, or a decimal.

    >>> pl.select(squeezed(pl.lit("Flat 3, 14 King St."))).item()
    'FLAT 3 14 KING ST'
    """
    capitals = text.str.to_uppercase().str.replace_all(r"['`\x22]", "")
    spaced = capitals.str.replace_all(r"[^A-Z0-9/&-]+", "  ")
    one_spelling = (" " + spaced + " ").str.replace_many(_SPELLINGS).str.replace_all("  ", " ", literal=True)
    return pl.when(~text.str.contains(r"[^\x20-\x7e\n]|\d\.\d")).then(one_spelling.str.strip_chars())


def text_keys(variants: pl.DataFrame) -> pl.DataFrame:
    """Writes variants by whole text and postcode, with and without town and locality: `key` and `variant`."""
    some = pl.any_horizontal(pl.col("number", "name", "unit") != "")
    frame = variants.filter(some & pl.col("postcode").is_not_null()).select(
        "variant", "postcode", *(squeezed(pl.col(name)).alias(name) for name in ("text", "locality", "town"))
    )
    whole = pl.col("text").str.strip_suffix(" " + pl.col("postcode"))
    frame = frame.with_columns(whole=whole).with_columns(townless=_without("whole", "town"))
    frame = frame.with_columns(core=_without("townless", "locality"))
    towned = pl.when(pl.col("core") != pl.col("townless")).then(pl.col("core") + " " + pl.col("town"))
    keys = pl.concat(
        frame.select("variant", key=text + "|" + pl.col("postcode"))
        for text in (pl.col("whole"), pl.col("townless"), pl.col("core"), towned)
    )
    return keys.drop_nulls().unique().sort("key", "variant")


def _without(text: str, place: str) -> pl.Expr:
    ending = " " + pl.col(place).fill_null("")
    return pl.when(pl.col(place) != "").then(pl.col(text).str.strip_suffix(ending)).otherwise(text)


def own_text_keys(asked: pl.DataFrame) -> pl.Series:
    """Writes addresses (address, postcode) as `text_keys` does a gazetteer's; null where there is no postcode."""
    own = pl.col("postcode").str.to_uppercase().str.replace_all(r"[^A-Z0-9]", "")
    text = squeezed(pl.col("address"))
    at_end = text.str.extract(_POSTCODE_AT_END).str.replace_all(" ", "", literal=True)
    code = pl.coalesce(pl.when(own != "").then(own), at_end)
    rest = text.str.replace(_POSTCODE_AT_END, "").str.replace(rf" (?:{_PLACES_BEYOND})$", "")
    outward, inward = (code.str.extract(_POSTCODE, part) for part in (1, 2))
    return asked.select(key=rest + "|" + outward + " " + inward)["key"]
