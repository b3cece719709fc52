"""An auditor's look in a real browser: by keyboard, without scripts, on a narrow screen, read by axe."""

import shutil
from pathlib import Path

import pytest

from tests.svoc.web.test_browser import NARROW, Visit, Visits, chromium, desk_at, visits
from tests.svoc.web.test_trail import ACTORS

__all__ = ["chromium", "desk_at", "visits"]


@pytest.fixture(scope="module")
def settings(made_town: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    own = Path(shutil.copytree(made_town, tmp_path_factory.mktemp("looked") / "town")) / "council.toml"
    own.write_text(own.read_text(encoding="utf-8") + ACTORS, encoding="utf-8")
    return own


def auditor(visit: Visit) -> Visit:
    """Sign in as the auditor, who begins at the trail."""
    visit.go("/desk")
    visit.page.fill("#name", "a.bell")
    visit.page.click("main button")
    visit.page.wait_for_url("**/desk/audit")
    return visit


def test_an_auditors_look_by_keyboard(visits: Visits) -> None:
    steward = visits().sign_in("j.okafor")
    steward.leave()
    visit = auditor(visits())
    page = visit.page
    visit.sound("trail")
    visit.tab_to("^since$")
    page.keyboard.type("31/2/2026")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=There is a problem")
    visit.sound("trail-no-day")
    page.fill("#since", "1/1/2020")
    visit.tab_to("^actor$")
    page.keyboard.type("j.okafor")
    page.keyboard.press("Enter")
    page.wait_for_selector("main table")
    assert page.url.endswith("/desk/audit"), "nothing that was typed stands in the address"
    who = page.locator("main tbody td:nth-child(2)").all_inner_texts()
    assert set(who) == {"j.okafor"}
    visit.sound("trail-of-one")
    visit.tab_to("^Is the trail whole")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/audit/chain")
    visit.press("Check the whole trail now")
    page.wait_for_selector("text=events were looked at")
    visit.sound("trail-chain")
    visit.leave()


def test_an_auditors_look_without_scripts_magnified_four_times(visits: Visits) -> None:
    visit = visits(java_script_enabled=False, device_scale_factor=4)
    page = visit.page
    page.set_viewport_size(NARROW)
    auditor(visit)
    page.select_option("#group", "access")
    visit.press("Show")
    assert "Somebody signed in" in page.inner_text("main") or "audit trail itself was read" in page.inner_text("main")
    page.click("text=Is the trail whole?")
    visit.press("Check the whole trail now")
    assert "Whole" in page.inner_text("main")
    visit.leave()
