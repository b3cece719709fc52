"""The ground floor: values and schemas, and nothing that acts."""

__all__: list[str] = []
