"""Which service each source is, who else may be told, and slips refused in one line with the nearest choice."""

from pathlib import Path
from typing import Any

import pytest

from svoc.errors import SettingsError
from svoc.notices.recipients import Recipients
from svoc.settings import CouncilSettings


def settings(recipients: dict[str, Any], **source: str) -> CouncilSettings:
    sources = [{"name": "estates", "kind": "generic", **source}, {"name": "tax", "kind": "council_tax"}]
    said = {"council": {"name": "Barchester"}, "sources": sources, "folder": Path()}
    return CouncilSettings.model_validate({**said, "notices": {"recipients": recipients}})


def test_a_source_is_the_service_that_it_says_or_its_kind() -> None:
    assert Recipients.of(settings({})).services == {"estates": "generic", "tax": "council_tax"}
    assert Recipients.of(settings({}, service="housing")).services["estates"] == "housing"
    assert Recipients.of(settings({"estates": {"service": "council-housing"}})).services["estates"] == "housing"


def test_a_name_that_no_source_bears_is_a_service_that_is_not_read() -> None:
    found = Recipients.of(settings({"blue-badge": {}, "badges": {"service": "blue_badge"}, "allotments": {}}))

    assert found.unread == {"blue-badge": "blue_badge", "badges": "blue_badge", "allotments": "allotments"}
    assert {"estates", "badges", "housing", "library"} <= found.names(["library"])


@pytest.mark.parametrize(
    ("recipients", "told"),
    [
        ({"estates": {"chanel": "csv"}}, "[notices.recipients.estates]: there is no chanel; did you mean channel?"),
        ({"estates": {"channel": "cvs"}}, "[notices.recipients.estates] channel: there is no cvs; did you mean csv?"),
        ({"estates": {"service": "housng"}}, "service: there is no housng; did you mean housing?"),
        ({"estates": {"channel": "webhook"}}, "url: a webhook wants an address that begins with https://"),
        ({"estates": {"channel": "webhook", "url": "http://x/"}}, "url: a webhook wants an address that begins"),
        ({"estates": {"channel": "webhook", "url": "https://me:secret@x/"}}, "url: a webhook wants an address"),
        ({"estates": {"states": "http://x/"}}, "states: expected an address that begins with https://"),
        ({"estates": {"channel": "email"}}, "to: an e-mail wants an address, or a list of them"),
        ({"estates": {"channel": "email", "to": "a@b\nBcc: c@d"}}, "to: an e-mail wants an address"),
        ({"../x": {}}, "[notices.recipients.../x]: expected a name without slashes"),
        ({"estates": {"tries": 0}}, "[notices.recipients.estates] tries: input should be greater than"),
        ({"estates": 3}, "[notices.recipients.estates]: input should be a valid dictionary"),
    ],
    ids=lambda value: str(value)[:40] if isinstance(value, str) else None,
)
def test_a_slip_is_refused(recipients: dict[str, Any], told: str) -> None:
    with pytest.raises(SettingsError) as found:
        Recipients.of(settings(recipients))
    assert told in str(found.value)


def test_all_slips_are_told_at_once() -> None:
    with pytest.raises(SettingsError) as found:
        Recipients.of(settings({"estates": {"channel": "cvs"}, "tax": {"channel": "fiel"}}))
    assert len(str(found.value).splitlines()) == 2


def test_a_secret_is_in_nothing_that_is_shown() -> None:
    assert "quartz" not in repr(Recipients.of(settings({"estates": {"secret": "quartz"}})))
