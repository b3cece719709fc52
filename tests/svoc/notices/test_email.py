"""An e-mail to a service goes over TLS alone, and tells no more than the service's settings let it."""

from dataclasses import replace
from pathlib import Path

import pytest

from svoc.errors import SettingsError
from svoc.notices.base import Notice, Undelivered
from svoc.notices.email import Digest, Mail
from tests.svoc.delivering.servers import authority, mail_server

NOTICE = Notice("a1", "death", "badges", "B/17", "MC78-RZ8Y-S", {"surname": "SMITH", "died": None}, "consent", 1)
TO = ("badges@council.example",)


@pytest.mark.parametrize("starttls", [True, False])
def test_it_goes_over_tls_and_its_subject_holds_nothing_of_anybody(tmp_path: Path, starttls: bool) -> None:
    trusted = authority(tmp_path)
    with mail_server(trusted, starttls=starttls) as box:
        said = {"host": "localhost", "port": box.port, "sender": "svoc@council.example", "ca": str(trusted.ca)}
        mail = Mail.read({**said, "tls": "starttls" if starttls else "tls"})
        for facts in (False, True):
            Digest(mail, TO, "Barchester", facts=facts).send_all([NOTICE, replace(NOTICE, notice="b2")])
        box.answers = "550 no"
        with pytest.raises(Undelivered, match="answered 550") as found:
            Digest(mail, TO, "Barchester").send_all([NOTICE])
        with pytest.raises(Undelivered, match="cannot be reached"):
            Digest(mail.model_copy(update={"ca": ""}), TO, "Barchester").send_all([NOTICE])

    assert not found.value.again
    bare, full = box.messages
    assert bare["Subject"] == full["Subject"] == "Barchester: 2 notices of changes"
    assert bare["Message-ID"] == full["Message-ID"]
    assert "B/17" in bare.get_content()
    assert "SMITH" not in bare.get_content()
    assert "surname: SMITH" in full.get_content()
    assert "died: \n" in full.get_content().replace("\r\n", "\n")


@pytest.mark.parametrize(
    ("section", "told"),
    [
        ({}, "sender: an e-mail wants somebody"),
        ({"sender": "svoc"}, "sender: an e-mail wants somebody"),
        ({"sender": "svoc@council.example", "tls": "none"}, "tls: input should be 'starttls' or 'tls'"),
        ({"sender": "svoc@council.example", "hots": "x"}, "hots is not a setting; did you mean host"),
    ],
)
def test_a_slip_is_refused(section: dict[str, str], told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        Mail.read(section)


def test_the_password_is_of_the_environment_and_in_nothing_that_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SVOC_MAIL_PASSWORD", "quartz")
    mail = Mail.read({"sender": "svoc@council.example", "password": "other"})

    assert mail.password == "quartz"
    assert "quartz" not in repr(mail)
