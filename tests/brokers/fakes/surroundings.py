"""What the factory hands to an adapter, for an adapter that a test makes by hand."""

from typing import Any

from floorbroker.brokers.context import BrokerContext, LastingTokens, Shared
from floorbroker.brokers.shared.allowances import Allowances
from floorbroker.brokers.shared.cache import SharedCache
from floorbroker.brokers.shared.gateways import Gateways
from floorbroker.brokers.shared.transport import Transport
from floorbroker.domain.clock import Clock
from floorbroker.domain.ids import LinkId
from floorbroker.domain.modes import Environment
from floorbroker.observability.metrics import Metrics
from tests.contract.placing import LINK, USER
from tests.fakes.paper_books import MemoryPaperBooks


class MemoryNonces:
    """See `floorbroker.brokers.context.Nonces`; for one process."""

    def __init__(self) -> None:
        """No number was given yet."""
        self.last: dict[LinkId, int] = {}

    async def next(self, link_id: LinkId, at_least: int) -> int:
        """See the port."""
        self.last[link_id] = max(self.last.get(link_id, 0) + 1, at_least)
        return self.last[link_id]


async def _at_once(_seconds: float) -> None:
    """Windows are counted in real time: who waits for one may get room, or wait for minutes."""


def shared(clock: Clock, **parts: Any) -> Shared:
    """What the adapters of a process have in common; `parts` stand in for the usual ones."""
    usual: dict[str, Any] = {
        "paper_books": MemoryPaperBooks(),
        "transport": Transport(),
        "cache": SharedCache(clock),
        "allowances": Allowances(clock, Metrics(), pause=_at_once),
        "nonces": MemoryNonces(),
        "gateways": Gateways(clock),
    }
    return Shared(**{**usual, **parts})


def context(clock: Clock, **options: Any) -> BrokerContext:
    """For the paper environment; `options` are the operator's."""
    return BrokerContext(
        user_id=USER,
        link_id=LINK,
        environment=Environment.PAPER,
        clock=clock,
        paper_books=MemoryPaperBooks(),
        transport=Transport(),
        cache=SharedCache(clock),
        allowances=Allowances(clock, Metrics(), pause=_at_once),
        nonces=MemoryNonces(),
        gateways=Gateways(clock),
        tokens=LastingTokens({}),
        endpoints={},
        options=options,
    )
