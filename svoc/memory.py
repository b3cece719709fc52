"""Measures how much of the machine's memory this process has taken, where the system tells."""

import os
import sys

__all__ = ["peak_share"]


def peak_share() -> float | None:
    """Give the most memory that this process ever held, as a share of the machine's; None where nobody tells.

    Unix tells by `getrusage` (kilobytes, on macOS bytes) and `sysconf`; Windows does not.
    """
    try:
        import resource

        machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    except (ImportError, AttributeError, ValueError, OSError):
        return None
    return peak * (1 if sys.platform == "darwin" else 1024) / machine if machine > 0 else None
