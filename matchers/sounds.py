"""How a surname sounds, for blocking: a consonant key that forgives the usual British and Irish spellings."""

import polars as pl

from matchers.comparisons.surnames import surname_key

# Tried in this order on the surname as one word in capitals.
SILENT_STARTS = {
    r"^(KN|GN|PN)": "N",
    r"^WR": "R",
    r"^WH": "W",
    r"^PS": "S",
    r"^X": "S",
    r"^HO([UW])": "O${1}",
    r"^HU": "U",
}
SAME_SOUNDS = {
    "SCH": "S", "SZCZ": "S", "TCH": "C", "GHT": "T", "PH": "F", "CK": "K", "SH": "S", "CH": "C", "TH": "T", "GH": "",
    "DG": "G", "MPS": "MS", "CZ": "C", "SZ": "S", "RZ": "S", "KH": "K", "DH": "D", "BH": "B", "QU": "K", "MB": "M",
    "MN": "N",
}  # fmt: skip
ONE_LETTER = str.maketrans("CQVWZJDXP", "KKFFSGTSB")
LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
LENGTH = 5


def sound_key(plain_surnames: pl.Series) -> pl.Series:
    """Write how surnames in plain capitals sound: the first letter's sound, then up to four consonants.

    >>> sound_key(pl.Series(["REID", "REED", "MACDONALD", "MCDONALD", "PHILIPS", "PHILLIPS"])).to_list()
    ['RT', 'RT', 'MKTNL', 'MKTNL', 'FLBS', 'FLBS']
    """
    word = pl.lit(surname_key(plain_surnames))
    for start, sound in SILENT_STARTS.items():
        word = word.str.replace(start, sound)
    for spelling, sound in SAME_SOUNDS.items():
        word = word.str.replace_all(spelling, sound, literal=True)
    # Worked out here, for it is used twice: two copies of so long an expression take ten times as long to plan.
    word = pl.lit(pl.select(word.str.replace(r"^[AEIOUY]", "A")).to_series())
    word = word.str.head(1) + word.str.slice(1).str.replace_all(r"[AEIOUYHW]", "")
    word = word.str.replace_many(list(LETTERS), list(LETTERS.translate(ONE_LETTER)))
    for letter in sorted(set(LETTERS.translate(ONE_LETTER))):
        word = word.str.replace_all(f"{letter}{letter}+", letter)
    return pl.select(word.str.head(LENGTH)).to_series()
