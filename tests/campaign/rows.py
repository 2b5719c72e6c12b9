"""Every row, in the order of the table."""

from typing import Final

from tests.campaign.faults.rows import FAULTS
from tests.campaign.mappings.rows import MAPPINGS
from tests.campaign.orders.rows import ORDER_LIFE
from tests.campaign.row import Row
from tests.campaign.stores.rows import STORES

ROWS: Final[tuple[Row, ...]] = (*FAULTS, *STORES, ORDER_LIFE, MAPPINGS)
"""The table that `make campaign` prints and docs/reliability.md keeps."""
