"""An explanation of others is what it would be if those under protection had no records."""

from tests.scenes import key, opened

A1, L1 = key("A1"), key("L1")
HOME = {
    "council_tax": "A1 MR JOHN SMITH at 3; A2 MRS ANN SMITH at 3",
    "library": "L1 MR JOHN SMITH at 9; L2 MRS ANN SMITH at 9",
}


def test_nothing_in_an_explanation_tells_that_somebody_is_left_out_of_it() -> None:
    """The night weighed the pair in the company of one who is hidden; that it weighs otherwise now is not told."""
    with opened() as scene:
        scene.fall(**HOME)
        reader = scene.council.reader("canvass-match")
        before = reader.explain(A1, L1)
        scene.council.protect(
            scene.members()[key("A2")], "safe-address", purpose="canvass-match", actor="j.okafor", because="asked"
        )
        after = reader.explain(A1, L1)
        assert after.weight != before.weight, "she counted for the two"
        assert after.note == ""
        assert "ANN" not in after.text()
