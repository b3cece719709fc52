"""What the tests of delivery share."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.svoc.delivering.outboxes import Outbox

Made = Callable[..., Outbox]


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Made]:
    """Make outboxes, and close them."""
    made: list[Outbox] = []

    def make(**said: Any) -> Outbox:
        made.append(Outbox(tmp_path, **said))
        return made[-1]

    yield make
    for each in made:
        each.close()
