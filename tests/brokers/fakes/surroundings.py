"""What the factory hands to an adapter, for an adapter that a test makes by hand."""

from typing import Any

from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.shared.cache import SharedCache
from floorbroker.brokers.shared.transport import Transport
from floorbroker.domain.clock import Clock
from floorbroker.domain.modes import Environment
from tests.contract.placing import LINK, USER
from tests.fakes.paper_books import MemoryPaperBooks


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
        endpoints={},
        options=options,
    )
