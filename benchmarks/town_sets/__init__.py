"""The rooms of the benchmark of council towns."""
