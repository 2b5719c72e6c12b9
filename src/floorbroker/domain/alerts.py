"""What operators are told of: a row an alert. Everything else about alerts is held to this table.

The bot looks at these conditions itself (`services/alert_looks.py`) and tells its operators; the
rules in `deploy/prometheus/alerts.yml` say the same to Prometheus, and `docs/runbook.md` has a
section for each. Tests compare the three.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final


class AlertName(StrEnum):
    """Also the name of the Prometheus rule, with `Floorbroker` before it."""

    ERROR_RATE = "ErrorRate"
    BREAKER_OPEN = "BreakerOpen"
    ORDER_UNKNOWN = "OrderUnknown"
    RECONCILE_BACKLOG = "ReconcileBacklog"
    LIMIT_NEARLY_USED = "LimitNearlyUsed"
    RENEWALS_FAILING = "RenewalsFailing"
    STORE_DOWN = "StoreDown"
    REDIS_DOWN = "RedisDown"
    LOOP_LAG = "LoopLag"
    GATEWAY_DOWN = "GatewayDown"
    PROCESS_DOWN = "ProcessDown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One row.

    Attributes:
        title: What a card says first, and the heading of its section in the runbook.
        meaning: What is so, and what people notice of it.
        first: What to do first.
        threshold: The value at which it begins to hold; for what is so or not, 1.
        holds: How long without a break before anybody is told.
        over_after: How long it must be gone before it is called over.
        serious: People's orders or their way out may be concerned.
        owner_knows: The owner of a bot at home is told in another way already, so this goes to
            the operators' channel only.
    """

    name: AlertName
    title: str
    meaning: str
    first: str
    threshold: float
    holds: timedelta
    over_after: timedelta
    serious: bool = True
    owner_knows: bool = False


_N: Final = AlertName
_NOW: Final = timedelta(0)

ALERTS: Final = (
    Alert(
        name=_N.ERROR_RATE,
        title="Many commands fail",
        meaning="A fifth or more of at least ten commands within five minutes ended in an error "
        "that is a broker's, the store's or the bot's own, not the person's.",
        first="Look which of the other alerts came with it; if none did, look in the log for "
        "“unexpected”.",
        threshold=0.2,
        holds=timedelta(minutes=1),
        over_after=timedelta(minutes=5),
    ),
    Alert(
        name=_N.BREAKER_OPEN,
        title="Breaker open",
        meaning="The broker failed five times in a row and is left alone: reads and orders that "
        "open a position are refused. Cancels, closing orders and read-back still go through.",
        first="Look at the broker's status page.",
        threshold=1,
        holds=timedelta(minutes=1),
        over_after=timedelta(minutes=2),
    ),
    Alert(
        name=_N.ORDER_UNKNOWN,
        title="Outcome unknown for too long",
        meaning="An order, a cancel or a change was sent more than five minutes ago, and what "
        "became of it could not be proven yet. Its person reads “outcome unknown”.",
        first="Do nothing that sends it again. Look whether the broker answers.",
        threshold=300,
        holds=_NOW,
        over_after=timedelta(minutes=1),
    ),
    Alert(
        name=_N.RECONCILE_BACKLOG,
        title="Read-back falls behind",
        meaning="Twenty orders or more should have been looked at a minute ago: fills, and the "
        "ends of orders in doubt, are told late.",
        first="Look how long brokers and store take to answer.",
        threshold=20,
        holds=timedelta(minutes=2),
        over_after=timedelta(minutes=2),
    ),
    Alert(
        name=_N.LIMIT_NEARLY_USED,
        title="Request limit nearly used",
        meaning="Four fifths of a broker's request limit are in use. The last fifth is kept for "
        "cancels, closing orders and read-back; other requests wait or are refused.",
        first="Look which scope it is, and who asks so much.",
        threshold=0.8,
        holds=_NOW,
        over_after=timedelta(minutes=10),
        serious=False,
    ),
    Alert(
        name=_N.RENEWALS_FAILING,
        title="Access is not renewed",
        meaning="Three times within a quarter of an hour a broker did not renew somebody's access, "
        "or what it gave could not be stored. Whom that concerns cannot trade there.",
        first="Look whether the application at the broker is still approved and its secret right.",
        threshold=3,
        holds=_NOW,
        over_after=timedelta(minutes=5),
    ),
    Alert(
        name=_N.STORE_DOWN,
        title="Store down",
        meaning="The store does not answer. No order is sent; every command says so.",
        first="Look at the database: is it up, can this process reach it, is its disk full?",
        threshold=1,
        holds=timedelta(seconds=30),
        over_after=timedelta(minutes=1),
    ),
    Alert(
        name=_N.REDIS_DOWN,
        title="Redis down",
        meaning="The Redis that replicas share does not answer. Orders go on; each replica does "
        "all background work by itself until it is back.",
        first="Look whether it runs and whether this process can reach it.",
        threshold=1,
        holds=timedelta(seconds=30),
        over_after=timedelta(minutes=1),
        serious=False,
    ),
    Alert(
        name=_N.LOOP_LAG,
        title="Event loop late",
        meaning="For a minute everything in this process began a quarter of a second late or more. "
        "Discord gives up on a command that is not acknowledged within three seconds.",
        first="Look at the processor and the memory of the machine.",
        threshold=0.25,
        holds=timedelta(minutes=1),
        over_after=timedelta(minutes=2),
        serious=False,
    ),
    Alert(
        name=_N.GATEWAY_DOWN,
        title="Gateway down",
        meaning="The connection to a gateway beside the bot has been lost for a quarter of an "
        "hour, longer than its daily restart takes. Nothing is sent there.",
        first="Look whether the gateway runs and is logged in.",
        threshold=1,
        holds=timedelta(minutes=15),
        over_after=timedelta(minutes=1),
        owner_knows=True,
    ),
)
"""What the bot looks at and tells by itself."""

PROCESS_DOWN: Final = Alert(
    name=_N.PROCESS_DOWN,
    title="Process down",
    meaning="The bot does not answer Prometheus. It cannot tell of its own end.",
    first="Look whether the process runs, and at the last lines of its log.",
    threshold=1,
    holds=timedelta(minutes=1),
    over_after=timedelta(minutes=1),
)
"""What only somebody else can tell: a rule of Prometheus, without a look of the bot."""

_ROWS: Final = {row.name: row for row in (*ALERTS, PROCESS_DOWN)}


def alert(name: AlertName) -> Alert:
    """The row of that name."""
    return _ROWS[name]
