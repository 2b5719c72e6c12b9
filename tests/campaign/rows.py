"""Every row, in the order of the table."""

from typing import Final

from tests.campaign import planted_defects
from tests.campaign.clock_jumps import CLOCK_JUMPS
from tests.campaign.duplicates import DUPLICATES
from tests.campaign.faults.rows import FAULTS
from tests.campaign.kills import KILLS
from tests.campaign.mappings.rows import MAPPINGS
from tests.campaign.orders.rows import ORDER_LIFE
from tests.campaign.replicas import REPLICAS
from tests.campaign.row import Row
from tests.campaign.soak import SOAK
from tests.campaign.stores.rows import STORES

ROWS: Final[tuple[Row, ...]] = (
    *KILLS,
    *FAULTS,
    DUPLICATES,
    REPLICAS,
    *STORES,
    CLOCK_JUMPS,
    ORDER_LIFE,
    MAPPINGS,
    SOAK,
    planted_defects.ROW,
)
