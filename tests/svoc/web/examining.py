"""What every page must be, whoever it is for."""

import re
from typing import Any

import html5lib

__all__ = ["examined"]

HTML = "{http://www.w3.org/1999/xhtml}"
FORM_FIELDS = {"input", "select", "textarea"}


def examined(answer: Any, status: int = 200) -> str:
    """Hold a page to what every page must be; give its text."""
    assert answer.status_code == status
    tree: Any = html5lib.HTMLParser(strict=True).parse(answer.text)
    elements = [e for e in tree.iter() if isinstance(e.tag, str)]

    def by_tag(*tags: str) -> list[Any]:
        return [e for e in elements if e.tag.removeprefix(HTML) in tags]

    (title,) = by_tag("title")[:1]
    assert re.fullmatch(r".+ – Barchester", title.text or ""), title.text
    assert len(by_tag("h1")) == 1
    assert len(by_tag("main")) == 1
    assert tree.get("lang") == "en"

    names = [e.get("id") for e in elements if e.get("id")]
    assert sorted(set(names)) == sorted(names), "an id stands there twice"
    for e in elements:
        for pointer in ("for", "aria-describedby", "aria-labelledby", "aria-controls"):
            assert set((e.get(pointer) or "").split()) <= set(names), f"{pointer} points nowhere"

    # What an alert is headed by stands before the page's own heading, as the design system has it.
    alerts = {id(e) for alert in elements if alert.get("role") == "alert" for e in alert.iter()}
    levels = [int(e.tag[-1]) for e in by_tag("h1", "h2", "h3", "h4") if id(e) not in alerts]
    assert all(after <= before + 1 for before, after in zip([0, *levels], levels, strict=False)), levels

    labelled = {e.get("for") for e in by_tag("label")}
    for e in by_tag(*FORM_FIELDS):
        assert e.get("type") == "hidden" or e.get("id") in labelled, f"{e.get('name')} has no label"
    for form in by_tag("form"):
        assert form.get("method") == "post"
        assert any(e.get("name") == "csrf" and e.get("value") for e in form.iter()), "a form without its token"
    nonce = re.search(r"'nonce-([^']+)'", answer.headers["content-security-policy"])
    assert nonce
    for e in by_tag("script"):
        assert e.get("nonce") == nonce[1]
    for e in elements:
        assert not e.get("style"), "the policy bars styles in a page"
        assert not [name for name in e.attrib if str(name).startswith("on")], "nor scripts"
        for link in (e.get("src"), e.get("action"), e.get("formaction")):
            assert link is None or link.startswith("/"), link
        led = e.get("href") or "#"
        assert led.startswith(("/", "#")) or "noreferrer" in (e.get("rel") or ""), led
    assert answer.headers["cache-control"] == "no-store"
    assert "Development" in answer.text
    return re.sub(r"\s+", " ", "".join(tree.itertext()))
