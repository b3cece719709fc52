"""What a frame holds that the purpose may not be told is nulled, whatever else stands beside it."""

import polars as pl
import pytest

from svoc.reading.masking import masked_decisions
from svoc.words.decisions import DECISIONS
from svoc.words.purposes import Purposes

PURPOSES = Purposes.in_force().purposes


@pytest.mark.parametrize("code", sorted(PURPOSES))
def test_whom_an_answer_was_about_is_told_with_name_and_birth_alone(code: str) -> None:
    purpose = PURPOSES[code]
    said = {"verdict": "confirmed", "left": "life_events/r:1/1", "right": "ct/A/1", "because": "seen", "named": "ab12"}
    told = masked_decisions(pl.DataFrame([dict.fromkeys(DECISIONS) | said], schema=DECISIONS), purpose).row(
        0, named=True
    )

    may = purpose.references and purpose.sees("forename", "middle_names", "surname", "dob")
    assert told["named"] == ("ab12" if may else None)
    assert (told["because"] is not None) == purpose.names
    assert (told["left"] is not None) == purpose.references
