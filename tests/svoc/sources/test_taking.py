"""Which extracts a night takes: what is new, in the order of its dates, and nothing twice."""

import os
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from svoc.errors import SettingsError
from svoc.settings import SourceSettings
from svoc.sources.taking import Waiting, dated, fingerprint, name_of, next_night, waiting
from svoc.words.plan import TAKEN

NOTHING = pl.DataFrame(schema=TAKEN)


def source(name: str = "ct", path: str = "ct_*.csv", **more: object) -> SourceSettings:
    return SourceSettings.model_validate({"name": name, "kind": "council_tax", "path": path, **more})


def lay(folder: Path, files: Mapping[str, str]) -> Path:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)
    return folder


def after(taken: pl.DataFrame, *extracts: Waiting) -> pl.DataFrame:
    """Give what is taken once a night has taken these extracts too."""
    rows = [(w.source, w.name, w.sha256, w.dated, 1) for w in extracts]
    return pl.concat([taken, pl.DataFrame(rows, schema=TAKEN, orient="row")])


def names(extracts: list[Waiting]) -> list[str]:
    return [extract.name for extract in extracts]


# ---------------------------------------------------------------- dates


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("register_2026-11-02.csv", date(2026, 11, 2)),
        ("register_20261102.csv", date(2026, 11, 2)),
        ("register_2026_11_02_final.csv", date(2026, 11, 2)),
        ("02-11-2026 register.csv", date(2026, 11, 2)),
        ("31_12_2026.csv", date(2026, 12, 31)),
        ("run 20269999 of 2026-11-02.csv", date(2026, 11, 2)),
        ("99-99-2026 2026-02-30.csv", None),
        ("register.csv", None),
    ],
)
def test_a_date_in_the_name_is_the_extracts_else_the_day_of_writing(
    tmp_path: Path, name: str, day: date | None
) -> None:
    file = lay(tmp_path, {name: "x"}) / name
    written = datetime(2025, 3, 4, 12, tzinfo=UTC)
    os.utime(file, (written.timestamp(), written.timestamp()))
    assert dated(file) == (day or written.date())


def test_a_content_date_in_the_settings_stands_above_names(tmp_path: Path) -> None:
    lay(tmp_path, {"ct_2026-11-02.csv": "x"})
    found = waiting(source(content_date=date(2026, 1, 1)), tmp_path, NOTHING)
    assert [extract.dated for extract in found] == [date(2026, 1, 1)]


# ---------------------------------------------------------------- where extracts lie


def test_a_path_is_a_file_a_glob_or_a_folder(tmp_path: Path) -> None:
    lay(tmp_path, {"in/b_2026-11-03.csv": "b", "in/a_2026-11-04.csv": "a", "in/.hidden": "h", "in/deep/c.csv": "c"})
    both = ["in/b_2026-11-03.csv", "in/a_2026-11-04.csv"]
    assert names(waiting(source(path="in"), tmp_path, NOTHING)) == both
    assert names(waiting(source(path="in/*_2026*.csv"), tmp_path, NOTHING)) == both
    assert names(waiting(source(path="in/a_2026-11-04.csv"), tmp_path, NOTHING)) == both[1:]
    absolute = str(tmp_path / "in" / "a_2026-11-04.csv")
    assert names(waiting(source(path=absolute), tmp_path / "elsewhere", NOTHING)) == ["a_2026-11-04.csv"]


def test_what_is_not_there_is_told_with_the_nearest(tmp_path: Path) -> None:
    lay(tmp_path, {"council_tax.csv": "x"})
    with pytest.raises(SettingsError, match=r"\[sources.ct\] counciltax.csv: no such file; did you mean council_tax"):
        waiting(source(path="counciltax.csv"), tmp_path, NOTHING)
    with pytest.raises(SettingsError, match="no such file"):
        waiting(source(path="nowhere/*.csv"), tmp_path, NOTHING)


def test_where_nothing_need_lie_only_the_folder_must_be_there(tmp_path: Path) -> None:
    """Most nights nobody has died: that there is no file of deaths is nothing wrong."""
    (tmp_path / "deaths").mkdir()
    deaths = source("life_events", "deaths/*")
    assert waiting(deaths, tmp_path, NOTHING, required=False) == []
    with pytest.raises(SettingsError, match="no such file"):
        waiting(deaths, tmp_path, NOTHING)
    with pytest.raises(SettingsError, match="no such file"):
        waiting(source("life_events", "nowhere/*"), tmp_path, NOTHING, required=False)


