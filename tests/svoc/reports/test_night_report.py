"""The night's page as a reader, a screen reader, a printer and an auditor meet it."""

import errno
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from svoc.errors import SettingsError, StoreUnavailable
from svoc.reports.figures import figures
from svoc.reports.night_report import as_json, drop_reports, page, write_report

VOID = {"meta", "br", "rect", "line"}
"""Elements that are never closed by a tag of their own: those of HTML, and those that the drawing closes itself."""


@dataclass
class Node:
    tag: str
    attrs: dict[str, str | None]
    children: list["Node | str"] = field(default_factory=list)

    def walk(self) -> Iterator["Node"]:
        yield self
        for child in self.children:
            if isinstance(child, Node):
                yield from child.walk()

    def all(self, *tags: str) -> list["Node"]:
        return [node for node in self.walk() if node.tag in tags]

    @property
    def text(self) -> str:
        return " ".join("".join(c if isinstance(c, str) else f" {c.text} " for c in self.children).split())


class Tree(HTMLParser):
    """Reads a page strictly: every element that is opened is closed, in order."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("root", {})
        self.open = [self.root]
        self.feed(text)
        self.close()
        assert self.open == [self.root], [n.tag for n in self.open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs), f"<{tag}> has an attribute twice"
        node = Node(tag, dict(attrs))
        self.open[-1].children.append(node)
        if tag not in VOID:
            self.open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in VOID, f"<{tag}/> does not close itself in HTML"
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


REASONS = ("council_tax holds 12 mentions and held 770: less than 50% is left", "service: 9 of <100> persons & more")


@pytest.fixture(scope="module", params=["first", "second", "settling", "refused"])
def night(request: pytest.FixtureRequest, nights: Any) -> Any:
    if request.param == "refused":
        return replace(nights[1], plan=replace(nights[1].plan, reasons=REASONS))
    return nights[["first", "second", "settling"].index(request.param)]


@pytest.fixture
def root(night: Any) -> Node:
    return Tree(night.page).root


# --- a page that stands alone


def test_the_page_needs_no_other_file_no_network_and_no_script(night: Any, root: Node) -> None:
    assert not re.search(r"(?i)https?:|//[a-z]|@import|url\((?!#)|javascript:|data:", night.page)
    assert not root.all("script", "link", "img", "iframe", "object", "embed", "form", "base", "video", "audio")
    for node in root.walk():
        assert not {"src", "srcset", "action", "ping", "poster"} & set(node.attrs), node.tag
        assert not [name for name in node.attrs if name.startswith("on")], node.tag
        assert (node.attrs.get("href") or "#").startswith("#")
    policy = [m.attrs["content"] for m in root.all("meta") if m.attrs.get("http-equiv") == "Content-Security-Policy"]
    assert policy == ["default-src 'none'; style-src 'unsafe-inline'"]


def test_ids_are_unique_and_every_reference_leads_somewhere(root: Node) -> None:
    ids = [node.attrs["id"] for node in root.walk() if "id" in node.attrs]
    assert len(ids) == len(set(ids)) > 30
    for node in root.walk():
        if "href" in node.attrs:
            assert str(node.attrs["href"]).removeprefix("#") in ids
        for name in ("aria-labelledby", "aria-describedby"):
            assert set((node.attrs.get(name) or "").split()) <= set(ids)


# --- a page for everyone


def test_the_page_says_its_language_and_its_name(night: Any, root: Node) -> None:
    (html,), (title,), (heading,) = root.all("html"), root.all("head")[0].all("title"), root.all("h1")
    assert html.attrs["lang"] == "en-GB"
    assert title.text.startswith(f"Night {night.plan.run}, ")
    assert heading.text.startswith(f"Night {night.plan.run}, as of ")
    assert len(root.all("main")) == 1
    assert len(root.all("nav")) == 1


def test_headings_skip_no_level(root: Node) -> None:
    levels = [int(node.tag[1]) for node in root.all("h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(then - now <= 1 for now, then in pairwise(levels)), levels


def test_every_table_has_a_caption_and_every_head_a_scope(root: Node) -> None:
    tables = root.all("table")
    assert len(tables) > 20
    for table in tables:
        (caption,) = table.all("caption")
        assert caption.text
        for head in table.all("th"):
            assert head.attrs["scope"] in {"col", "row"}
            assert head.text, caption.text
        width = len(table.all("thead")[0].all("th"))
        for row in table.all("tbody")[0].all("tr"):
            cells = row.all("th", "td")
            spans = sum(int(cell.attrs.get("colspan") or 1) for cell in cells)
            assert spans == width or "colspan" in cells[0].attrs, caption.text
            assert cells[0].tag == "th" or "colspan" in cells[0].attrs, caption.text


def test_every_drawing_is_told_in_words_or_is_ornament(root: Node) -> None:
    drawn = [svg for svg in root.all("svg") if svg.attrs.get("role") == "img"]
    assert len(drawn) >= 2
    for svg in root.all("svg"):
        assert svg.attrs.get("role") == "img" or svg.attrs.get("aria-hidden") == "true"
    for svg in drawn:
        assert svg.all("title")[0].text
        assert "links" in svg.all("desc")[0].text
    for bar in [n for n in root.walk() if n.attrs.get("class") == "bar"]:
        assert bar.attrs["aria-hidden"] == "true"


def test_what_scrolls_can_be_reached_by_the_keyboard(root: Node) -> None:
    for region in [n for n in root.walk() if "scroll" in str(n.attrs.get("class")).split()]:
        assert region.attrs["tabindex"] == "0"
        assert region.attrs["role"] == "region"
        assert region.attrs["aria-labelledby"]


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    whole = "".join(d * 2 for d in digits) if len(digits) == 3 else digits
    parts = [int(whole[n : n + 2], 16) / 255 for n in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_text_stands_out_by_day_by_night_and_on_paper(first: Any) -> None:
    roots = re.findall(r":root \{(.*?)\}", first.page, flags=re.DOTALL)
    assert len(roots) == 3
    for colours in (dict(re.findall(r"--(\w+): (#\w+)", block)) for block in roots):
        for ink in ("ink", "quiet", "main", "good", "bad"):
            assert contrast(colours[ink], colours["paper"]) >= 4.5, ink
        for ink in ("ink", "bad"):
            assert contrast(colours[ink], colours["badwash"]) >= 4.5, ink
        for shape in ("main", "second", "third"):
            assert contrast(colours[shape], colours["paper"]) >= 3, shape


# --- what it says


def test_the_page_tells_the_figures_that_the_json_holds(second: Any) -> None:
    told, root = second.told, Tree(second.page).root
    tables = {table.all("caption")[0].attrs["id"]: table for table in root.all("table")}
    shown = {
        row.all("th")[0].text.split(" ")[0]: int(row.all("td")[0].text.replace(",", ""))
        for row in tables["placement-outcomes"].all("tbody")[0].all("tr")
    }
    assert shown == {row["name"]: row["count"] for row in told["placement"]["outcomes"]}
    answers = [
        [int(cell.text.replace(",", "")) for cell in row.all("td")]
        for row in tables["plot-inside-1-table"].all("tbody")[0].all("tr")
    ]
    bins = told["lanes"][0]["matching"]["inside"]["bits"]
    assert answers == [[one["same"], one["ask"], one["possible"]] for one in bins]
    lead = next(p for p in root.all("p") if p.attrs.get("class") == "lead")
    assert lead.text.startswith(f"{told['intake']['mentions']:,} records of people and others, ")


def test_a_refused_plan_says_why_and_that_nothing_was_changed(nights: Any) -> None:
    plan = replace(nights[1].plan, reasons=REASONS)
    told = figures(plan, nights[1].yesterday)
    assert told["night"]["refused"] is True
    assert told["night"]["reasons"] == list(REASONS)
    root = Tree(page(told)).root
    (refusal,) = [n for n in root.walk() if n.attrs.get("class") == "refusal"]
    assert [item.text for item in refusal.all("li")] == list(REASONS)
    assert "Refused: nothing was changed" in root.text
    assert root.all("title")[0].text.endswith(": refused")


def test_a_plan_that_stands_is_not_called_refused(second: Any) -> None:
    root = Tree(second.page).root
    assert "Nothing stands against this plan" in root.text
    assert not [n for n in root.walk() if n.attrs.get("class") == "refusal"]


def test_a_first_night_compares_with_nothing(first: Any) -> None:
    text = Tree(first.page).root.text
    assert "This is the first night" in text
    assert "Compared with night" not in text
    assert not [n for n in Tree(first.page).root.all("th") if n.text == "Night before" and "then" in str(n.attrs)]


def test_a_night_on_which_nothing_was_there_has_a_page(empty: Any) -> None:
    assert "0 records of people and others" in Tree(empty.page).root.text


def test_words_of_the_council_are_escaped(second: Any) -> None:
    plan = replace(second.plan, warnings=("register.csv, line 3: expected <b>a & name</b>",))
    written = page(figures(plan, second.yesterday))
    assert "&lt;b&gt;a &amp; name&lt;/b&gt;" in written
    assert "<b>" not in written


# --- nobody is named


def known_of(mentions: pl.DataFrame) -> Iterator[str]:
    """Give all that the town's records write of people: names in full, addresses, postcodes and dates of birth."""
    for column in (
        "name",
        "address",
        "postcode",
        "forwarding_address",
        "forwarding_postcode",
        "matched",
        "phone",
        "email",
    ):
        yield from (str(v) for v in mentions[column].drop_nulls().unique())
    names = mentions.select(pl.concat_str("forename", "surname", separator=" ")).to_series()
    yield from names.drop_nulls().unique()
    for form in ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d %B %Y"):
        yield from mentions["dob"].drop_nulls().dt.strftime(form).unique()


