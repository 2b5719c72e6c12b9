"""A process whose operators are told, and the time that goes by for it."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from floorbroker.brokers.shared.gateways import Gateways
from floorbroker.domain.alerts import AlertName
from floorbroker.domain.ids import BrokerId
from floorbroker.services.alert_looks import AlertLooks, Reading
from floorbroker.services.alerting import LOOK, Alerting
from floorbroker.storage.documents import Documents
from floorbroker.storage.ops_alerts import OpsAlerts
from tests.fakes.clock import ManualClock
from tests.fakes.ops_messenger import RecordingOps
from tests.floor import House

STEP_SECONDS: Final = LOOK.total_seconds()


class Scripted:
    """Looks that find what a test says.

    Attributes:
        on: The keys of the alerts whose condition holds; each other one of `keys` does not.
        blind: Nothing can be told.
    """

    def __init__(self, *keys: str) -> None:
        """At first all is well."""
        self.keys = keys
        self.on: set[str] = set()
        self.blind = False

    async def take(self) -> Sequence[Reading]:
        """See `AlertLooks`."""
        return [self._reading(key) for key in self.keys]

    def _reading(self, key: str) -> Reading:
        name, _, broker = key.partition(":")
        value = None if self.blind else 1e9 if key in self.on else 0.0
        figures = f"Seen: {key}."
        return Reading(
            name=AlertName(name),
            value=value,
            broker=BrokerId(broker) if broker else None,
            figures=figures,
        )


class Watch:
    """One process that looks every fifteen seconds.

    Attributes:
        ops: What its operators were told.
    """

    def __init__(
        self,
        looks: AlertLooks | Scripted,
        documents: Documents,
        clock: ManualClock,
        *,
        ops: RecordingOps | None = None,
        process: str = "one",
    ) -> None:
        """On a store that may be shared with others."""
        self.clock = clock
        self.ops = ops or RecordingOps()
        self.alerting = Alerting(
            looks=looks,  # type: ignore[arg-type]  # scripted ones stand in
            stored=OpsAlerts(documents),
            messenger=self.ops,
            clock=clock,
            process=process,
        )

    async def look(self, seconds: float = 0) -> None:
        """Looks now and, if time is to go by, every fifteen seconds until then."""
        await self.alerting.sweep()
        for _ in range(int(seconds // STEP_SECONDS)):
            self.clock.advance(STEP_SECONDS)
            await self.alerting.sweep()


def looks_of(
    house: House,
    gateways: Gateways | None = None,
    redis: Callable[[], Awaitable[bool]] | None = None,
) -> AlertLooks:
    """The real looks at a house."""
    return AlertLooks(
        documents=house.documents,
        orders=house.stored_orders,
        sessions=house.sessions,
        gateways=gateways or Gateways(house.clock),
        metrics=house.metrics,
        clock=house.clock,
        store_seconds=0.2,
        redis=redis,
    )
