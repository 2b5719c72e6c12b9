"""Every row, in the order of the table."""

from typing import Final

from tests.campaign import canary, clicks, hostile_input, rotation, tenants, web
from tests.campaign.row import Row

_OTHERS: Final[tuple[Row, ...]] = (
    hostile_input.ROW,
    tenants.ROW,
    clicks.ROW,
    web.ROW,
    *rotation.ROWS,
)

ROWS: Final[tuple[Row, ...]] = (*_OTHERS, canary.row_over(_OTHERS))
"""The table that `make campaign` prints and docs/reliability.md keeps."""