def test_an_extract_of_several_tables_is_known_by_all_of_them(tmp_path: Path) -> None:
    files = {"ct_2026-11-02/a.csv": "1", "ct_2026-11-02/b.csv": "2", "ct_2026-11-03/a.csv": "1"}
    lay(tmp_path, {**files, "ct_2026-11-03/b.csv": "3"})
    tables = {"accounts": "a.csv", "properties": "b.csv"}
    several = source(path="ct_*", layout="academy", tables=tables)
    found = waiting(several, tmp_path, NOTHING)
    assert names(found) == ["ct_2026-11-02", "ct_2026-11-03"]
    assert found[0].sha256 == fingerprint([tmp_path / "ct_2026-11-02" / name for name in tables.values()])
    assert found[0].sha256 != found[1].sha256
    (tmp_path / "ct_2026-11-03" / "b.csv").unlink()
    with pytest.raises(SettingsError, match=r"b\.csv: no such file"):
        waiting(several, tmp_path, NOTHING)


def test_names_count_from_the_folder_of_the_settings(tmp_path: Path) -> None:
    assert name_of(tmp_path / "in" / "a.csv", tmp_path) == "in/a.csv"
    assert name_of(Path("/elsewhere/a.csv"), tmp_path) == "a.csv"


# ---------------------------------------------------------------- what is new


def test_nothing_is_taken_twice(tmp_path: Path) -> None:
    lay(tmp_path, {"ct_2026-11-02.csv": "a", "ct_2026-11-03.csv": "b"})
    found = waiting(source(), tmp_path, NOTHING)
    assert names(found) == ["ct_2026-11-02.csv", "ct_2026-11-03.csv"]
    taken = after(NOTHING, found[0])
    assert names(waiting(source(), tmp_path, taken)) == ["ct_2026-11-03.csv"]
    assert waiting(source(), tmp_path, after(taken, found[1])) == []


def test_what_another_source_took_is_still_new_to_this_one(tmp_path: Path) -> None:
    lay(tmp_path, {"ct_2026-11-02.csv": "a"})
    taken = after(NOTHING, *waiting(source("other"), tmp_path, NOTHING))
    assert len(waiting(source(), tmp_path, taken)) == 1


def test_a_file_that_is_overwritten_is_a_new_night_each_time(tmp_path: Path) -> None:
    """Yesterday's file put back after a bad one must be read again, or the bad one stands for ever."""
    taken, one = NOTHING, source(path="ct.csv")
    for content in ("good", "bad", "good", "bad"):
        lay(tmp_path, {"ct.csv": content})
        found = waiting(one, tmp_path, taken)
        assert names(found) == ["ct.csv"]
        taken = after(taken, *found)
        assert waiting(one, tmp_path, taken) == []


def test_content_that_comes_back_on_a_later_day_is_read_again(tmp_path: Path) -> None:
    lay(tmp_path, {"ct_2026-11-02.csv": "a", "ct_2026-11-03.csv": "b", "ct_2026-11-04.csv": "a"})
    taken, read = NOTHING, []
    while found := waiting(source(), tmp_path, taken):
        taken = after(taken, found[0])
        read.append(found[0].name)
    assert read == ["ct_2026-11-02.csv", "ct_2026-11-03.csv", "ct_2026-11-04.csv"]


def test_content_that_did_not_change_is_no_new_extract(tmp_path: Path) -> None:
    taken = after(NOTHING, *waiting(source(), lay(tmp_path, {"ct_2026-11-02.csv": "a"}), NOTHING))
    lay(tmp_path, {"ct_2026-11-03.csv": "a"})
    assert waiting(source(), tmp_path, taken) == []


def test_an_old_extract_under_another_name_does_not_bring_old_days_back(tmp_path: Path) -> None:
    lay(tmp_path, {"ct_2026-11-02.csv": "a", "ct_2026-11-03.csv": "b"})
    taken = after(NOTHING, *waiting(source(), tmp_path, NOTHING))
    (tmp_path / "ct_2026-11-02.csv").rename(tmp_path / "ct_2026-11-02_copy.csv")
    assert waiting(source(), tmp_path, taken) == []


