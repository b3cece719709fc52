"""Addresses without people: what goes, and what stays."""

import pytest

from gazetteer.lexicon import Lexicon
from svoc.reports.custodian.nameless import Nameless

KNOWN = Lexicon.of(["King Street", "John Smith Road", "Lady Bay Road"], ["Barchester", "Lincoln"], ["Hardy House"])
OF = Nameless.of(["JOHN SMITH", "MARY ANNE O'BRIEN", "ANN HARDY", "ABE LINCOLN", "ROSE BARN"], KNOWN)


@pytest.mark.parametrize(
    ("written", "people", "shown"),
    [
        ("c/o Mr J Smith, 5 King Street", [], "5 KING STREET"),
        ("C/O JOHN SMITH 5 King Street", [], "5 KING STREET"),
        ("5 King Street c/o Smith", [], "5 KING STREET"),
        ("FAO The Manager, 5 King Street", [], "5 KING STREET"),
        ("Mrs Smith, 5 King Street", [], "5 KING STREET"),
        ("Mrs Smith 5 King Street", [], "5 KING STREET"),
        ("Exors of A Brown, 5 King Street", [], "5 KING STREET"),
        ("The Smith Family, 5 King Street", ["JOHN SMITH"], "5 KING STREET"),
        ("J Smith, 5 King Street", ["JOHN SMITH"], "5 KING STREET"),
        ("John Smith, 5 King Street", [], "5 KING STREET"),
        ("Smith John, 5 King Street", ["JOHN SMITH"], "5 KING STREET"),
        ("Mary Anne O'Brien, 5 King Street", ["MARY ANNE O'BRIEN"], "5 KING STREET"),
        ("5 King Street (John Smith)", [], "5 KING STREET"),
        ("Flat 2 John Smith, 5 King Street", [], "FLAT 2, 5 KING STREET"),
        ("Margaret Thompson, 5 King Street", [], "5 KING STREET"),
        # what the gazetteer knows, and what is a building by its word, stays
        ("5 John Smith Road", ["JOHN SMITH"], "5 JOHN SMITH ROAD"),
        ("Lady Bay Road", [], "LADY BAY ROAD"),
        ("Hardy House, 5 King Street", ["ANN HARDY"], "HARDY HOUSE, 5 KING STREET"),
        ("5 King Street, Lincoln", ["ABE LINCOLN"], "5 KING STREET, LINCOLN"),
        ("Rose Barn, King Street", [], "ROSE BARN, KING STREET"),
        ("Ivy Cottage, King Street", [], "IVY COTTAGE, KING STREET"),
        ("", [], ""),
        (None, [], ""),
    ],
)
def test_people_go_and_places_stay(written: str | None, people: list[str], shown: str) -> None:
    assert OF(written, people) == shown
