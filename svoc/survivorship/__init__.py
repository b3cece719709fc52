"""Which of a person's facts survive into the golden record, and why."""

__all__: list[str] = []
