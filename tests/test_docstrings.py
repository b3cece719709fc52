"""The examples in docstrings run, and print what they say."""

import doctest
import importlib

import pytest

from tests.test_house import NAMES

LAUNCHERS = {"svoc.__main__"}


@pytest.mark.parametrize("module", sorted(set(NAMES) - LAUNCHERS))
def test_the_examples_of_a_module_run(module: str) -> None:
    found = doctest.testmod(importlib.import_module(module), optionflags=doctest.ELLIPSIS)
    assert found.failed == 0


def test_there_are_examples() -> None:
    finder = doctest.DocTestFinder()
    examples = [test for module in set(NAMES) - LAUNCHERS for test in finder.find(importlib.import_module(module))]
    assert sum(len(test.examples) for test in examples) > 250
