"""Pages in a real browser: by keyboard, with scripts and without, on a narrow screen and magnified, and read by axe.

Each page in each state is looked at by axe-core, held to a screen of 320 pixels, and drawn: `SVOC_SCREENSHOTS` names
the folder in which the pictures are kept.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from svoc.store.leases import release, take
from svoc.store.opening import open_engine

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
WIDE: ViewportSize = {"width": 1280, "height": 1024}
NARROW: ViewportSize = {"width": 320, "height": 256}
"""What is left of a wide screen that is magnified four times."""
REFUSED = "the server responded with a status of 4"
"""What a browser itself says in its console of an answer that was asked again, or of a page that is not there."""
HOW = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
SHOTS = os.environ.get("SVOC_SCREENSHOTS")


@contextmanager
def served(settings: Path) -> Iterator[str]:
    """Serve a council in a process of its own, and give where."""
    command = [sys.executable, "-m", "svoc", "desk", str(settings), "--port", "0"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8")
    assert server.stdout
    found = re.search(r"http://127\.0\.0\.1:\d+", server.stdout.readline())
    assert found
    yield found[0]
    server.terminate()
    server.wait()
    server.stdout.close()


@pytest.fixture(scope="module")
def desk_at(settings: Path) -> Iterator[str]:
    """Serve the module's town, and give where."""
    with served(settings) as at:
        yield at


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Give a browser, or skip with a clear word."""
    if CHROMIUM is None:
        pytest.skip("there is no chromium here")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=HOW)
        yield browser
        browser.close()


@dataclass
class Visit:
    """Somebody at the browser, and all that it said or asked of another host."""

    page: Page
    at: str
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(120_000)
        self.page.on("console", lambda message: self._note("console", message.text))
        self.page.on("pageerror", lambda fault: self._note("error", str(fault)))
        self.page.on("request", lambda asked: None if asked.url.startswith(self.at) else self._note("else", asked.url))

    def _note(self, what: str, words: str) -> None:
        if REFUSED not in words:
            self.said.append(f"{what}: {words}")

    def go(self, path: str) -> None:
        """Open a page."""
        self.page.goto(f"{self.at}{path}")

    def sign_in(self, name: str) -> "Visit":
        """Sign in."""
        self.go("/desk/sign-in")
        self.page.fill("#name", name)
        self.page.click("main button")
        self.page.wait_for_url("**/desk")
        return self

    def press(self, name: str) -> None:
        """Press a button of the page's own part."""
        self.page.locator("main").get_by_role("button", name=name).click()

    def tab_to(self, wanted: str) -> None:
        """Go on with the tabulator until something whose id or text is wanted has the focus, and it can be seen."""
        said = "(() => { const e = document.activeElement; return e.id || e.textContent.trim() || e.value || ''; })()"
        for _ in range(80):
            self.page.keyboard.press("Tab")
            if re.search(wanted, str(self.page.evaluate(said))):
                return
        raise AssertionError(f"nothing that reads {wanted} can be reached by keyboard")

    def sound(self, name: str) -> None:
        """Let axe look at the page with all of it unfolded, draw it, and hold it to a narrow screen."""
        self.page.evaluate("document.querySelectorAll('main details').forEach(e => { e.open = true })")
        self.page.evaluate(AXE)
        found = self.page.evaluate("rules => axe.run(document, {runOnly: {type: 'tag', values: rules}})", RULES)
        told = [(fault["id"], fault["nodes"][0]["html"]) for fault in found["violations"]]
        assert told == [], name
        self._draw(name)
        self.page.set_viewport_size(NARROW)
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        self._draw(f"{name}-320")
        self.page.set_viewport_size(WIDE)
        assert wide <= NARROW["width"], f"{name} has to be scrolled sideways"

    def _draw(self, name: str) -> None:
        if SHOTS:
            Path(SHOTS).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)

    def leave(self) -> None:
        """Go, having heard nothing amiss."""
        self.page.context.close()
        assert self.said == []


Visits = Callable[..., Visit]


@pytest.fixture
def visits(chromium: Browser, desk_at: str) -> Visits:
    """Give new visitors, each with cookies of their own."""

    def visit(**how: Any) -> Visit:
        return Visit(chromium.new_context(viewport=WIDE, **how).new_page(), desk_at)

    return visit


