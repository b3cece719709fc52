"""The contract that every kind of source keeps, and the errors of whoever asks for one that is not there."""

from pathlib import Path

import pytest

from svoc.errors import SettingsError
from svoc.settings import SourceSettings
from svoc.sources.base import Source
from svoc.sources.catalogue import SOURCES, layout_of, read_extract


def settings(**more: object) -> SourceSettings:
    return SourceSettings.model_validate({"name": "ours", "kind": "council_tax", **more})


@pytest.mark.parametrize("kind", SOURCES)
def test_every_source_says_what_it_is(kind: str) -> None:
    source = SOURCES[kind]

    assert isinstance(source, Source)
    assert source.kind == kind
    assert source.words
    assert source.layouts
    for name, layout in source.layouts.items():
        assert layout.name == name
        assert layout.words


@pytest.mark.parametrize(("kind", "layout"), [(kind, layout) for kind in SOURCES for layout in SOURCES[kind].layouts])
def test_every_layout_tells_a_missing_file_without_a_traceback(kind: str, layout: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError):
        read_extract(settings(kind=kind, layout=layout), tmp_path / "nowhere.csv")


def test_an_unknown_kind_is_told_with_the_nearest() -> None:
    with pytest.raises(SettingsError, match=r"ours: kind counciltax is not known; did you mean council_tax\?"):
        read_extract(settings(kind="counciltax"), Path("x.csv"))
    with pytest.raises(SettingsError, match="expected one of council_tax"):
        read_extract(settings(kind="zzz"), Path("x.csv"))


def test_an_unknown_layout_is_told_with_the_nearest() -> None:
    with pytest.raises(SettingsError, match=r"ours: layout acadmy is not known; did you mean academy\?"):
        layout_of(settings(layout="acadmy"))


def test_the_layout_named_is_the_one_that_reads() -> None:
    assert layout_of(settings(layout="nfi")).name == "nfi"
    assert layout_of(settings()).name == "columns"
