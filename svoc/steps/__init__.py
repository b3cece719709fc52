"""The verbs of a night, pure, in the order of the story: see `svoc.night`."""

__all__: list[str] = []
