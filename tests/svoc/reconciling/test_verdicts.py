"""What a recipient's records show of what it was told, case by case, in `tests/cases/arrivals.csv`."""

import csv
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from svoc.reconciling import verdict
from svoc.words.mentions import PLACED

TODAY = date(2026, 11, 2)
WRITTEN = (Path(__file__).parents[2] / "cases" / "arrivals.csv").read_text(encoding="utf-8")
CASES = list(csv.DictReader(WRITTEN.splitlines()))


def said(text: str) -> dict[str, Any]:
    return {name: read(name, value) for name, value in (word.split("=", 1) for word in text.split())}


def read(name: str, value: str) -> Any:
    if name == "uprn":
        return int(value)
    if name == "deceased":
        return value == "yes"
    return date.fromisoformat(value) if name in {"until", "died"} else value.replace("_", " ")


def record(text: str) -> dict[str, Any] | None:
    return {**dict.fromkeys(PLACED), **said(text)} if text else None


def payload(text: str) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in said(text).items()}


@pytest.mark.parametrize("case", CASES, ids=[case["what"] for case in CASES])
def test_a_system_shows_what_the_case_says(case: dict[str, str]) -> None:
    others = [row for text in case["others"].split("|") if (row := record(text)) is not None]
    found = verdict(case["kind"], payload(case["told"]), record(case["before"]), record(case["own"]), others, TODAY)
    assert found.value == case["verdict"]
