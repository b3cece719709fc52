"""Pairs are drawn blind and by groups, and what stewards answer gives the truth back."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import polars as pl
import pytest

from svoc.errors import InputFaults, SettingsError
from svoc.measuring import draw_review, recapture_council, reviewed_council
from svoc.reviewing import drawn, groups_beside, read_review, write_review
from tests.worlds import placed


class Lived(Protocol):
    folder: Path


def told(*groups: tuple[float, bool, int]) -> pl.DataFrame:
    rows = [(stated, joined) for stated, joined, count in groups for _ in range(count)]
    frame = pl.DataFrame(rows, schema={"stated": pl.Float64, "joined": pl.Boolean}, orient="row")
    return frame.with_row_index("n").with_columns(
        left=pl.format("library/A{}/1", "n"), right=pl.format("library/B{}/1", "n")
    )


EVERYBODY = placed("library A0 | MR JOHN SMITH | 1 KING STREET", "library B0 | MR JON SMITH | 1 KING STREET")


def test_each_group_of_like_certainty_is_drawn_from_and_counted() -> None:
    some = told((0.999, True, 900), (0.95, True, 7), (0.3, False, 40), (0.3, True, 3))
    sample, groups = drawn(some, EVERYBODY, each=5)
    assert groups.select("joined", "from", "pairs").rows() == [
        (False, 0.1, 40), (True, 0.1, 3), (True, 0.9, 7), (True, 0.99, 900),
    ]  # fmt: skip
    assert sample.group_by("group").len().sort("group")["len"].to_list() == [5, 3, 5, 5]
    assert "joined" not in sample.columns
    assert "stated" not in sample.columns
    assert sample.equals(drawn(some.sample(fraction=1, shuffle=True, seed=4), EVERYBODY, each=5)[0])
    assert not sample.equals(drawn(some, EVERYBODY, each=5, seed=2)[0])


def test_what_a_purpose_may_not_read_is_not_shown() -> None:
    sample, _ = drawn(told((0.999, True, 1)), EVERYBODY, hidden=("dob", "phone"))
    assert "left_dob" not in sample.columns
    assert sample["right_forename"].to_list() == ["JON"]


def answered(folder: Path, answers: Sequence[str | None]) -> Path:
    """Write a sample of 4 joined pairs of 40 and 4 of 10 that were left apart, with these answers."""
    sample, groups = drawn(told((0.999, True, 40), (0.3, False, 10)), EVERYBODY, each=4)
    file = folder / "sample.csv"
    write_review(sample.sort("group").with_columns(same=pl.Series(answers, dtype=pl.String)), groups, file)
    return file


def test_the_answers_give_precision_and_recall_with_intervals(tmp_path: Path) -> None:
    found = read_review(answered(tmp_path, ["yes", "no", " NO", "n", "y", "yes", "Yes", "no"]))
    assert found.precision.value == pytest.approx(0.75)
    assert found.recall.value == pytest.approx(30 / 32.5)
    assert found.precision.low < 0.75 < found.precision.high
    assert (found.answers, found.unsure) == (8, 0)


def test_what_cannot_be_told_is_left_out(tmp_path: Path) -> None:
    found = read_review(answered(tmp_path, ["no", None, None, None, "yes", "yes", None, "no"]))
    assert found.precision.value == pytest.approx(2 / 3)
    assert (found.answers, found.unsure) == (4, 4)


def test_every_answer_that_is_none_is_told_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(InputFaults) as faults:
        read_review(answered(tmp_path, ["maybe", "no", "no", "no", "yes", "yes", "yes", "perhaps"]))
    assert [(fault.line, fault.column) for fault in faults.value.faults] == [(2, "same"), (9, "same")]
    assert "maybe" not in str(faults.value)


def test_a_group_without_an_answer_gives_no_estimate(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"sample\.csv: every stratum with links needs some reviewed"):
        read_review(answered(tmp_path, ["no"] * 4 + [None] * 4))


def test_a_sample_without_its_groups_is_refused(tmp_path: Path) -> None:
    file = answered(tmp_path, ["no"] * 4 + ["yes"] * 4)
    groups_beside(file).unlink()
    with pytest.raises(SettingsError, match="no such file"):
        read_review(file)


def test_a_council_is_reviewed_by_answers_that_are_the_truth(lived_town: Lived, tmp_path: Path) -> None:
    settings = Path(shutil.copytree(lived_town.folder, tmp_path / "town")) / "council.toml"
    out = tmp_path / "sample.csv"
    figures, _ = draw_review(settings, out, each=100_000, seed=1, purpose=None)
    sample = pl.read_csv(out, infer_schema_length=0)
    assert sample.height == figures["pairs"] > 100
    truth = pl.read_csv(settings.parent / "truth.csv", infer_schema_length=0)
    person = truth.drop_nulls("person").select(pl.concat_str("source", "record", "party", separator="/"), "person")
    of = dict(person.iter_rows())
    left, right = (sample[end].replace_strict(of, default=end) for end in ("left", "right"))
    same = (left == right).cast(pl.String).replace({"true": "yes", "false": "no"})
    sample.with_columns(same=same).write_csv(out)
    measured, words = reviewed_council(out)
    assert measured["precision"]["value"] > 0.97
    assert 0.8 < measured["recall"]["value"] <= 1
    assert measured["recall"]["low"] == pytest.approx(measured["recall"]["value"]), "all was reviewed"
    assert "95%" in words


def test_without_labels_the_recall_is_reckoned_from_rules_that_find_the_same_pairs(
    lived_town: Lived, tmp_path: Path
) -> None:
    settings = Path(shutil.copytree(lived_town.folder, tmp_path / "town")) / "council.toml"
    figures, words = recapture_council(settings, purpose=None)
    assert 0.9 < figures["looked_at"]["low"] <= figures["looked_at"]["value"] <= 1
    assert figures["recall"] == pytest.approx(figures["looked_at"]["value"] * figures["expected_recall_of_looked_at"])
    assert "assumed" in words
