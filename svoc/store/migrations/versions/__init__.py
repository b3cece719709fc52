"""One file for each version of the tables."""

__all__: list[str] = []
