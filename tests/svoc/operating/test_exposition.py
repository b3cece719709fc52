"""What is written for Prometheus keeps to the grammar of its text format, whatever the labels hold."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from svoc.operating.exposition import Metric, blocks, exposition
from tests.svoc.operating.exposition_grammar import parsed

TEXTS = st.text(alphabet=st.characters(codec="utf-8"), max_size=12) | st.sampled_from(['"', "\\", "\n", '\\n"', "}"])
VALUES = st.floats(allow_nan=False) | st.integers(-(2**53), 2**53)


@given(
    st.dictionaries(st.sampled_from("abc"), st.dictionaries(st.sampled_from("kl"), TEXTS).flatmap(
        lambda labels: st.tuples(st.just(labels), VALUES)), max_size=3), TEXTS
)  # fmt: skip
def test_what_is_written_is_read_again(families: dict[str, tuple[dict[str, str], float]], told: str) -> None:
    text = exposition([Metric(f"svoc_{n}", told, [one]) for n, one in families.items()])
    samples, kinds = parsed(text)
    assert samples == {(f"svoc_{n}", tuple(labels.items())): value for n, (labels, value) in families.items()}
    assert set(kinds.values()) <= {"gauge"}
    assert "".join(blocks(text).values()) == text


@pytest.mark.parametrize(("value", "words"), [(math.inf, "+Inf"), (-math.inf, "-Inf"), (math.nan, "NaN")])
def test_what_is_no_number_has_its_word(value: float, words: str) -> None:
    text = exposition([Metric("svoc_a", "A.", [({}, value)])])
    assert text.splitlines()[-1] == f"svoc_a {words}"
    parsed(text)


def test_a_metric_without_a_sample_is_not_there() -> None:
    assert exposition([Metric("svoc_a", "A.")]) == ""


@pytest.mark.parametrize(
    "wrong",
    [
        "svoc_a 1\n",
        "# TYPE svoc_a gauge\nsvoc_a 1",
        "# TYPE svoc_a gauge\nsvoc_a 1\nsvoc_a 2\n",
        '# TYPE svoc_a gauge\nsvoc_a{k="a"b"} 1\n',
        '# TYPE svoc_a gauge\nsvoc_a{k="\\t"} 1\n',
        "# TYPE svoc_a gauge\n# TYPE svoc_b gauge\nsvoc_a 1\n",
        "# TYPE svoc_a gauge\n# TYPE svoc_a gauge\n",
        "# TYPE svoc-a gauge\n",
        "# TYPE svoc_a gauge\nsvoc_a one\n",
        "# TYPE svoc_a gauge\n\nsvoc_a 1\n",
    ],
)
def test_the_grammar_that_holds_it_is_strict(wrong: str) -> None:
    with pytest.raises(ValueError, match="line"):
        parsed(wrong)
