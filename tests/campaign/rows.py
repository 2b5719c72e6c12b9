"""Every row, in the order of the table."""

from typing import Final

from tests.campaign import planted_defects
from tests.campaign.row import Row

ROWS: Final[tuple[Row, ...]] = (planted_defects.ROW,)
