"""Every rule that docs/governance.md calls enforced names tests that exist, and says how it is enforced."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parent.parent.parent
PAGE = (TOP / "docs" / "governance.md").read_text(encoding="utf-8")
ENFORCED = PAGE.partition("\n## What is enforced\n")[2].partition("\n## ")[0]
ROWS = [row for row in re.findall(r"^\|(.+)\|$", ENFORCED, re.MULTILINE) if not re.match(r"\s*(-|rule\b)", row)]
PROOF = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


@cache
def declared(file: str) -> frozenset[str]:
    tree = ast.parse((TOP / file).read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def test_there_are_rules() -> None:
    assert len(ROWS) > 20
    assert "nothing here is legal advice" in PAGE.casefold()


@pytest.mark.parametrize("row", ROWS, ids=[row.split("|")[0].strip()[:60] for row in ROWS])
def test_a_rule_says_how_and_names_tests_that_exist(row: str) -> None:
    cells = [cell.strip() for cell in row.split("|")]
    assert len(cells) == 3, "rule, how, test"
    assert all(cells)
    proofs = PROOF.findall(cells[2])
    assert " ".join(f"`{file}::{name}`" for file, name in proofs) == cells[2], "tests alone, each with its file"
    for file, name in proofs:
        assert (TOP / file).is_file(), file
        assert name in declared(file), f"{file} has no {name}"


def test_the_other_two_lists_are_there() -> None:
    for heading in ("What is not enforced", "What the council must decide"):
        told = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
        assert told.strip(), heading
