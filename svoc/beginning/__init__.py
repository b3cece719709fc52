"""Writes a first council.toml for files that nobody has described yet: their kinds, layouts and columns."""

__all__: list[str] = []
