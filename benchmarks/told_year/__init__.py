"""A year in a town that does not exist: systems that hear late, wrongly or never, and how the council is told."""
