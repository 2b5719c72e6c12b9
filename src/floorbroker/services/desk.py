"""What everything that touches orders stands on."""

from dataclasses import dataclass, field
from datetime import timedelta

from floorbroker.domain.clock import Clock
from floorbroker.observability.metrics import Metrics
from floorbroker.services.accounts import Accounts
from floorbroker.services.audit import Audit
from floorbroker.services.day_loss import DayLosses
from floorbroker.services.gates import Gates
from floorbroker.services.lanes import Lanes
from floorbroker.services.leaps import Leaps
from floorbroker.services.one_at_a_time import OneAtATime
from floorbroker.services.sessions import Sessions
from floorbroker.services.supervisor import Supervisor
from floorbroker.services.trading_hours import TradingHours
from floorbroker.storage.orders import Orders


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The parts, and how long things may take.

    Attributes:
        leaps: Of `clock`.
        process: Names this process in claims.
        order_deadline_seconds: After that an order request counts as unanswered.
        claim: How long this process alone works on an order.
        settle: How long an absent order may still turn up at the broker.
        market_review: How long the review of a market order stays valid.
    """

    orders: Orders
    accounts: Accounts
    sessions: Sessions
    gates: Gates
    day_losses: DayLosses
    hours: TradingHours
    lanes: Lanes
    supervisor: Supervisor
    audit: Audit
    metrics: Metrics
    clock: Clock
    leaps: Leaps
    process: str
    order_deadline_seconds: float
    claim: timedelta
    settle: timedelta
    market_review: timedelta
    one_at_a_time: OneAtATime = field(default_factory=OneAtATime)
