"""A paper adapter on books in memory, with a clock and faults in the test's hand."""

from collections.abc import Callable
from typing import Any

import pytest

from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.paper.adapter import ACCOUNT, PaperAdapter
from floorbroker.brokers.paper.credentials import PaperCredentials
from floorbroker.brokers.shared.cache import SharedCache
from floorbroker.brokers.shared.transport import Transport
from floorbroker.domain.ids import OrderId
from floorbroker.domain.modes import Environment
from floorbroker.domain.order import Order
from floorbroker.domain.orders import Found, OrderRequest, Receipt
from tests.contract.placing import LINK, USER, sending
from tests.fakes.clock import ManualClock
from tests.fakes.paper_books import MemoryPaperBooks

MakeAdapter = Callable[..., PaperAdapter]
MakeOrder = Callable[..., Order]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def books() -> MemoryPaperBooks:
    return MemoryPaperBooks()


@pytest.fixture
def make_adapter(clock: ManualClock, books: MemoryPaperBooks) -> MakeAdapter:
    """Another adapter of the same link, as another process would have one."""

    def make(**options: Any) -> PaperAdapter:
        context = BrokerContext(
            user_id=options.pop("user_id", USER),
            link_id=LINK,
            environment=Environment.PAPER,
            clock=clock,
            paper_books=books,
            transport=Transport(),
            cache=SharedCache(clock),
            endpoints={},
            options={"latency_seconds": 0, **options},
        )
        return PaperAdapter(context, PaperCredentials())

    return make


@pytest.fixture
def adapter(make_adapter: MakeAdapter) -> PaperAdapter:
    return make_adapter()


@pytest.fixture
def order() -> MakeOrder:
    def make(request: OrderRequest, order_id: str | None = None) -> Order:
        return sending(
            request,
            account_id=ACCOUNT.account_id,
            broker="paper",
            order_id=None if order_id is None else OrderId(order_id),
        )

    return make


async def found(adapter: PaperAdapter, order: Order) -> Receipt:
    """Reads an order back that must be there."""
    answer = await adapter.find_order(order)
    assert isinstance(answer, Found)
    return answer.receipt