def test_a_morning_by_keyboard_with_scripts(visits: Visits) -> None:
    visit = visits()
    page = visit.page
    visit.go("/desk")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent.trim()") == "Skip to main content"
    visit.tab_to("^name$")
    page.keyboard.type("j.okafor")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk")
    visit.tab_to("^Likely the same")
    page.keyboard.press("Enter")
    page.wait_for_url("**queue=likely-same")
    visit.tab_to("^Open the next case$")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/case/**")
    case = page.url
    visit.tab_to("^verdict$")
    page.keyboard.press("Space")
    visit.tab_to("^reason$")
    page.keyboard.press("ArrowDown")
    visit.tab_to("^See what would change$")
    page.keyboard.press("Enter")
    page.wait_for_selector("#preview p")
    assert page.url == case, "the preview is put into the page"
    page.click("text=What the machine made of them")
    page.wait_for_selector("#machine table")
    assert page.url == case, "what the machine made is put into the page"
    visit.sound("case-with-preview")
    page.locator("#reason").focus()
    visit.tab_to("^Decide and go to the next case$")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Your decision is kept: same person")
    assert page.url != case
    visit.sound("case-after-a-decision")
    visit.tab_to("^Take it back$")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=The decision was taken back")
    visit.sound("decisions-taken-back")
    visit.leave()


def test_a_morning_without_scripts_magnified_four_times(visits: Visits) -> None:
    visit = visits(java_script_enabled=False, device_scale_factor=4)
    page = visit.page
    page.set_viewport_size(NARROW)
    visit.sign_in("m.patel")
    page.click("text=Who is who at one address")
    page.click("text=Open the next case")
    case = page.url
    page.click("text=What the machine made of them")
    page.click("text=See it on a page of its own")
    assert "Step by step" in page.inner_text("main")
    page.click("text=Back to the case")
    assert page.url == case
    page.click("text=See what would change")
    assert "There is a problem" in page.inner_text("main")
    page.check("#verdict-different")
    page.select_option("#reason", "family")
    page.click("text=See what would change")
    assert "Check your answer" in page.inner_text("h1")
    page.click("text=Decide and go to the next case")
    assert "Your decision is kept: different people" in page.inner_text("main")
    assert page.url != case
    page.click("text=Take it back")
    assert "The decision was taken back" in page.inner_text("main")
    page.click("text=Sign out")
    assert "Sign in" in page.inner_text("h1")
    visit.leave()


def test_every_page_of_the_desk_is_sound(visits: Visits) -> None:
    visit = visits()
    visit.go("/desk/sign-in")
    visit.sound("sign-in")
    visit.press("Sign in")
    visit.sound("sign-in-refused")
    visit.sign_in("s.reid")
    visit.sound("cases")
    visit.go("/desk/next?queue=likely-same")
    case = visit.page.url.partition("?")[0].rpartition("/")[2]
    for path, name in (
        ("/desk?queue=households", "cases-of-a-queue"),
        ("/desk/decisions", "decisions-none"),
        ("/desk/purpose", "purpose"),
        ("/desk/figures", "figures"),
        ("/desk/nothing", "not-found"),
        (f"/desk/case/{case}/machine", "machine"),
        ("/desk/next?queue=life-events", "case-life-event"),
        ("/desk/next?queue=addresses", "case-address"),
    ):
        visit.go(path)
        visit.sound(name)
    visit.leave()


def answer(visit: Visit) -> None:
    """Fill in the form of a case."""
    visit.page.check("#verdict-different")
    visit.page.select_option("#reason", "family")


def test_what_came_between_is_told_on_sound_pages(visits: Visits, settings: Path) -> None:
    engine = open_engine("sqlite:///barchester.db", settings.parent)
    visit = visits().sign_in("s.reid")
    page = visit.page
    # As where htmx cannot be had: the button leads to a page of its own.
    page.route("**/htmx.min.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    visit.go("/desk/next?queue=likely-same")
    case = page.url.partition("?")[0].rpartition("/")[2]
    visit.press("Decide and go")
    visit.sound("case-asked-again")
    answer(visit)
    visit.press("See what would change")
    visit.sound("preview")
    release(engine, case, steward="s.reid")
    take(engine, case, steward="m.patel", minutes=15)
    visit.press("Decide and go")
    visit.sound("somebody-else-has-it")
    visit.go(f"/desk/case/{case}")
    visit.sound("case-of-another")
    release(engine, case, steward="m.patel")
    engine.dispose()
    visit.go(f"/desk/case/{case}")
    answer(visit)
    page.evaluate("document.querySelector('[name=token]').value = 'of another day'")
    visit.press("Decide and go")
    visit.sound("changed-meanwhile")
    visit.go(f"/desk/case/{case}")
    answer(visit)
    beside = Visit(page.context.new_page(), visit.at)
    beside.go(f"/desk/case/{case}")
    answer(beside)
    visit.press("Decide and go")
    beside.press("Decide and go")
    beside.sound("answered-meanwhile")
    assert beside.said == []
    visit.go("/desk/decisions")
    visit.sound("decisions")
    page.locator("main table a").first.click()
    visit.sound("decision")
    visit.leave()


def test_an_officers_call_by_keyboard(visits: Visits) -> None:
    visit = visits().sign_in("c.lowe")
    page = visit.page
    visit.tab_to("^Find a resident$")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/find")
    visit.sound("find")
    visit.press("Find")
    visit.sound("find-nothing-typed")
    visit.tab_to("^name$")
    page.keyboard.type("yunis shahid")
    page.keyboard.press("Enter")
    page.wait_for_selector("main table")
    assert page.url.endswith("/desk/find")
    visit.sound("find-found")
    page.locator("main table a").first.click()
    page.wait_for_url("**/desk/person/**")
    visit.sound("person")
    visit.press("Show that day")
    visit.sound("person-no-day")
    for name, typed in (("day", "3"), ("month", "11"), ("year", "2026")):
        page.fill(f"#{name}", typed)
    visit.press("Show that day")
    page.wait_for_url("**on=2026-11-03")
    visit.sound("person-on-a-day")
    visit.go("/desk/person/0000-0000-0")
    visit.sound("person-nobody")
    visit.leave()


def test_an_officers_call_without_scripts_magnified_four_times(visits: Visits) -> None:
    visit = visits(java_script_enabled=False, device_scale_factor=4)
    page = visit.page
    page.set_viewport_size(NARROW)
    visit.sign_in("c.lowe")
    visit.go("/desk/find")
    page.fill("#place", "ZQ1 0AR")
    visit.press("Find")
    page.locator("main table a").first.click()
    page.fill("#day", "3")
    page.fill("#month", "11")
    page.fill("#year", "2026")
    visit.press("Show that day")
    assert "As the nights had it on 3 November 2026" in page.inner_text("main")
    visit.leave()
