"""People whom an address could harm: who is under protection, what is hidden for it, how it is laid on and lifted.

The words and the ledger are in `svoc.words.protection` and `svoc.store.protections`.
"""

from svoc.protecting.acts import Laid, Waiting, ask, confirm, lay, waiting
from svoc.protecting.council import Protects
from svoc.protecting.hiding import OPEN, Shield
from svoc.protecting.sending import sendable
from svoc.protecting.who import SHIELDED, SHIELDED_MENTIONS, shielded, shielded_mentions

__all__ = [
    "OPEN",
    "SHIELDED",
    "SHIELDED_MENTIONS",
    "Laid",
    "Protects",
    "Shield",
    "Waiting",
    "ask",
    "confirm",
    "lay",
    "sendable",
    "shielded",
    "shielded_mentions",
    "waiting",
]
