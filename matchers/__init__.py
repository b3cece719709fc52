"""Decides which records are the same; knows columns, not people."""

__all__: list[str] = []
