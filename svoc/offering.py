"""Lets a package offer names whose rooms open only when somebody asks, so that `svoc --help` is quick."""

from collections.abc import Callable, Mapping
from importlib import import_module

__all__ = ["offered"]


def offered(rooms: Mapping[str, str]) -> Callable[[str], object]:
    """Make a module's `__getattr__` that finds each name in its room.

    >>> offered({"sqrt": "math"})("sqrt")(9)
    3.0
    """

    def find(name: str) -> object:
        if name not in rooms:
            raise AttributeError(f"svoc offers no {name}; it offers {', '.join(rooms)}")
        return getattr(import_module(rooms[name]), name)

    return find
