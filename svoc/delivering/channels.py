"""From a channel's name to the channel itself, as a council's settings have it for a recipient."""

import os
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from svoc.errors import SettingsError
from svoc.notices.base import Batch, Channel
from svoc.notices.batches import BatchDrop
from svoc.notices.email import Digest, Mail
from svoc.notices.file_drop import FileDrop
from svoc.notices.recipients import Recipient, Recipients
from svoc.notices.webhook import Webhook
from svoc.settings import CouncilSettings

__all__ = ["BUILT", "channel_of", "mail_of", "webhook_of"]

IN_THE_ENVIRONMENT = "SVOC_NOTICE_SECRET_"
"""How the name of the variable that holds a webhook's secret begins."""


def channel_of(name: str, recipient: str, settings: CouncilSettings, recipients: Recipients) -> Channel | Batch:
    """Make the channel of a name (`svoc.notices.names.CHANNELS`) for a recipient; raise `SettingsError`."""
    return BUILT[name](recipient, recipients.one(recipient), settings)


def webhook_of(recipient: str, own: Recipient, settings: CouncilSettings) -> Webhook:
    """Make a recipient's webhook; its secret is in the environment, or in council.toml."""
    variable = IN_THE_ENVIRONMENT + re.sub(r"[^A-Z0-9]", "_", recipient.upper())
    secret = os.environ.get(variable) or own.secret
    if not own.url:
        raise SettingsError(f"[notices.recipients.{recipient}] url: a webhook wants an address")
    if not secret:
        raise SettingsError(f"[notices.recipients.{recipient}] secret: a webhook wants one; or set {variable}")
    ca = settings.at(own.ca) if own.ca else None
    if ca and not ca.is_file():
        raise SettingsError(f"[notices.recipients.{recipient}] ca: there is no file {ca.name}")
    return Webhook(own.url, secret, str(ca or ""), own.timeout)


def mail_of(to: str | list[str], settings: CouncilSettings, *, facts: bool = False) -> Digest:
    """Make the e-mail to some addresses."""
    mail = Mail.read(settings.notices.mail)
    if mail.ca:
        mail = mail.model_copy(update={"ca": str(settings.at(mail.ca))})
    return Digest(mail, (to,) if isinstance(to, str) else tuple(to), settings.council.name, facts=facts)


def _email(recipient: str, own: Recipient, settings: CouncilSettings) -> Digest:
    if not own.to:
        raise SettingsError(f"[notices.recipients.{recipient}] to: an e-mail wants an address")
    return mail_of(own.to, settings, facts=own.facts)


BUILT: Mapping[str, Callable[[str, Recipient, CouncilSettings], Channel | Batch]] = MappingProxyType(
    {
        "file": lambda _name, _own, settings: FileDrop(settings.at(settings.notices.folder)),
        "jsonl": lambda _name, _own, settings: BatchDrop(settings.at(settings.notices.folder), "jsonl"),
        "csv": lambda _name, _own, settings: BatchDrop(settings.at(settings.notices.folder), "csv"),
        "webhook": webhook_of,
        "email": _email,
    }
)
"""How each channel is made; a new one is a line here and one in `svoc.notices.names.CHANNELS`."""
