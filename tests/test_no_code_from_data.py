"""Nothing that is read becomes code: no pickle, no archives, no statements or programs made of values.

Ruff's rules on security (`S` in pyproject.toml) hold every line to it; here stands where one is set aside, and why.
"""

import ast
import re
import tomllib
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parent.parent
FILES = [file for package in ("gazetteer", "matchers", "svoc") for file in sorted((TOP / package).rglob("*.py"))]

UNPACKERS = {
    "bz2", "cloudpickle", "dbm", "dill", "gzip", "joblib", "lzma", "marshal", "pickle", "shelve", "tarfile", "xml.sax",
    "xmlrpc", "yaml", "zipfile", "zlib",
}  # fmt: skip

SET_ASIDE = {
    ("svoc/store/bulk.py", "S608"): "names of our own tables and columns, quoted; values are parameters",
    ("gazetteer/row_wise.py", "S102"): "runs what that module wrote itself, from its own rules",
}
REVIVED = {
    ("gazetteer/row_wise.py", "deserialize"): "an expression that that module took apart itself a moment before",
}


def name(file: Path) -> str:
    return file.relative_to(TOP).as_posix()


def test_the_rules_on_security_are_in_force() -> None:
    lint = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["ruff"]["lint"]
    assert "S" in lint["select"]
    wrong = {"S102", "S301", "S302", "S307", "S314", "S324", "S403", "S506", "S608", "S701"}
    assert not wrong & {*lint["ignore"], *lint["per-file-ignores"].get("svoc/**", [])}


def test_where_a_rule_on_security_is_set_aside_the_reason_is_known() -> None:
    found = {(name(file), rule) for file in FILES for line in file.read_text(encoding="utf-8").splitlines()
             for rule in re.findall(r"\bS\d{3}\b", line.partition("# noqa:")[2])}  # fmt: skip
    assert found == set(SET_ASIDE)


@pytest.mark.parametrize("file", FILES, ids=name)
def test_nothing_unpacks_or_revives_what_was_read(file: Path) -> None:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not imported & UNPACKERS
    called = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    called |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    reviving = called & {"deserialize", "unpack_archive", "read_pickle", "eval_", "literal_eval"}
    assert {(name(file), each) for each in reviving} <= set(REVIVED)
