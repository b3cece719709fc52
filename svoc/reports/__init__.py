"""What a night leaves for people to read."""

__all__: list[str] = []
