"""The channels by name, as routes and council.toml name them."""

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["CHANNELS", "USUAL"]

CHANNELS: Mapping[str, str] = MappingProxyType(
    {
        "file": "a JSON file for each notice, in the recipient's folder",
        "jsonl": "a file of JSON lines for each delivery, with a manifest",
        "csv": "a CSV file for each delivery, with a manifest",
        "webhook": "a signed request to the recipient's own address",
        "email": "one e-mail a day, for a service without a system",
    }
)
"""A channel and what it leaves or sends."""

USUAL = "file"
"""The channel of a recipient that names none."""
