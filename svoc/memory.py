"""Measures how much of the machine's memory this process has taken, where the system tells."""

import os
import sys

__all__ = ["peak_bytes", "peak_share"]


def peak_bytes() -> int | None:
    """Give the most memory that this process ever held, in bytes; None where nobody tells.

    Unix tells by `getrusage` (kilobytes, on macOS bytes); Windows does not.
    """
    try:
        import resource
    except ImportError:
        return None
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def peak_share() -> float | None:
    """Give the most memory that this process ever held, as a share of the machine's; None where nobody tells."""
    peak = peak_bytes()
    try:
        machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None
    return peak / machine if peak is not None and machine > 0 else None
