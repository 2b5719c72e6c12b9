"""Each row of the campaign in a size that `make test` can afford."""

import random

import pytest

from tests.campaign.row import Row
from tests.campaign.rows import ROWS


@pytest.mark.timeout(300)  # its own limits are shorter; a machine may be busy
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_short_campaign_holds(row: Row) -> None:
    if row.missing:
        pytest.skip(f"not installed: {', '.join(row.missing)}")
    seed = random.randrange(1_000_000)

    reached = row.run(row.short, seed)

    assert not reached.broken, f"seed {seed}: " + "; ".join(reached.broken)
    assert reached.trials >= row.short
