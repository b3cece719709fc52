"""The forms by which a word or a name tells what it is, wherever it stands in an address.

What several of these rooms must tell alike: house numbers, lone units, pairs, boats, and the ends of buildings' names.
Nothing flows through here: these are patterns, and `Line`, which is a line of an address as its words.
"""

import re

Line = tuple[str, ...]

NUMBER = re.compile(r"(\d{1,5})(HALF|[A-Z])?(?:-(\d{1,5})([A-Z])?)?")
# Y is an article in Welsh: Y BWTHYN is a cottage.
LONE_UNIT = re.compile(r"\d{1,4}[A-Z]?|(?!Y$)[A-Z](?:\d{1,3}[A-Z]?)?")
PAIRED_UNIT = re.compile(r"\d{1,2}-\d{1,2}")
BUILDING_ENDS = (" COURT", " HOUSE", " LODGE", " MEWS", " PARK", " WHARF", " BUILDINGS", " ESTATE", " MANSIONS")
# What a boat is says no more of which one it is than HOUSE does of a house.
BOAT = re.compile(r"^(?:HOUSE ?BOAT|NARROW ?BOAT|CANAL BOAT|BOAT|BARGE|N/?B|M/?V) (?=(?:THE )?[A-Z]{2})")
