"""Decisions on the command line: listed, previewed, taken back, carried out and in."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from typer.testing import CliRunner

from svoc.cli import app
from svoc.errors import StalePlan
from tests.scenes import Scene, key, opened

A, E = key("A1"), key("E1")


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    """Give a council with one decision that holds and one that was taken back."""
    with opened() as lived:
        lived.fall(
            council_tax="A1 MR JOHN SMITH at 1",
            electoral_register="E1 MR JOHN SMITH at 1",
            library="L1 MS ANN OAK at 9",
        )
        lived.decide("same A1 E1")
        lived.decide("undo 1")
        lived.decide("different A1 E1")
        yield lived


def run(scene: Scene, *args: str | Path) -> Any:
    try:
        return CliRunner().invoke(app, ["decisions", str(scene.folder / "council.toml"), *map(str, args)])
    finally:
        structlog.reset_defaults()


def test_the_list_shows_what_holds_and_with_all_who_took_the_rest_back(scene: Scene) -> None:
    plain, whole = run(scene, "list").output, run(scene, "list", "--all").output
    assert f"different {A}  {E}  j.okafor" in plain
    assert "same" not in plain
    assert "taken back by j.okafor" in whole
    assert "for a slip" in whole


def test_a_preview_shows_and_changes_nothing(scene: Scene) -> None:
    found = json.loads(run(scene, "preview", A, E, "--verdict", "same", "--json").output)
    assert found["joined"] == []
    assert "nothing would change" in run(scene, "preview", A, E, "--verdict", "same").output
    assert "numbers of decisions" in run(scene, "preview", "nothing").output


def test_what_is_taken_out_can_be_taken_in(scene: Scene, tmp_path: Path) -> None:
    file = tmp_path / "decisions.csv"
    assert "2 decisions" in run(scene, "export", file).output
    assert "1 were here already" in run(scene, "import", file, "--dry-run").output
    refused = run(scene, "import", file, "--map", "council_tax")
    assert refused.exit_code == 2
    assert "old=new" in refused.output
    assert run(scene, "import", tmp_path / "nothing.csv").exit_code == 2
    assert run(scene, "export").exit_code == 2


def test_taking_back_needs_a_reason_and_a_number(scene: Scene) -> None:
    assert "needs a reason" in run(scene, "undo", "2").output
    done = run(scene, "undo", "2", "--because", "the same man after all", "--steward", "t.lee")
    assert "taken back: 2" in done.output
    assert scene.council.store.decisions()["undone_by"].to_list() == ["j.okafor", "t.lee"]


def test_a_plan_is_stale_where_taking_back_revives_what_was_superseded(scene: Scene) -> None:
    scene.decide("same E1 L1")
    scene.decide("different E1 L1")
    plan = scene.council.settle()
    scene.decide("undo 4")
    assert scene.council.store.decisions().row(2, named=True)["superseded_by"] is None
    with pytest.raises(StalePlan):
        scene.council.commit(plan)
