"""What a council shows of itself: a transparency record, an annex to its impact assessment, a record of processing.

All of it follows from council.toml and the last night, and none of it names anybody; what only the council can say is
left open, and says so. Nothing here is legal advice.
"""

from svoc.accountability.known import Known, known_of
from svoc.accountability.records import RECORDS, Record
from svoc.accountability.written import write_records

__all__ = ["RECORDS", "Known", "Record", "known_of", "write_records"]
