"""The kernel that is timed is the one that links, and what it is timed beside reads the same pairs."""

import importlib
from pathlib import Path

import pytest

from matchers import link

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


def test_what_is_timed_is_what_links(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    kernel = importlib.import_module("kernel")
    records, model, rows = kernel.people(3_000)
    pairs = link(records, model)
    assert pairs["left"].to_list() == records["id"].gather(rows[0]).to_list()
    assert kernel.kernel(records, model, rows)["weight"].equals(pairs["weight"])
    columns = kernel.text_of(records, model)
    assert {"forename", "surname", "born", "postcode", "address", "town"} <= set(columns)
    assert "middle_names" not in columns, "a column that holds nothing is no work for either"
    lists = kernel.gathered(records, columns, rows)
    assert [len(left) for left, _ in lists] == [pairs.height] * len(columns)
    found = kernel.measured("few people", (records, model, rows), 1)
    assert found["pairs"] == pairs.height
    assert found["kernel_to_bare"] > 0
