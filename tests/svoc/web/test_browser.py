"""A steward's morning in a real browser: by keyboard, with scripts and without, on a narrow screen, and read by axe."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
AXE = files("axe_playwright_python").joinpath("axe.min.js")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
NARROW = {"width": 320, "height": 800}
REFUSED = "the server responded with a status of 4"
"""What a browser itself says in its console of an answer that was asked again, or of a page that is not there."""
HOW = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]


@pytest.fixture(scope="module")
def desk_at(settings: Path) -> Iterator[str]:
    """Serve the module's town in a process of its own, and give where."""
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
def chromium() -> Iterator[Browser]:
    """Give a browser, or skip with a clear word."""
    if CHROMIUM is None:
        pytest.skip("there is no chromium here")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=HOW)
        yield browser
        browser.close()


def opened(chromium: Browser, desk_at: str, seen: list[str], **how: Any) -> Page:
    """Open a page that notes what it says and whatever it asks of another host."""
    page = chromium.new_context(**how).new_page()
    page.set_default_timeout(120_000)
    page.on("console", lambda message: None if REFUSED in message.text else seen.append(f"console: {message.text}"))
    page.on("pageerror", lambda fault: seen.append(f"error: {fault}"))
    page.on("request", lambda asked: None if asked.url.startswith(desk_at) else seen.append(f"elsewhere: {asked.url}"))
    page.goto(f"{desk_at}/desk")
    return page


def by_keyboard(page: Page, wanted: str) -> None:
    """Go on with the tabulator until something whose text or id is wanted has the focus."""
    said = "(() => { const e = document.activeElement; return e.id || e.textContent.trim() || e.value || ''; })()"
    for _ in range(80):
        page.keyboard.press("Tab")
        if re.search(wanted, str(page.evaluate(said))):
            return
    raise AssertionError(f"nothing that reads {wanted} can be reached by keyboard")


def sound(page: Page) -> None:
    """Let axe look at the page, and see that nothing stands outside a narrow screen."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("rules => axe.run(document, {runOnly: {type: 'tag', values: rules}})", RULES)
    assert [(fault["id"], fault["nodes"][0]["html"]) for fault in found["violations"]] == [], page.url


def test_a_morning_by_keyboard_with_scripts(chromium: Browser, desk_at: str) -> None:
    seen: list[str] = []
    page = opened(chromium, desk_at, seen)
    sound(page)
    by_keyboard(page, "^name$")
    page.keyboard.type("j.okafor")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk")
    sound(page)
    by_keyboard(page, "^Likely the same")
    page.keyboard.press("Enter")
    page.wait_for_url("**queue=likely-same")
    by_keyboard(page, "^Open the next case$")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/case/**")
    case = page.url
    for details in page.query_selector_all("details"):
        details.evaluate("e => e.open = true")
    sound(page)
    by_keyboard(page, "^verdict$")
    page.keyboard.press("Space")
    by_keyboard(page, "^reason$")
    page.keyboard.press("ArrowDown")
    by_keyboard(page, "^See what would change$")
    page.keyboard.press("Enter")
    page.wait_for_selector("#preview p")
    assert page.url == case, "the preview is put into the page"
    sound(page)
    page.get_by_role("button", name="Decide and go to the next case").press("Enter")
    page.wait_for_selector("text=Your decision is kept: same person")
    assert page.url != case
    sound(page)
    page.get_by_role("button", name="Take it back").press("Enter")
    page.wait_for_selector("text=The decision was taken back")
    sound(page)
    page.context.close()
    assert seen == []


def test_a_morning_without_scripts_on_a_narrow_screen(chromium: Browser, desk_at: str) -> None:
    seen: list[str] = []
    page = opened(chromium, desk_at, seen, java_script_enabled=False, viewport=NARROW)
    page.fill("#name", "m.patel")
    page.click("main button")
    page.click("text=Who is who at one address")
    page.click("text=Open the next case")
    case = page.url
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
    page.context.close()
    assert seen == []


def test_nothing_has_to_be_scrolled_sideways_at_320_pixels(chromium: Browser, desk_at: str) -> None:
    seen: list[str] = []
    page = opened(chromium, desk_at, seen, viewport=NARROW)
    page.fill("#name", "s.reid")
    page.click("main button")
    for path in ("/desk", "/desk/purpose", "/desk/decisions", "/desk/next?queue=likely-same", "/desk/nothing"):
        page.goto(f"{desk_at}{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"], path
    page.context.close()
    assert seen == []
