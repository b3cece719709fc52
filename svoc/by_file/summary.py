"""Says in a table what `svoc place` found, and how long that took."""

from typing import Any

__all__ = ["summary"]


def summary(figures: dict[str, Any]) -> str:
    """Write the figures of `place_file` for people: a line for each outcome and rung, then the time, then the rest.

    >>> told = {"addresses": 3, "outcomes": {"exact": {"exact": 1, "spelling": 1}, "none": {"junk": 1}}}
    >>> print(summary(told | {"seconds": 2.0, "seconds_placing": 0.5, "address from": "address"}))
    outcome  rung      addresses   share
    exact    exact             1   33.3%
    exact    spelling          1   33.3%
    none     junk              1   33.3%
    all                        3  100.0%
    2.0 s in all, 0.5 s of them for placing: 6 addresses a second
    address from: address
    """
    total: int = figures["addresses"]
    counted = [(outcome, rung, n) for outcome, rungs in figures["outcomes"].items() for rung, n in rungs.items()]
    table = [("outcome", "rung", "addresses", "share")]
    table += [(outcome, rung, f"{n:,}", f"{n / total:.1%}") for outcome, rung, n in counted]
    table += [("all", "", f"{total:,}", "100.0%")]
    wide = [max(map(len, column)) for column in zip(*table, strict=True)]
    lines = [f"{a:<{wide[0]}}  {b:<{wide[1]}}  {c:>{wide[2]}}  {d:>{wide[3]}}" for a, b, c, d in table]
    placing = figures["seconds_placing"]
    speed = f": {total / placing:,.0f} addresses a second" if placing else ""
    lines.append(f"{figures['seconds']:.1f} s in all, {placing:.1f} s of them for placing{speed}")
    return "\n".join([*lines, *(f"{name}: {figures[name]}" for name in figures if " " in name)])
