"""The rooms of the people benchmark: its sets, the made-up one, our settings, the peers, and the one scorer."""
