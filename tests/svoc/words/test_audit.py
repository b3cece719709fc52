"""Every kind of event says what it may hold."""

from svoc.words.audit import DECLARED, NAME, Kind


def test_every_kind_is_declared_with_words_of_its_own() -> None:
    assert set(DECLARED) == set(Kind)
    assert len({declared.words for declared in DECLARED.values()}) == len(Kind)


def test_names_of_counts_and_words_are_names() -> None:
    for declared in DECLARED.values():
        assert all(NAME.fullmatch(name) for name in declared.counts | declared.about)
