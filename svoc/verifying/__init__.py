"""Whether a store holds together: every law that can be asked of what is written there."""

from svoc.verifying.verify import Verified, verify

__all__ = ["Verified", "verify"]
