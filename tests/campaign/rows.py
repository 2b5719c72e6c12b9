"""Every row, in the order of the table."""

from typing import Final

from tests.campaign import hostile_input
from tests.campaign.row import Row

ROWS: Final[tuple[Row, ...]] = (hostile_input.ROW,)
"""The table that `make campaign` prints and docs/reliability.md keeps."""
