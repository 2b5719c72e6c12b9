"""Every row, in the order of the table."""

from typing import Final

from tests.campaign import clicks, hostile_input, rotation, tenants
from tests.campaign.row import Row

ROWS: Final[tuple[Row, ...]] = (
    hostile_input.ROW,
    tenants.ROW,
    clicks.ROW,
    *rotation.ROWS,
)
"""The table that `make campaign` prints and docs/reliability.md keeps."""
