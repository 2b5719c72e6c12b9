"""Each row of the campaign in a size that `make test` can afford."""

import random

import pytest

from tests.campaign.row import Row
from tests.campaign.rows import ROWS


def _marks(row: Row) -> list[pytest.MarkDecorator]:
    return [pytest.mark.long] if row.waits else []


@pytest.mark.timeout(300)  # its own limits are shorter; a machine may be busy
@pytest.mark.parametrize("row", [pytest.param(row, id=row.name, marks=_marks(row)) for row in ROWS])
def test_a_short_campaign_holds(row: Row) -> None:
    if row.missing:
        pytest.skip(f"not installed: {', '.join(row.missing)}")
    seed = random.randrange(1_000_000)

    reached = row.run(row.short, seed)

    assert not reached.broken, f"seed {seed}: " + "; ".join(reached.broken)
    assert reached.trials >= row.short
