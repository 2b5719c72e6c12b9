"""Every row, in the order of the table."""

from typing import Final

from tests.campaign import planted_defects
from tests.campaign.clock_jumps import CLOCK_JUMPS
from tests.campaign.duplicates import DUPLICATES
from tests.campaign.kills import KILLS
from tests.campaign.replicas import REPLICAS
from tests.campaign.row import Row
from tests.campaign.soak import SOAK

ROWS: Final[tuple[Row, ...]] = (
    *KILLS,
    DUPLICATES,
    CLOCK_JUMPS,
    REPLICAS,
    SOAK,
    planted_defects.ROW,
)
