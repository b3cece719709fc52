"""Putting records into groups and moving one in a real browser: by keyboard, without scripts, narrow, read by axe."""

import re

from playwright.sync_api import Browser

from tests.svoc.web.test_alike_pages import houses
from tests.svoc.web.test_browser import NARROW, WIDE, Visit, Visits, chromium, desk_at, served, visits

__all__ = ["chromium", "desk_at", "visits"]

SEVERAL = "text=Split these records into groups"


def several(visit: Visit) -> str:
    """Open a case of more than two records."""
    visit.go("/desk?queue=households")
    found = re.findall(r"/desk/case/[0-9a-f]{12}", visit.page.content())
    for path in dict.fromkeys(found):
        visit.go(path)
        if visit.page.locator(SEVERAL).count():
            return visit.page.url
    raise AssertionError("no case has more than two records")


def test_a_case_is_put_into_groups_by_keyboard(visits: Visits) -> None:
    visit = visits().sign_in("j.okafor")
    page, case = visit.page, several(visit)
    visit.tab_to("^Split these records into groups$")
    page.keyboard.press("Enter")
    page.wait_for_url("**/groups**")
    visit.sound("groups")
    visit.tab_to("^See what would change$")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=There is a problem")
    visit.sound("groups-asked-again")
    page.locator("h1").click()
    visit.tab_to("^group-A$")
    page.keyboard.press("End")
    visit.tab_to("^reason$")
    page.keyboard.press("ArrowDown")
    visit.tab_to("^See what would change$")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Check your answer")
    visit.sound("groups-preview")
    visit.tab_to("^Decide$")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Your decision is kept: records put into groups")
    assert page.url != case
    visit.tab_to("^Take it back$")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=taken back")
    visit.leave()


def test_a_record_is_moved_without_scripts_magnified_four_times(visits: Visits) -> None:
    visit = visits(java_script_enabled=False, device_scale_factor=4)
    page = visit.page
    page.set_viewport_size(NARROW)
    visit.sign_in("m.patel")
    several(visit)
    page.locator("main a", has_text="Move a record away").first.click()
    page.check("#move-A")
    page.select_option("#reason", "spoke")
    page.click("text=See what would change")
    assert "Choose or type to whom they belong" in page.inner_text("main")
    others = page.locator("#into option")
    if others.count() > 1:
        page.select_option("#into", index=1)
        page.click("text=See what would change")
        assert "A moved to" in page.inner_text("main")
        page.click("main button:has-text('Decide')")
        assert "Your decision is kept: record moved" in page.inner_text("main")
        page.click("text=Take it back")
        assert "taken back" in page.inner_text("main")
    visit.leave()


def test_the_pages_on_which_records_change_hands_are_sound(visits: Visits) -> None:
    visit = visits().sign_in("s.reid")
    several(visit)
    visit.page.locator("main a", has_text="Move a record away").first.click()
    visit.page.wait_for_url("**/move")
    at = visit.page.url.removeprefix(visit.at)
    visit.sound("move")
    visit.press("See what would change")
    visit.sound("move-asked-again")
    visit.go(at.replace("/move", "/split"))
    visit.sound("split")
    visit.press("See what would change")
    visit.sound("split-asked-again")
    visit.go(at.removesuffix("/move"))
    visit.sound("person-of-a-steward")
    visit.leave()


def test_a_value_is_chosen_by_keyboard_and_its_pages_are_sound(visits: Visits) -> None:
    visit = visits().sign_in("j.okafor")
    page = visit.page
    several(visit)
    page.locator("main a", has_text="Move a record away").first.click()
    page.wait_for_url("**/move")
    visit.go(page.url.removeprefix(visit.at).removesuffix("/move"))
    visit.tab_to("^Choose another value \\(Surname\\)$")
    page.keyboard.press("Enter")
    page.wait_for_url("**/fact/surname")
    visit.sound("fact")
    visit.press("See what would change")
    visit.sound("fact-asked-again")
    visit.tab_to("^value$")
    page.keyboard.press("Space")
    visit.tab_to("^reason$")
    page.keyboard.press("ArrowDown")
    visit.tab_to("^See what would change$")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Check your answer")
    visit.sound("fact-preview")
    visit.tab_to("^Keep this value$")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=stands from now on")
    visit.sound("fact-kept")
    visit.tab_to("^because$")
    page.keyboard.type("it was not right")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=was taken back")
    visit.leave()


def test_cases_of_the_same_evidence_are_decided_by_keyboard_on_sound_pages(chromium: Browser) -> None:
    with houses() as scene, served(scene.folder / "council.toml") as at:
        visit = Visit(chromium.new_context(viewport=WIDE).new_page(), at).sign_in("s.reid")
        page = visit.page
        page.locator("main a", has_text="HOLT").first.click()
        visit.tab_to("^Decide cases of the same evidence together$")
        page.keyboard.press("Enter")
        page.wait_for_url("**/alike**")
        visit.sound("alike")
        visit.press("See what would change")
        visit.sound("alike-asked-again")
        page.locator("h1").click()
        for _ in range(3):
            visit.tab_to("^case-")
            if not page.evaluate("document.activeElement.checked"):
                page.keyboard.press("Space")
        visit.tab_to("^verdict$")
        page.keyboard.press("Space")
        visit.tab_to("^reason$")
        page.keyboard.press("ArrowDown")
        visit.tab_to("^See what would change$")
        page.keyboard.press("Enter")
        page.wait_for_selector("text=3 cases: same person")
        visit.sound("alike-preview")
        visit.tab_to("^Decide$")
        page.keyboard.press("Enter")
        page.wait_for_selector("text=Your decision is kept: same person")
        visit.leave()
