"""Sends a service without a system one e-mail a day, over TLS, with nothing of a person in its subject."""

import hashlib
import os
import smtplib
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any, Literal, Self

from pydantic import Field, ValidationError

from svoc.errors import SettingsError, nearest
from svoc.notices.base import Notice, Undelivered
from svoc.settings import Section

__all__ = ["Digest", "Mail"]

IN_THE_ENVIRONMENT = "SVOC_MAIL_PASSWORD"
NO_SENDER = "[notices.mail] sender: an e-mail wants somebody whom it is from"


class Mail(Section):
    """`[notices.mail]`: the server by which e-mail goes.

    `password` is better in the environment, as SVOC_MAIL_PASSWORD.
    `tls`: "starttls" to begin it on a plain connection (port 587), "tls" from the first byte on (port 465); there is no
    third way. `ca`: a file of the authorities that vouch for the server, where the machine's own do not.
    """

    host: str = "localhost"
    port: int = Field(default=587, ge=1, le=65535)
    tls: Literal["starttls", "tls"] = "starttls"
    sender: str = ""
    user: str = ""
    password: str = Field(default="", repr=False)
    ca: str = ""
    timeout: float = Field(default=20, gt=0, le=120)

    @classmethod
    def read(cls, table: Mapping[str, Any]) -> Self:
        """Read the section; raise `SettingsError` with every fault."""
        try:
            read = cls.model_validate(
                {**table, "password": os.environ.get(IN_THE_ENVIRONMENT) or table.get("password", "")}
            )
        except ValidationError as found:
            raise SettingsError("\n".join(_misfit(dict(error)) for error in found.errors())) from None
        if read.sender.count("@") != 1 or any(c.isspace() for c in read.sender):
            raise SettingsError(NO_SENDER)
        return read


def _misfit(error: dict[str, Any]) -> str:
    named = str(error["loc"][0])
    if error["type"] == "extra_forbidden":
        hint = nearest(named, Mail.model_fields) or ", ".join(Mail.model_fields)
        return f"[notices.mail] {named} is not a setting; did you mean {hint}?"
    return f"[notices.mail] {named}: {error['msg'][0].lower()}{error['msg'][1:]}"


@dataclass(frozen=True, slots=True)
class Digest:
    """One mail of all that waits for a service: what happened, by the service's own references.

    Facts are in it only with `facts`. The same notices make the same Message-ID, by which a mailbox that has had them
    knows them again.
    """

    mail: Mail
    to: tuple[str, ...]
    council: str
    facts: bool = False

    def send_all(self, notices: Sequence[Notice]) -> None:
        """Send the notices of one recipient as one e-mail; raise `Undelivered`."""
        if notices:
            self.post(_digest(self, notices))

    def post(self, message: EmailMessage) -> None:
        """Hand an e-mail to the server, all of whose recipients it must take; raise `Undelivered`."""
        context = ssl.create_default_context(cafile=self.mail.ca or None)
        try:
            with self._server(context) as server:
                if self.mail.tls == "starttls":
                    server.starttls(context=context)
                if self.mail.user:
                    server.login(self.mail.user, self.mail.password)
                server.send_message(message)
        except smtplib.SMTPResponseException as fault:
            again = fault.smtp_code < 500 or isinstance(fault, smtplib.SMTPAuthenticationError)
            raise Undelivered(f"the mail server answered {fault.smtp_code}", again=again) from None
        except smtplib.SMTPRecipientsRefused as fault:
            codes = [code for code, _ in fault.recipients.values()]
            raise Undelivered("the mail server refused the address", again=min(codes, default=0) < 500) from None
        except (OSError, smtplib.SMTPException) as fault:
            raise Undelivered(f"the mail server cannot be reached ({type(fault).__name__})", away=True) from None

    def _server(self, context: ssl.SSLContext) -> smtplib.SMTP:
        where = (self.mail.host, self.mail.port)
        if self.mail.tls == "tls":
            return smtplib.SMTP_SSL(*where, timeout=self.mail.timeout, context=context)
        return smtplib.SMTP(*where, timeout=self.mail.timeout)

    def message(self, subject: str, text: str, *, known_by: str) -> EmailMessage:
        """Write an e-mail; `known_by` is what makes it the same mail when it is sent again."""
        made = EmailMessage()
        made["From"], made["To"], made["Subject"] = self.mail.sender, ", ".join(self.to), subject
        named = hashlib.blake2b(known_by.encode(), digest_size=16).hexdigest()
        made["Message-ID"] = f"<{named}@{self.mail.sender.rpartition('@')[2]}>"
        made["Auto-Submitted"] = "auto-generated"
        made.set_content(text)
        return made


def _digest(digest: Digest, notices: Sequence[Notice]) -> EmailMessage:
    number = len(notices)
    subject = f"{digest.council}: {number} notice{'s' if number > 1 else ''} of changes"
    parts = ["\n".join(_lines(notice, facts=digest.facts)) for notice in notices]
    ends = "Please tell by these numbers what you received, acted on or rejected."
    return digest.message(
        subject, "\n\n".join([*parts, ends, ""]), known_by="\x1f".join(notice.notice for notice in notices)
    )


def _lines(notice: Notice, *, facts: bool) -> list[str]:
    lines = [f"notice: {notice.notice}", f"what: {notice.kind}", f"your reference: {notice.reference or 'not known'}"]
    lines += [f"takes back or repeats: {notice.retracts}"] if notice.retracts else []
    lines += [f"basis: {notice.basis}"]
    told = sorted(notice.payload.items()) if facts else []
    return lines + [f"{name}: {'' if value is None else value}" for name, value in told]
