"""Who is told of a change, what they may be told, and how it reaches them."""

__all__: list[str] = []