def test_no_name_address_or_postcode_of_the_town_is_written(night: Any, tmp_path: Path) -> None:
    path = write_report(night.plan, night.yesterday, tmp_path)
    written = (path.read_text(encoding="utf-8") + path.with_suffix(".json").read_text(encoding="utf-8")).casefold()
    canaries = set(known_of(night.plan.mentions)) | set(known_of(night.yesterday.mentions))
    assert len(canaries) > 500
    assert [canary for canary in canaries if canary.casefold() in written] == []


# --- files


def test_the_report_is_two_files_named_by_the_run_that_only_the_owner_reads(second: Any, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "reports"
    path = write_report(second.plan, second.yesterday, folder)
    assert path == folder / "night_0002.html"
    assert sorted(p.name for p in folder.iterdir()) == ["night_0002.html", "night_0002.json"]
    assert {p.stat().st_mode & 0o777 for p in folder.iterdir()} == {0o600}
    assert path.read_text(encoding="utf-8") == second.page
    assert json.loads(path.with_suffix(".json").read_text(encoding="utf-8")) == second.told


def test_a_report_of_the_same_run_is_replaced_and_the_same_plan_writes_the_same_bytes(
    second: Any, tmp_path: Path
) -> None:
    path = write_report(second.plan, second.yesterday, tmp_path)
    before = path.read_bytes(), path.with_suffix(".json").read_bytes()
    path.write_text("an older one")
    path.chmod(0o644)
    again = write_report(second.plan, second.yesterday, tmp_path)
    assert (again.read_bytes(), again.with_suffix(".json").read_bytes()) == before
    assert again.stat().st_mode & 0o777 == 0o600


def test_a_draft_that_a_dead_night_left_is_no_hindrance(second: Any, tmp_path: Path) -> None:
    draft = tmp_path / f".night_0002.html.{os.getpid()}.part"
    draft.write_text("half")
    write_report(second.plan, second.yesterday, tmp_path)
    assert not draft.exists()


def test_a_folder_that_is_a_file_is_a_fault_of_the_settings(second: Any, tmp_path: Path) -> None:
    (tmp_path / "reports").write_text("")
    with pytest.raises(SettingsError, match=r"\[reports\] folder: reports: the report cannot be written"):
        write_report(second.plan, second.yesterday, tmp_path / "reports")


def test_a_full_disk_leaves_the_older_report_and_no_draft(
    second: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_report(second.plan, second.yesterday, tmp_path)
    before = path.read_bytes()

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreUnavailable, match="the disk is full"):
        write_report(replace(second.plan, warnings=("another",)), second.yesterday, tmp_path)
    assert path.read_bytes() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["night_0002.html", "night_0002.json"]


def test_figures_that_are_no_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        as_json({"share": float("nan")})


def test_old_reports_go_and_nothing_else_does(tmp_path: Path) -> None:
    kept = {"night_0003.html", "night_0003.json", "night_0001.txt", "night_one.html", "lists.html"}
    for name in {*kept, "night_0001.html", "night_0001.json", "night_0002.html"}:
        (tmp_path / name).write_text("", encoding="utf-8")
    assert drop_reports(tmp_path, 0) == 0
    assert drop_reports(tmp_path, 2) == 3
    assert {path.name for path in tmp_path.iterdir()} == kept
