"""A made-up town with known truth, in the real formats, for demos, tests and benchmarks."""

from svoc.rehearsal.address_styles import write_address
from svoc.rehearsal.noise import Noise
from svoc.rehearsal.town import Town, rehearse

__all__ = ["Noise", "Town", "rehearse", "write_address"]
