"""The stewards' pages, a room each: where one signs in, the queue, a case."""

__all__: list[str] = []
