"""`[desk]`: where a record stands in its own system is an address that a browser may be sent to."""

import pytest
from pydantic import ValidationError

from svoc.page_settings import DeskSettings


@pytest.mark.parametrize(
    "link",
    [
        "https://tax.example/",
        "http://tax.example/{record}",
        "javascript:alert('{record}')",
        "https://tax.example/{person}",
        'https://tax.example/{record}" onclick="',
        "{record}",
    ],
)
def test_a_link_that_leads_nowhere_is_refused(link: str) -> None:
    with pytest.raises(ValidationError, match="council_tax: expected an address"):
        DeskSettings(links={"council_tax": link})


def test_a_reference_cannot_change_where_a_link_leads() -> None:
    desk = DeskSettings(links={"council_tax": "https://tax.example/{record}/view"})
    assert desk.link_to("council_tax", "../x?y#z") == "https://tax.example/..%2Fx%3Fy%23z/view"
    assert desk.link_to("council_tax", None) == desk.link_to("library", "L1") == ""