def test_folders_of_each_night_with_files_of_one_name(tmp_path: Path) -> None:
    lay(tmp_path, {"n_2026-11-02/ct.csv": "a", "n_2026-11-03/ct.csv": "b"})
    nightly = source(path="n_*/ct.csv")
    taken = after(NOTHING, *waiting(nightly, tmp_path, NOTHING))
    assert waiting(nightly, tmp_path, taken) == []


@settings(max_examples=40)
@given(contents=st.lists(st.sampled_from("abc"), min_size=1, max_size=6))
def test_after_all_nights_what_stands_is_the_last_file(
    contents: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("files")
    for day, content in enumerate(contents, start=1):
        lay(folder, {f"ct_2026-11-{day:02}.csv": content})
    taken, standing = NOTHING, ""
    for _ in range(len(contents) + 1):
        found = waiting(source(), folder, taken)
        if not found:
            break
        standing = found[0].path.read_text()
        taken = after(taken, found[0])
    assert waiting(source(), folder, taken) == []
    assert standing == contents[-1]


# ---------------------------------------------------------------- what one night takes


def lying(name: str, *days: int) -> list[Waiting]:
    files = {day: f"{name}{day}.csv" for day in days}
    return [Waiting(name, Path(file), file, date(2026, 11, day), file) for day, file in files.items()]


CT, ER = source("ct"), source("er")
UP = source("up", mode="update")


def test_nothing_waits() -> None:
    assert next_night([(CT, []), (ER, [])], NOTHING) == []


def test_the_first_night_waits_for_every_source(tmp_path: Path) -> None:
    """A register published a week after the first Council Tax extract is still part of the first night."""
    chosen = next_night([(CT, lying("ct", 2, 3, 9)), (ER, lying("er", 5, 6))], NOTHING)
    assert names(chosen) == ["ct2.csv", "er5.csv"]


def test_each_night_takes_one_day_of_a_full_source() -> None:
    taken = after(NOTHING, *lying("ct", 2), *lying("er", 2))
    assert names(next_night([(CT, lying("ct", 3, 4)), (ER, lying("er", 4))], taken)) == ["ct3.csv"]
    taken = after(taken, *lying("ct", 3))
    assert names(next_night([(CT, lying("ct", 4)), (ER, lying("er", 4))], taken)) == ["ct4.csv", "er4.csv"]


def test_a_night_takes_all_that_is_due_of_an_updating_source() -> None:
    taken = after(NOTHING, *lying("ct", 2), *lying("up", 1))
    assert names(next_night([(CT, lying("ct", 4)), (UP, lying("up", 2, 3, 4, 5))], taken)) == ["up2.csv"]
    assert names(next_night([(CT, lying("ct", 4)), (UP, lying("up", 4, 5))], taken)) == ["ct4.csv", "up4.csv"]
    first = next_night([(CT, lying("ct", 4)), (UP, lying("up", 1, 2, 5))], NOTHING)
    assert names(first) == ["ct4.csv", "up1.csv", "up2.csv"]


def test_a_source_that_joins_later_gives_its_first_extract() -> None:
    taken = after(NOTHING, *lying("ct", 2))
    assert names(next_night([(CT, lying("ct", 3, 4)), (ER, lying("er", 4))], taken)) == ["ct3.csv", "er4.csv"]


@settings(max_examples=60)
@given(data=st.data())
def test_every_extract_is_taken_once_and_in_order(data: st.DataObject) -> None:
    days = st.lists(st.integers(1, 20), max_size=5, unique=True).map(sorted)
    left = {s.name: lying(s.name, *data.draw(days)) for s in (CT, ER, UP)}
    every = sum(map(len, left.values()))
    taken, order = NOTHING, dict[str, list[date]]()
    for _ in range(every):
        chosen = next_night([(s, left[s.name]) for s in (CT, ER, UP)], taken)
        if not chosen:
            break
        for extract in chosen:
            left[extract.source].remove(extract)
            order.setdefault(extract.source, []).append(extract.dated)
        assert len({w.source for w in chosen if w.source != "up"}) == len([w for w in chosen if w.source != "up"])
        taken = after(taken, *chosen)
    assert not any(left.values()), "something waits for ever"
    assert all(dates == sorted(dates) for dates in order.values())
    assert taken.height == every


# ---------------------------------------------------------------- what comes too late


def late(extracts: list[Waiting]) -> dict[str, date]:
    """Give the extracts that have come too late, and the day of what had been taken before them."""
    return {extract.name: extract.after for extract in extracts if extract.after}


def test_an_older_extract_that_comes_late_is_set_aside(tmp_path: Path) -> None:
    lay(tmp_path, {"ct_2026-11-03.csv": "b"})
    taken = after(NOTHING, *waiting(source(), tmp_path, NOTHING))
    lay(tmp_path, {"ct_2026-11-02.csv": "a", "ct_2026-11-04.csv": "c"})
    found = waiting(source(), tmp_path, taken)
    assert late(found) == {"ct_2026-11-02.csv": date(2026, 11, 3)}
    assert names(next_night([(source(), found)], taken)) == ["ct_2026-11-04.csv"]


def test_an_extract_of_the_same_day_is_a_correction_and_not_late(tmp_path: Path) -> None:
    lay(tmp_path, {"ct_2026-11-03.csv": "b"})
    taken = after(NOTHING, *waiting(source(), tmp_path, NOTHING))
    lay(tmp_path, {"ct_2026-11-03_again.csv": "c"})
    found = waiting(source(), tmp_path, taken)
    assert (names(found), late(found)) == (["ct_2026-11-03_again.csv"], {})


def test_an_older_extract_that_is_overwritten_does_not_stand_above_a_later_one(tmp_path: Path) -> None:
    lay(tmp_path, {"ct_2026-11-02.csv": "a", "ct_2026-11-03.csv": "b"})
    taken = after(NOTHING, *waiting(source(), tmp_path, NOTHING))
    lay(tmp_path, {"ct_2026-11-02.csv": "mended"})
    found = waiting(source(), tmp_path, taken)
    assert late(found) == {"ct_2026-11-02.csv": date(2026, 11, 3)}
    assert next_night([(source(), found)], taken) == []


def test_a_late_update_is_set_aside_too_and_another_sources_days_do_not_count(tmp_path: Path) -> None:
    updating = source("up", "up_*.csv", mode="update")
    lay(tmp_path, {"up_2026-11-03.csv": "b", "ct_2026-11-09.csv": "x"})
    taken = after(NOTHING, *waiting(updating, tmp_path, NOTHING), *waiting(source(), tmp_path, NOTHING))
    lay(tmp_path, {"up_2026-11-02.csv": "a", "up_2026-11-05.csv": "c"})
    found = waiting(updating, tmp_path, taken)
    assert late(found) == {"up_2026-11-02.csv": date(2026, 11, 3)}
    assert names(next_night([(updating, found)], taken)) == ["up_2026-11-05.csv"]


def test_a_file_without_a_date_that_was_written_before_what_was_taken_is_late(tmp_path: Path) -> None:
    """Put back from a backup, with the time of its writing: what stands is newer."""
    one = source(path="ct.csv")
    taken = after(NOTHING, *waiting(one, lay(tmp_path, {"ct.csv": "new"}), NOTHING))
    lay(tmp_path, {"ct.csv": "old"})
    written = datetime(2025, 3, 4, 12, tzinfo=UTC)
    os.utime(tmp_path / "ct.csv", (written.timestamp(), written.timestamp()))
    assert list(late(waiting(one, tmp_path, taken))) == ["ct.csv"]


@settings(max_examples=40)
@given(days=st.permutations(range(2, 7)))
def test_in_whatever_order_files_arrive_the_days_of_what_is_taken_only_rise(
    days: list[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder, taken = tmp_path_factory.mktemp("files"), NOTHING
    for day in days:
        lay(folder, {f"ct_2026-11-{day:02}.csv": str(day)})
        chosen = next_night([(source(), waiting(source(), folder, taken))], taken)
        taken = after(taken, *chosen)
    assert taken["content_date"].to_list() == sorted(taken["content_date"].to_list())
    assert taken["content_date"].max() == date(2026, 11, 6)
