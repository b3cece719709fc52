"""Ruling likeness out by letters gives the answers that comparing every pair of words would give."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA, JaroWinkler

from matchers.comparisons import likeness
from matchers.comparisons.likeness import Words, alike, one_edit, similarity

WORDS = st.text("AAABEMRTÉŁ 1-@a", min_size=1, max_size=9)


def slips(word: str) -> st.SearchStrategy[str]:
    """A word, or one near it: cut, begun anew, or with its ends exchanged."""
    return st.sampled_from([word, word[:-1] or "A", word + "A", "B" + word[1:], word[1:] + word[0], word[::-1]])


PAIRS = st.lists(st.one_of(st.tuples(WORDS, WORDS), WORDS.flatmap(lambda w: st.tuples(st.just(w), slips(w)))))


@given(PAIRS, st.sampled_from([0.8, 0.88, 0.9, 0.95]), st.booleans())
def test_no_pair_that_is_alike_is_ruled_out(
    pairs: list[tuple[str, str]], similar_from: float, by_letters: bool
) -> None:
    values = sorted({word for pair in pairs for word in pair})
    one, other = (np.array([values.index(pair[i]) for pair in pairs], dtype=np.int32) for i in (0, 1))
    words = Words(pl.Series(values, dtype=pl.String))
    figures = [np.float32(JaroWinkler.similarity(min(pair), max(pair))) for pair in pairs]
    near = [OSA.distance(*pair) <= 1 for pair in pairs]
    slip = [
        min(map(len, pair)) >= 4 and bool(like >= np.float32(similar_from) or edit)
        for pair, like, edit in zip(pairs, figures, near, strict=True)
    ]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(likeness, "FEW_PAIRS", -len(values) if by_letters else len(pairs))
        assert alike(words, one, other, similar_from, 4).tolist() == slip
    assert one_edit(words, one, other).tolist() == near
    found = similarity(words, one, other, similar_from)
    assert [like for like in found if like >= similar_from] == [like for like in figures if like >= similar_from]
