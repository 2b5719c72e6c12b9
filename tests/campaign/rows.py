"""Every row, in the order of the table."""

from typing import Final

from tests.campaign import canary, clicks, hostile_input, planted_defects, rotation, tenants, web
from tests.campaign.charts import CHARTS
from tests.campaign.clock_jumps import CLOCK_JUMPS
from tests.campaign.duplicates import DUPLICATES
from tests.campaign.faults.rows import FAULTS
from tests.campaign.fleet.rows import FLEET
from tests.campaign.kills import KILLS
from tests.campaign.mappings.rows import MAPPINGS
from tests.campaign.orders.rows import ORDER_LIFE
from tests.campaign.replicas import REPLICAS
from tests.campaign.row import Row
from tests.campaign.soak import SOAK
from tests.campaign.stores.rows import STORES

_SEARCHED: Final[tuple[Row, ...]] = (
    *KILLS,
    *FAULTS,
    DUPLICATES,
    REPLICAS,
    *FLEET,
    *STORES,
    CLOCK_JUMPS,
    ORDER_LIFE,
    MAPPINGS,
    hostile_input.ROW,
    tenants.ROW,
    clicks.ROW,
    web.ROW,
    *rotation.ROWS,
    SOAK,
)
"""Those that run once more with everything logged, and are searched for secrets."""

ROWS: Final[tuple[Row, ...]] = (
    *_SEARCHED,
    CHARTS,
    canary.row_over(_SEARCHED),
    planted_defects.ROW,
)
